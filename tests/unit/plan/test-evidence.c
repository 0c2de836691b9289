/* Evidence on parts whose truth is known. */
#include <math.h>
#include <string.h>

#include "plan/evidence.h"

#define DAYS 120

typedef struct {
    GRand *rand;
    GPtrArray *parts;
    RvDailyValue ambient[DAYS];
} Room;

static double
noise(GRand *rand, double deviation)
{
    double u = 1 - g_rand_double(rand), v = g_rand_double(rand);

    return deviation * sqrt(-2 * log(u)) * cos(2 * G_PI * v);
}

static void
part_free(gpointer data)
{
    RvPartPast *part = data;

    g_free((gpointer)part->key);
    g_free((gpointer)part->days);
    g_free(part);
}

static void
room_open(Room *room, gconstpointer unused)
{
    room->rand = g_rand_new_with_seed(20261124);
    room->parts = g_ptr_array_new_with_free_func(part_free);
    for (guint i = 0; i < DAYS; i++)
        room->ambient[i] =
            (RvDailyValue){(gint64)i, 24 - 3 * cos(2 * G_PI * i / DAYS) + noise(room->rand, 0.6)};
}

static void
room_close(Room *room, gconstpointer unused)
{
    g_rand_free(room->rand);
    g_ptr_array_unref(room->parts);
}

/* Level and slope with noise over DAYS days; the last value is that of now. */
static RvPartPast *
part(Room *room, const char *name, RvClass class, double level, double slope, double deviation)
{
    RvPartPast *one = g_new0(RvPartPast, 1);
    RvDailyValue *days = g_new(RvDailyValue, DAYS);

    for (guint i = 0; i < DAYS; i++)
        days[i] = (RvDailyValue){(gint64)i, level + slope * i + noise(room->rand, deviation)};
    one->device = "db-01";
    one->key = g_strdup(name);
    one->name = one->key;
    one->group = class == RV_CLASS_FAN ? "fan" : "other";
    one->class = class;
    one->value = days[DAYS - 1].value;
    one->limits = RV_LIMITS_EMPTY;
    one->days = days;
    one->day_count = DAYS;
    g_ptr_array_add(room->parts, one);
    return one;
}

static void
assert_found(const Room *room, const char *expected)
{
    g_autoptr(GPtrArray) found = rv_evidence_find(room->parts, room->ambient, DAYS);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < found->len; i++) {
        const RvEvidence *one = g_ptr_array_index(found, i);

        g_test_message("%s: %s", one->key, one->sentence);
        g_string_append_printf(text, "%s%s %s", i > 0 ? "; " : "", one->key,
                               rv_evidence_kind_word(one->kind));
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static void
test_twins(Room *room, gconstpointer unused)
{
    part(room, "Fan 1", RV_CLASS_FAN, 6000, 0, 30);
    part(room, "Fan 2", RV_CLASS_FAN, 6100, 0, 30);
    part(room, "Fan 3", RV_CLASS_FAN, 4800, 0, 30);
    part(room, "PSU 1 fan", RV_CLASS_FAN, 3000, 0, 30); /* of another kind */
    assert_found(room, "Fan 3 slow_for_its_twins");
}

static void
test_pair(Room *room, gconstpointer unused)
{
    part(room, "Fan 1", RV_CLASS_FAN, 6000, 0, 30);
    part(room, "Fan 2", RV_CLASS_FAN, 4000, 0, 30); /* which of the two is odd? */
    assert_found(room, "");
}

static void
test_past(Room *room, gconstpointer unused)
{
    RvPartPast *fan = part(room, "Fan 1", RV_CLASS_FAN, 6000, 0, 30);
    RvPartPast *faster = part(room, "Blower", RV_CLASS_FAN, 6000, 0, 30);
    RvPartPast *rail = part(room, "12 V", RV_CLASS_VOLTAGE, 12.1, 0, 0.02);
    RvPartPast *critical = part(room, "5 V", RV_CLASS_VOLTAGE, 5.0, 0, 0.01);

    for (guint i = DAYS - 8; i < DAYS; i++) {
        ((RvDailyValue *)fan->days)[i].value = 4900;
        ((RvDailyValue *)faster->days)[i].value = 8000;
        ((RvDailyValue *)rail->days)[i].value = 11.5;
        ((RvDailyValue *)critical->days)[i].value = 4.5;
    }
    critical->status = RV_VERDICT_CRITICAL; /* has its fault already */
    assert_found(room, "Fan 1 changed_from_its_past; 12 V changed_from_its_past");
}

static void
test_forecast(Room *room, gconstpointer unused)
{
    RvPartPast *hot = part(room, "CPU 1", RV_CLASS_TEMPERATURE, 60, 0.1, 0.8);
    RvPartPast *far = part(room, "CPU 2", RV_CLASS_TEMPERATURE, 60, 0.02, 0.2);
    g_autoptr(GPtrArray) found = NULL;
    const RvEvidence *one;

    hot->limits.high_warning = 80; /* on day 200: 81 days after the last */
    far->limits.high_warning = 95;
    assert_found(room, "CPU 1 nears_limit");
    found = rv_evidence_find(room->parts, NULL, 0);
    g_assert_cmpuint(found->len, ==, 0); /* may be the summer: only a third as far */
    g_ptr_array_unref(found);
    found = rv_evidence_find(room->parts, room->ambient, DAYS);
    one = g_ptr_array_index(found, 0);
    g_assert_cmpint(one->soonest_days, <=, 81);
    g_assert_cmpint(one->latest_days, >=, 81);
    g_assert_cmpint(ABS(one->likely_days - 81), <=, 10);
}

/* A disk that stood still for two months and fills since: the new pace counts, not the mean one. */
static void
test_newest(Room *room, gconstpointer unused)
{
    RvPartPast *disk = part(room, "/var", RV_CLASS_PERCENT, 50, 0, 0.3);
    g_autoptr(GPtrArray) found = NULL;

    part(room, "CPU", RV_CLASS_PERCENT, 50, 0.3, 0.3)->limits.high_warning = 90; /* a load */
    disk->group = "storage";
    disk->limits.high_warning = 90; /* on day 140: 20 days after the last */
    for (guint i = 60; i < DAYS; i++)
        ((RvDailyValue *)disk->days)[i].value += 0.5 * (i - 60);
    found = rv_evidence_find(room->parts, NULL, 0);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpint(ABS(((RvEvidence *)g_ptr_array_index(found, 0))->likely_days - 20), <=, 3);
}

static void
test_light(Room *room, gconstpointer unused)
{
    RvPartPast *limited = part(room, "xe-0/0/1 rx", RV_CLASS_OPTICAL_POWER, -6, -0.03, 0.1);

    part(room, "xe-0/0/2 rx", RV_CLASS_OPTICAL_POWER, -6, -0.03, 0.1);
    part(room, "xe-0/0/3 rx", RV_CLASS_OPTICAL_POWER, -6, -0.001, 0.1);
    limited->limits.low_warning = -12;
    assert_found(room, "xe-0/0/1 rx nears_limit; xe-0/0/2 rx falling_light");
}

/* What only follows the room's spring and summer reaches no limit. */
static void
test_season(Room *room, gconstpointer unused)
{
    RvPartPast *cpu = part(room, "CPU 1", RV_CLASS_TEMPERATURE, 30, 0, 0.4);

    cpu->limits.high_warning = 70;
    cpu->day_count = DAYS / 2; /* the rising half */
    for (guint i = 0; i < cpu->day_count; i++)
        ((RvDailyValue *)cpu->days)[i].value += 1.3 * room->ambient[i].value;
    assert_found(room, "");
}

/* ---- rates ---- */

static void
test_rates(Room *room, gconstpointer unused)
{
    g_autoptr(GPtrArray) found = NULL;
    guint before;

    for (int i = 0; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("Sensor %d", i);
        RvPartPast *one = part(room, name, RV_CLASS_TEMPERATURE, 50, 0, 1);

        one->limits.high_warning = 52; /* near, so that any trend would reach it */
        one->limits.low_warning = 48;
    }
    found = rv_evidence_find(room->parts, room->ambient, DAYS);
    before = found->len;
    g_test_message("false: %u of 1000 healthy sensors", before);
    g_assert_cmpuint(before, <=, 5);
    g_ptr_array_set_size(room->parts, 0);
    for (int i = 0; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("Sensor %d", i);

        part(room, name, RV_CLASS_TEMPERATURE, 50, 0.03, 1)->limits.high_warning = 56;
    }
    g_ptr_array_unref(found);
    found = rv_evidence_find(room->parts, room->ambient, DAYS);
    g_test_message("found: %u of 1000 that drift by 3.6 deviations", found->len);
    g_assert_cmpuint(found->len, >=, 950);
}

#define TEST(name, function)                                                                       \
    g_test_add("/plan/evidence/" name, Room, NULL, room_open, function, room_close)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("a fan slower than its twins", test_twins);
    TEST("two fans do not tell which is slow", test_pair);
    TEST("a fan and a rail that are not what they were", test_past);
    TEST("a drift with the days to its limit", test_forecast);
    TEST("what began lately goes on at its own pace", test_newest);
    TEST("falling light", test_light);
    TEST("a season is no drift", test_season);
    TEST("stated rates", test_rates);
    return g_test_run();
}
