#include <math.h>
#include <string.h>

#include "observation/words.h"
#include "report/writers.h"

typedef struct {
    GString *out;
    gboolean first;
    GTimeZone *zone;
} Writer;

/* Spreadsheets run what begins with these as a formula; the quote before it makes it a text. */
static void
put(Writer *writer, const char *text)
{
    gboolean formula = text != NULL && strchr("=+-@\t\r", text[0]) != NULL && text[0] != '\0' &&
                       !(g_ascii_isdigit(text[1]) && text[0] == '-');

    if (!writer->first)
        g_string_append_c(writer->out, ',');
    writer->first = FALSE;
    if (text == NULL)
        return;
    if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(writer->out, text);
        return;
    }
    g_string_append(writer->out, formula ? "\"'" : "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"')
            g_string_append_c(writer->out, '"');
        g_string_append_c(writer->out, *text);
    }
    g_string_append_c(writer->out, '"');
}

static void
end(Writer *writer)
{
    g_string_append(writer->out, "\r\n");
    writer->first = TRUE;
}

static void
put_number(Writer *writer, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    put(writer, isfinite(value) ? g_ascii_formatd(text, sizeof text, "%.10g", value) : "");
}

static void
put_count(Writer *writer, gint64 value)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);

    put(writer, text);
}

static void
put_time(Writer *writer, gint64 ms)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, writer->zone) : NULL;
    g_autofree char *text =
        ms != 0 && local != NULL ? g_date_time_format(local, "%Y-%m-%dT%H:%M:%S%:z") : NULL;

    put(writer, text);
}

static void
heads(Writer *writer, const char *const *names)
{
    for (; *names != NULL; names++)
        put(writer, *names);
    end(writer);
}

/* ---- tables ---- */

static const char *const device_names[] = {"device",
                                           "kind",
                                           "site",
                                           "rack",
                                           "service_class",
                                           "vendor",
                                           "model",
                                           "os_version",
                                           "serial",
                                           "now",
                                           "worst",
                                           "availability",
                                           "availability_low",
                                           "availability_high",
                                           "target",
                                           "promise",
                                           "up_s",
                                           "down_s",
                                           "not_observed_s",
                                           "maintenance_s",
                                           "excluded_s",
                                           "outages",
                                           "mttr_s",
                                           "mtbf_s",
                                           "critical_s",
                                           "warning_s",
                                           "psu",
                                           "fan",
                                           "temperature",
                                           "voltage",
                                           "disk",
                                           "optics",
                                           "other",
                                           "log_entries",
                                           "log_bad",
                                           "firmware",
                                           NULL};

static void
write_device(Writer *writer, const RvReportDevice *d)
{
    const RvAvailability *a = d->availability;
    const char *texts[] = {d->name,
                           d->kind,
                           d->site,
                           d->rack,
                           d->service_class,
                           d->vendor,
                           d->model,
                           d->os_version,
                           d->serial,
                           rv_verdict_word(d->now),
                           rv_verdict_word(d->worst)};
    const gint64 times[] = {a->up_ms, a->down_ms, a->not_observed_ms,
                            a->sum_ms[RV_PIECE_MAINTENANCE], a->sum_ms[RV_PIECE_EXCLUDED]};

    for (gsize j = 0; j < G_N_ELEMENTS(texts); j++)
        put(writer, texts[j]);
    put_number(writer, a->a);
    put_number(writer, a->a_low);
    put_number(writer, a->a_high);
    put_number(writer, a->target);
    put(writer, rv_promise_word(a->promise));
    for (gsize j = 0; j < G_N_ELEMENTS(times); j++)
        put_number(writer, (double)times[j] / 1000);
    put_count(writer, a->outages);
    put_number(writer, a->outages > 0 ? (double)a->mttr_ms / 1000 : NAN);
    put_number(writer, a->outages > 0 ? (double)a->mtbf_ms / 1000 : NAN);
    put_number(writer, (double)d->critical_ms / 1000);
    put_number(writer, (double)d->warning_ms / 1000);
    for (guint j = 0; j < RV_PART_GROUPS; j++)
        put(writer, d->parts[j].sensors > 0 ? rv_verdict_word(d->parts[j].now) : "");
    put_count(writer, d->events);
    put_count(writer, d->bad_events);
    put(writer, rv_firmware_verdict_word(d->firmware));
    end(writer);
}

static void
write_devices(Writer *writer, const RvReport *report)
{
    heads(writer, device_names);
    for (guint i = 0; i < report->devices->len; i++)
        write_device(writer, g_ptr_array_index(report->devices, i));
}

static void
write_faults(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {
        "id",           "kind",    "level",     "device",   "cause",    "title",      "opened",
        "acknowledged", "planned", "recovered", "resolved", "reported", "root_cause", "method",
        "loss",         "down_s",  "respond",   "resolve",  "plan",     "report",     NULL};

    heads(writer, names);
    for (guint i = 0; i < report->faults->len; i++) {
        const RvReportFault *one = g_ptr_array_index(report->faults, i);
        const RvFault *f = one->fault;
        const gint64 times[] = {f->opened_ms,    f->acknowledged_ms, f->planned_ms,
                                f->recovered_ms, f->resolved_ms,     f->reported_ms};

        put_count(writer, f->id);
        put(writer, rv_fault_kind_word(f->kind));
        put(writer, f->level);
        put(writer, f->device);
        put(writer, f->cause);
        put(writer, f->title);
        for (gsize j = 0; j < G_N_ELEMENTS(times); j++)
            put_time(writer, times[j]);
        put(writer, f->root_cause);
        put(writer, f->method);
        put(writer, f->loss);
        put_number(writer, one->down_ms >= 0 ? (double)one->down_ms / 1000 : NAN);
        for (guint j = 0; j < RV_CLOCK_KINDS; j++)
            put(writer, !one->clocks[j].exists        ? ""
                        : one->clocks[j].breached     ? "late"
                        : one->clocks[j].done_ms != 0 ? "kept"
                                                      : "running");
        end(writer);
    }
}

static void
write_findings(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"device", "key",  "name",  "group", "worst",  "now",
                                        "first",  "last", "bad_s", "times", "reason", NULL};

    heads(writer, names);
    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *f = g_ptr_array_index(report->findings, i);

        put(writer, f->device);
        put(writer, f->key);
        put(writer, f->name);
        put(writer, f->group);
        put(writer, rv_verdict_word(f->worst));
        put(writer, rv_verdict_word(f->now));
        put_time(writer, f->first_ms);
        put_time(writer, f->last_ms);
        put_number(writer, (double)f->bad_ms / 1000);
        put_count(writer, f->times);
        put(writer, f->reason);
        end(writer);
    }
}

static void
write_interfaces(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {
        "device",    "interface",       "alias",        "speed_bps",  "in_mean_bps",
        "in_95_bps", "in_max_bps",      "out_mean_bps", "out_95_bps", "out_max_bps",
        "used",      "errors_discards", "known",        NULL};

    heads(writer, names);
    for (guint i = 0; i < report->interfaces->len; i++) {
        const RvReportInterface *one = g_ptr_array_index(report->interfaces, i);
        const double values[] = {one->speed_bps, one->in_mean, one->in_95,   one->in_max,
                                 one->out_mean,  one->out_95,  one->out_max, one->used,
                                 one->faults,    one->known};

        put(writer, one->device);
        put(writer, one->name);
        put(writer, one->alias);
        for (gsize j = 0; j < G_N_ELEMENTS(values); j++)
            put_number(writer, values[j]);
        end(writer);
    }
}

static void
write_series(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"table",        "device", "key",      "name",    "class",
                                        "mean",         "p95",    "minimum",  "maximum", "last",
                                        "high_warning", "margin", "used_kwh", "known",   NULL};
    const struct {
        const char *name;
        const GPtrArray *rows;
    } tables[] = {{"inlet", report->inlets},
                  {"energy", report->energy},
                  {"capacity", report->capacity},
                  {"optics", report->optics}};

    heads(writer, names);
    for (gsize t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (guint i = 0; i < tables[t].rows->len; i++) {
            const RvReportSeries *one = g_ptr_array_index(tables[t].rows, i);
            const double values[] = {one->mean,    one->p95,  one->minimum,
                                     one->maximum, one->last, one->limits.high_warning,
                                     one->margin,  one->used, one->known};

            put(writer, tables[t].name);
            put(writer, one->device);
            put(writer, one->key);
            put(writer, one->name);
            put(writer, rv_class_word(one->class));
            for (gsize j = 0; j < G_N_ELEMENTS(values); j++)
                put_number(writer, values[j]);
            end(writer);
        }
    }
}

static void
write_changes(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"time",   "device", "kind", "subject",
                                        "before", "after",  NULL};

    heads(writer, names);
    for (guint i = 0; i < report->changes->len; i++) {
        const RvChange *one = g_ptr_array_index(report->changes, i);

        put_time(writer, one->time_ms);
        put(writer, one->device);
        put(writer, rv_change_kind_word(one->kind));
        put(writer, one->subject);
        put(writer, one->before);
        put(writer, one->after);
        end(writer);
    }
}

static void
write_suspects(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {
        "device",       "key",         "name",        "kind", "now", "normal",
        "soonest_days", "likely_days", "latest_days", "p",    NULL};

    heads(writer, names);
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvEvidence *e = ((RvReportSuspect *)g_ptr_array_index(report->suspects, i))->evidence;

        put(writer, e->device);
        put(writer, e->key);
        put(writer, e->name);
        put(writer, rv_evidence_kind_word(e->kind));
        put_number(writer, e->now);
        put_number(writer, e->normal);
        put_number(writer, e->soonest_days >= 0 ? (double)e->soonest_days : NAN);
        put_number(writer, e->likely_days >= 0 ? (double)e->likely_days : NAN);
        put_number(writer, e->latest_days >= 0 && e->latest_days != G_MAXINT64
                               ? (double)e->latest_days
                               : NAN);
        put_number(writer, e->p);
        end(writer);
    }
}

static void
write_periods(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"table",      "period", "devices", "availability",
                                        "down_s",     "faults", "met",     "not_met",
                                        "not_proven", "score",  NULL};
    const struct {
        const char *name;
        const GPtrArray *rows;
    } tables[] = {{"months", report->months}, {"history", report->history}};

    heads(writer, names);
    for (gsize t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (guint i = 0; i < tables[t].rows->len; i++) {
            const RvReportMonth *one = g_ptr_array_index(tables[t].rows, i);

            put(writer, tables[t].name);
            put(writer, one->label);
            if (one->known) {
                put_count(writer, one->devices);
                put_number(writer, one->a);
                put_number(writer, (double)one->down_ms / 1000);
                put_count(writer, one->faults);
                put_count(writer, one->met);
                put_count(writer, one->not_met);
                put_count(writer, one->not_proven);
                put_number(writer, one->score);
            } else {
                for (int j = 0; j < 8; j++)
                    put(writer, "");
            }
            end(writer);
        }
    }
}

static void
write_causes(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"cause", "faults", "down_s", "cumulative", NULL};

    heads(writer, names);
    for (guint i = 0; i < report->causes->len; i++) {
        const RvReportCause *one = g_ptr_array_index(report->causes, i);

        put(writer, one->cause);
        put_count(writer, one->faults);
        put_number(writer, (double)one->down_ms / 1000);
        put_number(writer, one->cumulative);
        end(writer);
    }
}

static void
write_recurring(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"device", "cause", "times", "last", NULL};

    heads(writer, names);
    for (guint i = 0; i < report->recurring->len; i++) {
        const RvReportRecurring *one = g_ptr_array_index(report->recurring, i);

        put(writer, one->device);
        put(writer, one->cause);
        put_count(writer, one->times);
        put_time(writer, one->last_ms);
        end(writer);
    }
}

static void
write_models(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"model",    "devices",    "findings", "faults",
                                        "suspects", "per_device", NULL};

    heads(writer, names);
    for (guint i = 0; i < report->models->len; i++) {
        const RvReportModel *one = g_ptr_array_index(report->models, i);

        put(writer, one->model);
        put_count(writer, one->devices);
        put_count(writer, one->findings);
        put_count(writer, one->faults);
        put_count(writer, one->suspects);
        put_number(writer, one->per_device);
        end(writer);
    }
}

static void
write_spares(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"part", "bad",      "suspected", "price",
                                        "cost", "currency", NULL};

    heads(writer, names);
    for (guint i = 0; i < report->spares->len; i++) {
        const RvReportSpares *one = g_ptr_array_index(report->spares, i);

        put(writer, one->part);
        put_count(writer, one->bad);
        put_count(writer, one->suspected);
        put_number(writer, one->price);
        put_number(writer, one->cost);
        put(writer, report->currency);
        end(writer);
    }
}

static void
write_links(Writer *writer, const RvReport *report)
{
    static const char *const names[] = {"device", "key",   "name", "changes",
                                        "downs",  "first", "last", NULL};

    heads(writer, names);
    for (guint i = 0; i < report->links->len; i++) {
        const RvLinkChanges *one = g_ptr_array_index(report->links, i);

        put(writer, one->device);
        put(writer, one->interface);
        put(writer, one->name);
        put_count(writer, one->changes);
        put_count(writer, one->downs);
        put_time(writer, one->first_ms);
        put_time(writer, one->last_ms);
        end(writer);
    }
}

const char *const rv_report_tables[] = {
    "devices", "faults", "findings",  "interfaces", "series", "changes", "suspects",
    "periods", "causes", "recurring", "models",     "spares", "links",   NULL};

char *
rv_report_csv(const RvReport *report, const char *table)
{
    static void (*const writers[])(Writer *, const RvReport *) = {
        write_devices, write_faults,   write_findings, write_interfaces, write_series,
        write_changes, write_suspects, write_periods,  write_causes,     write_recurring,
        write_models,  write_spares,   write_links};
    Writer writer = {g_string_new(NULL), TRUE, report->zone};

    for (gsize i = 0; rv_report_tables[i] != NULL; i++) {
        if (strcmp(rv_report_tables[i], table) != 0)
            continue;
        writers[i](&writer, report);
        return g_string_free(writer.out, FALSE);
    }
    g_string_free(writer.out, TRUE);
    return NULL;
}
