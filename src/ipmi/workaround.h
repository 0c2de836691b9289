/* Workaround flags by FreeIPMI's names (ipmi-sensors(8), WORKAROUNDS): what a board needs so that
 * it can be asked at all. */
#pragma once

#include <glib.h>

typedef enum {
    RV_IPMI_QUIRK_DISCRETE_READING = 1 << 0,   /* discretereading */
    RV_IPMI_QUIRK_IGNORE_SCANNING = 1 << 1,    /* ignorescanningdisabled */
    RV_IPMI_QUIRK_ASSUME_BMC_OWNER = 1 << 2,   /* assumebmcowner */
    RV_IPMI_QUIRK_ASSUME_MAX_RECORDS = 1 << 3, /* assumemaxsdrrecordcount */
    RV_IPMI_QUIRK_ASSUME_EVENTS = 1 << 4,      /* assumesystemevent */
    RV_IPMI_QUIRK_IGNORE_AUTH_CODE = 1 << 5,   /* ignoreauthcode */
    RV_IPMI_QUIRK_SKIP_CHECKSUMS = 1 << 6,     /* skipchecks: of FRU areas */
    RV_IPMI_QUIRK_BRIDGE = 1 << 7,             /* bridgesensors: ask satellite controllers */
} RvIpmiQuirks;

typedef struct {
    unsigned int outofband, outofband_2_0; /* flags of libfreeipmi's open functions */
    guint quirks;                          /* RvIpmiQuirks */
} RvIpmiWorkarounds;

/* `names` may be NULL. FALSE where one is not known: *unknown gets it, borrowed. "none" is nothing.
 */
gboolean rv_ipmi_workarounds_parse(const char *const *names, RvIpmiWorkarounds *workarounds,
                                   const char **unknown);

/* All of them, NULL-terminated; caller frees the array alone. */
const char **rv_ipmi_workaround_names(void);
/* The names one by one; NULL past the last. */
const char *rv_ipmi_workaround_name(guint index);
