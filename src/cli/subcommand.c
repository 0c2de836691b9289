#include "cli/subcommand.h"

#include <string.h>
#include <sysexits.h>

#include "base/text.h"

static void
print_help(const char *command, const RvCommand *rows)
{
    g_print("Usage: rackvitals %s COMMAND ...\n\n", command);
    for (const RvCommand *row = rows; row->name != NULL; row++) {
        g_autofree char *usage = g_strdup_printf("%s %s", row->name, row->arguments);

        g_print("  %-28s %s\n", usage, row->summary);
    }
    g_print("\n`rackvitals %s COMMAND --help` shows the options, rackvitals-%s(1) the rest.\n",
            command, command);
}

static int
refuse(const char *command, const RvCommand *rows, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *nearest;

    for (const RvCommand *row = rows; row->name != NULL; row++)
        g_ptr_array_add(names, (gpointer)row->name);
    g_ptr_array_add(names, NULL);
    if (*name == '\0') {
        g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);

        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "%s needs to be told what: %s; rackvitals %s --help says more", command, list,
                    command);
        return EX_USAGE;
    }
    nearest = rv_text_nearest(name, (const char *const *)names->pdata);
    g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                "no command '%s %s'%s%s%s; rackvitals %s --help lists them", command, name,
                nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "'?" : "", command);
    return EX_USAGE;
}

void
rv_command_name_usage(const char *above, const char *command)
{
    g_autofree char *name = g_strdup_printf("%s %s", above, command);

    g_set_prgname(name);
}

int
rv_subcommand_run(const char *command, const RvCommand *rows, const RvCliContext *context, int argc,
                  char **argv, GError **error)
{
    if (argc < 2)
        return refuse(command, rows, "", error);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(command, rows);
        return 0;
    }
    for (const RvCommand *row = rows; row->name != NULL; row++) {
        if (strcmp(row->name, argv[1]) != 0)
            continue;
        rv_command_name_usage(g_get_prgname(), row->name);
        return row->run(context, argc - 1, argv + 1, error);
    }
    return refuse(command, rows, argv[1], error);
}

gboolean
rv_cli_takes_no_more(int argc, char **argv, GError **error)
{
    if (argc > 1)
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "'%s' has no place here; the command with --help shows what it takes", argv[1]);
    return argc <= 1;
}
