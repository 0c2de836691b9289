/* Commands that have commands: `fault list`, `maintenance add`. */
#pragma once

#include "cli/command.h"

/* Runs the row of `rows` (ended by a row without name) that argv[1] names, with argv moved on by
 * one; `--help` lists them. */
int rv_subcommand_run(const char *command, const RvCommand *rows, const RvCliContext *context,
                      int argc, char **argv, GError **error);

/* From here on GLib's parser writes "Usage: ABOVE COMMAND [OPTION…]" into --help. */
void rv_command_name_usage(const char *above, const char *command);

/* After the options of a command that takes nothing else: RV_ERROR_USAGE where there is more. */
gboolean rv_cli_takes_no_more(int argc, char **argv, GError **error);
