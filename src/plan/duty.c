#include "plan/duty.h"

#define PERIODS_CEILING 1000

static const char *const state_words[] = {"running", "due", "done", "done_late", "overdue"};

const char *
rv_duty_state_word(RvDutyState state)
{
    return state_words[state];
}

void
rv_delivery_free(RvDelivery *delivery)
{
    if (delivery == NULL)
        return;
    g_free(delivery->file);
    g_free(delivery->who);
    g_free(delivery);
}

static const RvDelivery *
first_delivery(const GPtrArray *deliveries, const RvPeriod *period)
{
    const RvDelivery *first = NULL;

    for (guint i = 0; i < deliveries->len; i++) {
        const RvDelivery *one = g_ptr_array_index(deliveries, i);

        if (one->kind == period->kind && one->from_ms == period->from_ms &&
            (first == NULL || one->done_ms < first->done_ms))
            first = one;
    }
    return first;
}

static RvDutyState
judge(const RvDutyStatus *status, gint64 now_ms)
{
    if (status->delivery != NULL)
        return status->delivery->done_ms <= status->due_ms ? RV_DUTY_DONE : RV_DUTY_DONE_LATE;
    if (now_ms < status->period.until_ms)
        return RV_DUTY_RUNNING;
    return now_ms <= status->due_ms ? RV_DUTY_DUE : RV_DUTY_OVERDUE;
}

GArray *
rv_duty_status(const RvDuty *duty, const GPtrArray *deliveries, const RvDutyTerms *terms,
               gint64 now_ms)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(RvDutyStatus));
    RvPeriod period = rv_period_at(duty->kind, terms->zone, terms->anchor, terms->from_ms);

    while (period.from_ms <= terms->until_ms && all->len < PERIODS_CEILING) {
        RvDutyStatus status = {.period = period};

        status.due_ms = rv_calendar_add(terms->calendar, period.until_ms, duty->within_ms);
        status.delivery = first_delivery(deliveries, &period);
        status.state = judge(&status, now_ms);
        g_array_append_val(all, status);
        period = rv_period_next(&period, terms->zone, terms->anchor);
    }
    return all;
}
