#include "observation/observation.h"
#include "observation/words.h"

static RvSensor *
sensor(RvObservation *observation, const char *key, const char *oid)
{
    RvSensor *made = rv_observation_add_sensor(observation, RV_CLASS_FAN);

    g_free(made->key);
    made->key = g_strdup(key);
    made->oid = g_strdup(oid);
    return made;
}

/* The order in which every list of sensors and of parts begins. */
static void
test_order(void)
{
    static const char *const keys[] = {"fan-1", "fan-2", "fan-10", "psu-2/fan", "psu-10/fan"};
    g_autoptr(RvObservation) observation = rv_observation_new();

    for (gsize i = G_N_ELEMENTS(keys); i-- > 0;) {
        RvComponent *component = rv_observation_add_component(observation);

        sensor(observation, keys[i], NULL);
        g_free(component->key);
        component->key = g_strdup(keys[i]);
    }
    rv_observation_settle(observation);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_assert_cmpstr(((RvSensor *)g_ptr_array_index(observation->sensors, i))->key, ==, keys[i]);
        g_assert_cmpstr(((RvComponent *)g_ptr_array_index(observation->components, i))->key, ==,
                        keys[i]);
    }
}

/* Equal keys are told apart in an order that does not hang on the order of the answers, and no key
 * that was unique is changed. */
static void
test_settle(void)
{
    static const char *const in[][2] = {
        {"b", "1.3.1"}, {"a", "1.3.10"}, {"a-2", "1.3.4"}, {"a", "1.3.9"}, {"a", "1.3.11"}};
    static const char *const out[][2] = {
        {"a", "1.3.9"}, {"a-3", "1.3.10"}, {"a-4", "1.3.11"}, {"a-2", "1.3.4"}, {"b", "1.3.1"}};

    for (int turn = 0; turn < 2; turn++) {
        g_autoptr(RvObservation) observation = rv_observation_new();

        for (gsize i = 0; i < G_N_ELEMENTS(in); i++) {
            gsize at = turn == 0 ? i : G_N_ELEMENTS(in) - 1 - i;

            sensor(observation, in[at][0], in[at][1]);
        }
        rv_observation_settle(observation);
        for (guint i = 0; i < observation->sensors->len; i++) {
            const RvSensor *one = g_ptr_array_index(observation->sensors, i);

            g_assert_cmpstr(one->key, ==, out[i][0]);
            g_assert_cmpstr(one->oid, ==, out[i][1]);
        }
    }
}

static void
test_reachability(void)
{
    static const struct {
        const char *shows;
        RvReachability snmp, ipmi, whole;
    } rows[] = {
        {"up by one protocol", RV_STATE_DOWN, RV_STATE_UP, RV_STATE_UP},
        {"down by all that were asked", RV_STATE_DOWN, RV_STATE_NOT_ASKED, RV_STATE_DOWN},
        {"never asked", RV_STATE_NOT_ASKED, RV_STATE_NOT_ASKED, RV_STATE_NOT_ASKED},
        {"unreachable", RV_STATE_UNREACHABLE, RV_STATE_UNREACHABLE, RV_STATE_UNREACHABLE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = rv_observation_new();

        g_test_message("%s", rows[i].shows);
        rv_observation_add_protocol(observation, "snmp")->state = rows[i].snmp;
        rv_observation_add_protocol(observation, "ipmi")->state = rows[i].ipmi;
        g_assert_cmpint(rv_observation_reachability(observation), ==, rows[i].whole);
        g_assert_cmpint(rv_observation_protocol(observation, "ipmi")->state, ==, rows[i].ipmi);
        g_assert_null(rv_observation_protocol(observation, "http"));
    }
}

static void
test_notes_ceiling(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();

    for (int i = 0; i < 10000; i++)
        rv_observation_note(observation, "%d", i);
    g_assert_cmpuint(observation->notes->len, ==, 500);
}

static void
test_bytes(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    gsize empty = rv_observation_bytes(observation);
    RvInterface *interface = rv_observation_add_interface(observation, 1);

    g_free(interface->alias);
    interface->alias = g_strnfill(1000, 'x');
    rv_observation_add_sensor(observation, RV_CLASS_FAN);
    rv_observation_add_component(observation);
    rv_observation_add_event(observation);
    g_assert_cmpuint(rv_observation_bytes(observation), >=,
                     empty + 1000 + sizeof(RvInterface) + sizeof(RvSensor) + sizeof(RvComponent) +
                         sizeof(RvEvent));
}

static void
test_words(void)
{
    RvVerdict verdict;
    RvClass class;

    for (int i = 0; i < RV_CLASSES; i++) {
        g_assert_true(rv_class_parse(rv_class_word((RvClass)i), &class));
        g_assert_cmpint((int)class, ==, i);
    }
    for (int i = RV_VERDICT_OK; i <= RV_VERDICT_UNKNOWN; i++) {
        g_assert_true(rv_verdict_parse(rv_verdict_word((RvVerdict)i), &verdict));
        g_assert_cmpint((int)verdict, ==, i);
        g_assert_cmpint((int)rv_verdict_worst(RV_VERDICT_CRITICAL, verdict), ==,
                        RV_VERDICT_CRITICAL);
        g_assert_cmpint((int)rv_verdict_worst(verdict, RV_VERDICT_OK), ==, i);
    }
    g_assert_cmpint((int)rv_verdict_worst(RV_VERDICT_WARNING, RV_VERDICT_UNKNOWN), ==,
                    RV_VERDICT_UNKNOWN);
    g_assert_false(rv_class_parse("smell", &class));
    g_assert_false(rv_verdict_parse("OK", &verdict));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/observation/order", test_order);
    g_test_add_func("/observation/settle", test_settle);
    g_test_add_func("/observation/reachability", test_reachability);
    g_test_add_func("/observation/notes-ceiling", test_notes_ceiling);
    g_test_add_func("/observation/bytes", test_bytes);
    g_test_add_func("/observation/words", test_words);
    return g_test_run();
}
