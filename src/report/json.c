#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "observation/words.h"
#include "report/writers.h"

/* ---- pieces ---- */

static json_t *
number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *
text(const char *value)
{
    return value != NULL ? json_string(value) : json_null();
}

/* Moments in Unix milliseconds; never is null. */
static json_t *
moment(gint64 ms)
{
    return ms != 0 ? json_integer(ms) : json_null();
}

static void
set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static json_t *
list(const GPtrArray *rows, json_t *(*convert)(gconstpointer row))
{
    json_t *array = json_array();

    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(array, convert(g_ptr_array_index(rows, i)));
    return array;
}

static json_t *
numbers(const GArray *values)
{
    json_t *array = json_array();

    for (guint i = 0; values != NULL && i < values->len; i++)
        json_array_append_new(array, number(g_array_index(values, double, i)));
    return array;
}

static json_t *
limits(const RvLimits *one)
{
    json_t *json = json_object();

    set(json, "low_critical", number(one->low_critical));
    set(json, "low_warning", number(one->low_warning));
    set(json, "high_warning", number(one->high_warning));
    set(json, "high_critical", number(one->high_critical));
    return json;
}

/* ---- rows ---- */

static json_t *
piece(const RvPiece *one)
{
    json_t *json = json_object();

    set(json, "from_ms", json_integer(one->from_ms));
    set(json, "until_ms", json_integer(one->until_ms));
    set(json, "kind", text(rv_piece_word(one->kind)));
    return json;
}

static json_t *
availability(const RvAvailability *a)
{
    json_t *json = json_object(), *pieces = json_array();

    for (guint i = 0; i < RV_PIECE_KINDS; i++) {
        g_autofree char *key = g_strconcat(rv_piece_word((RvPieceKind)i), "_ms", NULL);

        set(json, key, json_integer(a->sum_ms[i]));
    }
    set(json, "agreed_ms", json_integer(a->agreed_ms));
    set(json, "a", number(a->a));
    set(json, "a_low", number(a->a_low));
    set(json, "a_high", number(a->a_high));
    set(json, "target", number(a->target));
    set(json, "budget_ms", json_integer(a->budget_ms));
    set(json, "budget_used", number(a->budget_used));
    set(json, "promise", text(rv_promise_word(a->promise)));
    set(json, "outages", json_integer(a->outages));
    set(json, "mttr_ms", a->outages > 0 ? json_integer(a->mttr_ms) : json_null());
    set(json, "mtbf_ms", a->outages > 0 ? json_integer(a->mtbf_ms) : json_null());
    for (guint i = 0; i < a->pieces->len; i++) {
        const RvPiece *one = &g_array_index(a->pieces, RvPiece, i);

        if (one->kind != RV_PIECE_UP)
            json_array_append_new(pieces, piece(one));
    }
    set(json, "not_up", pieces);
    return json;
}

static json_t *
part(const RvReportPart *one)
{
    json_t *json;

    if (one->sensors == 0)
        return json_null();
    json = json_object();
    set(json, "sensors", json_integer(one->sensors));
    set(json, "bad", json_integer(one->bad));
    set(json, "now", text(rv_verdict_word(one->now)));
    set(json, "worst", text(rv_verdict_word(one->worst)));
    return json;
}

static json_t *
device(gconstpointer row)
{
    const RvReportDevice *d = row;
    json_t *json = json_object(), *parts = json_object(), *sources = json_object();
    const struct {
        const char *key, *value;
    } texts[] = {{"name", d->name},
                 {"host", d->host},
                 {"kind", d->kind},
                 {"site", d->site},
                 {"site_name", d->site_name},
                 {"rack", d->rack},
                 {"service_class", d->service_class},
                 {"owner", d->owner},
                 {"vendor", d->vendor},
                 {"model", d->model},
                 {"serial", d->serial},
                 {"profile", d->profile},
                 {"os_version", d->os_version},
                 {"now", rv_verdict_word(d->now)},
                 {"worst", rv_verdict_word(d->worst)},
                 {"last_state", rv_reachability_word(d->last_state)},
                 {"last_reason", rv_reason_word(d->last_reason)},
                 {"firmware", rv_firmware_verdict_word(d->firmware)},
                 {"firmware_sentence", d->firmware_sentence}};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        set(json, texts[i].key, text(texts[i].value));
    set(json, "in_inventory", json_boolean(d->in_inventory));
    set(json, "observed", json_boolean(d->observed));
    set(json, "first_ms", moment(d->first_ms));
    set(json, "last_ms", moment(d->last_ms));
    set(json, "latest_ms", moment(d->latest_ms));
    set(json, "availability", availability(d->availability));
    for (guint i = 0; i < RV_PART_GROUPS; i++)
        set(parts, rv_part_group_word((RvPartGroup)i), part(&d->parts[i]));
    set(json, "parts", parts);
    for (guint i = 0; i <= RV_LIMITS_POLICY; i++)
        set(sources, rv_limits_source_word((RvLimitsSource)i), json_integer(d->limits[i]));
    set(json, "limits", sources);
    set(json, "events", json_integer(d->events));
    set(json, "bad_events", json_integer(d->bad_events));
    set(json, "critical_ms", json_integer(d->critical_ms));
    set(json, "warning_ms", json_integer(d->warning_ms));
    set(json, "judged_ms", json_integer(d->judged_ms));
    set(json, "interfaces", json_integer(d->interfaces));
    set(json, "interfaces_up", json_integer(d->interfaces_up));
    set(json, "ports_used", number(d->ports_used));
    set(json, "findings", json_integer(d->findings));
    set(json, "faults", json_integer(d->faults));
    return json;
}

static json_t *
service_class(gconstpointer row)
{
    const RvReportClass *c = row;
    json_t *json = json_object();

    set(json, "id", text(c->id));
    set(json, "name", text(c->name));
    set(json, "coverage", text(c->coverage));
    set(json, "target", number(c->target));
    set(json, "devices", json_integer(c->devices));
    set(json, "met", json_integer(c->met));
    set(json, "not_met", json_integer(c->not_met));
    set(json, "not_proven", json_integer(c->not_proven));
    set(json, "agreed_ms", json_integer(c->agreed_ms));
    set(json, "up_ms", json_integer(c->up_ms));
    set(json, "down_ms", json_integer(c->down_ms));
    set(json, "not_observed_ms", json_integer(c->not_observed_ms));
    set(json, "maintenance_ms", json_integer(c->maintenance_ms));
    set(json, "excluded_ms", json_integer(c->excluded_ms));
    set(json, "budget_ms", json_integer(c->budget_ms));
    set(json, "a", number(c->a));
    set(json, "a_low", number(c->a_low));
    set(json, "a_high", number(c->a_high));
    set(json, "promise", text(rv_promise_word(c->promise)));
    return json;
}

static json_t *
group(gconstpointer row)
{
    const RvReportGroup *g = row;
    json_t *json = json_object();

    set(json, "id", text(g->id));
    set(json, "name", text(g->name));
    set(json, "members", json_integer(g->members));
    set(json, "needed", json_integer(g->needed));
    set(json, "target", number(g->target));
    set(json, "a", number(g->a));
    set(json, "a_low", number(g->a_low));
    set(json, "a_high", number(g->a_high));
    set(json, "down_ms", json_integer(g->down_ms));
    set(json, "promise", text(rv_promise_word(g->promise)));
    return json;
}

static json_t *
finding(gconstpointer row)
{
    const RvReportFinding *f = row;
    json_t *json = json_object();

    set(json, "device", text(f->device));
    set(json, "key", text(f->key));
    set(json, "name", text(f->name));
    set(json, "group", text(f->group));
    set(json, "class", text(rv_class_word(f->class)));
    set(json, "worst", text(rv_verdict_word(f->worst)));
    set(json, "now", text(rv_verdict_word(f->now)));
    set(json, "presence", text(rv_presence_word(f->presence)));
    set(json, "reason", text(f->reason));
    set(json, "first_ms", moment(f->first_ms));
    set(json, "last_ms", moment(f->last_ms));
    set(json, "bad_ms", json_integer(f->bad_ms));
    set(json, "times", json_integer(f->times));
    set(json, "since_before", json_boolean(f->since_before));
    return json;
}

static json_t *
clock_of(const RvClock *c)
{
    json_t *json;

    if (!c->exists)
        return json_null();
    json = json_object();
    set(json, "due_ms", moment(c->due_ms));
    set(json, "done_ms", moment(c->done_ms));
    set(json, "breached", json_boolean(c->breached));
    set(json, "left_ms", json_integer(c->left_ms));
    return json;
}

static json_t *
entry(gconstpointer row)
{
    const RvFaultEntry *e = row;
    json_t *json = json_object();

    set(json, "time_ms", moment(e->time_ms));
    set(json, "who", text(e->who));
    set(json, "action", text(e->action));
    set(json, "text", text(e->text));
    return json;
}

static json_t *
fault(gconstpointer row)
{
    const RvReportFault *one = row;
    const RvFault *f = one->fault;
    json_t *json = json_object(), *clocks = json_object();
    const struct {
        const char *key, *value;
    } texts[] = {{"device", f->device},
                 {"cause", f->cause},
                 {"kind", rv_fault_kind_word(f->kind)},
                 {"level", f->level},
                 {"level_name", one->level_name},
                 {"title", f->title},
                 {"opened_by", f->opened_by},
                 {"acknowledged_by", f->acknowledged_by},
                 {"planned_by", f->planned_by},
                 {"resolved_by", f->resolved_by},
                 {"reported_by", f->reported_by},
                 {"plan", f->plan},
                 {"root_cause", f->root_cause},
                 {"method", f->method},
                 {"loss", f->loss}};
    const struct {
        const char *key;
        gint64 ms;
    } times[] = {{"opened_ms", f->opened_ms},     {"acknowledged_ms", f->acknowledged_ms},
                 {"planned_ms", f->planned_ms},   {"recovered_ms", f->recovered_ms},
                 {"resolved_ms", f->resolved_ms}, {"reported_ms", f->reported_ms}};

    set(json, "id", json_integer(f->id));
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        set(json, texts[i].key, text(texts[i].value));
    for (gsize i = 0; i < G_N_ELEMENTS(times); i++)
        set(json, times[i].key, moment(times[i].ms));
    for (guint i = 0; i < RV_CLOCK_KINDS; i++)
        set(clocks, rv_clock_kind_word((RvClockKind)i), clock_of(&one->clocks[i]));
    set(json, "clocks", clocks);
    set(json, "parent", f->parent != 0 ? json_integer(f->parent) : json_null());
    set(json, "down_ms", one->down_ms >= 0 ? json_integer(one->down_ms) : json_null());
    set(json, "opened_before", json_boolean(one->opened_before));
    set(json, "trail", f->trail != NULL ? list(f->trail, entry) : json_array());
    return json;
}

static json_t *
handling(gconstpointer row)
{
    const RvReportHandling *h = row;
    json_t *json = json_object();

    set(json, "level", text(h->level));
    set(json, "name", text(h->name));
    set(json, "faults", json_integer(h->faults));
    set(json, "open", json_integer(h->open));
    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        json_t *one = json_object();

        set(one, "kept", json_integer(h->kept[i]));
        set(one, "late", json_integer(h->breached[i]));
        set(one, "running", json_integer(h->running[i]));
        set(json, rv_clock_kind_word((RvClockKind)i), one);
    }
    return json;
}

static json_t *
days_ahead(gint64 days)
{
    return days >= 0 && days != G_MAXINT64 ? json_integer(days) : json_null();
}

static json_t *
suspect(gconstpointer row)
{
    const RvReportSuspect *s = row;
    const RvEvidence *e = s->evidence;
    json_t *json = json_object();

    set(json, "device", text(e->device));
    set(json, "key", text(e->key));
    set(json, "name", text(e->name));
    set(json, "kind", text(rv_evidence_kind_word(e->kind)));
    set(json, "class", text(rv_class_word(s->class)));
    set(json, "sentence", text(e->sentence));
    set(json, "now", number(e->now));
    set(json, "normal", number(e->normal));
    set(json, "soonest_days", days_ahead(e->soonest_days));
    set(json, "likely_days", days_ahead(e->likely_days));
    set(json, "latest_days", days_ahead(e->latest_days));
    set(json, "p", number(e->p));
    set(json, "limit", number(s->limit));
    set(json, "lost_db", number(e->kind == RV_EVIDENCE_FALLING_LIGHT ? e->normal - e->now : NAN));
    set(json, "days", numbers(s->days));
    return json;
}

static json_t *
action(gconstpointer row)
{
    const RvReportAction *a = row;
    json_t *json = json_object();

    set(json, "device", text(a->device));
    set(json, "rack", text(a->rack));
    set(json, "part", text(a->part));
    set(json, "model", text(a->model));
    set(json, "serial", text(a->serial));
    set(json, "do", text(rv_action_word(a->kind)));
    set(json, "urgency", text(rv_urgency_word(a->urgency)));
    set(json, "owner", text(a->owner));
    set(json, "fault", a->fault != 0 ? json_integer(a->fault) : json_null());
    set(json, "due_ms", a->due_ms != 0 ? json_integer(a->due_ms) : json_null());
    return json;
}

static json_t *
interface(gconstpointer row)
{
    const RvReportInterface *i = row;
    json_t *json = json_object();

    set(json, "device", text(i->device));
    set(json, "key", text(i->key));
    set(json, "name", text(i->name));
    set(json, "alias", text(i->alias));
    set(json, "speed_bps", number(i->speed_bps));
    set(json, "in_mean_bps", number(i->in_mean));
    set(json, "in_95_bps", number(i->in_95));
    set(json, "in_max_bps", number(i->in_max));
    set(json, "out_mean_bps", number(i->out_mean));
    set(json, "out_95_bps", number(i->out_95));
    set(json, "out_max_bps", number(i->out_max));
    set(json, "used", number(i->used));
    set(json, "errors_discards", number(i->faults));
    set(json, "known", number(i->known));
    return json;
}

static json_t *
series(gconstpointer row)
{
    const RvReportSeries *s = row;
    json_t *json = json_object();

    set(json, "device", text(s->device));
    set(json, "key", text(s->key));
    set(json, "name", text(s->name));
    set(json, "class", text(rv_class_word(s->class)));
    set(json, "unit", text(rv_class_unit(s->class)));
    set(json, "mean", number(s->mean));
    set(json, "p95", number(s->p95));
    set(json, "minimum", number(s->minimum));
    set(json, "maximum", number(s->maximum));
    set(json, "last", number(s->last));
    set(json, "limits", limits(&s->limits));
    set(json, "known", number(s->known));
    set(json, "margin", number(s->margin));
    set(json, "used_kwh", number(s->used));
    set(json, "part", json_boolean(s->part));
    set(json, "above_ms", json_integer(s->above_ms));
    return json;
}

static json_t *
spare_parts(gconstpointer row)
{
    const RvReportSpares *one = row;
    json_t *json = json_object();

    set(json, "part", text(one->part));
    set(json, "bad", json_integer(one->bad));
    set(json, "suspected", json_integer(one->suspected));
    set(json, "price", number(one->price));
    set(json, "cost", number(one->cost));
    return json;
}

static json_t *
link_changes(gconstpointer row)
{
    const RvLinkChanges *l = row;
    json_t *json = json_object();

    set(json, "device", text(l->device));
    set(json, "key", text(l->interface));
    set(json, "name", text(l->name));
    set(json, "changes", json_integer(l->changes));
    set(json, "downs", json_integer(l->downs));
    set(json, "first_ms", json_integer(l->first_ms));
    set(json, "last_ms", json_integer(l->last_ms));
    return json;
}

static json_t *
change(gconstpointer row)
{
    const RvChange *c = row;
    json_t *json = json_object();

    set(json, "time_ms", moment(c->time_ms));
    set(json, "device", text(c->device));
    set(json, "kind", text(rv_change_kind_word(c->kind)));
    set(json, "subject", text(c->subject));
    set(json, "before", text(c->before));
    set(json, "after", text(c->after));
    return json;
}

static json_t *
firmware(gconstpointer row)
{
    const RvReportFirmware *f = row;
    json_t *json = json_object();

    set(json, "device", text(f->device));
    set(json, "model", text(f->model));
    set(json, "part", text(f->part));
    set(json, "version", text(f->version));
    set(json, "verdict", text(rv_firmware_verdict_word(f->verdict)));
    set(json, "sentence", text(f->sentence));
    set(json, "min", text(f->min));
    set(json, "exact", text(f->exact));
    set(json, "why", text(f->why));
    return json;
}

static json_t *
version(gconstpointer row)
{
    const RvReportVersion *v = row;
    json_t *json = json_object();

    set(json, "model", text(v->model));
    set(json, "version", text(v->version));
    set(json, "devices", json_integer(v->devices));
    return json;
}

static json_t *
event(gconstpointer row)
{
    const RvEventRow *e = row;
    json_t *json = json_object();

    set(json, "device", text(e->device));
    set(json, "time_ms", moment(e->event.time_ms));
    set(json, "seen_ms", moment(e->seen_ms));
    set(json, "sensor", text(e->event.sensor));
    set(json, "text", text(e->event.text));
    set(json, "severity", text(rv_verdict_word(e->event.severity)));
    return json;
}

static json_t *
maintenance(gconstpointer row)
{
    const RvMaintenance *m = row;
    json_t *json = json_object();

    set(json, "id", json_integer(m->id));
    set(json, "devices", text(m->devices));
    set(json, "from_ms", moment(m->from_ms));
    set(json, "until_ms", moment(m->until_ms));
    set(json, "ended_ms", moment(m->ended_ms));
    set(json, "made_ms", moment(m->made_ms));
    set(json, "every_days", json_integer(m->every_days));
    set(json, "numbers", json_boolean(m->numbers));
    set(json, "who", text(m->who));
    set(json, "why", text(m->why));
    return json;
}

static json_t *
window(gconstpointer row)
{
    const RvWindow *w = row;
    json_t *json = json_object();

    set(json, "from_ms", moment(w->from_ms));
    set(json, "until_ms", moment(w->until_ms));
    set(json, "who", text(w->who));
    set(json, "why", text(w->why));
    return json;
}

static json_t *
duty(gconstpointer row)
{
    const RvReportDuty *d = row;
    json_t *json = json_object();

    set(json, "kind", text(rv_period_kind_word(d->kind)));
    set(json, "period", text(d->label));
    set(json, "due_ms", moment(d->due_ms));
    set(json, "done_ms", moment(d->done_ms));
    set(json, "state", text(rv_duty_state_word(d->state)));
    return json;
}

static json_t *
month(gconstpointer row)
{
    const RvReportMonth *m = row;
    json_t *json = json_object();

    set(json, "period", text(m->label));
    set(json, "known", json_boolean(m->known));
    set(json, "a", number(m->a));
    set(json, "score", number(m->score));
    set(json, "devices", json_integer(m->devices));
    set(json, "faults", json_integer(m->faults));
    set(json, "met", json_integer(m->met));
    set(json, "not_met", json_integer(m->not_met));
    set(json, "not_proven", json_integer(m->not_proven));
    set(json, "down_ms", json_integer(m->down_ms));
    return json;
}

static json_t *
cause(gconstpointer row)
{
    const RvReportCause *c = row;
    json_t *json = json_object();

    set(json, "cause", text(c->cause));
    set(json, "faults", json_integer(c->faults));
    set(json, "down_ms", json_integer(c->down_ms));
    set(json, "cumulative", number(c->cumulative));
    set(json, "vital", json_boolean(c->vital));
    return json;
}

static json_t *
recurring(gconstpointer row)
{
    const RvReportRecurring *r = row;
    json_t *json = json_object();

    set(json, "device", text(r->device));
    set(json, "cause", text(r->cause));
    set(json, "times", json_integer(r->times));
    set(json, "last_ms", moment(r->last_ms));
    return json;
}

static json_t *
model(gconstpointer row)
{
    const RvReportModel *m = row;
    json_t *json = json_object();

    set(json, "model", text(m->model));
    set(json, "devices", json_integer(m->devices));
    set(json, "findings", json_integer(m->findings));
    set(json, "faults", json_integer(m->faults));
    set(json, "suspects", json_integer(m->suspects));
    set(json, "per_device", number(m->per_device));
    return json;
}

static json_t *
graph(gconstpointer row)
{
    const RvReportGraph *g = row;
    json_t *json = json_object();

    set(json, "device", text(g->device));
    set(json, "key", text(g->key));
    set(json, "name", text(g->name));
    set(json, "unit", text(g->unit));
    set(json, "limits", limits(&g->limits));
    set(json, "start_s", json_integer(g->start_s));
    set(json, "end_s", json_integer(g->end_s));
    set(json, "values", numbers(g->values[0]));
    if (g->values[1] != NULL)
        set(json, "values_out", numbers(g->values[1]));
    return json;
}

static json_t *
blind(gconstpointer row)
{
    const RvReportBlind *b = row;
    json_t *json = json_object();

    set(json, "from_ms", moment(b->from_ms));
    set(json, "until_ms", moment(b->until_ms));
    set(json, "devices", json_integer(b->devices));
    return json;
}

static json_t *
gap(gconstpointer row)
{
    static const char *const words[] = {[RV_GAP_NO_SERIES] = "no_series",
                                        [RV_GAP_NO_PLAN] = "no_plan",
                                        [RV_GAP_NO_INVENTORY] = "no_inventory",
                                        [RV_GAP_SHORT_HISTORY] = "short_history",
                                        [RV_GAP_LIMITS_OF_TODAY] = "limits_of_today",
                                        [RV_GAP_NO_SECRETS] = "no_secrets",
                                        [RV_GAP_READ] = "read"};
    const RvReportGap *g = row;
    json_t *json = json_object();

    set(json, "kind", text(words[g->kind]));
    set(json, "detail", text(g->detail));
    return json;
}

static json_t *
signer(gconstpointer row)
{
    const RvSignOff *s = row;
    json_t *json = json_object();

    set(json, "role", text(s->role));
    set(json, "name", text(s->name));
    return json;
}

static json_t *
name(gconstpointer row)
{
    return text(row);
}

/* ---- whole ---- */

static json_t *
score(const RvReportScore *s)
{
    static const char *const caps[] = {NULL, "promise_79", "open_89", "unseen_84", "nothing_seen"};
    json_t *json = json_object(), *list_of_caps = json_array();

    set(json, "service", number(s->service));
    set(json, "health", number(s->health));
    set(json, "handling", number(s->handling));
    set(json, "coverage", number(s->coverage));
    set(json, "raw", number(s->raw));
    set(json, "score", number(s->score));
    for (guint i = 1; i < G_N_ELEMENTS(caps); i++)
        if (s->caps[i])
            json_array_append_new(list_of_caps, text(caps[i]));
    set(json, "caps", list_of_caps);
    return json;
}

static json_t *
coverage(const RvReportCoverage *c)
{
    json_t *json = json_object();

    set(json, "rounds", json_integer(c->rounds));
    set(json, "finished", json_integer(c->finished));
    set(json, "killed", json_integer(c->killed));
    set(json, "simulated", json_integer(c->simulated));
    set(json, "asked", json_integer((json_int_t)c->asked));
    set(json, "answered", json_integer((json_int_t)c->answered));
    set(json, "failed", json_integer((json_int_t)c->failed));
    set(json, "expected_ms", json_integer(c->expected_ms));
    set(json, "observed_ms", json_integer(c->observed_ms));
    set(json, "planned", json_integer(c->planned));
    set(json, "samples_expected", json_integer(c->samples_expected));
    set(json, "samples_received", json_integer(c->samples_received));
    set(json, "lost", json_integer(c->lost));
    set(json, "late", json_integer(c->late));
    set(json, "never", json_integer(c->never));
    set(json, "blind", list(c->blind, blind));
    return json;
}

static json_t *
sums(const RvReportSums *s)
{
    const struct {
        const char *key;
        gint64 value;
    } counts[] = {
        {"open_faults", s->open_faults},
        {"resolved", s->resolved},
        {"overdue_faults", s->overdue_faults},
        {"resolve_mean_ms", s->resolve_mean_ms},
        {"clocks_kept", s->clocks_kept},
        {"clocks_late", s->clocks_late},
        {"clocks_running", s->clocks_running},
        {"devices_down", s->devices_down},
        {"devices_unseen", s->devices_unseen},
        {"outages", s->outages},
        {"mttr_ms", s->mttr_ms},
        {"mtbf_ms", s->mtbf_ms},
        {"excluded_ms", s->excluded_ms},
        {"critical", s->critical},
        {"bad", s->bad},
        {"unknown", s->unknown},
        {"critical_parts", s->critical_parts},
        {"bad_parts", s->bad_parts},
        {"suspect_parts", s->suspect_parts},
        {"new_devices", s->new_devices},
        {"changed_parts", s->changed_parts},
        {"changed_firmware", s->changed_firmware},
        {"restarts", s->restarts},
        {"ports", s->ports},
        {"ports_up", s->ports_up},
        {"spares", s->spares},
        {"unpriced", s->unpriced},
        {"weak_kinds", s->weak_kinds},
        {"weak_devices", s->weak_devices},
    };
    json_t *json = json_object();

    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
        set(json, counts[i].key, json_integer(counts[i].value));
    set(json, "inlet_mean", number(s->inlet_mean));
    set(json, "inlet_maximum", number(s->inlet_maximum));
    set(json, "energy_kwh", number(s->energy_kwh));
    set(json, "spares_cost", number(s->spares_cost));
    set(json, "observed", number(s->observed));
    return json;
}

static void
add_head(json_t *json, const RvReport *r)
{
    static const char *const kinds[] = {"period", "device", "fault"};
    const struct {
        const char *key, *value;
    } texts[] = {{"kind", kinds[r->kind]},
                 {"subject", r->subject},
                 {"period_kind", rv_period_kind_word(r->period.kind)},
                 {"period", r->period.label},
                 {"zone", r->zone_name},
                 {"number", r->number},
                 {"customer", r->customer},
                 {"provider", r->provider},
                 {"project", r->project},
                 {"currency", r->currency},
                 {"contract", r->contract},
                 {"confidentiality", r->confidentiality},
                 {"version", r->version},
                 {"state_sha256", r->state_digest},
                 {"configuration_sha256", r->configuration_digest},
                 {"inventory_sha256", r->inventory_digest},
                 {"plan_sha256", r->plan_digest}};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        set(json, texts[i].key, text(texts[i].value));
    set(json, "schema", json_integer(r->schema));
    set(json, "edition", json_integer(r->edition));
    set(json, "from_ms", json_integer(r->period.from_ms));
    set(json, "until_ms", json_integer(r->until_ms));
    set(json, "made_ms", json_integer(r->made_ms));
    set(json, "running", json_boolean(r->running));
    set(json, "simulated", json_boolean(r->simulated));
    set(json, "sign_off", list(r->sign_off, signer));
}

static void
add_sums(json_t *json, const RvReport *r)
{
    json_t *weak = json_object(), *card = json_object();

    set(json, "a", number(r->a));
    set(json, "a_low", number(r->a_low));
    set(json, "a_high", number(r->a_high));
    set(json, "down_ms", json_integer(r->down_ms));
    set(json, "met", json_integer(r->met));
    set(json, "not_met", json_integer(r->not_met));
    set(json, "not_proven", json_integer(r->not_proven));
    set(json, "event_count", json_integer(r->event_count));
    set(json, "firmware_judged", json_integer(r->firmware_judged));
    set(json, "firmware_fine", json_integer(r->firmware_fine));
    set(json, "access_known", json_integer(r->access_known));
    set(json, "score", score(&r->score));
    set(json, "coverage", coverage(&r->coverage));
    set(json, "sums", sums(&r->sums));
    for (guint i = 0; i < RV_WEAKNESSES; i++)
        set(weak, rv_weakness_word((RvWeakness)i), list(r->weak[i], name));
    set(json, "weak_access", weak);
    set(card, "predicted", json_integer(r->scorecard.predicted));
    set(card, "came", json_integer(r->scorecard.came));
    set(card, "failed_to_come", json_integer(r->scorecard.failed_to_come));
    set(card, "not_foreseen", json_integer(r->scorecard.not_foreseen));
    set(json, "scorecard", card);
}

char *
rv_report_json(const RvReport *r)
{
    const struct {
        const char *key;
        const GPtrArray *rows;
        json_t *(*convert)(gconstpointer row);
    } lists[] = {
        {"devices", r->devices, device},
        {"classes", r->classes, service_class},
        {"groups", r->groups, group},
        {"findings", r->findings, finding},
        {"faults", r->faults, fault},
        {"handling", r->handling, handling},
        {"actions", r->actions, action},
        {"suspects", r->suspects, suspect},
        {"interfaces", r->interfaces, interface},
        {"inlets", r->inlets, series},
        {"energy", r->energy, series},
        {"capacity", r->capacity, series},
        {"optics", r->optics, series},
        {"links", r->links, link_changes},
        {"changes", r->changes, change},
        {"firmware", r->firmware, firmware},
        {"versions", r->versions, version},
        {"events", r->events, event},
        {"maintenance", r->maintenance, maintenance},
        {"exclusions", r->exclusions, window},
        {"duties", r->duties, duty},
        {"history", r->history, month},
        {"months", r->months, month},
        {"causes", r->causes, cause},
        {"recurring", r->recurring, recurring},
        {"models", r->models, model},
        {"spares", r->spares, spare_parts},
        {"graphs", r->graphs, graph},
        {"gaps", r->gaps, gap},
    };
    json_t *json = json_object();
    char *dumped, *line;

    add_head(json, r);
    add_sums(json, r);
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        set(json, lists[i].key, list(lists[i].rows, lists[i].convert));
    dumped = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
    line = g_strconcat(dumped, "\n", NULL);
    free(dumped);
    json_decref(json);
    return line;
}
