/* Firmware: which of two versions is the newer, and whether a part runs what the site decided.
 * Pure.
 *
 * Numbers count as numbers and words as words, and what stands between them says how they belong
 * together; that orders Cisco, Junos, VRP, Comware, PAN-OS, FortiOS, ONTAP, DSM and iLO as their
 * vendors do. The rows of tests/unit/plan/test-firmware.c show what it comes to. */
#pragma once

#include "observation/observation.h"

/* Below, at or above 0 as `a` is older, the same or newer. Where they are the same so far, a
 * version that goes on with one of these is, from the oldest to the newest: 1.2-rc1 (rc, beta,
 * alpha, pre, dev, snapshot); nothing; 1.2-7 (a build); 1.2-h3 (a word); 1.2b (a letter at the
 * number); 1.2.1 (a number of the same row); 21.4R3-S5 (a service release of Junos, newer than the
 * build 21.4R3.15). Leading zeros, case, and punctuation beside that do not count; nor do "v" or
 * "Release" ahead, a date or a remark in parentheses behind, or a name that only one of them has
 * ("DSM 7.1"). */
int rv_version_compare(const char *a, const char *b);

/* What a site decided for a model; NULL: nothing. */
typedef struct {
    char *models; /* glob on the model, "S5720-*"; NULL: any */
    char *parts;  /* glob on the component's class or key, "bmc"; NULL: the device's own */
    char *min;    /* this or newer */
    char *exact;  /* this and no other */
    char **deny;  /* NULL-terminated globs on the version: known to be bad; may be NULL */
    char *why;    /* shown with a denial; may be NULL */
} RvFirmwareRule;

RvFirmwareRule *rv_firmware_rule_new(void);
void rv_firmware_rule_free(RvFirmwareRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvFirmwareRule, rv_firmware_rule_free)

typedef enum {
    RV_FIRMWARE_NO_RULE,
    RV_FIRMWARE_FINE,
    RV_FIRMWARE_UNKNOWN, /* a rule is there, the version is not given */
    RV_FIRMWARE_OLD,     /* below min */
    RV_FIRMWARE_DIFFERS, /* not exact */
    RV_FIRMWARE_DENIED,
} RvFirmwareVerdict;

const char *rv_firmware_verdict_word(RvFirmwareVerdict verdict);

typedef struct {
    const char *model; /* of the device or the part; "" not known */
    const char *part;  /* key of the component; NULL: the device itself */
    const char *class; /* of the component; NULL: the device itself */
    const char *version;
} RvFirmwareOf;

/* The first rule (of RvFirmwareRule*) that names it decides. *sentence (may be NULL) gets what is
 * wrong, or NULL; caller frees. */
RvFirmwareVerdict rv_firmware_judge(const GPtrArray *rules, const RvFirmwareOf *firmware,
                                    char **sentence);
/* That rule; NULL: none. */
const RvFirmwareRule *rv_firmware_rule(const GPtrArray *rules, const RvFirmwareOf *firmware);
