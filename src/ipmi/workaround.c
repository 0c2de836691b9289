#include "ipmi/workaround.h"

#include <freeipmi/freeipmi.h>
#include <string.h>

#define V15(name) IPMI_WORKAROUND_FLAGS_OUTOFBAND_##name
#define V20(name) IPMI_WORKAROUND_FLAGS_OUTOFBAND_2_0_##name

static const struct {
    const char *name;
    RvIpmiWorkarounds adds;
} rows[] = {
    {"authcap", {V15(AUTHENTICATION_CAPABILITIES), V20(AUTHENTICATION_CAPABILITIES), 0}},
    {"idzero", {V15(ACCEPT_SESSION_ID_ZERO), 0, 0}},
    {"unexpectedauth", {V15(CHECK_UNEXPECTED_AUTHCODE), 0, 0}},
    {"forcepermsg", {V15(FORCE_PERMSG_AUTHENTICATION), 0, 0}},
    {"endianseq", {V15(BIG_ENDIAN_SEQUENCE_NUMBER), 0, 0}},
    {"noauthcodecheck", {V15(NO_AUTH_CODE_CHECK), 0, 0}},
    {"nochecksumcheck", {V15(NO_CHECKSUM_CHECK), V20(NO_CHECKSUM_CHECK), 0}},
    {"intel20", {0, V20(INTEL_2_0_SESSION), 0}},
    {"supermicro20", {0, V20(SUPERMICRO_2_0_SESSION), 0}},
    {"sun20", {0, V20(SUN_2_0_SESSION), 0}},
    {"opensesspriv", {0, V20(OPEN_SESSION_PRIVILEGE), 0}},
    {"integritycheckvalue", {0, V20(NON_EMPTY_INTEGRITY_CHECK_VALUE), 0}},
    {"discretereading", {0, 0, RV_IPMI_QUIRK_DISCRETE_READING}},
    {"ignorescanningdisabled", {0, 0, RV_IPMI_QUIRK_IGNORE_SCANNING}},
    {"assumebmcowner", {0, 0, RV_IPMI_QUIRK_ASSUME_BMC_OWNER}},
    {"assumemaxsdrrecordcount", {0, 0, RV_IPMI_QUIRK_ASSUME_MAX_RECORDS}},
    {"assumesystemevent", {0, 0, RV_IPMI_QUIRK_ASSUME_EVENTS}},
    {"ignoreauthcode", {0, 0, RV_IPMI_QUIRK_IGNORE_AUTH_CODE}},
    {"skipchecks", {0, 0, RV_IPMI_QUIRK_SKIP_CHECKSUMS}},
    {"bridgesensors", {0, 0, RV_IPMI_QUIRK_BRIDGE}},
    {"none", {0, 0, 0}},
};

gboolean
rv_ipmi_workarounds_parse(const char *const *names, RvIpmiWorkarounds *workarounds,
                          const char **unknown)
{
    *workarounds = (RvIpmiWorkarounds){0};
    for (; names != NULL && *names != NULL; names++) {
        guint i = 0;

        while (i < G_N_ELEMENTS(rows) && g_ascii_strcasecmp(rows[i].name, *names) != 0)
            i++;
        if (i == G_N_ELEMENTS(rows)) {
            if (unknown != NULL)
                *unknown = *names;
            return FALSE;
        }
        workarounds->outofband |= rows[i].adds.outofband;
        workarounds->outofband_2_0 |= rows[i].adds.outofband_2_0;
        workarounds->quirks |= rows[i].adds.quirks;
    }
    return TRUE;
}

const char *
rv_ipmi_workaround_name(guint index)
{
    return index < G_N_ELEMENTS(rows) ? rows[index].name : NULL;
}

const char **
rv_ipmi_workaround_names(void)
{
    const char **names = g_new0(const char *, G_N_ELEMENTS(rows) + 1);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        names[i] = rows[i].name;
    return names;
}
