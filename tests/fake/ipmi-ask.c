/* Asks one BMC through the pool and prints what it said as JSON: for tests that compare with
 * FreeIPMI's own tools, count requests or look at what is left behind.
 *
 *   ipmi-ask [OPTION…] HOST PORT; the password is read from the environment, IPMI_PASSWORD */
#include <glib-unix.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "collect/ipmi.h"
#include "health/judge.h"
#include "ipmi/pool.h"
#include "observation/json.h"
#include "observation/words.h"

typedef struct {
    GMainLoop *loop;
    guint open;
    const RvIpmiStates *states; /* NULL: the answers themselves are printed */
} Wait;

static json_t *
number(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *
text(const char *value)
{
    return value != NULL ? json_string(value) : json_null();
}

static json_t *
sensor_json(const RvIpmiSensor *sensor)
{
    json_t *words = json_array();

    for (char **word = sensor->event_words; word != NULL && *word != NULL; word++)
        json_array_append_new(words, json_string(*word));
    return json_pack(
        "{si so so si si si si si sb so so so si so so so so so so so so}", "id", sensor->record_id,
        "name", text(sensor->name), "entity", text(sensor->entity), "number", sensor->number,
        "owner", sensor->owner_id, "lun", sensor->owner_lun, "type", sensor->type, "event_type",
        sensor->event_type, "readable", sensor->readable, "value", number(sensor->value), "unit",
        text(sensor->unit), "words", words, "events", sensor->has_events ? sensor->events : -1,
        "lower_nr", number(sensor->lower_nonrecoverable), "lower_c", number(sensor->lower_critical),
        "lower_nc", number(sensor->lower_noncritical), "upper_nc",
        number(sensor->upper_noncritical), "upper_c", number(sensor->upper_critical), "upper_nr",
        number(sensor->upper_nonrecoverable), "hysteresis_positive",
        number(sensor->hysteresis_positive), "hysteresis_negative",
        number(sensor->hysteresis_negative));
}

static json_t *
entry_json(const RvIpmiSelEntry *entry)
{
    return json_pack("{si sI si so so sb si si si}", "id", entry->record_id, "time",
                     (json_int_t)entry->time, "type", entry->sensor_type, "sensor",
                     text(entry->sensor), "text", text(entry->text), "asserted", entry->asserted,
                     "event_type", entry->event_type, "offset", entry->offset, "record_type",
                     entry->record_type);
}

static json_t *
fru_json(const RvIpmiFru *fru)
{
    json_t *custom = json_array();

    for (guint i = 0; i < fru->custom->len; i++)
        json_array_append_new(custom, json_string(g_ptr_array_index(fru->custom, i)));
    return json_pack(
        "{si so so so so so so so so so sI so so so so so so so so si so}", "id", fru->device_id,
        "name", text(fru->name), "chassis_type", text(fru->chassis_type), "chassis_part",
        text(fru->chassis_part), "chassis_serial", text(fru->chassis_serial), "board_manufacturer",
        text(fru->board_manufacturer), "board_product", text(fru->board_product), "board_serial",
        text(fru->board_serial), "board_part", text(fru->board_part), "board_file",
        text(fru->board_file_id), "board_made", (json_int_t)fru->board_made, "product_manufacturer",
        text(fru->product_manufacturer), "product_name", text(fru->product_name), "product_part",
        text(fru->product_part), "product_version", text(fru->product_version), "product_serial",
        text(fru->product_serial), "product_file", text(fru->product_file_id), "asset_tag",
        text(fru->asset_tag), "custom", custom, "capacity", fru->supply_capacity, "problem",
        text(fru->problem));
}

static json_t *
answers_json(const RvIpmiAnswers *answers)
{
    json_t *sensors = json_array(), *sel = json_array(), *frus = json_array(),
           *notes = json_array();

    for (guint i = 0; i < answers->sensors->len; i++)
        json_array_append_new(sensors, sensor_json(g_ptr_array_index(answers->sensors, i)));
    for (guint i = 0; i < answers->sel->len; i++)
        json_array_append_new(sel, entry_json(g_ptr_array_index(answers->sel, i)));
    for (guint i = 0; i < answers->frus->len; i++)
        json_array_append_new(frus, fru_json(g_ptr_array_index(answers->frus, i)));
    for (guint i = 0; i < answers->notes->len; i++)
        json_array_append_new(notes, json_string(g_ptr_array_index(answers->notes, i)));
    return json_pack(
        "{ss ss so sb sI si si si sb si si si si si so so sb sb so so si sb sb so so so so}",
        "state", rv_reachability_word(answers->state), "reason", rv_reason_word(answers->reason),
        "detail", text(answers->detail), "partial", answers->partial, "duration_ms",
        (json_int_t)answers->duration_ms, "requests", answers->requests, "retries",
        answers->retries, "cipher", answers->cipher, "has_device_id", answers->has_device_id,
        "device_id", answers->device_id, "firmware_major", answers->firmware_major,
        "firmware_minor", answers->firmware_minor, "manufacturer_id", (int)answers->manufacturer_id,
        "product_id", answers->product_id, "manufacturer", text(answers->manufacturer), "board",
        text(answers->board), "has_chassis", answers->has_chassis, "power_on", answers->power_on,
        "dcmi_power_w", number(answers->dcmi_power_w), "asset_tag", text(answers->asset_tag),
        "sel_entries", answers->sel_entries, "sel_restarted", answers->sel_restarted,
        "has_sel_info", answers->has_sel_info, "sensors", sensors, "sel", sel, "frus", frus,
        "notes", notes);
}

static char *
observe(const RvIpmiAnswers *answers, const RvIpmiStates *states)
{
    g_autoptr(RvObservation) observation = rv_observation_new();

    rv_collect_ipmi(answers, states, observation);
    rv_observation_settle(observation);
    rv_health_judge(observation, NULL);
    return rv_observation_to_json_line(observation);
}

static char *
dump(const RvIpmiAnswers *answers)
{
    json_t *json = answers_json(answers);
    char *line = json_dumps(json, JSON_COMPACT);

    json_decref(json);
    return line;
}

static void
on_done(RvIpmiAnswers *answers, gpointer user_data)
{
    Wait *wait = user_data;
    g_autofree char *line = wait->states != NULL ? observe(answers, wait->states) : dump(answers);

    puts(line); /* UTF-8 whatever the locale */
    fflush(stdout);
    rv_ipmi_answers_free(answers);
    if (--wait->open == 0)
        g_main_loop_quit(wait->loop);
}

static gboolean
on_signal(gpointer user_data)
{
    g_main_loop_quit(user_data);
    return G_SOURCE_REMOVE;
}

int
main(int argc, char **argv)
{
    g_autoptr(RvIpmiAccess) access = rv_ipmi_access_new();
    RvIpmiTask task = {.sensors = TRUE, .chassis = TRUE, .sel = TRUE, .dcmi = TRUE};
    g_autoptr(RvIpmiStates) states = NULL;
    g_autofree char *table = NULL, *state = NULL, *user = NULL, *version = NULL, *level = NULL,
                    *kg = NULL;
    g_auto(GStrv) workarounds = NULL;
    int budget_ms = 30000, after = 0, times = 1, timeout_ms = 0, retransmission_ms = 0;
    gint64 after_time = 0;
    gboolean fru = FALSE, at_once = FALSE;
    const GOptionEntry entries[] = {
        {"state", 0, 0, G_OPTION_ARG_STRING, &state, "state folder", "FOLDER"},
        {"user", 0, 0, G_OPTION_ARG_STRING, &user, "user", "NAME"},
        {"version", 0, 0, G_OPTION_ARG_STRING, &version, "1.5 or 2.0", "VERSION"},
        {"privilege", 0, 0, G_OPTION_ARG_STRING, &level, "user, operator, admin", "LEVEL"},
        {"kg", 0, 0, G_OPTION_ARG_STRING, &kg, "K_g of a simulated BMC", "KEY"},
        {"cipher", 0, 0, G_OPTION_ARG_INT, &access->cipher, "cipher suite", "N"},
        {"workaround", 0, 0, G_OPTION_ARG_STRING_ARRAY, &workarounds, "FreeIPMI's name", "FLAG"},
        {"budget", 0, 0, G_OPTION_ARG_INT, &budget_ms, "time in all", "MS"},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &timeout_ms, "of one command", "MS"},
        {"retransmission", 0, 0, G_OPTION_ARG_INT, &retransmission_ms, "of one packet", "MS"},
        {"after", 0, 0, G_OPTION_ARG_INT, &after, "SEL record seen last", "ID"},
        {"after-time", 0, 0, G_OPTION_ARG_INT64, &after_time, "its time", "SECONDS"},
        {"times", 0, 0, G_OPTION_ARG_INT, &times, "so many rounds in one process", "N"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &at_once, "ask all rounds at once", NULL},
        {"observe", 0, 0, G_OPTION_ARG_FILENAME, &table,
         "print the judged Observation by this table of states", "FILE"},
        {"fru", 0, 0, G_OPTION_ARG_NONE, &fru, "FRU and what seldom changes", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) options = g_option_context_new("HOST[:PORT]…");
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(RvIpmiPool) pool = NULL;
    g_autoptr(GError) error = NULL;
    RvIpmiPrivilege privilege = RV_PRIVILEGE_ADMIN;
    Wait wait = {loop, 0, NULL};

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || argc < 2) {
        g_printerr("%s\n", error != NULL ? error->message : "HOST[:PORT] is missing");
        return 64;
    }
    g_free(access->user);
    access->user = g_strdup(user != NULL ? user : "admin");
    access->password = rv_secret_new(g_getenv("IPMI_PASSWORD") ? g_getenv("IPMI_PASSWORD") : "");
    access->kg = kg != NULL ? rv_secret_new(kg) : NULL;
    access->workarounds = g_strdupv(workarounds);
    if (timeout_ms > 0)
        access->timeout_ms = (guint)timeout_ms;
    if (retransmission_ms > 0)
        access->retransmission_ms = (guint)retransmission_ms;
    if (version != NULL && !rv_ipmi_version_parse(version, &access->version))
        return 64;
    if (level != NULL && !rv_ipmi_privilege_parse(level, &privilege))
        return 64;
    access->privilege = privilege;
    task.fru = fru;
    task.sel_after_record = (guint32)after;
    task.sel_after_time = after_time;
    if (table != NULL)
        wait.states = states = rv_ipmi_states_load(table, &error);
    if (error == NULL)
        pool = rv_ipmi_pool_new(NULL, state, 0, &error);
    if (pool == NULL) {
        g_printerr("%s\n", error->message);
        return 70;
    }
    g_unix_signal_add(SIGTERM, on_signal, loop);
    for (int i = 0; i < times; i++) {
        task.deadline_ms = rv_clock_monotonic_ms() + budget_ms;
        for (int k = 1; k < argc; k++) {
            /* HOST, HOST:PORT or [IPv6 address]:PORT */
            const char *bracket = strchr(argv[k], ']');
            const char *colon = strchr(bracket != NULL ? bracket : argv[k], ':');

            g_free(access->address);
            access->address = g_strndup(argv[k] + (bracket != NULL ? 1 : 0),
                                        bracket != NULL ? (gsize)(bracket - argv[k] - 1)
                                        : colon != NULL ? (gsize)(colon - argv[k])
                                                        : strlen(argv[k]));
            access->port = colon != NULL ? (guint16)atoi(colon + 1) : 623;
            wait.open++;
            rv_ipmi_pool_ask(pool, access, &task, on_done, &wait);
        }
        if (!at_once || i == times - 1)
            g_main_loop_run(loop);
    }
    return 0;
}
