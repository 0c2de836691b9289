#include "db/schema.h"

#include "db/backend.h"

/* Times are Unix milliseconds. Words (state, reason, status, presence, class) are those of
 * observation/words.h, so that the file can be read without this program. */
static const char journal[] =
    "CREATE TABLE round ("
    "  id INTEGER PRIMARY KEY,"
    "  started_ms INTEGER NOT NULL,"
    "  ended_ms INTEGER," /* NULL: still runs, or was killed */
    "  host TEXT NOT NULL,"
    "  version TEXT NOT NULL,"
    "  simulated INTEGER NOT NULL,"
    "  due INTEGER NOT NULL DEFAULT 0,"
    "  asked INTEGER NOT NULL DEFAULT 0,"
    "  answered INTEGER NOT NULL DEFAULT 0,"
    "  failed INTEGER NOT NULL DEFAULT 0,"
    "  note TEXT);"
    "CREATE INDEX round_started ON round(started_ms);"

    "CREATE TABLE device ("
    "  id INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL UNIQUE,"
    "  host TEXT NOT NULL DEFAULT '',"
    "  kind TEXT NOT NULL DEFAULT '',"
    "  site TEXT NOT NULL DEFAULT '',"
    "  vendor TEXT, model TEXT, os TEXT, os_version TEXT, serial TEXT, profile TEXT, sys_name TEXT,"
    "  first_ms INTEGER, last_ms INTEGER,"
    "  state TEXT NOT NULL DEFAULT 'not_asked',"
    "  reason TEXT NOT NULL DEFAULT 'none',"
    "  detail TEXT,"
    "  since_ms INTEGER,"
    "  status TEXT NOT NULL DEFAULT 'unknown',"
    "  uptime_ticks INTEGER, uptime_at_ms INTEGER, booted_ms INTEGER,"
    "  health_samples INTEGER NOT NULL DEFAULT 0,"
    "  asked_reachability_ms INTEGER, asked_health_ms INTEGER, asked_census_ms INTEGER,"
    "  answered_reachability_ms INTEGER, answered_health_ms INTEGER, answered_census_ms INTEGER);"

    /* protocol '': the device as a whole */
    "CREATE TABLE reachability ("
    "  id INTEGER PRIMARY KEY,"
    "  device INTEGER NOT NULL REFERENCES device(id),"
    "  protocol TEXT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  detail TEXT,"
    "  from_ms INTEGER NOT NULL,"
    "  until_ms INTEGER NOT NULL CHECK (until_ms >= from_ms),"
    "  samples INTEGER NOT NULL);"
    "CREATE INDEX reachability_of ON reachability(device, protocol, from_ms);"

    "CREATE TABLE health_span ("
    "  id INTEGER PRIMARY KEY,"
    "  device INTEGER NOT NULL REFERENCES device(id),"
    "  from_ms INTEGER NOT NULL,"
    "  until_ms INTEGER NOT NULL CHECK (until_ms >= from_ms),"
    "  samples INTEGER NOT NULL);"
    "CREATE INDEX health_span_of ON health_span(device, from_ms);"

    "CREATE TABLE sensor ("
    "  id INTEGER PRIMARY KEY,"
    "  device INTEGER NOT NULL REFERENCES device(id),"
    "  key TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  class TEXT NOT NULL,"
    "  grp TEXT NOT NULL,"
    "  component TEXT,"
    "  first_ms INTEGER NOT NULL,"
    "  seen INTEGER NOT NULL," /* 1: was present once, and nobody has taken it out since */
    "  UNIQUE (device, key));"

    /* until_ms NULL: holds still, as far as health_span reaches */
    "CREATE TABLE verdict ("
    "  id INTEGER PRIMARY KEY,"
    "  sensor INTEGER NOT NULL REFERENCES sensor(id),"
    "  status TEXT NOT NULL,"
    "  presence TEXT NOT NULL,"
    "  reason TEXT,"
    "  from_ms INTEGER NOT NULL,"
    "  until_ms INTEGER CHECK (until_ms >= from_ms),"
    "  first_sample INTEGER NOT NULL," /* device.health_samples at its begin and end */
    "  last_sample INTEGER);"
    "CREATE UNIQUE INDEX verdict_open ON verdict(sensor) WHERE until_ms IS NULL;"
    "CREATE INDEX verdict_of ON verdict(sensor, from_ms);"

    "CREATE TABLE component ("
    "  id INTEGER PRIMARY KEY,"
    "  device INTEGER NOT NULL REFERENCES device(id),"
    "  key TEXT NOT NULL, idx INTEGER NOT NULL, class TEXT NOT NULL, name TEXT NOT NULL,"
    "  model TEXT NOT NULL, serial TEXT NOT NULL, part_number TEXT NOT NULL, vendor TEXT NOT NULL,"
    "  firmware TEXT NOT NULL, hardware TEXT NOT NULL, asset_tag TEXT NOT NULL, parent TEXT,"
    "  from_ms INTEGER NOT NULL,"
    "  until_ms INTEGER," /* NULL: still there */
    "  last_ms INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX component_open ON component(device, key) WHERE until_ms IS NULL;"
    "CREATE INDEX component_of ON component(device, from_ms);"

    "CREATE TABLE event ("
    "  id INTEGER PRIMARY KEY,"
    "  device INTEGER NOT NULL REFERENCES device(id),"
    "  record_id INTEGER NOT NULL,"
    "  time_ms INTEGER NOT NULL," /* 0: the device's clock was not set */
    "  seen_ms INTEGER NOT NULL,"
    "  sensor TEXT NOT NULL,"
    "  text TEXT NOT NULL,"
    "  asserted INTEGER NOT NULL,"
    "  severity TEXT NOT NULL,"
    "  UNIQUE (device, record_id, time_ms, sensor, text));"

    "CREATE TABLE change ("
    "  id INTEGER PRIMARY KEY,"
    "  time_ms INTEGER NOT NULL,"
    "  device INTEGER NOT NULL REFERENCES device(id),"
    "  kind TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  before TEXT NOT NULL,"
    "  after TEXT NOT NULL,"
    "  round INTEGER);"
    "CREATE INDEX change_of ON change(device, time_ms);"

    /* the last judged answer, as zlib-compressed JSON (RFC 1950) */
    "CREATE TABLE latest ("
    "  device INTEGER PRIMARY KEY REFERENCES device(id),"
    "  taken_ms INTEGER NOT NULL,"
    "  size INTEGER NOT NULL," /* bytes before compression */
    "  body BLOB NOT NULL);";

static const char ledger[] =
    /* first window of a series; repeats every `every_days` days of the zone's calendar */
    "CREATE TABLE maintenance ("
    "  id INTEGER PRIMARY KEY,"
    "  devices TEXT NOT NULL," /* glob on device names */
    "  from_ms INTEGER NOT NULL,"
    "  until_ms INTEGER NOT NULL CHECK (until_ms > from_ms),"
    "  every_days INTEGER NOT NULL DEFAULT 0,"
    "  last_ms INTEGER," /* no window of the series begins at or after it */
    "  zone TEXT NOT NULL DEFAULT 'UTC',"
    "  numbers INTEGER NOT NULL DEFAULT 1," /* taken out of the agreed service time */
    "  alarms INTEGER NOT NULL DEFAULT 1,"  /* no fault is opened */
    "  who TEXT NOT NULL,"
    "  why TEXT NOT NULL,"
    "  made_ms INTEGER NOT NULL," /* after from_ms: retroactive */
    "  ended_ms INTEGER,"
    "  ended_by TEXT);"

    "CREATE INDEX verdict_bad ON verdict(sensor) WHERE until_ms IS NULL AND status <> 'ok';"

    "CREATE TABLE fault ("
    "  id INTEGER PRIMARY KEY,"
    "  device TEXT NOT NULL,"
    "  cause TEXT NOT NULL," /* 'reachability', 'part:KEY'; '' by hand */
    "  kind TEXT NOT NULL,"  /* alarm, defect, question */
    "  level TEXT NOT NULL,"
    "  title TEXT NOT NULL,"
    "  opened_ms INTEGER NOT NULL,"
    "  opened_by TEXT NOT NULL,"
    "  acknowledged_ms INTEGER, acknowledged_by TEXT,"
    "  planned_ms INTEGER, planned_by TEXT, plan TEXT,"
    "  recovered_ms INTEGER," /* the alarm went away by itself or by repair */
    "  resolved_ms INTEGER, resolved_by TEXT,"
    "  root_cause TEXT, method TEXT, loss TEXT,"
    "  reported_ms INTEGER, reported_by TEXT,"
    "  parent INTEGER REFERENCES fault(id));" /* folded into that one */
    "CREATE UNIQUE INDEX fault_open ON fault(device, cause)"
    "  WHERE resolved_ms IS NULL AND cause <> '';"
    "CREATE INDEX fault_opened ON fault(opened_ms);"

    "CREATE TABLE fault_trail ("
    "  id INTEGER PRIMARY KEY,"
    "  fault INTEGER NOT NULL REFERENCES fault(id),"
    "  time_ms INTEGER NOT NULL,"
    "  who TEXT NOT NULL,"
    "  action TEXT NOT NULL,"
    "  text TEXT NOT NULL);"
    "CREATE INDEX fault_trail_of ON fault_trail(fault, time_ms);";

static const char deliveries[] =
    /* kind: round, month, quarter, year */
    "CREATE TABLE delivery ("
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"
    "  from_ms INTEGER NOT NULL,"
    "  until_ms INTEGER NOT NULL CHECK (until_ms > from_ms),"
    "  done_ms INTEGER NOT NULL,"
    "  file TEXT NOT NULL,"
    "  who TEXT NOT NULL);"
    "CREATE INDEX delivery_of ON delivery(from_ms);";

static const char counters[] =
    /* what the next round makes rates from, as rrd/ wrote it; NULL: take them from the body */
    "ALTER TABLE latest ADD COLUMN counters BLOB;";

static const char links_and_facts[] =
    /* changes of a link, by the hour of Unix time: a port that flaps fills 24 rows a day */
    "CREATE TABLE link ("
    "  id INTEGER PRIMARY KEY,"
    "  device INTEGER NOT NULL REFERENCES device(id),"
    "  interface TEXT NOT NULL," /* its key */
    "  name TEXT NOT NULL,"
    "  hour_ms INTEGER NOT NULL,"
    "  first_ms INTEGER NOT NULL,"
    "  last_ms INTEGER NOT NULL,"
    "  changes INTEGER NOT NULL,"
    "  downs INTEGER NOT NULL," /* of the changes, away from up */
    "  state TEXT NOT NULL,"    /* after the last of them */
    "  UNIQUE (device, interface, hour_ms));"
    "CREATE INDEX link_hour ON link(hour_ms);"
    /* "KEY TAB STATE" lines: the links as of the latest answer */
    "ALTER TABLE latest ADD COLUMN links TEXT;"
    /* what a verdict or a fault's title says, as JSON (plan/fault-facts.h); NULL: older than this
     */
    "ALTER TABLE verdict ADD COLUMN facts TEXT;"
    "ALTER TABLE fault ADD COLUMN facts TEXT;";

static const char trail_facts[] =
    /* of its text, as fault.facts is of the title; NULL: a person wrote it, or older than this */
    "ALTER TABLE fault_trail ADD COLUMN facts TEXT;";

/* steps[n] leads from version n to n + 1. A step that was released is never changed. */
static const char *const steps[RV_SCHEMA_VERSION] = {journal,  ledger,          deliveries,
                                                     counters, links_and_facts, trail_facts};

const RvSchemaTable rv_schema_tables[] = {
    {"round", "id",
     "started_ms, ended_ms, host, version, simulated, due, asked, answered, failed, note", 1},
    {"device", "id",
     "name, host, kind, site, vendor, model, os, os_version, serial, profile, sys_name, first_ms,"
     " last_ms, state, reason, detail, since_ms, status, uptime_ticks, uptime_at_ms, booted_ms,"
     " health_samples, asked_reachability_ms, asked_health_ms, asked_census_ms,"
     " answered_reachability_ms, answered_health_ms, answered_census_ms",
     1},
    {"reachability", "id", "device, protocol, state, reason, detail, from_ms, until_ms, samples",
     1},
    {"health_span", "id", "device, from_ms, until_ms, samples", 1},
    {"sensor", "id", "device, key, name, class, grp, component, first_ms, seen", 1},
    {"verdict",
     "id",
     "sensor, status, presence, reason, from_ms, until_ms, first_sample, last_sample",
     1,
     {{"facts", 5}}},
    {"component", "id",
     "device, key, idx, class, name, model, serial, part_number, vendor, firmware, hardware,"
     " asset_tag, parent, from_ms, until_ms, last_ms",
     1},
    {"event", "id", "device, record_id, time_ms, seen_ms, sensor, text, asserted, severity", 1},
    {"change", "id", "time_ms, device, kind, subject, before, after, round", 1},
    {"latest", "device", "taken_ms, size, body", 1, {{"counters", 4}, {"links", 5}}},
    {"maintenance", "id",
     "devices, from_ms, until_ms, every_days, last_ms, zone, numbers, alarms, who, why, made_ms,"
     " ended_ms, ended_by",
     2},
    {"fault",
     "id",
     "device, cause, kind, level, title, opened_ms, opened_by, acknowledged_ms, acknowledged_by,"
     " planned_ms, planned_by, plan, recovered_ms, resolved_ms, resolved_by, root_cause, method,"
     " loss, reported_ms, reported_by, parent",
     2,
     {{"facts", 5}}},
    {"fault_trail", "id", "fault, time_ms, who, action, text", 2, {{"facts", 6}}},
    {"link", "id", "device, interface, name, hour_ms, first_ms, last_ms, changes, downs, state", 5},
    {"delivery", "id", "kind, from_ms, until_ms, done_ms, file, who", 3},
    {NULL},
};

static gboolean
run_step(RvState *state, int step, GError **error)
{
    g_autofree char *sql = state->backend->translate(steps[step]);

    if (rv_db_script(state, sql, error))
        return TRUE;
    g_prefix_error(error, "migration from schema %d: ", step);
    return FALSE;
}

static gboolean
run_steps(RvState *state, int version, GError **error)
{
    RvSchemaMark mark;

    if (!state->backend->read_mark(state, &mark, error)) /* again: another may have been here */
        return FALSE;
    for (int step = mark.version; step < version; step++) {
        if (!run_step(state, step, error))
            return FALSE;
    }
    return mark.version >= version || state->backend->write_mark(state, version, error);
}

gboolean
rv_schema_migrate(RvState *state, int version, GError **error)
{
    if (!rv_db_begin(state, error))
        return FALSE;
    return rv_db_finish(state, run_steps(state, version, error), error);
}
