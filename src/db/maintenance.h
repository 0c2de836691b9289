/* Maintenance: planned windows, one-off or recurring, entered before or after the fact. */
#pragma once

#include "db/state.h"

typedef struct {
    gint64 id;
    char *devices; /* glob on device names */
    gint64 from_ms, until_ms;
    guint every_days; /* 0: once. Else the same local time every so many days … */
    gint64 last_ms;   /* … and none begins at or after it; 0: without end */
    char *zone;       /* IANA name of the local time; NULL: UTC */
    gboolean numbers; /* taken out of the agreed service time */
    gboolean alarms;  /* opens no fault */
    char *who, *why;  /* never empty */
    gint64 made_ms;   /* later than from_ms: entered retroactively, and reports say so */
    gint64 ended_ms;  /* cut short or called off; 0: not */
    char *ended_by;   /* NULL: nobody */
} RvMaintenance;

void rv_maintenance_free(RvMaintenance *maintenance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvMaintenance, rv_maintenance_free)

/* Stores it and gives its id. RV_ERROR_USAGE says what is wrong with it. */
gboolean rv_maintenance_add(RvState *state, RvMaintenance *maintenance, GError **error);

/* From `now_ms` on it holds no more: a window that runs is cut short, later ones do not come.
 * RV_ERROR_USAGE where there is no such maintenance, or it is over. */
gboolean rv_maintenance_end(RvState *state, gint64 id, gint64 now_ms, const char *who,
                            GError **error);

/* RvMaintenance* with a window in the period, oldest first. */
GPtrArray *rv_maintenance_list(RvState *state, gint64 from_ms, gint64 until_ms, GError **error);

typedef enum { RV_MAINTENANCE_NUMBERS, RV_MAINTENANCE_ALARMS } RvMaintenanceUse;

/* The windows of one device that touch the period, recurrences spelled out: RvWindow*, ascending.
 * What rv_availability() takes. */
GPtrArray *rv_maintenance_windows(RvState *state, const char *device, RvMaintenanceUse use,
                                  gint64 from_ms, gint64 until_ms, GError **error);

/* Windows of one maintenance that touch the period, appended as RvWindow*. */
void rv_maintenance_expand(const RvMaintenance *maintenance, gint64 from_ms, gint64 until_ms,
                           GPtrArray *windows);
