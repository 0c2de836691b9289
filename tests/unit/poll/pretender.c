#include "pretender.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

gint64 pretender_now_ms;
guint64 pretender_octets = 1000000;

static GMutex mutex;
static GString *asked;

char *
pretender_asked(void)
{
    char *text;

    g_mutex_lock(&mutex);
    text = g_strdup(asked != NULL ? asked->str : "");
    g_mutex_unlock(&mutex);
    return text;
}

void
pretender_forget(void)
{
    g_mutex_lock(&mutex);
    if (asked != NULL)
        g_string_truncate(asked, 0);
    g_mutex_unlock(&mutex);
}

static void
note_asked(const RvDevice *device, RvCollectTasks tasks)
{
    g_mutex_lock(&mutex);
    if (asked == NULL)
        asked = g_string_new(NULL);
    g_string_append_printf(asked, "%s%s:%u", asked->len > 0 ? " " : "", device->name, (guint)tasks);
    g_mutex_unlock(&mutex);
}

typedef struct {
    RvObservation *observation;
    RvCollectDone done;
    gpointer user_data;
} Answer;

static void
set(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

static void
add_body(RvObservation *observation)
{
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE);
    RvInterface *interface = rv_observation_add_interface(observation, 1);

    set(&sensor->key, "chassis/temperature");
    set(&sensor->name, "Chassis temperature");
    set(&sensor->unit, "°C");
    sensor->value = 41;
    sensor->limits.high_critical = 70;
    sensor->limits_source = RV_LIMITS_DEVICE;
    set(&interface->key, "port-1");
    set(&interface->name, "port 1");
    interface->oper_status = RV_OPER_UP;
    interface->speed_bps = G_GINT64_CONSTANT(1000000000);
    interface->counters_64bit = TRUE;
    interface->in_octets = interface->out_octets = pretender_octets;
}

static RvObservation *
observe(const RvDevice *device, RvCollectTasks tasks, gboolean up)
{
    RvObservation *observation = rv_observation_new();
    RvProtocol *protocol = rv_observation_add_protocol(observation, "snmp");

    set(&observation->device.name, device->name);
    set(&observation->device.host, "192.0.2.1");
    observation->taken_at_ms = pretender_now_ms > 0 ? pretender_now_ms : rv_clock_now_ms();
    protocol->state = up ? RV_STATE_UP : RV_STATE_DOWN;
    protocol->reason = up ? RV_REASON_NONE : RV_REASON_NO_ANSWER;
    protocol->requests = protocol->answers = 1;
    if (!up)
        protocol->detail = g_strdup("no answer in 5 ms");
    if (up && (tasks & RV_COLLECT_HEALTH) != 0)
        add_body(observation);
    return observation;
}

static gboolean
give(gpointer data)
{
    Answer *answer = data;

    answer->done(g_steal_pointer(&answer->observation), answer->user_data);
    return G_SOURCE_REMOVE;
}

static void
answer_free(gpointer data)
{
    Answer *answer = data;

    rv_observation_free(answer->observation);
    g_free(answer);
}

static gpointer
open_pretender(GMainContext *context, guint askers, gpointer user_data, GError **error)
{
    return g_main_context_ref(context);
}

static void
start(gpointer asker, const RvDevice *device, RvCollectTasks tasks, const RvCollectMemory *memory,
      gint64 deadline_ms, RvCollectDone done, gpointer user_data)
{
    gboolean up = g_str_has_prefix(device->name, "up-");
    gboolean slow = g_str_has_prefix(device->name, "slow-");
    gboolean never = g_str_has_prefix(device->name, "never-");
    gint64 left_ms = MAX(deadline_ms - rv_clock_monotonic_ms(), 0);
    GSource *source = g_timeout_source_new(up ? 0 : (guint)MIN(slow ? 200 : 5, left_ms));
    Answer *answer = g_new(Answer, 1);

    note_asked(device, tasks);
    if (g_str_has_prefix(device->name, "crash-"))
        _exit(3);
    *answer = (Answer){observe(device, tasks, up || slow), done, user_data};
    g_source_set_callback(source, give, answer, answer_free);
    if (!never)
        g_source_attach(source, asker);
    g_source_unref(source);
}

/* What is under way is dropped with the context. */
static void
close_pretender(gpointer asker)
{
    g_main_context_unref(asker);
}

const RvAsker pretender = {open_pretender, start, NULL, close_pretender, NULL};
