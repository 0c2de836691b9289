#include "cli/probe-ipmi.h"

#include <string.h>

#include "base/clock.h"
#include "ipmi/pool.h"
#include "observation/words.h"

#define REASON(name) (1u << RV_REASON_##name)

/* What else to try, in this order, each where the attempt before was refused for one of `reasons`:
 * they all come before a password is looked at. */
typedef struct {
    const char *workaround; /* added; NULL: none */
    gboolean lower;         /* the next lower privilege level */
    gboolean old_version;   /* IPMI 1.5 */
    guint reasons;
} Variation;

static const Variation variations[] = {
    {"opensesspriv", FALSE, FALSE, REASON(PRIVILEGE) | REASON(PROTOCOL)},
    {NULL, TRUE, FALSE, REASON(PRIVILEGE)},
    {NULL, TRUE, FALSE, REASON(PRIVILEGE)},
    {"authcap", FALSE, FALSE, REASON(PROTOCOL) | REASON(CIPHER)},
    {"integritycheckvalue", FALSE, FALSE, REASON(PROTOCOL)},
    {"nochecksumcheck", FALSE, FALSE, REASON(PROTOCOL)},
    {NULL, FALSE, TRUE, REASON(PROTOCOL) | REASON(CIPHER)},
};

const char *
rv_probe_version_word(RvIpmiVersion version)
{
    return version == RV_IPMI_1_5 ? "1.5" : "2.0";
}

const char *
rv_probe_privilege_word(RvIpmiPrivilege privilege)
{
    static const char *const words[] = {"user", "operator", "admin"};

    return words[privilege];
}

typedef struct {
    RvIpmiPool *pool;
    GMainLoop *waiting;
    gint64 deadline_ms;
    GPtrArray *trail;
    RvIpmiAnswers *answers; /* of the last attempt */
} Probe;

static void
on_done(RvIpmiAnswers *answers, gpointer user_data)
{
    Probe *probe = user_data;

    rv_ipmi_answers_free(probe->answers);
    probe->answers = answers;
    g_main_loop_quit(probe->waiting);
}

static void
note_attempt(const Probe *probe, const RvIpmiAccess *access)
{
    g_autofree char *flags =
        access->workarounds != NULL ? g_strjoinv(",", access->workarounds) : g_strdup("");
    const RvIpmiAnswers *answers = probe->answers;
    gboolean up = answers->state == RV_STATE_UP;

    g_ptr_array_add(probe->trail,
                    g_strdup_printf("IPMI %s, privilege %s%s%s: %s%s",
                                    rv_probe_version_word(access->version),
                                    rv_probe_privilege_word(access->privilege),
                                    *flags != '\0' ? ", " : "", flags, up ? "works" : "no: ",
                                    up                        ? ""
                                    : answers->detail != NULL ? answers->detail
                                                              : rv_reason_word(answers->reason)));
}

/* One session that reads what a poll reads; TRUE where it was let in. */
static gboolean
attempt(Probe *probe, const RvIpmiAccess *access)
{
    const RvIpmiTask task = {
        .sensors = TRUE, .chassis = TRUE, .fru = TRUE, .deadline_ms = probe->deadline_ms};

    rv_ipmi_pool_ask(probe->pool, access, &task, on_done, probe);
    g_main_loop_run(probe->waiting);
    note_attempt(probe, access);
    return probe->answers->state == RV_STATE_UP;
}

static void
add_workaround(RvIpmiAccess *access, const char *name)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    if (access->workarounds != NULL)
        g_strv_builder_addv(builder, (const char **)access->workarounds);
    g_strv_builder_add(builder, name);
    g_strfreev(access->workarounds);
    access->workarounds = g_strv_builder_end(builder);
}

/* FALSE where the variation changes nothing. */
static gboolean
vary(const Variation *variation, RvIpmiAccess *access)
{
    if (variation->workaround != NULL) {
        if (access->workarounds != NULL &&
            g_strv_contains((const char *const *)access->workarounds, variation->workaround))
            return FALSE;
        add_workaround(access, variation->workaround);
        return TRUE;
    }
    if (variation->lower) {
        if (access->privilege == RV_PRIVILEGE_USER)
            return FALSE;
        access->privilege--;
        return TRUE;
    }
    if (access->version == RV_IPMI_1_5)
        return FALSE;
    access->version = RV_IPMI_1_5;
    return TRUE;
}

/* A flag that did not help is not kept; a lower privilege is. */
static RvIpmiAccess *
find_working(Probe *probe, const RvIpmiAccess *given)
{
    g_autoptr(RvIpmiAccess) base = rv_ipmi_access_copy(given);

    if (attempt(probe, base))
        return g_steal_pointer(&base);
    for (guint i = 0; i < G_N_ELEMENTS(variations); i++) {
        g_autoptr(RvIpmiAccess) next = rv_ipmi_access_copy(base);

        if (!(variations[i].reasons & 1u << probe->answers->reason) ||
            rv_clock_monotonic_ms() >= probe->deadline_ms || !vary(&variations[i], next))
            continue;
        if (attempt(probe, next))
            return g_steal_pointer(&next);
        if (variations[i].lower)
            base->privilege = next->privilege;
    }
    return NULL;
}

/* The password is known to be right by now: a level too low costs nothing. */
static void
find_lowest_privilege(Probe *probe, RvIpmiAccess **works)
{
    RvIpmiAnswers *whole = g_steal_pointer(&probe->answers);
    g_autoptr(RvIpmiAccess) lower = rv_ipmi_access_copy(*works);

    lower->privilege = RV_PRIVILEGE_USER;
    if ((*works)->privilege != RV_PRIVILEGE_USER && attempt(probe, lower) &&
        !probe->answers->partial && probe->answers->sensors->len == whole->sensors->len) {
        rv_ipmi_access_free(*works);
        *works = g_steal_pointer(&lower);
    }
    rv_ipmi_answers_free(probe->answers);
    probe->answers = whole;
}

RvIpmiAnswers *
rv_probe_ipmi(const RvIpmiAccess *given, gint64 deadline_ms, RvIpmiAccess **works, GPtrArray *trail,
              GError **error)
{
    g_autoptr(RvIpmiPool) pool = rv_ipmi_pool_new(NULL, NULL, 1, error);
    g_autoptr(GMainLoop) waiting = g_main_loop_new(NULL, FALSE);
    Probe probe = {pool, waiting, deadline_ms, trail, NULL};

    *works = NULL;
    if (pool == NULL)
        return NULL;
    *works = find_working(&probe, given);
    if (*works != NULL && rv_clock_monotonic_ms() < deadline_ms)
        find_lowest_privilege(&probe, works);
    if (*works != NULL && (*works)->cipher < 0 && (*works)->version == RV_IPMI_2_0)
        (*works)->cipher = probe.answers->cipher;
    return probe.answers;
}
