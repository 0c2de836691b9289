#include "ipmi/round.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipmi/datagram.h"
#include "ipmi/device.h"
#include "ipmi/fru.h"
#include "ipmi/lock.h"
#include "ipmi/sdr-image.h"
#include "ipmi/sel.h"
#include "ipmi/sensors.h"

#define CLOSER_LOOK_MS 50
#define SPACING_MS 30 /* between two sessions with one BMC */

RvIpmiRound *
rv_ipmi_round_new(const RvIpmiAccess *access, const RvIpmiTask *task, const char *folder)
{
    RvIpmiRound *round = g_new0(RvIpmiRound, 1);

    round->access = rv_ipmi_access_copy(access);
    round->task = *task;
    round->folder = g_strdup(folder);
    round->answers = rv_ipmi_answers_new();
    g_mutex_init(&round->lock);
    return round;
}

void
rv_ipmi_round_free(RvIpmiRound *round)
{
    rv_ipmi_access_free(round->access);
    g_free(round->folder);
    rv_ipmi_answers_free(round->answers);
    g_mutex_clear(&round->lock);
    g_free(round);
}

/* ---- answers, under the lock ---- */

RvIpmiAnswers *
rv_ipmi_round_begin(RvIpmiRound *round)
{
    g_mutex_lock(&round->lock);
    return round->answers;
}

void
rv_ipmi_round_end(RvIpmiRound *round)
{
    g_mutex_unlock(&round->lock);
}

RvIpmiAnswers *
rv_ipmi_round_take(RvIpmiRound *round)
{
    RvIpmiAnswers *answers = rv_ipmi_round_begin(round);

    /* the thread goes on writing into what nobody will read */
    round->answers = rv_ipmi_answers_new();
    rv_ipmi_round_end(round);
    return answers;
}

static void
add(RvIpmiRound *round, size_t member, gpointer element)
{
    char *answers = (char *)rv_ipmi_round_begin(round);

    g_ptr_array_add(G_STRUCT_MEMBER(GPtrArray *, answers, member), element);
    rv_ipmi_round_end(round);
}

void
rv_ipmi_round_add_sensor(RvIpmiRound *round, RvIpmiSensor *sensor)
{
    add(round, offsetof(RvIpmiAnswers, sensors), sensor);
}

void
rv_ipmi_round_add_sel(RvIpmiRound *round, RvIpmiSelEntry *entry)
{
    add(round, offsetof(RvIpmiAnswers, sel), entry);
}

void
rv_ipmi_round_add_fru(RvIpmiRound *round, RvIpmiFru *fru)
{
    add(round, offsetof(RvIpmiAnswers, frus), fru);
}

void
rv_ipmi_round_note(RvIpmiRound *round, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rv_ipmi_answers_note(rv_ipmi_round_begin(round), "%s", text);
    rv_ipmi_round_end(round);
}

/* ---- files ---- */

/* "10.3.0.11_623.sdr": no address can leave the folder or name another's file. */
static char *
file_of(const RvIpmiRound *round, const char *kind)
{
    g_autoptr(GString) name = g_string_new(NULL);

    for (const char *at = round->access->address; *at != '\0'; at++) {
        if (g_ascii_isalnum(*at) || *at == '.' || *at == '-')
            g_string_append_c(name, g_ascii_tolower(*at));
        else
            g_string_append_printf(name, "%%%02x", (guchar)*at);
    }
    g_string_append_printf(name, "_%u.%s", round->access->port, kind);
    return g_build_filename(round->folder, name->str, NULL);
}

/* ---- the SDR: from the file where it is still true, else from the BMC ---- */

typedef struct {
    RvIpmiRound *round;
    RvIpmiSession *session;
    RvIpmiHabits *habits;
    char *path;
    gboolean census;    /* what seldom changes is asked as well */
    gboolean was_fresh; /* read from the BMC just now */
} SdrSource;

/* The GUID costs a request; it is asked when anything else is new, and at a census. */
static gboolean
still_true(SdrSource *source, const RvSdr *cached, RvSdrKey *key)
{
    if (cached == NULL)
        return FALSE;
    if (source->census)
        return rv_sdr_key_equal(&cached->key, key);
    memcpy(key->guid, cached->key.guid, sizeof key->guid);
    return rv_sdr_key_equal(&cached->key, key);
}

static RvSdr *
read_anew(SdrSource *source, RvSdrKey *key)
{
    g_autofree char *problem = NULL;
    g_autoptr(GError) error = NULL;
    RvSdr *sdr;

    if (!source->census)
        rv_ipmi_device_ask_guid(source->session, source->round, key);
    sdr = rv_sdr_read(source->session, source->habits, key, &problem);
    if (problem != NULL)
        rv_ipmi_round_note(source->round, "%s", problem);
    if (sdr == NULL)
        return NULL;
    source->was_fresh = TRUE;
    rv_sdr_read_thresholds(source->session, sdr);
    if (source->session->reason == RV_REASON_NONE && !rv_sdr_store(sdr, source->path, &error))
        rv_warning("%s: %s", source->round->access->address, error->message);
    return sdr;
}

static RvSdr *
get_sdr(SdrSource *source, RvSdrKey *key)
{
    g_autoptr(RvSdr) cached = NULL;

    if (source->census)
        rv_ipmi_device_ask_guid(source->session, source->round, key);
    if (!rv_sdr_ask_key(source->session, source->habits, key)) {
        if (source->session->reason == RV_REASON_NONE)
            rv_ipmi_round_note(source->round, "the BMC describes no sensors (no SDR)");
        return NULL;
    }
    cached = rv_sdr_load(source->path);
    if (!still_true(source, cached, key))
        return read_anew(source, key);
    if (source->census)
        rv_sdr_read_thresholds(source->session, cached);
    return g_steal_pointer(&cached);
}

static void
read_sensors(SdrSource *source, RvSdr *sdr, gboolean bridged)
{
    gboolean look = source->was_fresh || source->census;
    g_autoptr(GError) error = NULL;

    rv_ipmi_sensors_read(source->session, sdr, bridged, look, source->round);
    /* shared sensors that are there, thresholds of today */
    if (look && source->session->reason == RV_REASON_NONE &&
        !rv_sdr_store(sdr, source->path, &error))
        rv_warning("%s: %s", source->round->access->address, error->message);
}

/* ---- the session ---- */

static void
ask_log_and_parts(SdrSource *source, RvSdrImage *image)
{
    RvIpmiSession *session = source->session;
    RvIpmiRound *round = source->round;
    const RvIpmiTask *task = &round->task;

    if (task->dcmi && (!source->habits->no_dcmi || task->fru) && rv_ipmi_session_goes_on(session))
        rv_ipmi_device_ask_power(session, source->habits, round);
    if (task->sel && rv_ipmi_session_goes_on(session))
        rv_ipmi_sel_read(session, image, task, round);
    if (!task->fru || !rv_ipmi_session_goes_on(session))
        return;
    if (!source->habits->no_dcmi)
        rv_ipmi_device_ask_asset_tag(session, round);
    rv_ipmi_fru_read(session, source->habits, image, round);
}

static void
ask_with_sdr(SdrSource *source, RvSdr *sdr)
{
    g_auto(RvSdrImage) image = {.sdr = sdr};
    gboolean sensors = source->round->task.sensors && sdr != NULL;

    if (sensors)
        read_sensors(source, sdr, FALSE);
    ask_log_and_parts(source, &image);
    if (sensors && (source->session->workarounds.quirks & RV_IPMI_QUIRK_BRIDGE))
        read_sensors(source, sdr, TRUE);
}

static void
ask_everything(RvIpmiRound *round, RvIpmiSession *session, RvIpmiHabits *habits)
{
    const RvIpmiTask *task = &round->task;
    g_autofree char *path = file_of(round, "sdr");
    SdrSource source = {round, session, habits, path, task->fru, FALSE};
    g_autoptr(RvSdr) sdr = NULL;
    RvSdrKey key = {0};

    if (!rv_ipmi_device_ask_id(session, round, &key) && session->reason != RV_REASON_NONE)
        return;
    if (task->chassis)
        rv_ipmi_device_ask_chassis(session, round);
    if (task->sensors || task->sel || task->fru)
        sdr = get_sdr(&source, &key);
    ask_with_sdr(&source, sdr);
}

/* Not the end of the session, but a person should look. */
static void
note_denials(RvIpmiSession *session)
{
    if (session->denied == 0 || session->reason != RV_REASON_NONE)
        return;
    session->reason = RV_REASON_PRIVILEGE;
    session->detail = g_strdup_printf(
        "the BMC refused %u requests: the privilege level is too low for them", session->denied);
}

/* Up with a reason means: it answered, but not everything came. */
static void
conclude(RvIpmiRound *round, const RvIpmiSession *session, gboolean opened, gint64 begun_ms)
{
    RvIpmiAnswers *answers = rv_ipmi_round_begin(round);

    answers->state = opened && answers->has_device_id ? RV_STATE_UP : RV_STATE_DOWN;
    if (opened && session->reason == RV_REASON_NONE)
        answers->state = RV_STATE_UP;
    answers->frus_whole =
        round->task.fru && answers->state == RV_STATE_UP && session->reason == RV_REASON_NONE;
    answers->reason = session->reason;
    g_free(answers->detail);
    answers->detail = g_strdup(session->detail);
    answers->partial = answers->state == RV_STATE_UP && session->reason != RV_REASON_NONE;
    answers->requests = session->requests + (session->context != NULL ? 1 : 0); /* and the close */
    answers->retries = session->retries;
    answers->cipher = session->cipher;
    answers->duration_ms = rv_clock_monotonic_ms() - begun_ms;
    rv_ipmi_round_end(round);
}

static void
conclude_unasked(RvIpmiRound *round, gint64 begun_ms)
{
    RvIpmiAnswers *answers = rv_ipmi_round_begin(round);

    answers->state = RV_STATE_NOT_ASKED;
    answers->reason = RV_REASON_BUDGET;
    g_free(answers->detail);
    answers->detail = g_strdup("another program on this host was still asking this BMC");
    answers->duration_ms = rv_clock_monotonic_ms() - begun_ms;
    rv_ipmi_round_end(round);
}

static const char *
ping_detail(RvReason reason)
{
    return reason == RV_REASON_NAME ? "the host name does not resolve"
           : reason == RV_REASON_REFUSED
               ? "nothing listens on this port: IPMI over LAN is switched off, or has another"
           : reason == RV_REASON_NO_ROUTE ? "no route to the host"
                                          : RV_IPMI_NO_ANSWER;
}

/* Is it there at all: no session, no account, no lock. */
static void
run_ping(RvIpmiRound *round, gint64 begun_ms)
{
    gint64 left_ms = round->task.deadline_ms - begun_ms;
    guint requests = 0;
    RvReason reason =
        rv_ipmi_ping(round->access, CLAMP(left_ms, 0, round->access->timeout_ms), &requests);
    RvIpmiAnswers *answers = rv_ipmi_round_begin(round);

    answers->state = reason == RV_REASON_NONE ? RV_STATE_UP : RV_STATE_DOWN;
    answers->reason = reason;
    answers->requests = requests;
    answers->retries = requests > 0 ? requests - 1 : 0;
    answers->duration_ms = rv_clock_monotonic_ms() - begun_ms;
    if (reason != RV_REASON_NONE)
        answers->detail = g_strdup(ping_detail(reason));
    rv_ipmi_round_end(round);
}

/* libfreeipmi does not hear that a port is closed or a network not there; one datagram does. */
static void
look_closer(RvIpmiSession *session)
{
    RvReason reason = rv_ipmi_ping(session->access, CLOSER_LOOK_MS, &session->requests);

    if (reason != RV_REASON_REFUSED && reason != RV_REASON_NO_ROUTE)
        return;
    session->reason = reason;
    g_free(session->detail);
    session->detail = g_strdup(ping_detail(reason));
}

static gboolean
is_ping(const RvIpmiTask *task)
{
    return !task->sensors && !task->chassis && !task->sel && !task->fru && !task->dcmi;
}

static void
run_locked(RvIpmiRound *round, gint64 begun_ms, void (*answered)(gpointer), gpointer user_data)
{
    g_autofree char *habits_path = file_of(round, "bmc");
    g_auto(RvIpmiSession) session;
    RvIpmiHabits habits, before;
    gboolean opened;

    rv_ipmi_habits_load(habits_path, &habits);
    before = habits;
    rv_ipmi_session_init(&session, round->access, round->task.deadline_ms, &round->cancelled);
    opened = rv_ipmi_session_open(&session, &habits);
    if (opened) {
        ask_everything(round, &session, &habits);
        note_denials(&session);
    } else if (session.reason == RV_REASON_NO_ANSWER) {
        look_closer(&session);
    }
    conclude(round, &session, opened, begun_ms);
    rv_ipmi_habits_store(habits_path, &habits, &before);
    answered(user_data);
}

void
rv_ipmi_round_run(RvIpmiRound *round, void (*answered)(gpointer), gpointer user_data)
{
    g_autofree char *lock_path = file_of(round, "lock");
    gint64 begun_ms = rv_clock_monotonic_ms();
    int lock;

    if (is_ping(&round->task)) {
        run_ping(round, begun_ms);
        answered(user_data);
        return;
    }
    lock = rv_ipmi_lock_take(lock_path, SPACING_MS, round->task.deadline_ms, &round->cancelled);
    if (lock < 0) {
        conclude_unasked(round, begun_ms);
        answered(user_data);
        return;
    }
    run_locked(round, begun_ms, answered, user_data);
    rv_ipmi_lock_release(lock);
}
