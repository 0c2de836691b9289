/* A BMC's habits: what was found out about it once and need not be tried again each round. Kept in
 * the state folder, one small file per BMC; losing it costs a few requests. */
#pragma once

#include <glib.h>

typedef struct {
    int cipher;            /* RMCP+ cipher suite that worked; -1: not known */
    int record_read;       /* most bytes of an SDR record it gives at once; 0: not known */
    gboolean header_first; /* refuses to read past a record's end: its length first */
    int fru_read;          /* the same for FRU data */
    gboolean no_dcmi;      /* refused Get Power Reading */
    gboolean no_sdr_info;  /* has no SDR repository: its sensors come from the device's own SDR */
} RvIpmiHabits;

/* What is not there, or not readable, is not known. */
void rv_ipmi_habits_load(const char *path, RvIpmiHabits *habits);
/* Written only where it differs from `before`; failure is no matter. */
void rv_ipmi_habits_store(const char *path, const RvIpmiHabits *habits, const RvIpmiHabits *before);
