/* SDR: the records with which a BMC describes its sensors and parts (IPMI 2.0 §33, §43), read once
 * and then kept in a file of our own. */
#pragma once

#include "ipmi/session.h"

#define RV_SDR_RECORD_MAX 261 /* header 5, body 256 less one */
#define RV_SDR_RECORDS_MAX 4096

/* What a cache is true for. Compared as a whole. */
typedef struct {
    guint8 guid[16]; /* zero where the BMC gives none */
    guint32 manufacturer_id;
    guint16 product_id;
    guint8 firmware_major, firmware_minor;
    guint8 device_sdr; /* 1: from the device's own SDR, not the repository */
    guint8 version;    /* of the repository, as sent */
    guint16 count;
    guint32 added, erased; /* device SDR: population change indicator, 0 */
} RvSdrKey;

typedef struct {
    guint16 length;
    guint8 bytes[RV_SDR_RECORD_MAX];
    gboolean has_thresholds;
    guint8 thresholds[7]; /* Get Sensor Thresholds: readable mask, then the six in its order */
    guint32 siblings;     /* of a shared record: bit n: sensor number + n is there (n ≥ 1) */
} RvSdrRecord;

typedef struct {
    RvSdrKey key;
    GPtrArray *records; /* RvSdrRecord*, in the BMC's order */
} RvSdr;

RvSdr *rv_sdr_new(void);
void rv_sdr_free(RvSdr *sdr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvSdr, rv_sdr_free)

guint16 rv_sdr_record_id(const RvSdrRecord *record);
guint8 rv_sdr_record_type(const RvSdrRecord *record);

/* ---- from the BMC (sdr-read.c) ---- */

/* Fills version, count, added and erased of `key` by one request (two where the BMC turns out to
 * have no repository; habits remember that). FALSE: it has no SDR that can be read. */
gboolean rv_sdr_ask_key(RvIpmiSession *session, RvIpmiHabits *habits, RvSdrKey *key);

/* Reads all records, each in one request where the BMC gives them whole. NULL: the session ended on
 * the way, or the BMC's answers make no sense: *problem (may be NULL) says so. */
RvSdr *rv_sdr_read(RvIpmiSession *session, RvIpmiHabits *habits, const RvSdrKey *key,
                   char **problem);

/* Asks the thresholds of every threshold sensor that the BMC itself owns, once. */
void rv_sdr_read_thresholds(RvIpmiSession *session, RvSdr *sdr);

/* ---- the file (sdr-cache.c) ---- */

/* NULL where there is none, or where it is broken. */
RvSdr *rv_sdr_load(const char *path);
/* Atomic: another process sees the old file or the new one. */
gboolean rv_sdr_store(const RvSdr *sdr, const char *path, GError **error);
gboolean rv_sdr_key_equal(const RvSdrKey *a, const RvSdrKey *b);
