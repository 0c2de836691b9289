/* How good the predictions are: series whose truth is known, looked at once a month as a report
 * does, with 180 days of past. Prints, for what wears out, how often it was named in time and how
 * long before; for what is healthy, how often it was named nevertheless.
 *
 *   bench-prediction [LIVES [SEED]]    a table; 200 lives of each kind
 *   bench-prediction --hold            as a test: the rates that rackvitals-prediction(7) states */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/evidence.h"

#define SEED 20261125
#define DAYS 540 /* of a life */
#define PAST 180 /* that a look sees */
#define LOOK 30  /* days between two looks */
#define YEAR 365.0
#define WEATHER 0.8 /* °C that a day's air is off its season */
#define LIMITS(low, high) low, high
#define NONE NAN

/* One kind of life. What it does not say is 0: not so. */
typedef struct {
    const char *name;
    RvClass class;
    const char *group;
    double level, noise;
    double low, high; /* warning limits; NAN: none */
    double wear;      /* a day, from a random day on, at half to twice that pace; 0: healthy */
    double alike;     /* today as yesterday: correlation of the noise */
    double season;    /* amplitude over the year, of the room's air for temperatures */
    double week;      /* amplitude over the week */
    double saw;       /* fills by that much in `saw_days` and is cleaned */
    double saw_days;
    double step;    /* once, on a random day, for good */
    double quantum; /* what the device counts in */
    double holes;   /* share of days without a value */
    double spikes;  /* share of days that are far off */
    gboolean probe; /* the air is measured beside it */
    gboolean hard;  /* less is promised of it */
} Kind;

static const Kind kinds[] = {
    /* wearing out */
    {"fan bearing", RV_CLASS_FAN, "fan", 6000, 60, LIMITS(4200, NONE), .wear = -9, .quantum = 30},
    {"light decays", RV_CLASS_OPTICAL_POWER, "optics", -6, 0.15, LIMITS(-14, NONE), .wear = -0.03,
     .alike = 0.5},
    {"light decays, gaps", RV_CLASS_OPTICAL_POWER, "optics", -6, 0.3, LIMITS(-14, NONE),
     .wear = -0.04, .alike = 0.5, .holes = 0.3, .spikes = 0.02},
    {"battery ages", RV_CLASS_RUNTIME, "battery", 1800, 40, LIMITS(900, NONE), .wear = -4,
     .quantum = 60},
    {"disk fills", RV_CLASS_PERCENT, "storage", 55, 0.8, LIMITS(NONE, 90), .wear = 0.15, .week = 1},
    {"dust, air measured", RV_CLASS_TEMPERATURE, "temperature", 45, 0.6, LIMITS(NONE, 60),
     .wear = 0.06, .season = 4, .quantum = 1, .probe = TRUE},
    {"dust, air not measured", RV_CLASS_TEMPERATURE, "temperature", 45, 0.6, LIMITS(NONE, 60),
     .wear = 0.06, .season = 4, .quantum = 1, .hard = TRUE},
    {"rail drifts", RV_CLASS_VOLTAGE, "voltage", 12.1, 0.02, LIMITS(11.4, NONE), .wear = -0.003,
     .quantum = 0.03},
    {"sectors reallocated", RV_CLASS_COUNT, "disk", 0, 0.5, LIMITS(NONE, 50), .wear = 0.25,
     .quantum = 1},
    /* healthy */
    {"steady temperature", RV_CLASS_TEMPERATURE, "temperature", 50, 1, LIMITS(45, 56)},
    {"sluggish temperature", RV_CLASS_TEMPERATURE, "temperature", 50, 1, LIMITS(45, 56),
     .alike = 0.8},
    {"summer, air measured", RV_CLASS_TEMPERATURE, "temperature", 45, 0.8, LIMITS(NONE, 60),
     .season = 5, .quantum = 1, .probe = TRUE},
    {"summer, air not measured", RV_CLASS_TEMPERATURE, "temperature", 45, 0.8, LIMITS(NONE, 60),
     .season = 5, .quantum = 1},
    {"fan set slower by 8 %", RV_CLASS_FAN, "fan", 6000, 60, LIMITS(4200, NONE), .step = -480},
    {"fan set faster", RV_CLASS_FAN, "fan", 6000, 60, LIMITS(4200, NONE), .step = 900},
    {"fan, gaps and spikes", RV_CLASS_FAN, "fan", 6000, 60, LIMITS(4200, NONE), .holes = 0.3,
     .spikes = 0.03},
    {"coarse rail", RV_CLASS_VOLTAGE, "voltage", 12.1, 0.02, LIMITS(11.4, NONE), .quantum = 0.06},
    {"steady light", RV_CLASS_OPTICAL_POWER, "optics", -8, 0.3, LIMITS(-14, NONE), .alike = 0.7},
    {"disk cleaned each month", RV_CLASS_PERCENT, "storage", 60, 0.8, LIMITS(NONE, 90), .saw = 15,
     .saw_days = 30},
    {"disk, release each quarter", RV_CLASS_PERCENT, "storage", 55, 0.8, LIMITS(NONE, 90),
     .saw = 12, .saw_days = 91},
    {"disk grown once", RV_CLASS_PERCENT, "storage", 55, 0.8, LIMITS(NONE, 90), .week = 1,
     .step = 12},
    {"battery, load of summer", RV_CLASS_RUNTIME, "battery", 1800, 40, LIMITS(900, NONE),
     .season = -150, .quantum = 60},
    {"a handful of sectors", RV_CLASS_COUNT, "disk", 2, 0, LIMITS(NONE, 50), .step = 6},
};

typedef struct {
    RvDailyValue days[DAYS], air[DAYS];
    int onset;  /* first day of wear */
    int failed; /* day on which the truth is past its limit; DAYS: not within this life */
} Life;

static double
normal(GRand *rand)
{
    double u = 1 - g_rand_double(rand), v = g_rand_double(rand);

    return sqrt(-2 * log(u)) * cos(2 * G_PI * v);
}

static gboolean
past(const Kind *kind, double truth)
{
    return truth >= kind->high || truth <= kind->low; /* never of NAN */
}

static double
measured(const Kind *kind, GRand *rand, double truth)
{
    if (g_rand_double(rand) < kind->holes)
        return NAN;
    if (g_rand_double(rand) < kind->spikes)
        truth += 15 * kind->noise * (g_rand_boolean(rand) ? 1 : -1);
    return kind->quantum > 0 ? round(truth / kind->quantum) * kind->quantum : truth;
}

static void
live(const Kind *kind, GRand *rand, Life *life)
{
    double pace = kind->wear * pow(2, g_rand_double_range(rand, -1, 1));
    double phase = g_rand_double(rand), begin = g_rand_double(rand);
    double rest = normal(rand), weather = normal(rand);
    int step_day = g_rand_int_range(rand, 60, DAYS - 60);

    life->onset = kind->wear != 0 ? g_rand_int_range(rand, 30, 200) : DAYS;
    life->failed = DAYS;
    for (int day = 0; day < DAYS; day++) {
        double wave = sin(2 * G_PI * (day / YEAR + phase));
        double truth = kind->level + pace * MAX(day - life->onset, 0);
        double air = kind->season * wave;

        /* a forecast is for air as usual, where the air is known */
        if (kind->wear != 0 && past(kind, truth + (kind->probe ? 0 : air)))
            life->failed = MIN(life->failed, day);
        weather = 0.8 * weather + 0.6 * normal(rand);
        if (kind->class == RV_CLASS_TEMPERATURE && kind->season != 0)
            air += WEATHER * weather;
        rest = kind->alike * rest + sqrt(1 - kind->alike * kind->alike) * normal(rand);
        truth += air + kind->week * sin(2 * G_PI * day / 7.0);
        truth += kind->saw_days > 0 ? kind->saw * fmod(day / kind->saw_days + begin, 1) : 0;
        truth += day >= step_day ? kind->step : 0;
        life->days[day] = (RvDailyValue){day, measured(kind, rand, truth + kind->noise * rest)};
        life->air[day] = (RvDailyValue){day, 24 + air + 0.1 * normal(rand)};
    }
}

/* What evidence says on the evening of `day`; NULL: nothing. Caller frees. */
static RvEvidence *
look(const Kind *kind, const Life *life, int day)
{
    int from = MAX(day - PAST + 1, 0);
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    g_autoptr(GPtrArray) found = NULL;
    RvPartPast part = {
        .device = "device",
        .key = "key",
        .name = kind->name,
        .group = kind->group,
        .class = kind->class,
        .status = RV_VERDICT_OK,
        .value = life->days[day].value,
        .limits = {NAN, kind->low, kind->high, NAN},
        .days = life->days + from,
        .day_count = (guint)(day - from + 1),
    };

    g_ptr_array_add(parts, &part);
    found = rv_evidence_find(parts, kind->probe ? life->air + from : NULL, (guint)(day - from + 1));
    return found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
}

typedef struct {
    guint lives, failures, named; /* of failures: in time */
    guint dated, right;           /* forecasts with a range; of these, the truth lies within it */
    guint looks, alarms;          /* at what was healthy then; of these, something was named */
    GArray *leads;                /* int: days from the first naming to the failure */
} Tally;

static void
count_forecast(const Kind *kind, const Life *life, int day, const RvEvidence *evidence,
               Tally *tally)
{
    gint64 left = life->failed - day;

    /* the next summer is in no forecast: a range for what has seasons would be right by chance */
    if (evidence->soonest_days < 0 || life->failed == DAYS || kind->season != 0)
        return;
    tally->dated++;
    tally->right += evidence->soonest_days <= left && left <= evidence->latest_days;
}

static void
follow(const Kind *kind, const Life *life, Tally *tally)
{
    int first = -1;

    for (int day = LOOK - 1; day < MIN(life->failed, DAYS); day += LOOK) {
        RvEvidence *evidence = look(kind, life, day);

        if (day < life->onset) {
            tally->looks++;
            tally->alarms += evidence != NULL;
        } else if (evidence != NULL) {
            first = first < 0 ? day : first;
            count_forecast(kind, life, day, evidence, tally);
        }
        rv_evidence_free(evidence);
    }
    if (life->failed < DAYS) {
        int lead = life->failed - first;

        tally->failures++;
        tally->named += first >= 0;
        if (first >= 0)
            g_array_append_val(tally->leads, lead);
    }
}

static gint
compare_ints(gconstpointer a, gconstpointer b)
{
    return *(const int *)a - *(const int *)b;
}

static void
measure(const Kind *kind, guint lives, guint32 seed, Tally *tally)
{
    GRand *rand = g_rand_new_with_seed(seed + (guint32)(kind - kinds));
    Life *life = g_new(Life, 1);

    *tally = (Tally){.lives = lives, .leads = g_array_new(FALSE, FALSE, sizeof(int))};
    for (guint i = 0; i < lives; i++) {
        live(kind, rand, life);
        follow(kind, life, tally);
    }
    g_array_sort(tally->leads, compare_ints);
    g_free(life);
    g_rand_free(rand);
}

static double
share(guint part, guint whole)
{
    return whole > 0 ? (double)part / whole : NAN;
}

/* False alarms of one sensor in a year of monthly looks. */
static double
alarms_a_year(const Tally *tally)
{
    return share(tally->alarms, tally->looks) * YEAR / LOOK;
}

static int
median_lead(const Tally *tally)
{
    return tally->leads->len > 0 ? g_array_index(tally->leads, int, tally->leads->len / 2) : -1;
}

static void
print_row(const char *before, const Kind *kind, const Tally *tally)
{
    printf("%s%-28s", before, kind->name);
    if (kind->wear != 0)
        printf(" %4u of %4u named, median %3d days before;", tally->named, tally->failures,
               median_lead(tally));
    if (tally->dated > 0)
        printf(" truth in range %5.1f %%;", 100 * share(tally->right, tally->dated));
    printf(" false %.4f a sensor-year (%u of %u looks)\n", alarms_a_year(tally), tally->alarms,
           tally->looks);
}

/* ---- as a test: what the manual page states ---- */

#define HOLD_LIVES 12
#define NAMED_LEAST 0.95      /* of what wears out, all kinds together … */
#define NAMED_LEAST_OF 0.90   /* … and each … */
#define NAMED_LEAST_HARD 0.60 /* … but for the hard ones */
#define LEAD_LEAST 50         /* days, median of each kind … */
#define LEAD_LEAST_HARD 14    /* … but for the hard ones */
#define ALARMS_MOST 0.05      /* a sensor-year, all kinds together … */
#define ALARMS_MOST_OF 0.30   /* … and each */
#define IN_RANGE_LEAST 0.70

static int
report(int *number, gboolean fine, const char *what, double value, const char *relation,
       double bound)
{
    printf("%s %d - %s: %.3f %s %.3f\n", fine ? "ok" : "not ok", ++*number, what, value, relation,
           bound);
    return fine ? 0 : 1;
}

static int
at_least(int *number, const char *what, double value, double bound)
{
    return report(number, value >= bound, what, value, ">=", bound);
}

static int
at_most(int *number, const char *what, double value, double bound)
{
    return report(number, value <= bound, what, value, "<=", bound);
}

static void
add_up(Tally *all, const Tally *one)
{
    all->failures += one->failures;
    all->named += one->named;
    all->dated += one->dated;
    all->right += one->right;
    all->looks += one->looks;
    all->alarms += one->alarms;
}

static int
hold_kind(int *number, const Kind *kind, const Tally *tally)
{
    g_autofree char *named = g_strdup_printf("%s: named in time", kind->name);
    g_autofree char *lead = g_strdup_printf("%s: median days before", kind->name);
    g_autofree char *alarms = g_strdup_printf("%s: false alarms a year", kind->name);
    int failures = at_most(number, alarms, alarms_a_year(tally), ALARMS_MOST_OF);

    if (kind->wear == 0)
        return failures;
    return failures +
           at_least(number, named, share(tally->named, tally->failures),
                    kind->hard ? NAMED_LEAST_HARD : NAMED_LEAST_OF) +
           at_least(number, lead, median_lead(tally), kind->hard ? LEAD_LEAST_HARD : LEAD_LEAST);
}

int
main(int argc, char **argv)
{
    gboolean hold = argc > 1 && strcmp(argv[1], "--hold") == 0;
    guint lives = hold ? HOLD_LIVES : argc > 1 ? (guint)MAX(atoi(argv[1]), 1) : 200;
    guint32 seed = argc > 2 ? (guint32)atoi(argv[2]) : SEED;
    Tally all = {0};
    int number = 0, failures = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        Tally tally;

        measure(&kinds[i], lives, seed, &tally);
        print_row(hold ? "# " : "", &kinds[i], &tally);
        if (hold)
            failures += hold_kind(&number, &kinds[i], &tally);
        add_up(&all, &tally);
        g_array_unref(tally.leads);
    }
    printf(
        "%sall: %.1f %% named in time; truth in range %.1f %%; %.4f false alarms a sensor-year\n",
        hold ? "# " : "", 100 * share(all.named, all.failures), 100 * share(all.right, all.dated),
        alarms_a_year(&all));
    if (!hold)
        return 0;
    failures +=
        at_least(&number, "named in time, of all", share(all.named, all.failures), NAMED_LEAST);
    failures +=
        at_most(&number, "false alarms a sensor-year, of all", alarms_a_year(&all), ALARMS_MOST);
    failures += at_least(&number, "truth within the forecast's range", share(all.right, all.dated),
                         IN_RANGE_LEAST);
    printf("1..%d\n", number);
    return failures > 0;
}
