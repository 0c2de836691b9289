/* Trends: whether a quantity drifts, and when it will reach a limit. Pure.
 *
 * Slope by Theil and Sen (the median of the slopes between all pairs), significance by Mann and
 * Kendall with correction for ties and for days that resemble the day before; neither asks for
 * normal noise, both bear outliers. On daily values, so that the day's rhythm does not show. */
#pragma once

#include <glib.h>

#define RV_TREND_DAYS_MINIMUM 28
#define RV_TREND_DAYS_MAXIMUM 1100

/* Values of one day: `day` counts days, holes allowed; NAN is left out. */
typedef struct {
    gint64 day;
    double value;
} RvDailyValue;

typedef enum {
    RV_TREND_TOO_SHORT, /* fewer than 28 days, from the first to the last or with values */
    RV_TREND_NONE,      /* not significant */
    RV_TREND_RISING,
    RV_TREND_FALLING,
} RvTrendKind;

const char *rv_trend_kind_word(RvTrendKind kind); /* "too_short" "none" "rising" "falling" */

typedef struct {
    RvTrendKind kind;
    guint days;                   /* with values */
    double slope;                 /* a day; NAN where too short */
    double slope_low, slope_high; /* of its 95 % interval */
    double level;                 /* on the last day, by the fitted line */
    double p;                     /* two-sided; 1 where too short */
} RvTrend;

/* Significant below `significance`, as 0.01. At most the last 1100 days are looked at. */
RvTrend rv_trend(const RvDailyValue *values, guint count, double significance);

/* Days after the last value until the line reaches `limit`: *soonest, *likely and *latest by the
 * ends of the slope's interval; G_MAXINT64 where that slope never does. FALSE where there is no
 * trend towards the limit, or it lies further away than was looked back, times `horizon`
 * (forecasts do not reach further than the past did, as 1.0). A limit already reached is 0. */
gboolean rv_trend_reaches(const RvTrend *trend, double limit, gint64 span_days, double horizon,
                          gint64 *soonest, gint64 *likely, gint64 *latest);

/* Takes the part of `values` out that follows `ambient` (of the same days): the Theil-Sen slope
 * against it between days near to each other, around its median. Days without ambient become NAN.
 * FALSE (unchanged) where fewer than 28 days have both or ambient hardly moves (less than `least`
 * between its quartiles). */
gboolean rv_trend_correct(RvDailyValue *values, guint count, const RvDailyValue *ambient,
                          guint ambient_count, double least);
