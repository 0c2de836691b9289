/* The JSON form: what goes out comes back, and what is no Observation says where. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "observation/json.h"
#include "observation/words.h"

static RvObservation *
parse(const char *text, GError **error)
{
    json_error_t problem;
    json_t *json = json_loads(text, JSON_DECODE_ANY, &problem);
    RvObservation *observation;

    g_assert_nonnull(json);
    observation = rv_observation_from_json(json, error);
    json_decref(json);
    return observation;
}

static void
set(char **text, const char *to)
{
    g_free(*text);
    *text = g_strdup(to);
}

static void
fill_sensors(RvObservation *observation)
{
    for (int class = 0; class < RV_CLASSES; class ++) {
        RvSensor *sensor = rv_observation_add_sensor(observation, (RvClass) class);

        set(&sensor->key, rv_class_word((RvClass) class));
        set(&sensor->name, "电源 \"1\" <b>&");
        sensor->value = class == RV_CLASS_STATE ? NAN : 41.1 + class;
        sensor->has_raw = class % 2 == 0;
        sensor->raw = G_MININT64 + class;
        sensor->raw_text = class % 2 == 0 ? NULL : g_strdup("41.1 C");
        sensor->component = g_strdup("psu-1");
        sensor->group = g_strdup("psu");
        sensor->oid = class < 3 ? g_strdup("1.3.6.1.4.1.2011.5.25.31.1.1.1.1.11.67108867") : NULL;
        sensor->sdr_id = class < 3 ? -1 : 65535;
        sensor->entity = class < 3 ? NULL : g_strdup("power supply 1");
        sensor->state = g_strdup("normal");
        sensor->presence = (RvPresence)(class % 3);
        sensor->has_device_verdict = class % 2;
        sensor->device_verdict = class % 2 ? (RvVerdict)(class % 4) : RV_VERDICT_OK;
        sensor->limits = (RvLimits){NAN, -0.5, 1e-3, 123456789.25};
        sensor->limits_source = (RvLimitsSource)(class % 4);
        sensor->hysteresis = 0.5;
        sensor->status = (RvVerdict)(class % 4);
        sensor->reason = g_strdup("why");
        sensor->source = g_strdup("huawei-vrp: hwEntityTemperature");
    }
}

static void
fill_others(RvObservation *observation)
{
    RvInterface *interface = rv_observation_add_interface(observation, G_MAXUINT32);
    RvComponent *component = rv_observation_add_component(observation);
    RvEvent *event = rv_observation_add_event(observation);

    set(&interface->key, "gigabitethernet0-0-1");
    set(&interface->name, "GigabitEthernet0/0/1");
    set(&interface->alias, "上联");
    interface->mac = g_strdup("00:11:22:33:44:55");
    interface->duplex = g_strdup("full");
    interface->type = 6;
    interface->mtu = 9216;
    interface->admin_status = RV_ADMIN_UP;
    interface->oper_status = RV_OPER_LOWER_LAYER_DOWN;
    interface->speed_bps = 100000000000;
    interface->in_octets = 0;
    interface->out_octets = G_MAXINT64;
    interface->in_errors = 4294967295;
    interface->counters_64bit = TRUE;
    interface->discontinuity_ticks = 0;
    interface->last_change_ticks = 4294967295;
    rv_observation_add_interface(observation, 1); /* nothing known */
    set(&component->key, "chassis/psu-1");
    set(&component->class, "psu");
    set(&component->serial, "2102");
    component->index = 67108867;
    component->parent = g_strdup("chassis");
    event->time_ms = 1762272000123;
    event->record_id = 17;
    event->asserted = TRUE;
    event->severity = RV_VERDICT_CRITICAL;
    event->ended = TRUE;
    set(&event->text, "Power Supply failure detected");
    rv_observation_add_event(observation); /* its clock was not set */
    rv_observation_note(observation, "%s", "fan 3: 100 % dropped");
}

static void
fill_protocols(RvObservation *observation)
{
    for (int state = RV_STATE_UP; state <= RV_STATE_NOT_ASKED; state++) {
        for (int reason = RV_REASON_NONE; reason <= RV_REASON_CONFIGURATION; reason++) {
            RvProtocol *protocol = rv_observation_add_protocol(observation, "snmp");

            protocol->state = (RvReachability)state;
            protocol->reason = (RvReason)reason;
            protocol->detail = reason % 2 ? g_strdup("no answer in 3 × 2000 ms") : NULL;
            protocol->partial = reason % 2;
            protocol->duration_ms = 41;
            protocol->requests = G_MAXUINT;
            protocol->answers = 1;
            protocol->retries = 2;
        }
    }
}

static void
test_round_trip(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autoptr(RvObservation) again = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    const RvInterface *interface;

    observation->taken_at_ms = 1762272000000;
    observation->status = RV_VERDICT_CRITICAL;
    set(&observation->device.host, "127.0.0.1");
    observation->device.sys_descr = g_strdup("Huawei\\ \x01 S5720");
    observation->device.uptime_seconds = 281568;
    fill_protocols(observation);
    fill_sensors(observation);
    fill_others(observation);
    first = rv_observation_to_json_line(observation);
    g_assert_null(strchr(first, '\n'));
    again = parse(first, &error);
    g_assert_no_error(error);
    g_clear_pointer(&again->device.sys_descr, g_free); /* the control character does not come in */
    again->device.sys_descr = g_strdup("Huawei\\ \x01 S5720");
    second = rv_observation_to_json_line(again);
    g_assert_cmpstr(first, ==, second);
    interface = g_ptr_array_index(again->interfaces, 0);
    g_assert_cmpuint(interface->out_octets, ==, G_MAXINT64);
    g_assert_cmpuint(interface->in_discards, ==, RV_COUNTER_NONE);
    g_assert_cmpint(((RvInterface *)g_ptr_array_index(again->interfaces, 1))->speed_bps, ==, -1);
    g_assert_true(isnan(((RvSensor *)g_ptr_array_index(again->sensors, 0))->limits.low_critical));
}

/* What is left out there is null here. */
static void
test_brief(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autoptr(RvObservation) again = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *whole = NULL;
    g_autofree char *brief = NULL;
    g_autofree char *second = NULL;

    fill_protocols(observation);
    fill_sensors(observation);
    fill_others(observation);
    observation->device.serial = g_strdup("a \"serial\"");
    whole = rv_observation_to_json_line(observation);
    brief = rv_observation_to_json_brief(observation);
    g_assert_nonnull(strstr(whole, "null"));
    g_assert_null(strstr(brief, "null"));
    again = parse(brief, &error);
    g_assert_no_error(error);
    second = rv_observation_to_json_line(again);
    g_assert_cmpstr(whole, ==, second);
}

/* A counter that the library's integers cannot hold is no negative number. */
static void
test_large_counter(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autoptr(RvObservation) again = NULL;
    RvInterface *interface = rv_observation_add_interface(observation, 1);
    g_autofree char *line = NULL;

    interface->in_octets = G_MAXUINT64 - 5000000;
    line = rv_observation_to_json_line(observation);
    g_assert_null(strstr(line, "\"in_octets\":-"));
    again = parse(line, NULL);
    interface = g_ptr_array_index(again->interfaces, 0);
    g_assert_cmpuint(interface->in_octets, >, 18000000000000000000u);
}

/* The names and null of the contract. */
static void
test_form(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE);
    g_autofree char *line = NULL;

    set(&sensor->key, "psu-1/temperature");
    sensor->value = 0.1 + 0.2;
    sensor->limits.high_warning = 60;
    rv_observation_add_protocol(observation, "snmp")->state = RV_STATE_UP;
    line = rv_observation_to_json_line(observation);
    g_assert_nonnull(strstr(line, "\"value\":0.3,"));
    g_assert_nonnull(strstr(line, "\"unit\":\"°C\""));
    g_assert_nonnull(strstr(line, "\"limits\":{\"low_critical\":null,\"low_warning\":null,"
                                  "\"high_warning\":60.0,\"high_critical\":null}"));
    g_assert_nonnull(strstr(line,
                            "\"protocols\":[{\"name\":\"snmp\",\"state\":\"up\",\"reason\":null,"
                            "\"detail\":null,"));
    g_assert_nonnull(strstr(line, "\"oid\":null"));
    g_assert_null(strstr(line, "sdr_id"));
}

static void
test_hostile(void)
{
    static const struct {
        const char *shows, *json;
        const char *message; /* part of it; NULL: accepted */
    } rows[] = {
        {"the least", "{\"device\":{}}", NULL},
        {"fields that we do not know yet", "{\"device\":{\"moon\":1},\"stars\":[1]}", NULL},
        {"null is not known", "{\"device\":{\"serial\":null},\"sensors\":[{\"value\":null}]}",
         NULL},
        {"no object", "[1,2]", "device"},
        {"no device", "{}", "device"},
        {"a device that is a text", "{\"device\":\"x\"}", "device"},
        {"a number for a text", "{\"device\":{\"serial\":17}}", "serial: not a text"},
        {"a text for a number", "{\"device\":{},\"sensors\":[{\"value\":\"1\"}]}",
         "value: not a number"},
        {"a fraction of seconds", "{\"device\":{\"uptime_seconds\":1.5}}", "uptime_seconds"},
        {"a class that is none", "{\"device\":{},\"sensors\":[{\"class\":\"smell\"}]}",
         "class: not one of the words"},
        {"a status that is none", "{\"device\":{},\"status\":\"OK\"}", "status"},
        {"an array that is none", "{\"device\":{},\"sensors\":{}}", "sensors: not an array"},
        {"an element that is none", "{\"device\":{},\"events\":[null]}", "events: not an array of"},
        {"a negative counter", "{\"device\":{},\"interfaces\":[{\"in_octets\":-1}]}",
         "in_octets: not a counter"},
        {"an index below 0", "{\"device\":{},\"interfaces\":[{\"index\":-1}]}", "index"},
        {"an index too large", "{\"device\":{},\"interfaces\":[{\"index\":4294967296}]}", "index"},
        {"a note that is none", "{\"device\":{},\"notes\":[1]}", "notes"},
        {"a truth that is none", "{\"device\":{},\"protocols\":[{\"partial\":1}]}", "partial"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RvObservation) observation = parse(rows[i].json, &error);

        g_test_message("%s", rows[i].shows);
        if (rows[i].message == NULL) {
            g_assert_no_error(error);
            g_assert_nonnull(observation);
        } else {
            g_assert_null(observation);
            g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
            g_assert_nonnull(strstr(error->message, rows[i].message));
        }
    }
}

static void
test_cleaned(void)
{
    g_autoptr(RvObservation) observation =
        parse("{\"device\":{\"name\":\"a\\u001b[31mb\"},\"notes\":[\"x\\u0007y\"],"
              "\"sensors\":[{\"name\":\"\\u202egpj.exe\"}]}",
              NULL);

    g_assert_cmpstr(observation->device.name, ==, "a [31mb");
    g_assert_cmpstr(g_ptr_array_index(observation->notes, 0), ==, "x y");
    g_assert_cmpstr(((RvSensor *)g_ptr_array_index(observation->sensors, 0))->name, ==, "gpj.exe");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/brief", test_brief);
    g_test_add_func("/json/round-trip", test_round_trip);
    g_test_add_func("/json/large-counter", test_large_counter);
    g_test_add_func("/json/form", test_form);
    g_test_add_func("/json/hostile", test_hostile);
    g_test_add_func("/json/cleaned", test_cleaned);
    return g_test_run();
}
