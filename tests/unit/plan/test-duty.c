/* Duties: what is due, done and overdue, period by period. */
#include "plan/duty.h"

#define DAY ((gint64)86400000)

static gint64
at(GTimeZone *zone, int month, int day)
{
    return rv_calendar_midnight_ms(zone, 2026, month, day);
}

static RvDelivery *
delivery(GTimeZone *zone, int month, gint64 done_ms)
{
    RvDelivery *one = g_new0(RvDelivery, 1);
    RvPeriod period = rv_period_at(RV_PERIOD_MONTH, zone, NULL, at(zone, month, 1));

    one->kind = RV_PERIOD_MONTH;
    one->from_ms = period.from_ms;
    one->until_ms = period.until_ms;
    one->done_ms = done_ms;
    one->file = g_strdup("report.pdf");
    one->who = g_strdup("li");
    return one;
}

static void
test_months(void)
{
    static const struct {
        const char *label;
        RvDutyState state;
    } expected[] = {
        {"2026-06", RV_DUTY_DONE}, {"2026-07", RV_DUTY_DONE_LATE}, {"2026-08", RV_DUTY_OVERDUE},
        {"2026-09", RV_DUTY_DONE}, {"2026-10", RV_DUTY_DUE},       {"2026-11", RV_DUTY_RUNNING},
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    g_autoptr(GPtrArray) done = g_ptr_array_new_with_free_func((GDestroyNotify)rv_delivery_free);
    g_autoptr(RvCalendar) office = rv_calendar_new("5x8", zone);
    RvDuty duty = {RV_PERIOD_MONTH, (gint64)3 * 9 * 3600000}; /* three working days of 9 hours */
    RvDutyTerms terms = {.zone = zone, .calendar = office, .from_ms = at(zone, 6, 15)};
    g_autoptr(GArray) status = NULL;

    g_ptr_array_add(done, delivery(zone, 9, at(zone, 10, 30))); /* once more: the first counts */
    g_ptr_array_add(done, delivery(zone, 9, at(zone, 10, 2)));
    g_ptr_array_add(done, delivery(zone, 6, at(zone, 7, 3)));
    g_ptr_array_add(done, delivery(zone, 7, at(zone, 8, 7)));
    terms.until_ms = at(zone, 11, 4); /* Wednesday: due at its evening */
    status = rv_duty_status(&duty, done, &terms, terms.until_ms);
    g_assert_cmpuint(status->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < status->len; i++) {
        const RvDutyStatus *one = &g_array_index(status, RvDutyStatus, i);

        g_assert_cmpstr(one->period.label, ==, expected[i].label);
        g_assert_cmpstr(rv_duty_state_word(one->state), ==, rv_duty_state_word(expected[i].state));
    }
}

static void
test_rounds(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    const RvDuty duty = {RV_PERIOD_ROUND, 0};
    const RvDutyTerms terms = {.zone = zone,
                               .anchor = "2026-01-05",
                               .from_ms = at(zone, 1, 5),
                               .until_ms = at(zone, 12, 31)};
    g_autoptr(GArray) status = rv_duty_status(&duty, none, &terms, terms.until_ms);

    g_assert_cmpuint(status->len, ==, 26);
    g_assert_cmpint(g_array_index(status, RvDutyStatus, 0).state, ==, RV_DUTY_OVERDUE);
    g_assert_cmpint(g_array_index(status, RvDutyStatus, 25).state, ==, RV_DUTY_RUNNING);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/duty/reports by month", test_months);
    g_test_add_func("/plan/duty/rounds of a year", test_rounds);
    return g_test_run();
}
