/* Judging: values and limits in, verdict and the sentence behind it out. */
#include <math.h>
#include <string.h>

#include "health/judge.h"
#include "observation/words.h"

#define NONE NAN

static RvObservation *
answer(void)
{
    RvObservation *observation = rv_observation_new();

    rv_observation_add_protocol(observation, "snmp")->state = RV_STATE_UP;
    return observation;
}

static RvSensor *
sensor(RvObservation *observation, RvClass class, const char *key)
{
    RvSensor *made = rv_observation_add_sensor(observation, class);

    g_free(made->key);
    g_free(made->name);
    made->key = g_strdup(key);
    made->name = g_strdup(key);
    return made;
}

/* ---- one value against limits ---- */

static void
test_limits(void)
{
    const RvLimits both = {5, 10, 60, 70}, high = {NONE, NONE, 60, 70};
    static const struct {
        const char *shows;
        gboolean both;
        double value;
        RvVerdict verdict;
        const char *which;
    } rows[] = {
        {"well inside", TRUE, 27, RV_VERDICT_OK, NULL},
        {"just under the warning limit", TRUE, 59.99, RV_VERDICT_OK, NULL},
        {"on the warning limit", TRUE, 60, RV_VERDICT_WARNING, "high_warning"},
        {"on the critical limit", TRUE, 70, RV_VERDICT_CRITICAL, "high_critical"},
        {"on the low warning limit", TRUE, 10, RV_VERDICT_WARNING, "low_warning"},
        {"under the low critical limit", TRUE, -3, RV_VERDICT_CRITICAL, "low_critical"},
        {"no low limit is there to pass", FALSE, -3, RV_VERDICT_OK, NULL},
        {"the sensor gave no value", TRUE, NAN, RV_VERDICT_UNKNOWN, NULL},
        {"no number at all", TRUE, INFINITY, RV_VERDICT_UNKNOWN, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *which = "?";
        RvVerdict verdict = rv_limits_judge(rows[i].both ? &both : &high, rows[i].value, &which);

        g_test_message("%s", rows[i].shows);
        g_assert_cmpint(verdict, ==, rows[i].verdict);
        g_assert_cmpstr(which, ==, rows[i].which);
        g_assert_cmpint(rv_limits_judge(&both, rows[i].value, NULL), ==,
                        rows[i].both ? (int)rows[i].verdict : RV_VERDICT_CRITICAL);
    }
}

/* ---- limits that cannot be ---- */

static void
test_sanity(void)
{
    static const struct {
        const char *shows;
        RvClass class;
        double value;
        RvLimits limits;
        RvVerdict verdict;
        RvLimits left;
        const char *note; /* part of it; NULL: none */
    } rows[] = {
        {"sane ones stay",
         RV_CLASS_TEMPERATURE,
         41,
         {NONE, 0, 60, 70},
         RV_VERDICT_OK,
         {NONE, 0, 60, 70},
         NULL},
        {"0/0 is none",
         RV_CLASS_TEMPERATURE,
         41,
         {NONE, NONE, 0, 0},
         RV_VERDICT_OK,
         {NONE, NONE, NONE, NONE},
         "high_critical 0 °C dropped"},
        {"a high limit of 0 alone is none",
         RV_CLASS_TEMPERATURE,
         41,
         {NONE, NONE, NONE, 0},
         RV_VERDICT_OK,
         {NONE, NONE, NONE, NONE},
         "high_critical"},
        {"a margin below 0 with a warning before it",
         RV_CLASS_TEMPERATURE,
         -40,
         {NONE, NONE, -5, 0},
         RV_VERDICT_OK,
         {NONE, NONE, -5, 0},
         NULL},
        {"the low limit stays when the highs are 0",
         RV_CLASS_TEMPERATURE,
         -15,
         {-10, NONE, 0, 0},
         RV_VERDICT_CRITICAL,
         {-10, NONE, NONE, NONE},
         "high_warning"},
        {"all four 0",
         RV_CLASS_CURRENT,
         0,
         {0, 0, 0, 0},
         RV_VERDICT_OK,
         {NONE, NONE, NONE, NONE},
         "0/0"},
        {"all four 0 of a module without diagnostics",
         RV_CLASS_TEMPERATURE,
         0,
         {0, 0, 0, 0},
         RV_VERDICT_OK,
         {NONE, NONE, NONE, NONE},
         "0/0"},
        {"an idle supply draws 0 A",
         RV_CLASS_CURRENT,
         0,
         {0, NONE, NONE, 12},
         RV_VERDICT_OK,
         {NONE, NONE, NONE, 12},
         "low_critical 0 A dropped"},
        {"a stopped fan is on its low limit of 0",
         RV_CLASS_FAN,
         0,
         {0, NONE, NONE, NONE},
         RV_VERDICT_CRITICAL,
         {0, NONE, NONE, NONE},
         NULL},
        {"a rail of -12 V",
         RV_CLASS_VOLTAGE,
         -12,
         {-13, -12.6, -11.4, -11},
         RV_VERDICT_OK,
         {-13, -12.6, -11.4, -11},
         NULL},
        {"a rail that may not come to 0 V",
         RV_CLASS_VOLTAGE,
         -12,
         {-13, NONE, NONE, 0},
         RV_VERDICT_OK,
         {-13, NONE, NONE, 0},
         NULL},
        {"0/0 of a rail is none",
         RV_CLASS_VOLTAGE,
         12,
         {0, NONE, NONE, 0},
         RV_VERDICT_OK,
         {NONE, NONE, NONE, NONE},
         "0/0"},
        {"light of more than 0 dBm",
         RV_CLASS_OPTICAL_POWER,
         0.5,
         {-14, NONE, NONE, 0},
         RV_VERDICT_CRITICAL,
         {-14, NONE, NONE, 0},
         NULL},
        {"low is high",
         RV_CLASS_TEMPERATURE,
         50,
         {50, NONE, NONE, 50},
         RV_VERDICT_OK,
         {NONE, NONE, NONE, NONE},
         "not below"},
        {"low over high",
         RV_CLASS_VOLTAGE,
         12,
         {13, NONE, NONE, 11},
         RV_VERDICT_OK,
         {NONE, NONE, NONE, NONE},
         "not below"},
        {"what no room can be",
         RV_CLASS_TEMPERATURE,
         41,
         {-273.15, NONE, 60, 65535},
         RV_VERDICT_OK,
         {NONE, NONE, 60, NONE},
         "out of physical range"},
        {"infinity",
         RV_CLASS_POWER,
         41,
         {NONE, NONE, 60, INFINITY},
         RV_VERDICT_OK,
         {NONE, NONE, 60, NONE},
         "out of physical range"},
        {"a warning beyond critical",
         RV_CLASS_TEMPERATURE,
         65,
         {NONE, NONE, 80, 60},
         RV_VERDICT_CRITICAL,
         {NONE, NONE, NONE, 60},
         "beyond high_critical"},
        {"the same below",
         RV_CLASS_FAN,
         900,
         {1000, 500, NONE, NONE},
         RV_VERDICT_CRITICAL,
         {1000, NONE, NONE, NONE},
         "beyond low_critical"},
        {"warning and critical alike",
         RV_CLASS_TEMPERATURE,
         60,
         {NONE, NONE, 60, 60},
         RV_VERDICT_CRITICAL,
         {NONE, NONE, 60, 60},
         NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = answer();
        RvSensor *made = sensor(observation, rows[i].class, "s");
        const double *left = &rows[i].left.low_critical, *is = &made->limits.low_critical;
        gboolean noted = rows[i].note == NULL;

        g_test_message("%s", rows[i].shows);
        made->value = rows[i].value;
        made->limits = rows[i].limits;
        made->limits_source = RV_LIMITS_DEVICE;
        rv_health_judge(observation, NULL);
        g_assert_cmpint(made->status, ==, rows[i].verdict);
        for (int j = 0; j < 4; j++)
            g_assert_true(isnan(left[j]) ? isnan(is[j]) : left[j] == is[j]);
        if (rows[i].note == NULL)
            g_assert_cmpuint(observation->notes->len, ==, 0);
        for (guint j = 0; j < observation->notes->len; j++)
            noted |= rows[i].note != NULL &&
                     strstr(g_ptr_array_index(observation->notes, j), rows[i].note) != NULL;
        g_assert_true(noted);
        g_assert_true((made->limits_source == RV_LIMITS_NONE) ==
                      (isnan(is[0]) && isnan(is[1]) && isnan(is[2]) && isnan(is[3])));
    }
}

/* ---- what the device says ---- */

static void
test_states(void)
{
    static const struct {
        const char *shows;
        RvClass class;
        RvPresence presence;
        gboolean has_verdict;
        RvVerdict device;
        const char *state;
        double value;
        RvVerdict verdict;
        const char *reason; /* whole */
    } rows[] = {
        {"a working supply", RV_CLASS_STATE, RV_PRESENCE_PRESENT, TRUE, RV_VERDICT_OK, "normal",
         NAN, RV_VERDICT_OK, NULL},
        {"a failed one", RV_CLASS_STATE, RV_PRESENCE_PRESENT, TRUE, RV_VERDICT_CRITICAL, "failed",
         NAN, RV_VERDICT_CRITICAL, "the device says 'failed'"},
        {"a verdict without a word", RV_CLASS_STATE, RV_PRESENCE_PRESENT, TRUE, RV_VERDICT_WARNING,
         NULL, NAN, RV_VERDICT_WARNING, "the device reports it as warning"},
        {"a word that the profile does not know", RV_CLASS_STATE, RV_PRESENCE_PRESENT, FALSE,
         RV_VERDICT_OK, "17", NAN, RV_VERDICT_UNKNOWN,
         "the device says '17', which we cannot interpret"},
        {"an empty bay is no alarm whatever its state", RV_CLASS_STATE, RV_PRESENCE_ABSENT, TRUE,
         RV_VERDICT_CRITICAL, "notPresent", NAN, RV_VERDICT_OK, "not fitted"},
        {"a value past its limit in an empty bay", RV_CLASS_TEMPERATURE, RV_PRESENCE_ABSENT, FALSE,
         RV_VERDICT_OK, NULL, 99, RV_VERDICT_OK, "not fitted"},
        {"a part that is gone", RV_CLASS_STATE, RV_PRESENCE_MISSING, FALSE, RV_VERDICT_OK, NULL,
         NAN, RV_VERDICT_CRITICAL, "was there and is gone"},
        {"a temperature without a value", RV_CLASS_TEMPERATURE, RV_PRESENCE_PRESENT, FALSE,
         RV_VERDICT_OK, NULL, NAN, RV_VERDICT_UNKNOWN, "the device gave no reading"},
        {"the limit is worse than the device's word", RV_CLASS_TEMPERATURE, RV_PRESENCE_PRESENT,
         TRUE, RV_VERDICT_OK, "ok", 71, RV_VERDICT_CRITICAL,
         "71 °C is at or above high_critical 70 °C (limit of the profile)"},
        {"the device's word is worse than the limit", RV_CLASS_TEMPERATURE, RV_PRESENCE_PRESENT,
         TRUE, RV_VERDICT_CRITICAL, "shutdown", 61, RV_VERDICT_CRITICAL,
         "the device says 'shutdown'"},
        {"a known excess is more than an unknown state", RV_CLASS_TEMPERATURE, RV_PRESENCE_PRESENT,
         TRUE, RV_VERDICT_UNKNOWN, "n/a", 61, RV_VERDICT_WARNING,
         "61 °C is at or above high_warning 60 °C (limit of the profile)"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = answer();
        RvSensor *made = sensor(observation, rows[i].class, "s");

        g_test_message("%s", rows[i].shows);
        made->presence = rows[i].presence;
        made->has_device_verdict = rows[i].has_verdict;
        made->device_verdict = rows[i].device;
        made->state = g_strdup(rows[i].state);
        made->value = rows[i].value;
        if (rows[i].class == RV_CLASS_TEMPERATURE) {
            made->limits = (RvLimits){NONE, NONE, 60, 70};
            made->limits_source = RV_LIMITS_PROFILE;
        }
        rv_health_judge(observation, NULL);
        g_assert_cmpint(made->status, ==, rows[i].verdict);
        g_assert_cmpstr(made->reason, ==, rows[i].reason);
    }
}

/* What cannot be read while the host is off says so; what can be read is judged as ever. */
static void
test_host_off(void)
{
    g_autoptr(RvObservation) observation = answer();
    RvSensor *silent = sensor(observation, RV_CLASS_TEMPERATURE, "cpu");
    RvSensor *inlet = sensor(observation, RV_CLASS_TEMPERATURE, "inlet");

    g_free(observation->device.power_state);
    observation->device.power_state = g_strdup("off");
    inlet->value = 22;
    rv_health_judge(observation, NULL);
    g_assert_cmpint(silent->status, ==, RV_VERDICT_UNKNOWN);
    g_assert_cmpstr(silent->reason, ==, "no reading: the host is off");
    g_assert_cmpint(inlet->status, ==, RV_VERDICT_OK);
}

/* ---- hysteresis ---- */

static void
test_hysteresis(void)
{
    static const struct {
        const char *shows;
        RvVerdict previous;
        double value, hysteresis;
        RvVerdict verdict;
    } rows[] = {
        {"a first reading under the limit", RV_VERDICT_OK, 59, 3, RV_VERDICT_OK},
        {"a warning that came back a little", RV_VERDICT_WARNING, 59, 3, RV_VERDICT_WARNING},
        {"a warning that came back by the hysteresis", RV_VERDICT_WARNING, 56.9, 3, RV_VERDICT_OK},
        {"a warning near the critical limit is not critical yet", RV_VERDICT_WARNING, 61.5, 3,
         RV_VERDICT_WARNING},
        {"within both slacks a warning stays a warning", RV_VERDICT_WARNING, 59.5, 3,
         RV_VERDICT_WARNING},
        {"critical that came back a little", RV_VERDICT_CRITICAL, 60, 3, RV_VERDICT_CRITICAL},
        {"critical that came back under the warning limit holds as a warning", RV_VERDICT_CRITICAL,
         58, 3, RV_VERDICT_WARNING},
        {"critical that is well again", RV_VERDICT_CRITICAL, 40, 3, RV_VERDICT_OK},
        {"unknown before holds nothing", RV_VERDICT_UNKNOWN, 59, 3, RV_VERDICT_OK},
        {"no hysteresis", RV_VERDICT_CRITICAL, 59, 0, RV_VERDICT_OK},
        {"a hysteresis that leaves no room is none", RV_VERDICT_CRITICAL, 40, 40, RV_VERDICT_OK},
        {"no number", RV_VERDICT_CRITICAL, 59, NAN, RV_VERDICT_OK},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = answer();
        g_autoptr(GHashTable) previous = g_hash_table_new(g_str_hash, g_str_equal);
        RvHealthContext context = {.previous = previous};
        RvSensor *made = sensor(observation, RV_CLASS_TEMPERATURE, "s");

        g_test_message("%s", rows[i].shows);
        g_hash_table_insert(previous, (gpointer) "s", GINT_TO_POINTER((int)rows[i].previous + 1));
        made->value = rows[i].value;
        made->hysteresis = rows[i].hysteresis;
        made->limits = (RvLimits){0, 5, 60, 62};
        made->limits_source = RV_LIMITS_DEVICE;
        rv_health_judge(observation, &context);
        g_assert_cmpint(made->status, ==, rows[i].verdict);
    }
}

static RvVerdict
judge_next(RvVerdict before, double value, double hysteresis)
{
    g_autoptr(RvObservation) observation = answer();
    g_autoptr(GHashTable) previous = g_hash_table_new(g_str_hash, g_str_equal);
    RvHealthContext context = {.previous = previous};
    RvSensor *made = sensor(observation, RV_CLASS_TEMPERATURE, "s");

    g_hash_table_insert(previous, (gpointer) "s", GINT_TO_POINTER((int)before + 1));
    made->value = value;
    made->hysteresis = hysteresis;
    made->limits = (RvLimits){10, 20, 60, 70};
    made->limits_source = RV_LIMITS_DEVICE;
    rv_health_judge(observation, &context);
    return made->status;
}

/* How far past a limit: 2 critical, 1 warning. A limit that held lets go only past its re-arm
 * value. */
static RvVerdict
expected_next(RvVerdict before, double value, double hysteresis)
{
    double slack = before == RV_VERDICT_CRITICAL ? hysteresis : 0;

    if (value >= 70 - slack || value <= 10 + slack)
        return RV_VERDICT_CRITICAL;
    slack = before == RV_VERDICT_OK ? 0 : hysteresis;
    return value >= 60 - slack || value <= 20 + slack ? RV_VERDICT_WARNING : RV_VERDICT_OK;
}

/* A value that wanders, and one that trembles at a limit by less than the hysteresis: the first is
 * judged as the re-arm values say, the second changes its verdict once at most. */
static void
test_wandering(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (int life = 0; life < 40; life++) {
        double hysteresis = g_rand_double_range(rand, 0.5, 8), value = 40;
        RvVerdict verdict = RV_VERDICT_OK, trembling = RV_VERDICT_OK;
        guint changes = 0;

        for (int i = 0; i < 100; i++) {
            RvVerdict now = expected_next(verdict, value, hysteresis), next;

            verdict = judge_next(verdict, value, hysteresis);
            g_assert_cmpint(verdict, ==, now);
            value = CLAMP(value + g_rand_double_range(rand, -9, 9), 0, 80);
            next = judge_next(trembling, 60 + g_rand_double_range(rand, -0.45, 0.45) * hysteresis,
                              hysteresis);
            changes += next != trembling;
            trembling = next;
        }
        g_assert_cmpuint(changes, <=, 1);
    }
}

static void
test_hysteresis_says_so(void)
{
    g_autoptr(RvObservation) observation = answer();
    g_autoptr(GHashTable) previous = g_hash_table_new(g_str_hash, g_str_equal);
    RvHealthContext context = {.previous = previous};
    RvSensor *made = sensor(observation, RV_CLASS_FAN, "s");

    g_hash_table_insert(previous, (gpointer) "s", GINT_TO_POINTER(RV_VERDICT_CRITICAL + 1));
    made->value = 1040;
    made->hysteresis = 75;
    made->limits.low_critical = 1000;
    made->limits_source = RV_LIMITS_DEVICE;
    rv_health_judge(observation, &context);
    g_assert_cmpstr(
        made->reason, ==,
        "1040 rpm is not yet 75 rpm back from low_critical 1000 rpm (limit of the device)");
}

/* ---- the site's own limits ---- */

static void
test_policies(void)
{
    static const struct {
        const char *shows, *glob;
        gboolean any_class;
        RvClass class;
        RvLimits policy;
        double value;
        RvVerdict verdict;
        const char *part; /* of the reason */
    } rows[] = {
        {"by key",
         "chassis/*",
         TRUE,
         RV_CLASS_STATE,
         {NONE, NONE, 35, NONE},
         40,
         RV_VERDICT_WARNING,
         "high_warning 35 °C (limit of the policy)"},
        {"by name",
         "Inlet",
         TRUE,
         RV_CLASS_STATE,
         {NONE, NONE, 35, NONE},
         40,
         RV_VERDICT_WARNING,
         "limit of the policy"},
        {"for the class",
         "*",
         FALSE,
         RV_CLASS_TEMPERATURE,
         {NONE, NONE, 35, NONE},
         40,
         RV_VERDICT_WARNING,
         "limit of the policy"},
        {"for another class",
         "*",
         FALSE,
         RV_CLASS_FAN,
         {NONE, NONE, 35, NONE},
         40,
         RV_VERDICT_OK,
         NULL},
        {"for another sensor",
         "Outlet",
         TRUE,
         RV_CLASS_STATE,
         {NONE, NONE, 35, NONE},
         40,
         RV_VERDICT_OK,
         NULL},
        {"the device's limit that stays is the device's",
         "*",
         TRUE,
         RV_CLASS_STATE,
         {NONE, NONE, 35, NONE},
         75,
         RV_VERDICT_CRITICAL,
         "high_critical 70 °C (limit of the device)"},
        {"the site's limit is wider",
         "*",
         TRUE,
         RV_CLASS_STATE,
         {NONE, NONE, 80, 90},
         75,
         RV_VERDICT_OK,
         NULL},
        {"the device's limit leaves no room beside the site's",
         "*",
         TRUE,
         RV_CLASS_STATE,
         {75, NONE, NONE, 90},
         80,
         RV_VERDICT_OK,
         NULL},
        {"a policy without a limit is none",
         "*",
         TRUE,
         RV_CLASS_STATE,
         {NONE, NONE, NONE, NONE},
         65,
         RV_VERDICT_WARNING,
         "limit of the device"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = answer();
        g_autoptr(GPtrArray) policies =
            g_ptr_array_new_with_free_func((GDestroyNotify)rv_policy_limit_free);
        RvHealthContext context = {.policies = policies};
        RvPolicyLimit *policy = rv_policy_limit_new(rows[i].glob);
        RvPolicyLimit *later = rv_policy_limit_new("*");
        RvSensor *made = sensor(observation, RV_CLASS_TEMPERATURE, "chassis/inlet");

        g_test_message("%s", rows[i].shows);
        policy->any_class = rows[i].any_class;
        policy->class = rows[i].class;
        policy->limits = rows[i].policy;
        g_ptr_array_add(policies, policy);
        if (rows[i].part != NULL) { /* the first that matches is taken */
            later->limits.low_critical = 99;
            g_ptr_array_add(policies, later);
        } else {
            rv_policy_limit_free(later);
        }
        g_free(made->name);
        made->name = g_strdup("Inlet");
        made->value = rows[i].value;
        made->limits = (RvLimits){NONE, NONE, 60, 70};
        made->limits_source = RV_LIMITS_DEVICE;
        rv_health_judge(observation, &context);
        g_assert_cmpint(made->status, ==, rows[i].verdict);
        if (rows[i].part == NULL)
            g_assert_null(made->reason);
        else
            g_assert_nonnull(strstr(made->reason, rows[i].part));
    }
}

/* ---- parts that should be there ---- */

static const RvSensor *
find(const RvObservation *observation, const char *key)
{
    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *one = g_ptr_array_index(observation->sensors, i);

        if (g_str_equal(one->key, key))
            return one;
    }
    return NULL;
}

static RvSensor *
part(RvObservation *observation, const char *key, const char *group, const char *component)
{
    RvSensor *made = sensor(observation, RV_CLASS_STATE, key);

    made->group = g_strdup(group);
    made->component = g_strdup(component);
    made->has_device_verdict = TRUE;
    return made;
}

static void
test_expected(void)
{
    static const struct {
        const char *shows;
        guint present, absent, on_chassis, partial;
        gboolean missing;
    } rows[] = {
        {"both are there", 2, 0, 0, 0, FALSE},
        {"more than expected", 3, 0, 0, 0, FALSE},
        {"one of two", 1, 0, 0, 0, TRUE},
        {"one and an empty bay", 1, 1, 0, 0, TRUE},
        {"two sensors on the chassis are two parts", 0, 0, 2, 0, FALSE},
        {"one sensor on the chassis", 0, 0, 1, 0, TRUE},
        {"an answer in part proves nothing", 1, 0, 0, 1, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = answer();
        g_autoptr(GPtrArray) expected =
            g_ptr_array_new_with_free_func((GDestroyNotify)rv_expected_free);
        RvHealthContext context = {.expected = expected};
        const RvSensor *missing;

        g_test_message("%s", rows[i].shows);
        g_ptr_array_add(expected, rv_expected_new("psu", 2));
        for (guint j = 1; j <= rows[i].present; j++) {
            g_autofree char *place = g_strdup_printf("chassis/psu-%u", j);
            g_autofree char *state = g_strconcat(place, "/state", NULL);
            g_autofree char *input = g_strconcat(place, "/input", NULL);

            part(observation, state, "psu", place);
            part(observation, input, "psu", place);
        }
        for (guint j = 1; j <= rows[i].absent; j++)
            part(observation, "bay", "psu", "chassis/psu-9")->presence = RV_PRESENCE_ABSENT;
        for (guint j = 1; j <= rows[i].on_chassis; j++) {
            g_autofree char *key = g_strdup_printf("chassis/supply-%u", j);
            g_autofree char *other = g_strdup_printf("chassis/supply-%u-volts", j);
            RvSensor *volts = sensor(observation, RV_CLASS_VOLTAGE, other);

            part(observation, key, "psu", "chassis");
            volts->group = g_strdup("psu");
            volts->component = g_strdup("chassis");
            volts->value = 12;
        }
        ((RvProtocol *)g_ptr_array_index(observation->protocols, 0))->partial =
            rows[i].partial != 0;
        rv_health_judge(observation, &context);
        missing = find(observation, "expected/psu");
        g_assert_true((missing != NULL) == rows[i].missing);
        g_assert_cmpint(observation->status, ==,
                        rows[i].missing   ? RV_VERDICT_CRITICAL
                        : rows[i].partial ? RV_VERDICT_WARNING
                                          : RV_VERDICT_OK);
        if (missing != NULL) {
            g_assert_cmpint(missing->presence, ==, RV_PRESENCE_MISSING);
            g_assert_nonnull(strstr(missing->reason, "the inventory expects 2, the device shows "));
        }
    }
}

static void
test_expected_components(void)
{
    g_autoptr(RvObservation) observation = answer();
    g_autoptr(GPtrArray) expected =
        g_ptr_array_new_with_free_func((GDestroyNotify)rv_expected_free);
    RvHealthContext context = {.expected = expected};

    g_ptr_array_add(expected, rv_expected_new("disk", 2));
    for (int i = 0; i < 2; i++) {
        RvComponent *component = rv_observation_add_component(observation);

        g_free(component->class);
        component->class = g_strdup("disk");
    }
    rv_health_judge(observation, &context);
    g_assert_null(find(observation, "expected/disk"));
    g_assert_cmpint(observation->status, ==, RV_VERDICT_OK);
}

static void
test_seen(void)
{
    static const struct {
        const char *shows;
        gboolean named, absent, partial, nothing;
        RvPresence presence;
        const char *reason;
    } rows[] = {
        {"still there", TRUE, FALSE, FALSE, FALSE, RV_PRESENCE_PRESENT, NULL},
        {"its bay is empty now", TRUE, TRUE, FALSE, FALSE, RV_PRESENCE_MISSING,
         "was seen working, and its bay is now empty"},
        {"no longer named", FALSE, FALSE, FALSE, FALSE, RV_PRESENCE_MISSING,
         "was seen working, and the device no longer names it"},
        {"not named in half an answer", FALSE, FALSE, TRUE, FALSE, RV_PRESENCE_ABSENT, NULL},
        {"the answer names no sensor at all", FALSE, FALSE, FALSE, TRUE, RV_PRESENCE_ABSENT, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = answer();
        g_autoptr(GPtrArray) seen =
            g_ptr_array_new_with_free_func((GDestroyNotify)rv_seen_part_free);
        RvHealthContext context = {.seen = seen};
        const RvSensor *found;

        g_test_message("%s", rows[i].shows);
        g_ptr_array_add(seen, rv_seen_part_new("psu-2/state", "PSU 2", "psu"));
        if (!rows[i].nothing)
            part(observation, "psu-1/state", "psu", "psu-1");
        if (rows[i].named)
            part(observation, "psu-2/state", "psu", "psu-2")->presence =
                rows[i].absent ? RV_PRESENCE_ABSENT : RV_PRESENCE_PRESENT;
        ((RvProtocol *)g_ptr_array_index(observation->protocols, 0))->partial = rows[i].partial;
        rv_health_judge(observation, &context);
        found = find(observation, "psu-2/state");
        if (rows[i].presence == RV_PRESENCE_ABSENT) {
            g_assert_null(found);
            continue;
        }
        g_assert_cmpint(found->presence, ==, rows[i].presence);
        g_assert_cmpstr(found->reason, ==, rows[i].reason);
        g_assert_cmpint(observation->status, ==,
                        rows[i].reason != NULL ? RV_VERDICT_CRITICAL : RV_VERDICT_OK);
        if (found->reason != NULL)
            g_assert_cmpstr(found->name, ==, rows[i].named ? "psu-2/state" : "PSU 2");
    }
}

/* ---- the whole ---- */

static void
test_overall(void)
{
    static const struct {
        const char *shows;
        RvReachability snmp, ipmi;
        gboolean partial;
        const char *sensors; /* a letter of each: o w c u a(bsent) */
        RvVerdict verdict;
    } rows[] = {
        {"answers, nothing to judge", RV_STATE_UP, RV_STATE_NOT_ASKED, FALSE, "", RV_VERDICT_OK},
        {"all well", RV_STATE_UP, RV_STATE_UP, FALSE, "ooo", RV_VERDICT_OK},
        {"the worst rules", RV_STATE_UP, RV_STATE_UP, FALSE, "owco", RV_VERDICT_CRITICAL},
        {"one that cannot be read is no alarm", RV_STATE_UP, RV_STATE_UP, FALSE, "ou",
         RV_VERDICT_OK},
        {"nor hides it a warning", RV_STATE_UP, RV_STATE_UP, FALSE, "uwu", RV_VERDICT_WARNING},
        {"none can be read", RV_STATE_UP, RV_STATE_NOT_ASKED, FALSE, "uu", RV_VERDICT_UNKNOWN},
        {"an empty bay says nothing of the rest", RV_STATE_UP, RV_STATE_NOT_ASKED, FALSE, "ua",
         RV_VERDICT_UNKNOWN},
        {"only empty bays", RV_STATE_UP, RV_STATE_NOT_ASKED, FALSE, "aa", RV_VERDICT_OK},
        {"the BMC is silent", RV_STATE_UP, RV_STATE_DOWN, FALSE, "oo", RV_VERDICT_WARNING},
        {"half an answer", RV_STATE_UP, RV_STATE_UP, TRUE, "oo", RV_VERDICT_WARNING},
        {"down", RV_STATE_DOWN, RV_STATE_NOT_ASKED, FALSE, "", RV_VERDICT_CRITICAL},
        {"both down", RV_STATE_DOWN, RV_STATE_DOWN, FALSE, "", RV_VERDICT_CRITICAL},
        {"behind a dead parent", RV_STATE_UNREACHABLE, RV_STATE_NOT_ASKED, FALSE, "",
         RV_VERDICT_UNKNOWN},
        {"we are cut off", RV_STATE_BLIND, RV_STATE_BLIND, FALSE, "", RV_VERDICT_UNKNOWN},
        {"never asked", RV_STATE_NOT_ASKED, RV_STATE_NOT_ASKED, FALSE, "", RV_VERDICT_UNKNOWN},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = answer();
        RvProtocol *snmp = g_ptr_array_index(observation->protocols, 0);

        g_test_message("%s", rows[i].shows);
        snmp->state = rows[i].snmp;
        snmp->partial = rows[i].partial;
        rv_observation_add_protocol(observation, "ipmi")->state = rows[i].ipmi;
        for (const char *letter = rows[i].sensors; *letter != '\0'; letter++) {
            RvSensor *made = part(observation, "s", "other", NULL);

            made->presence = *letter == 'a' ? RV_PRESENCE_ABSENT : RV_PRESENCE_PRESENT;
            made->device_verdict = *letter == 'w'   ? RV_VERDICT_WARNING
                                   : *letter == 'c' ? RV_VERDICT_CRITICAL
                                   : *letter == 'u' ? RV_VERDICT_UNKNOWN
                                                    : RV_VERDICT_OK;
        }
        rv_health_judge(observation, NULL);
        g_assert_cmpint(observation->status, ==, rows[i].verdict);
    }
}

/* A port without a link is no alarm, whatever it says. */
static void
test_interfaces(void)
{
    for (int status = RV_OPER_UNKNOWN_TO_US; status <= RV_OPER_LOWER_LAYER_DOWN; status++) {
        g_autoptr(RvObservation) observation = answer();
        RvInterface *interface = rv_observation_add_interface(observation, 1);

        interface->admin_status = RV_ADMIN_UP;
        interface->oper_status = (RvOperStatus)status;
        interface->in_errors = 1000000;
        rv_health_judge(observation, NULL);
        g_assert_cmpint(observation->status, ==, RV_VERDICT_OK);
    }
}

/* Judging again what was judged gives the same: answers are kept and judged anew. */
static void
test_twice(void)
{
    g_autoptr(RvObservation) observation = answer();
    RvSensor *made = sensor(observation, RV_CLASS_TEMPERATURE, "s");
    g_autofree char *first = NULL;

    made->value = 65;
    made->limits = (RvLimits){NONE, 0, 60, 0};
    made->limits_source = RV_LIMITS_DEVICE;
    rv_health_judge(observation, NULL);
    first = g_strdup(made->reason);
    rv_health_judge(observation, NULL);
    g_assert_cmpstr(made->reason, ==, first);
}

/* ---- light of ports that are down ---- */

static void
test_dark_ports(void)
{
    static const struct {
        const char *shows;
        const char *name;
        RvOperStatus oper;
        RvAdminStatus admin;
        RvClass class;
        double value;
        RvLimitsSource source;
        RvVerdict verdict;
        double high;              /* critical; 0: 5 */
        const char *group, *port; /* NULL: of its class; xe-0/0/1 */
    } rows[] = {
        {"no light on a port that is up", "xe-0/0/1 receive power", RV_OPER_UP, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, -40, RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL},
        {"no light on a port that is down", "xe-0/0/1 receive power", RV_OPER_DOWN, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, -40, RV_LIMITS_DEVICE, RV_VERDICT_OK},
        {"the laser of a port that was shut", "xe-0/0/1 bias", RV_OPER_UNKNOWN, RV_ADMIN_DOWN,
         RV_CLASS_CURRENT, -40, RV_LIMITS_DEVICE, RV_VERDICT_OK},
        {"a name that ends with the port's", "RX power for xe-0/0/1", RV_OPER_DOWN, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, -40, RV_LIMITS_DEVICE, RV_VERDICT_OK},
        {"and with the one beside it", "RX power for xe-0/0/10", RV_OPER_DOWN, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, -40, RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL},
        {"light in watts", "xe-0/0/1 receive", RV_OPER_DOWN, RV_ADMIN_UP, RV_CLASS_POWER, -40,
         RV_LIMITS_DEVICE, RV_VERDICT_OK, .group = "optics"},
        {"watts that are no light", "xe-0/0/1 PoE", RV_OPER_DOWN, RV_ADMIN_UP, RV_CLASS_POWER, -40,
         RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL},
        {"a place alone", "power Rx 0/0/1/2", RV_OPER_DOWN, RV_ADMIN_UP, RV_CLASS_OPTICAL_POWER,
         -40, RV_LIMITS_DEVICE, RV_VERDICT_OK, .port = "GigabitEthernet0/0/1/2"},
        {"a place within another", "power Rx 0/1/2", RV_OPER_DOWN, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, -40, RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL,
         .port = "GigabitEthernet0/0/1/2"},
        {"two numbers are no place", "power Rx 1/2", RV_OPER_DOWN, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, -40, RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL, .port = "Ethernet1/2"},
        {"the port beside it is down", "xe-0/0/10 receive power", RV_OPER_DOWN, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, -40, RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL},
        {"too much light is too much anywhere", "xe-0/0/1 receive power", RV_OPER_DOWN, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, 9, RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL},
        {"0 dBm of an agent that means that there is none", "xe-0/0/1 transmit power", RV_OPER_DOWN,
         RV_ADMIN_UP, RV_CLASS_OPTICAL_POWER, 0, RV_LIMITS_DEVICE, RV_VERDICT_OK, -1},
        {"0 dBm of a port that is up", "xe-0/0/1 transmit power", RV_OPER_UP, RV_ADMIN_UP,
         RV_CLASS_OPTICAL_POWER, 0, RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL, -1},
        {"a module's temperature does not depend on the link", "xe-0/0/1", RV_OPER_DOWN,
         RV_ADMIN_UP, RV_CLASS_TEMPERATURE, -40, RV_LIMITS_DEVICE, RV_VERDICT_CRITICAL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = answer();
        RvInterface *interface = rv_observation_add_interface(observation, 1);
        RvSensor *light = sensor(observation, rows[i].class, rows[i].name);
        const RvHealthContext context = {0};

        g_free(interface->name);
        interface->name = g_strdup(rows[i].port != NULL ? rows[i].port : "xe-0/0/1");
        light->group = g_strdup(rows[i].group);
        interface->oper_status = rows[i].oper;
        interface->admin_status = rows[i].admin;
        light->value = rows[i].value;
        light->has_raw = rows[i].value == 0;
        light->limits = (RvLimits){-20, NONE, NONE, rows[i].high < 0 ? rows[i].high : 5};
        light->limits_source = rows[i].source;
        rv_health_judge(observation, &context);
        g_test_message("%s", rows[i].shows);
        g_assert_cmpint(light->status, ==, rows[i].verdict);
        g_assert_true(rows[i].verdict == RV_VERDICT_CRITICAL || light->reason != NULL);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/health/limits", test_limits);
    g_test_add_func("/health/sanity", test_sanity);
    g_test_add_func("/health/states", test_states);
    g_test_add_func("/health/a host that is off", test_host_off);
    g_test_add_func("/health/hysteresis", test_hysteresis);
    g_test_add_func("/health/hysteresis-of-a-wandering-value", test_wandering);
    g_test_add_func("/health/hysteresis-says-so", test_hysteresis_says_so);
    g_test_add_func("/health/policies", test_policies);
    g_test_add_func("/health/expected", test_expected);
    g_test_add_func("/health/expected-components", test_expected_components);
    g_test_add_func("/health/seen", test_seen);
    g_test_add_func("/health/overall", test_overall);
    g_test_add_func("/health/interfaces", test_interfaces);
    g_test_add_func("/health/twice", test_twice);
    g_test_add_func("/health/dark-ports", test_dark_ports);
    return g_test_run();
}
