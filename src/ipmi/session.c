#include "ipmi/session.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ipmi/datagram.h"

#define FIRST_CIPHER 17 /* HMAC-SHA256, AES-CBC-128: IPMI 2.0 table 22-20, errata 7 */
#define SECOND_CIPHER 3 /* HMAC-SHA1, AES-CBC-128: every IPMI 2.0 BMC has it */
#define LEAST_TIMEOUT_MS 200
#define TIMEOUT_SLACK_MS 30  /* libfreeipmi must find the time-out past when it wakes for it */
#define SENDS_PER_INTERVAL 2 /* libfreeipmi: so many at one interval, then it is longer by one */
#define SENDS_MAX 1000
#define BUSY_PAUSE_MS 60 /* doubled at each of BUSY_TRIES */
#define BUSY_TRIES 4
#define KG_MAX 20 /* bytes (§13.31) */
#define DCMI_NET_FN 0x2C
#define FULL_PAUSE_MS 700 /* a session slot may just be about to close */

void
rv_ipmi_session_init(RvIpmiSession *session, const RvIpmiAccess *access, gint64 deadline_ms,
                     const gint *cancelled)
{
    *session = (RvIpmiSession){
        .access = access, .deadline_ms = deadline_ms, .cancelled = cancelled, .cipher = -1};
}

static void
fail(RvIpmiSession *session, RvReason reason, const char *detail)
{
    if (session->reason != RV_REASON_NONE)
        return;
    session->reason = reason;
    session->detail = g_strdup(detail);
}

static void
fail_with(RvIpmiSession *session, int errnum, gboolean opening)
{
    const char *text;
    RvReason reason = rv_ipmi_reason(errnum, opening, &text);

    fail(session, reason, text);
}

static gint64
time_left_ms(const RvIpmiSession *session)
{
    return session->deadline_ms - rv_clock_monotonic_ms();
}

gboolean
rv_ipmi_session_goes_on(RvIpmiSession *session)
{
    if (session->reason != RV_REASON_NONE)
        return FALSE;
    if (g_atomic_int_get(session->cancelled))
        fail(session, RV_REASON_BUDGET, "called off before everything was asked");
    else if (time_left_ms(session) <= session->last_ms)
        fail(session, RV_REASON_BUDGET,
             "the time for this BMC ran out before everything was asked");
    return session->reason == RV_REASON_NONE;
}

gint64
rv_ipmi_session_begin(RvIpmiSession *session)
{
    return rv_clock_monotonic_ms();
}

void
rv_ipmi_session_end(RvIpmiSession *session, gint64 begun_ms, guint requests, gboolean failed)
{
    gint64 took_ms = rv_clock_monotonic_ms() - begun_ms;
    int errnum;

    session->requests += requests;
    session->last_ms = requests > 0 ? took_ms / requests : session->last_ms;
    if (session->access->retransmission_ms > 0 && requests > 0)
        session->retries += (guint)(took_ms / session->access->retransmission_ms);
    if (!failed || session->context == NULL)
        return;
    errnum = ipmi_ctx_errnum(session->context);
    session->denied += errnum == IPMI_ERR_PRIVILEGE_LEVEL_INSUFFICIENT;
    if (errnum != IPMI_ERR_SESSION_TIMEOUT && errnum != IPMI_ERR_CONNECTION_TIMEOUT)
        return;
    /* A BMC that went silent costs one time-out, not one for each command. */
    fail_with(session, errnum, FALSE);
}

/* ---- open ---- */

static char *
host_with_port(const RvIpmiAccess *access)
{
    gboolean bare_v6 = strchr(access->address, ':') != NULL && access->address[0] != '[';

    if (access->port == 623 && !bare_v6)
        return g_strdup(access->address);
    return bare_v6 ? g_strdup_printf("[%s]:%u", access->address, access->port)
                   : g_strdup_printf("%s:%u", access->address, access->port);
}

static guint8
privilege_level(RvIpmiPrivilege privilege)
{
    switch (privilege) {
    case RV_PRIVILEGE_USER:
        return IPMI_PRIVILEGE_LEVEL_USER;
    case RV_PRIVILEGE_OPERATOR:
        return IPMI_PRIVILEGE_LEVEL_OPERATOR;
    case RV_PRIVILEGE_ADMIN:
        return IPMI_PRIVILEGE_LEVEL_ADMIN;
    }
    return IPMI_PRIVILEGE_LEVEL_USER;
}

/* K_g as it is, or as bytes where it is written 0x… (up to 20). */
static guint
read_kg(const RvSecret *secret, guint8 *kg)
{
    const char *text = secret != NULL ? rv_secret_reveal(secret) : "";
    gsize length = strlen(text);
    guint bytes = 0;

    if (!g_str_has_prefix(text, "0x") || length % 2 != 0 || length > 2 + 2 * KG_MAX) {
        bytes = (guint)MIN(length, KG_MAX + 1); /* one too many is refused by libfreeipmi */
        memcpy(kg, text, bytes);
        return bytes;
    }
    for (gsize i = 2; i < length; i += 2)
        kg[bytes++] =
            (guint8)(g_ascii_xdigit_value(text[i]) << 4 | g_ascii_xdigit_value(text[i + 1]));
    return bytes;
}

/* libfreeipmi sends again after 1, 2, 4, 6, 9, 12 … times the interval that it is given, and gives
 * up only at one of these moments: with 5 s and 1 s after 6 s. The interval is shortened so that
 * one of them is the time-out. */
static guint
interval_that_ends_at(gint64 timeout_ms, guint wanted_ms)
{
    guint sum = 0;

    for (guint sent = 0; (gint64)sum * wanted_ms < timeout_ms && sent < SENDS_MAX; sent++)
        sum += sent / SENDS_PER_INTERVAL + 1;
    return MAX((guint)(timeout_ms / MAX(sum, 1)), 1);
}

/* What the BMC's status says where libfreeipmi has only "IPMI error" (IPMI 2.0 table 13-15). */
static int
refined(const RvIpmiSession *session, int errnum, int cipher)
{
    static const struct {
        int status, errnum;
    } rows[] = {
        {0x01, IPMI_ERR_BMC_BUSY}, /* no resources for a session */
        {0x0B, IPMI_ERR_BMC_BUSY}, /* none at this role */
        {0x04, IPMI_ERR_CIPHER_SUITE_ID_UNAVAILABLE},
        {0x05, IPMI_ERR_CIPHER_SUITE_ID_UNAVAILABLE},
        {0x10, IPMI_ERR_CIPHER_SUITE_ID_UNAVAILABLE},
        {0x11, IPMI_ERR_CIPHER_SUITE_ID_UNAVAILABLE},
        {0x09, IPMI_ERR_PRIVILEGE_LEVEL_CANNOT_BE_OBTAINED},
        {0x0A, IPMI_ERR_PRIVILEGE_LEVEL_CANNOT_BE_OBTAINED},
    };
    gint64 wait_ms;
    int status;

    if (cipher < 0 ||
        (errnum != IPMI_ERR_IPMI_ERROR && errnum != IPMI_ERR_BAD_RMCPPLUS_STATUS_CODE))
        return errnum;
    wait_ms = CLAMP(time_left_ms(session), 0, session->access->retransmission_ms);
    status = rv_ipmi_open_status(session->access, cipher, wait_ms);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].status == status)
            return rows[i].errnum;
    return errnum;
}

/* One attempt; the error number of libfreeipmi, 0 when open. */
static int
open_once(RvIpmiSession *session, int cipher, guint8 authentication)
{
    const RvIpmiAccess *access = session->access;
    g_autofree char *host = host_with_port(access);
    gint64 timeout_ms =
        CLAMP(time_left_ms(session), LEAST_TIMEOUT_MS, MAX(access->timeout_ms, LEAST_TIMEOUT_MS));
    guint again_ms = (guint)MIN((gint64)MAX(access->retransmission_ms, 50), timeout_ms / 2);
    guint last_ms;
    const char *user = access->user != NULL ? access->user : "";
    const char *password = access->password != NULL ? rv_secret_reveal(access->password) : "";
    guint8 kg[KG_MAX + 1];
    guint kg_length = read_kg(access->kg, kg);
    gint64 begun_ms = rv_clock_monotonic_ms();
    int result, errnum = 0;

    if (session->workarounds.quirks & RV_IPMI_QUIRK_BRIDGE) {
        /* The BMC's own answers do not let libfreeipmi give up on a silent controller behind it,
         * until an interval is longer than the time-out: after T/4, T/4 and T/2. */
        timeout_ms = MAX(timeout_ms / 2, LEAST_TIMEOUT_MS);
        again_ms = (guint)timeout_ms / 2;
    } else {
        again_ms = interval_that_ends_at(timeout_ms, again_ms);
    }
    last_ms = (guint)timeout_ms - TIMEOUT_SLACK_MS;
    session->context = ipmi_ctx_create();
    g_return_val_if_fail(session->context != NULL, IPMI_ERR_OUT_OF_MEMORY);
    if (access->version == RV_IPMI_1_5)
        result = ipmi_ctx_open_outofband(session->context, host, user, password, authentication,
                                         privilege_level(access->privilege), last_ms, again_ms,
                                         session->workarounds.outofband, IPMI_FLAGS_DEFAULT);
    else
        result = ipmi_ctx_open_outofband_2_0(
            session->context, host, user, password, kg_length > 0 ? kg : NULL, kg_length,
            privilege_level(access->privilege), (guint8)cipher, last_ms, again_ms,
            session->workarounds.outofband_2_0, IPMI_FLAGS_DEFAULT);
    explicit_bzero(kg, sizeof kg);
    if (result < 0) {
        errnum = ipmi_ctx_errnum(session->context);
        ipmi_ctx_destroy(session->context);
        session->context = NULL;
    }
    session->requests +=
        5; /* capabilities, open or challenge, RAKP 1 and 3 or activate, privilege */
    session->retries += (guint)((rv_clock_monotonic_ms() - begun_ms) / again_ms);
    return refined(session, errnum, cipher);
}

/* A BMC that is out of sessions gets a second chance when one may have ended. */
static int
open_patiently(RvIpmiSession *session, int cipher, guint8 authentication)
{
    int errnum = open_once(session, cipher, authentication);

    if (errnum != IPMI_ERR_BMC_BUSY || time_left_ms(session) < 3 * FULL_PAUSE_MS)
        return errnum;
    g_usleep((gulong)(FULL_PAUSE_MS + g_random_int_range(0, FULL_PAUSE_MS)) * 1000);
    if (!rv_ipmi_session_goes_on(session))
        return errnum;
    return open_once(session, cipher, authentication);
}

/* Whether another cipher suite is worth a try: it was refused before the password played a part. */
static gboolean
is_about_the_suite(int errnum)
{
    return errnum == IPMI_ERR_CIPHER_SUITE_ID_UNAVAILABLE ||
           errnum == IPMI_ERR_BAD_RMCPPLUS_STATUS_CODE || errnum == IPMI_ERR_IPMI_ERROR ||
           errnum == IPMI_ERR_SESSION_TIMEOUT;
}

static gboolean
open_15(RvIpmiSession *session)
{
    static const guint8 types[] = {IPMI_AUTHENTICATION_TYPE_MD5, IPMI_AUTHENTICATION_TYPE_MD2};
    int errnum = IPMI_ERR_AUTHENTICATION_TYPE_UNAVAILABLE;

    for (guint i = 0; i < G_N_ELEMENTS(types) && errnum == IPMI_ERR_AUTHENTICATION_TYPE_UNAVAILABLE;
         i++)
        errnum = open_patiently(session, -1, types[i]);
    if (errnum == 0)
        return TRUE;
    fail_with(session, errnum, TRUE);
    return FALSE;
}

static guint
cipher_order(const RvIpmiAccess *access, const RvIpmiHabits *habits, int order[3])
{
    const int wanted[] = {habits->cipher, FIRST_CIPHER, SECOND_CIPHER};
    guint count = 0;

    if (access->cipher >= 0) {
        order[0] = access->cipher;
        return 1;
    }
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        gboolean known = wanted[i] < 0 || wanted[i] > 19;

        for (guint k = 0; k < count; k++)
            known |= order[k] == wanted[i];
        if (!known)
            order[count++] = wanted[i];
    }
    return count;
}

static gboolean
open_20(RvIpmiSession *session, RvIpmiHabits *habits)
{
    int order[3];
    guint count = cipher_order(session->access, habits, order);
    int first_errnum = 0;

    for (guint i = 0; i < count && rv_ipmi_session_goes_on(session); i++) {
        int errnum = open_patiently(session, order[i], 0);

        if (errnum == 0) {
            session->cipher = habits->cipher = order[i];
            return TRUE;
        }
        first_errnum = first_errnum != 0 ? first_errnum : errnum;
        if (is_about_the_suite(errnum) && i + 1 < count)
            continue;
        /* what the last suite met is the better reason, unless it was refused as well */
        if (errnum == IPMI_ERR_SESSION_TIMEOUT)
            errnum = first_errnum;
        fail_with(session, errnum, TRUE);
    }
    return FALSE;
}

gboolean
rv_ipmi_session_open(RvIpmiSession *session, RvIpmiHabits *habits)
{
    const char *unknown;

    if (!rv_ipmi_workarounds_parse((const char *const *)session->access->workarounds,
                                   &session->workarounds, &unknown)) {
        g_autofree const char **known = rv_ipmi_workaround_names();
        const char *near = rv_text_nearest(unknown, known);
        g_autofree char *detail =
            near != NULL
                ? g_strdup_printf("unknown workaround '%s'; did you mean '%s'?", unknown, near)
                : g_strdup_printf("unknown workaround '%s': ipmi-sensors(8) lists them", unknown);

        fail(session, RV_REASON_CONFIGURATION, detail);
        return FALSE;
    }
    if (!rv_ipmi_session_goes_on(session))
        return FALSE;
    return session->access->version == RV_IPMI_1_5 ? open_15(session) : open_20(session, habits);
}

void
rv_ipmi_session_close(RvIpmiSession *session)
{
    if (session->context == NULL)
        return;
    (void)ipmi_ctx_close(session->context);
    ipmi_ctx_destroy(session->context);
    session->context = NULL;
    session->requests++;
}

void
rv_ipmi_session_clear(RvIpmiSession *session)
{
    rv_ipmi_session_close(session);
    g_clear_pointer(&session->detail, g_free);
}

/* ---- commands ---- */

static int
send_once(RvIpmiSession *session, guint8 lun, guint8 net_fn, const guint8 *request,
          guint request_length, guint8 *reply, guint size)
{
    gint64 begun_ms = rv_ipmi_session_begin(session);
    int length = ipmi_cmd_raw(session->context, lun, net_fn, request, request_length, reply, size);

    rv_ipmi_session_end(session, begun_ms, 1, length < 0);
    return length;
}

int
rv_ipmi_session_command(RvIpmiSession *session, guint8 lun, guint8 net_fn, const guint8 *request,
                        guint request_length, guint8 *reply, guint size, guint8 *code)
{
    guint8 whole[512]; /* command, completion code, data */
    guint pause_ms = BUSY_PAUSE_MS;
    int length = -1;

    for (guint try = 0; try < BUSY_TRIES; try++) {
        if (session->context == NULL || !rv_ipmi_session_goes_on(session))
            return -1;
        length = send_once(session, lun, net_fn, request, request_length, whole, sizeof whole);
        if (length < 2)
            return -1;
        if (whole[1] != IPMI_COMP_CODE_NODE_BUSY)
            break;
        g_usleep((gulong)pause_ms * 1000);
        pause_ms *= 2;
    }
    if (code != NULL)
        *code = whole[1];
    if (whole[1] == IPMI_COMP_CODE_INSUFFICIENT_PRIVILEGE_LEVEL && net_fn != DCMI_NET_FN)
        session->denied++; /* DCMI is an offer; who refuses it just has none */
    if (whole[1] != 0)
        return -2;
    length = (int)MIN((guint)length - 2, size);
    memcpy(reply, whole + 2, (size_t)length);
    return length;
}
