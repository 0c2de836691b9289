#include "ipmi/session.h"

typedef struct {
    int errnum;
    RvReason reason;
    const char *text;
} Row;

static const Row rows[] = {
    {IPMI_ERR_USERNAME_INVALID, RV_REASON_CREDENTIALS,
     "the BMC does not know the user: check the credential"},
    {IPMI_ERR_PASSWORD_INVALID, RV_REASON_CREDENTIALS,
     "the BMC refused the password: check the credential, each try may count towards a lock"},
    {IPMI_ERR_K_G_INVALID, RV_REASON_CREDENTIALS,
     "the BMC refused the K_g key: give the one that is set in it, or none"},
    {IPMI_ERR_PASSWORD_VERIFICATION_TIMEOUT, RV_REASON_CREDENTIALS,
     "the BMC went silent when the password was checked: most often it is wrong"},
    {IPMI_ERR_PERMISSION, RV_REASON_CREDENTIALS, "the BMC refused us"},
    {IPMI_ERR_PRIVILEGE_LEVEL_INSUFFICIENT, RV_REASON_PRIVILEGE,
     "the privilege level is too low for what was asked: give a higher one"},
    {IPMI_ERR_PRIVILEGE_LEVEL_CANNOT_BE_OBTAINED, RV_REASON_PRIVILEGE,
     "the user may not have this privilege level: a lower one may do, or the workaround "
     "opensesspriv; 'rackvitals probe' finds it"},
    {IPMI_ERR_AUTHENTICATION_TYPE_UNAVAILABLE, RV_REASON_CIPHER,
     "the BMC offers no authentication type that we use: allow MD5 in its LAN settings"},
    {IPMI_ERR_CIPHER_SUITE_ID_UNAVAILABLE, RV_REASON_CIPHER,
     "the BMC refused the cipher suite: leave it out, or let 'rackvitals probe' find one"},
    {IPMI_ERR_IPMI_2_0_UNAVAILABLE, RV_REASON_PROTOCOL,
     "the BMC does not speak IPMI 2.0, or not on this port: try version 1.5"},
    {IPMI_ERR_CONNECTION_TIMEOUT, RV_REASON_NO_ANSWER, RV_IPMI_NO_ANSWER},
    {IPMI_ERR_SESSION_TIMEOUT, RV_REASON_NO_ANSWER, "answers stopped in the middle of the session"},
    {IPMI_ERR_DRIVER_TIMEOUT, RV_REASON_NO_ANSWER, RV_IPMI_NO_ANSWER},
    {IPMI_ERR_HOSTNAME_INVALID, RV_REASON_NAME, "the host name does not resolve"},
    {IPMI_ERR_BMC_BUSY, RV_REASON_PROTOCOL, "the BMC is busy"},
    {IPMI_ERR_PARAMETERS, RV_REASON_CONFIGURATION,
     "user, password or K_g is longer than this protocol version takes"},
    {IPMI_ERR_BAD_RMCPPLUS_STATUS_CODE, RV_REASON_PROTOCOL,
     "the BMC refused the session with a status that has no meaning here"},
    {IPMI_ERR_IPMI_ERROR, RV_REASON_PROTOCOL, "the BMC's answers are not valid IPMI"},
};

RvReason
rv_ipmi_reason(int errnum, gboolean opening, const char **text)
{
    static const Row other = {0, RV_REASON_PROTOCOL, "the BMC answered, but not as IPMI wants it"};
    /* libfreeipmi has no code of its own for RMCP+ status 04h, 05h and 10h: an algorithm of the
     * suite is not supported (IPMI 2.0 table 13-15) */
    static const Row suite = {
        0, RV_REASON_CIPHER,
        "the BMC refused the session's algorithms: let 'rackvitals probe' find a "
        "cipher suite"};
    static const Row full = {0, RV_REASON_NO_SESSIONS,
                             "the BMC has no session left: others are logged in, or dead sessions "
                             "must time out first"};
    const Row *row = &other;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].errnum == errnum)
            row = &rows[i];
    if (errnum == IPMI_ERR_BMC_BUSY && opening)
        row = &full;
    if (errnum == IPMI_ERR_IPMI_ERROR && opening)
        row = &suite;
    if (text != NULL)
        *text = row->text;
    return row->reason;
}
