#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/state-options.h"
#include "cli/subcommand.h"
#include "db/copy.h"
#include "poll/lock.h"
#include "poll/place.h"

#define FILE_PLACE "sqlite"
#define SERVER_PLACE "postgresql"

/* "sqlite", "postgresql", or a file. */
static RvState *
open_place(RvStateOptions *options, const RvConfiguration *site, const char *place,
           RvStateMode mode, GError **error)
{
    const char *folder = options->folder != NULL ? options->folder : site->state_folder;

    if (strcmp(place, SERVER_PLACE) == 0)
        return rv_place_open_database(site, mode, error);
    if (strcmp(place, FILE_PLACE) == 0)
        return rv_place_open(site, folder, mode, error);
    return rv_state_open(place, mode, error);
}

static void
print_counts(const GArray *counts)
{
    guint64 rows = 0;

    for (guint i = 0; i < counts->len; i++) {
        const RvCopied *one = &g_array_index(counts, RvCopied, i);

        printf("%-14s %12" G_GUINT64_FORMAT "\n", one->table, one->rows);
        rows += one->rows;
    }
    printf("%-14s %12" G_GUINT64_FORMAT "\n", "rows", rows);
}

static gboolean
parse(RvStateOptions *options, const char *summary, int *argc, char ***argv, GError **error)
{
    g_autoptr(GOptionContext) parser = g_option_context_new(summary);

    rv_state_options_add(options, parser);
    return g_option_context_parse(parser, argc, argv, error);
}

static int
run_show(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvStateOptions) options = {0};
    g_autoptr(RvState) state = NULL;
    g_autoptr(GArray) counts = NULL;

    if (!parse(&options, "- where the state is, and how many rows it has", &argc, &argv, error) ||
        !rv_cli_takes_no_more(argc, argv, error))
        return EX_USAGE;
    state = rv_state_options_open(&options, context, RV_STATE_MODE_READ, error);
    counts = state != NULL ? rv_state_count(state, error) : NULL;
    if (counts == NULL)
        return EX_SOFTWARE;
    printf("%s\n%s, schema %d\n", rv_state_path(state), rv_state_backend(state),
           rv_state_schema_version());
    print_counts(counts);
    return EX_OK;
}

static int
run_copy(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvStateOptions) options = {0};
    const RvConfiguration *site;
    g_autoptr(RvPollLock) lock = NULL;
    g_autoptr(RvState) from = NULL;
    g_autoptr(RvState) to = NULL;
    g_autoptr(GArray) copied = NULL;

    if (!parse(&options, "FROM TO - everything from one place into an empty one", &argc, &argv,
               error))
        return EX_USAGE;
    if (argc != 3 || strcmp(argv[1], argv[2]) == 0) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "db copy takes two places: sqlite, postgresql or a file");
        return EX_USAGE;
    }
    site = rv_state_options_site(&options, context, error);
    if (site == NULL)
        return EX_USAGE;
    lock = rv_poll_lock_take(options.folder != NULL ? options.folder : site->state_folder,
                             rv_clock_now_ms(), error);
    from = lock != NULL ? open_place(&options, site, argv[1], RV_STATE_MODE_READ, error) : NULL;
    to = from != NULL ? open_place(&options, site, argv[2], RV_STATE_MODE_WRITE, error) : NULL;
    if (to == NULL || !rv_state_claim_round(to, error))
        return EX_SOFTWARE;
    copied = rv_state_copy(from, to, error);
    if (copied == NULL)
        return EX_SOFTWARE;
    printf("%s\n-> %s\n", rv_state_path(from), rv_state_path(to));
    print_counts(copied);
    return EX_OK;
}

int
rv_cmd_db(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"show", run_show, "", "where the state is, and how many rows it has"},
        {"copy", run_copy, "FROM TO", "everything from one place into an empty one"},
        {NULL},
    };

    return rv_subcommand_run("db", rows, context, argc, argv, error);
}
