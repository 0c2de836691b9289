/* Schema: the tables of the state and the steps between its versions. For db/ alone. */
#pragma once

#include "db/sql.h"

#define RV_SCHEMA_APPLICATION 0x52765374 /* "RvSt" */
#define RV_SCHEMA_VERSION 6

/* Runs the steps that lead from the database's version to `version`, in one transaction. */
gboolean rv_schema_migrate(RvState *state, int version, GError **error);

/* A table, and its columns in the order in which they are copied. */
typedef struct {
    const char *name, *key; /* primary key, a number */
    const char *columns;
    int since; /* version of the schema that has it */
    struct {
        const char *columns;
        int since;
    } more[2]; /* of later versions, in their order */
} RvSchemaTable;

/* Those that are referred to first; ends with a row without name. */
extern const RvSchemaTable rv_schema_tables[];
