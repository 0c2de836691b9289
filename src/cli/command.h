/* What every command gets and gives back. Commands are rows of the table in commands.c. */
#pragma once

#include <glib.h>

#include "base/error.h"

typedef struct {
    const char *config;   /* --config FILE; NULL: the default place */
    const char *language; /* --lang; NULL: from the configuration */
    const char *program;  /* argv[0] */
} RvCliContext;

/* Returns the exit status. `argv[0]` is the command's name. An error is reported by the caller: one
 * that is set gives the status of rv_error_exit_status. */
typedef int (*RvCommandRun)(const RvCliContext *context, int argc, char **argv, GError **error);

typedef struct {
    const char *name;
    RvCommandRun run;      /* NULL: in the full program only */
    const char *arguments; /* "TARGET…" */
    const char *summary;   /* one line, no full stop */
} RvCommand;

extern const RvCommand rv_commands[]; /* ended by a row without name */
