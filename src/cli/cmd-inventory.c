#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/inventory-accept.h"
#include "cli/inventory-diff.h"
#include "cli/inventory-import.h"
#include "cli/inventory-print.h"
#include "cli/state-options.h"
#include "cli/subcommand.h"

typedef struct {
    RvStateOptions state;
    char *format;
} Options;

static void
options_clear(Options *options)
{
    rv_state_options_clear(&options->state);
    g_free(options->format);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse(Options *options, const char *summary, gboolean state, int *argc, char ***argv,
      GError **error)
{
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "text, json or csv", "FORMAT"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser = g_option_context_new(summary);

    options->state.parts = RV_CONFIGURATION_INVENTORY;
    g_option_context_add_main_entries(parser, entries, NULL);
    if (state)
        rv_state_options_add(&options->state, parser);
    return g_option_context_parse(parser, argc, argv, error);
}

/* The devices that globs name; all of them without any. */
static GPtrArray *
select_devices(const RvConfiguration *site, char **globs, GError **error)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new();

    if (*globs == NULL)
        g_ptr_array_extend(devices, site->inventory->devices, NULL, NULL);
    for (; *globs != NULL; globs++) {
        g_autoptr(GPtrArray) found = rv_inventory_select(site->inventory, *globs);

        if (found->len == 0) {
            g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                        "%s: no device or group is called so; `rackvitals inventory list` shows "
                        "them",
                        *globs);
            return NULL;
        }
        for (guint i = 0; i < found->len; i++)
            if (!g_ptr_array_find(devices, g_ptr_array_index(found, i), NULL))
                g_ptr_array_add(devices, g_ptr_array_index(found, i));
    }
    return g_steal_pointer(&devices);
}

/* ---- check ---- */

static int
run_check(const RvCliContext *context, int argc, char **argv, GError **error)
{
    gboolean without_credentials = FALSE;
    const GOptionEntry entries[] = {
        {"without-credentials", 0, 0, G_OPTION_ARG_NONE, &without_credentials,
         "leave the secrets alone, for who may not read them", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("- check site file, inventory, credentials and service plan");
    g_autoptr(RvConfiguration) site = NULL;

    g_option_context_add_main_entries(parser, entries, NULL);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc > 1) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, "inventory check takes no argument");
        return EX_USAGE;
    }
    site = rv_configuration_load(context->config,
                                 without_credentials
                                     ? RV_CONFIGURATION_INVENTORY | RV_CONFIGURATION_SERVICE_PLAN
                                     : RV_CONFIGURATION_ALL,
                                 error);
    if (site == NULL)
        return EX_CONFIG;
    if (site->path == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT,
                    "there is no site file: neither --config, nor RACKVITALS_CONFIG, nor %s",
                    RV_CONFIGURATION_DEFAULT_PATH);
        return EX_NOINPUT;
    }
    g_print("%s: %u device%s at %u site%s, nothing wrong\n", site->path,
            site->inventory->devices->len, site->inventory->devices->len == 1 ? "" : "s",
            site->inventory->sites->len, site->inventory->sites->len == 1 ? "" : "s");
    return 0;
}

/* ---- list, show ---- */

static int
print_declared(const RvCliContext *context, const char *summary, gboolean whole, int argc,
               char **argv, GError **error)
{
    g_auto(Options) options = {0};
    g_autoptr(GPtrArray) devices = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    const RvConfiguration *site;
    RvInventoryFormat format;

    if (!parse(&options, summary, FALSE, &argc, &argv, error) ||
        !rv_inventory_format_parse(options.format, &format, error))
        return EX_USAGE;
    if (whole && (argc < 2 || format == RV_INVENTORY_CSV)) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            argc < 2 ? "inventory show takes the names of devices"
                                     : "--format: show has text and json");
        return EX_USAGE;
    }
    site = rv_state_options_site(&options.state, context, error);
    devices = site != NULL ? select_devices(site, argv + 1, error) : NULL;
    if (devices == NULL)
        return EX_USAGE;
    if (whole)
        rv_inventory_print_devices(devices, format, out);
    else
        rv_inventory_print_list(devices, format, out);
    fwrite(out->str, 1, out->len, stdout);
    return 0;
}

static int
run_list(const RvCliContext *context, int argc, char **argv, GError **error)
{
    return print_declared(context, "[GLOB…] - devices, a line each", FALSE, argc, argv, error);
}

static int
run_show(const RvCliContext *context, int argc, char **argv, GError **error)
{
    return print_declared(context, "GLOB… - all that is declared of devices", TRUE, argc, argv,
                          error);
}

/* ---- census ---- */

static gboolean
is_one_of(const GPtrArray *devices, const char *name)
{
    for (guint i = 0; i < devices->len; i++)
        if (strcmp(((RvDevice *)g_ptr_array_index(devices, i))->name, name) == 0)
            return TRUE;
    return FALSE;
}

/* Rows of the state file that were asked for, and the parts that are there now. */
static gboolean
gather(RvState *state, const GPtrArray *devices, gint64 now_ms, GPtrArray **rows,
       GPtrArray **components, GError **error)
{
    *rows = rv_state_devices(state, error);
    if (*rows == NULL)
        return FALSE;
    for (guint i = (*rows)->len; i > 0; i--)
        if (!is_one_of(devices, ((RvDeviceRow *)g_ptr_array_index(*rows, i - 1))->name))
            g_ptr_array_remove_index(*rows, i - 1);
    *components = rv_state_components(state, NULL, now_ms, now_ms + 1, error);
    if (*components == NULL)
        return FALSE;
    for (guint i = (*components)->len; i > 0; i--) {
        const RvComponentRow *one = g_ptr_array_index(*components, i - 1);

        if (one->until_ms != 0 || !is_one_of(devices, one->device))
            g_ptr_array_remove_index(*components, i - 1);
    }
    return TRUE;
}

static int
run_census(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    g_autoptr(GPtrArray) devices = NULL, rows = NULL, components = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GTimeZone) zone = NULL;
    g_autoptr(RvState) state = NULL;
    const RvConfiguration *site;
    RvInventoryFormat format;

    if (!parse(&options, "[GLOB…] - parts that were found", TRUE, &argc, &argv, error) ||
        !rv_inventory_format_parse(options.format, &format, error))
        return EX_USAGE;
    site = rv_state_options_site(&options.state, context, error);
    devices = site != NULL ? select_devices(site, argv + 1, error) : NULL;
    zone = devices != NULL ? rv_state_options_zone(&options.state, context, error) : NULL;
    if (zone == NULL)
        return EX_USAGE;
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_READ, error);
    if (state == NULL || !gather(state, devices, rv_clock_now_ms(), &rows, &components, error))
        return EX_USAGE;
    rv_inventory_print_census(rows, components, zone, format, out);
    fwrite(out->str, 1, out->len, stdout);
    return 0;
}

/* ---- diff ---- */

static void
print_difference(const RvDifference *one, gboolean json_wanted)
{
    json_t *json;
    char *line;

    if (!json_wanted) {
        g_print("%s: %s\n", one->device, one->sentence);
        return;
    }
    json = json_pack("{s:s,s:s,s:s,s:s,s:s}", "device", one->device, "kind", one->kind, "declared",
                     one->declared, "found", one->found, "sentence", one->sentence);
    line = json_dumps(json, JSON_COMPACT);
    g_print("%s\n", line);
    free(line);
    json_decref(json);
}

/* What to do where parts were not stolen but taken out. */
static void
advise(const GPtrArray *differences)
{
    for (guint i = 0; i < differences->len; i++) {
        const RvDifference *one = g_ptr_array_index(differences, i);

        if (strcmp(one->kind, "missing") != 0)
            continue;
        g_print("what was taken out on purpose: rackvitals inventory accept %s PART…\n",
                one->device);
        return;
    }
}

static int
run_diff(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    g_autoptr(GPtrArray) devices = NULL, differences = NULL;
    g_autoptr(RvState) state = NULL;
    const RvConfiguration *site;
    RvInventoryFormat format;

    if (!parse(&options, "[GLOB…] - what is declared against what was found", TRUE, &argc, &argv,
               error) ||
        !rv_inventory_format_parse(options.format, &format, error))
        return EX_USAGE;
    if (format == RV_INVENTORY_CSV) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, "--format: diff has text and json");
        return EX_USAGE;
    }
    site = rv_state_options_site(&options.state, context, error);
    devices = site != NULL ? select_devices(site, argv + 1, error) : NULL;
    state = devices != NULL
                ? rv_state_options_open(&options.state, context, RV_STATE_MODE_READ, error)
                : NULL;
    differences = state != NULL ? rv_inventory_diff(state, site->inventory, devices, error) : NULL;
    if (differences == NULL)
        return EX_USAGE;
    for (guint i = 0; i < differences->len; i++)
        print_difference(g_ptr_array_index(differences, i), format == RV_INVENTORY_JSON);
    if (format == RV_INVENTORY_TEXT)
        advise(differences);
    return differences->len > 0 ? 1 : 0;
}

/* ---- accept ---- */

static int
run_accept(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvStateOptions) options = {.parts = RV_CONFIGURATION_INVENTORY};
    g_autoptr(GOptionContext) parser =
        g_option_context_new("DEVICE PART… - parts that are gone on purpose");
    g_autoptr(RvState) state = NULL;
    g_autoptr(GPtrArray) accepted = NULL;
    const RvConfiguration *site;

    rv_state_options_add(&options, parser);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc < 3) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "inventory accept takes a device and the parts that were taken out, by "
                            "name or key; '*' means all that are missing");
        return EX_USAGE;
    }
    site = rv_state_options_site(&options, context, error);
    if (site == NULL || !rv_cli_check_device(site->inventory, argv[1], error))
        return EX_USAGE;
    state = rv_state_options_open(&options, context, RV_STATE_MODE_WRITE, error);
    accepted = state != NULL
                   ? rv_inventory_accept(state, argv[1], argv + 2, rv_clock_now_ms(), error)
                   : NULL;
    if (accepted == NULL)
        return EX_USAGE;
    for (guint i = 0; i < accepted->len; i++)
        g_print("%s: %s is missed no more\n", argv[1], (char *)g_ptr_array_index(accepted, i));
    if (accepted->len > 0)
        return 0;
    g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT,
                "%s: no part is missing that is called so; `rackvitals inventory diff %s` names "
                "those that are",
                argv[1], argv[1]);
    return EX_NOINPUT;
}

/* ---- import ---- */

static int
run_import(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) parser =
        g_option_context_new("FILE - a list of devices (CSV) as inventory, on standard output");
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;

    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, "inventory import takes a CSV file");
        return EX_USAGE;
    }
    if (!g_file_get_contents(argv[1], &text, &length, &problem)) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_NO_INPUT, problem->message);
        return EX_NOINPUT;
    }
    if (!rv_inventory_import(argv[1], text, out, error))
        return EX_CONFIG;
    fwrite(out->str, 1, out->len, stdout);
    return 0;
}

int
rv_cmd_inventory(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"check", run_check, "", "all that is wrong in the site's files"},
        {"list", run_list, "[GLOB…]", "devices, a line each"},
        {"show", run_show, "GLOB…", "all that is declared of devices"},
        {"census", run_census, "[GLOB…]", "parts that were found"},
        {"diff", run_diff, "[GLOB…]", "what is declared against what was found"},
        {"accept", run_accept, "DEVICE PART…", "parts that are gone on purpose"},
        {"import", run_import, "FILE", "a list of devices (CSV) as inventory"},
        {NULL},
    };

    return rv_subcommand_run("inventory", rows, context, argc, argv, error);
}
