/* The SQL of this room as PostgreSQL takes it. For db/ alone; pure.
 *
 * What both databases take alike is written so: RETURNING, ON CONFLICT, CASE instead of the
 * two-armed max(). What is left are words. */
#pragma once

#include <glib.h>

/* ?1 becomes $1; what stands in quotes stays. Caller frees. */
char *rv_dialect_query(const char *sql);
/* A step of the schema: whole numbers are 64 bits wide, ids are given by the database, and texts
 * are compared by their bytes, as SQLite does, whatever the database's locale. Caller frees. */
char *rv_dialect_schema(const char *sql);
