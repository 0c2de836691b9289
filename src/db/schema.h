/* Schema: the tables of the state file and the steps between its versions. For db/ alone. */
#pragma once

#include "db/sqlite.h"

#define RV_SCHEMA_APPLICATION 0x52765374 /* "RvSt" */
#define RV_SCHEMA_VERSION 5

/* Runs the steps that lead from the file's version to `version`, in one transaction. */
gboolean rv_schema_migrate(RvState *state, int version, GError **error);

/* PRAGMA user_version, application_id, and how many tables and indexes; -1 on error. */
int rv_schema_file_version(RvState *state, GError **error);
int rv_schema_file_application(RvState *state, GError **error);
int rv_schema_file_tables(RvState *state, GError **error);
