#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/data-folder.h"
#include "cli/target-options.h"
#include "profile/objects.h"
#include "snmp/agent.h"
#include "snmp/recording.h"

#define ARC_CEILING 3 /* the roots of all OIDs: 0, 1, 2 */

typedef struct {
    RvTargetOptions *target;
    char *save;
    gboolean names;
    GMainLoop *waiting;
    const char *name;
    int status;
} Walk;

static int
usage(GError **error, const char *message)
{
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, message);
    return EX_USAGE;
}

/* "UPS-MIB::upsBatteryStatus.0"; the number where no module has it, or only a branch above. */
static char *
named(const RvObjects *objects, const RvOid *oid)
{
    const RvObject *object = objects != NULL ? rv_objects_above(objects, oid) : NULL;
    g_autofree char *number = rv_oid_format(oid), *above = NULL;

    if (object == NULL || !object->leaf)
        return g_strconcat(".", number, NULL);
    above = rv_oid_format(&object->oid);
    return g_strconcat(object->module, "::", object->name, number + strlen(above), NULL);
}

static void
append_word(const RvObjects *objects, const RvVarbind *varbind, GString *line)
{
    const RvObject *object = objects != NULL ? rv_objects_above(objects, &varbind->oid) : NULL;
    const RvMapEntry *entry = NULL;

    if (object != NULL && object->enumeration != NULL && varbind->type == RV_SNMP_INTEGER) {
        g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, varbind->integer);

        entry = rv_map_find(object->enumeration, key);
    }
    if (entry != NULL)
        g_string_append_printf(line, " (%s)", entry->value);
}

static void
print_varbind(const RvObjects *objects, const RvVarbind *varbind, GString *line)
{
    g_autofree char *oid = named(objects, &varbind->oid);

    g_string_printf(line, "%s = ", oid);
    rv_varbind_print(varbind, line);
    append_word(objects, varbind, line);
    puts(line->str);
}

static void
print_all(const Walk *walk, const RvSnmpAnswers *answers)
{
    g_autofree char *modules = rv_cli_data_folder("mibs");
    g_autoptr(RvObjects) objects = walk->names ? rv_objects_load(modules) : NULL;
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint32 arc = 0; arc < ARC_CEILING; arc++) {
        RvOid root = {.ids = &arc, .length = 1};
        guint n;
        const RvVarbind *varbinds = rv_snmp_answers_below(answers, &root, &n);

        for (guint i = 0; i < n; i++)
            print_varbind(objects, &varbinds[i], line);
    }
}

static void
on_done(RvSnmpAgent *agent, const RvSnmpOutcome *outcome, gpointer user_data)
{
    Walk *walk = user_data;

    if (outcome->detail != NULL)
        rv_warning("%s: %s", walk->name, outcome->detail);
    if (outcome->note != NULL)
        rv_warning("%s: %s", walk->name, outcome->note);
    rv_info("%s: %u requests, %u sent again, %" G_GINT64_FORMAT " ms", walk->name,
            outcome->requests, outcome->retries, outcome->duration_ms);
    walk->status = outcome->state == RV_STATE_UP && !outcome->partial ? EX_OK : 1;
    g_main_loop_quit(walk->waiting);
}

/* An instance is its own answer: below it there is nothing. */
static gboolean
ask(Walk *walk, const RvDevice *device, RvOid *roots, guint n, RvSnmpAnswers *answers,
    GError **error)
{
    g_autoptr(RvSnmpLoop) loop = rv_snmp_loop_new(NULL, error);
    g_autoptr(RvSnmpAgent) agent = NULL;
    RvSnmpQuestion questions[2 * ARC_CEILING] = {0};

    if (loop == NULL)
        return FALSE;
    for (guint i = 0; i < n; i++)
        questions[i] = (RvSnmpQuestion){.oid = roots[i], .walk = TRUE};
    if (n == 1)
        questions[n++] = (RvSnmpQuestion){.oid = roots[0]};
    walk->name = device->name;
    walk->waiting = g_main_loop_new(NULL, FALSE);
    agent = rv_snmp_agent_new(loop, device->snmp);
    rv_snmp_agent_ask(agent, questions, n,
                      rv_clock_monotonic_ms() + rv_target_options_budget_ms(walk->target), answers,
                      on_done, walk);
    g_main_loop_run(walk->waiting);
    g_clear_pointer(&walk->waiting, g_main_loop_unref);
    return TRUE;
}

static int
run(Walk *walk, const RvDevice *device, RvOid *roots, guint n, GError **error)
{
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_answers_new();

    if (device->snmp == NULL)
        return usage(error, "this device is not asked by SNMP");
    if (!ask(walk, device, roots, n, answers, error))
        return EX_SOFTWARE;
    if (walk->save == NULL)
        print_all(walk, answers);
    else if (rv_snmp_answers_count(answers) > 0 &&
             !rv_snmp_recording_save(answers, walk->save, error))
        return EX_CANTCREAT;
    return walk->status;
}

static int
walk_target(Walk *walk, const RvCliContext *cli, int argc, char **argv, GError **error)
{
    /* what devices have lies under iso.org, and LLDP under iso.std */
    guint32 everything[] = {1, 3, 6, 1}, lldp[] = {1, 0, 8802};
    RvOid roots[] = {{.ids = everything, .length = 4}, {.ids = lldp, .length = 3}}, root = {0};
    char *targets[] = {argc > 1 ? argv[1] : NULL, NULL};
    g_autoptr(GPtrArray) devices = NULL;
    int status;

    if (argc < 2 || argc > 3)
        return usage(error, "walk takes a TARGET and, if not all is wanted, an OID");
    if (argc == 3 && (!rv_oid_parse(argv[2], &root) || root.length < 2)) {
        rv_oid_clear(&root);
        return usage(error, "an OID is numbers between dots, at least two: 1.3.6.1.2.1.1");
    }
    devices = rv_target_options_resolve(walk->target, cli, targets, error);
    if (devices != NULL && devices->len != 1)
        status = usage(error, "walk takes one device at a time");
    else if (devices != NULL)
        status = run(walk, g_ptr_array_index(devices, 0), argc == 3 ? &root : roots,
                     argc == 3 ? 1 : G_N_ELEMENTS(roots), error);
    else
        status = EX_USAGE;
    rv_oid_clear(&root);
    return status;
}

int
rv_cmd_walk(const RvCliContext *cli, int argc, char **argv, GError **error)
{
    Walk walk = {0};
    g_autoptr(RvTargetOptions) target = rv_target_options_new();
    const GOptionEntry entries[] = {{"save", 0, 0, G_OPTION_ARG_FILENAME, &walk.save,
                                     "write a recording (.snmprec) instead of printing", "FILE"},
                                    {"names", 0, 0, G_OPTION_ARG_NONE, &walk.names,
                                     "print names of objects and states, not numbers alone", NULL},
                                    {NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("TARGET [OID] - print every value of an SNMP agent");
    int status = EX_USAGE;

    walk.target = target;
    g_option_context_add_main_entries(context, entries, NULL);
    rv_target_options_add(target, context);
    if (g_option_context_parse(context, &argc, &argv, error)) {
        status = walk_target(&walk, cli, argc, argv, error);
    } else if (error != NULL && *error != NULL) {
        (*error)->domain = RV_ERROR;
        (*error)->code = RV_ERROR_USAGE;
    }
    g_free(walk.save);
    return status;
}
