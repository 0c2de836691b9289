/* The fault ledger: faults, what people did about them and when. Nothing in it is ever deleted. */
#pragma once

#include "base/language.h"
#include "db/state.h"
#include "inventory/device.h"
#include "plan/fault.h"

typedef struct {
    gint64 time_ms;
    char *who;
    char *action; /* open worsen recover relapse fold acknowledge note plan resolve report */
    char *text;
    char *facts; /* of the text, where a rule wrote it; NULL: none */
} RvFaultEntry;

/* Times of 0 and texts of NULL: not yet. */
typedef struct {
    gint64 id;
    char *device; /* name; "" for none */
    char *cause;  /* "reachability", "part:KEY"; "" where a person opened it */
    RvFaultKind kind;
    char *level, *title;
    char *facts; /* of the title, as plan/fault-facts.h; NULL: none are stored */
    gint64 opened_ms;
    char *opened_by; /* "rule", or a person */
    gint64 acknowledged_ms, planned_ms, recovered_ms, resolved_ms, reported_ms;
    char *acknowledged_by, *planned_by, *resolved_by, *reported_by;
    char *plan;
    char *root_cause, *method, *loss; /* of the resolution */
    gint64 parent;                    /* fault it belongs to; 0: none */
    GPtrArray *trail;                 /* RvFaultEntry*, oldest first; NULL in lists */
} RvFault;

void rv_fault_free(RvFault *fault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvFault, rv_fault_free)

RvFaultTimes rv_fault_times(const RvFault *fault);
/* In the language where their facts are known, else as they are stored. Caller frees. */
char *rv_ledger_title(const RvFault *fault, RvLanguage language);
char *rv_ledger_entry_text(const RvFault *fault, const RvFaultEntry *entry, RvLanguage language);

/* ---- reading ---- */

/* NULL without an error: no such fault. */
RvFault *rv_ledger_get(RvState *state, gint64 id, GError **error);
/* RvFault* by time of opening: not resolved by `from_ms` and opened before `until_ms`. `device`:
 * one of them; NULL: all. */
GPtrArray *rv_ledger_list(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                          GError **error);
/* Those that are not resolved. */
GPtrArray *rv_ledger_open_faults(RvState *state, GError **error);

/* ---- several steps, all or none; one that is refused within them takes back only itself ---- */

gboolean rv_ledger_begin(RvState *state, GError **error);
/* Keeps the steps where `fine`; else takes them back and gives FALSE without touching *error. */
gboolean rv_ledger_finish(RvState *state, gboolean fine, GError **error);

/* ---- by hand ----
 * RV_ERROR_USAGE where the fault does not exist, or is past that step. `text` may be "". */

/* Stores `device`, `kind`, `level`, `title`, `facts`, `opened_ms`, `opened_by` and gives the id. */
gboolean rv_ledger_open(RvState *state, RvFault *fault, GError **error);
gboolean rv_ledger_acknowledge(RvState *state, gint64 id, gint64 now_ms, const char *who,
                               const char *text, GError **error);
gboolean rv_ledger_note(RvState *state, gint64 id, gint64 now_ms, const char *who, const char *text,
                        GError **error);
gboolean rv_ledger_plan(RvState *state, gint64 id, gint64 now_ms, const char *who, const char *text,
                        GError **error);

typedef struct {
    const char *root_cause, *method, *loss; /* the first two must say something */
} RvResolution;

gboolean rv_ledger_resolve(RvState *state, gint64 id, gint64 now_ms, const char *who,
                           const RvResolution *resolution, GError **error);
/* The single-fault report was handed over. */
gboolean rv_ledger_reported(RvState *state, gint64 id, gint64 now_ms, const char *who,
                            GError **error);

/* ---- by rule ---- */

/* Looks at how the devices of `inventory` are by the state file, decides (rv_fault_decide) and
 * writes it, in one transaction. Gives what was done: RvFaultAction* with `fault` set; a FOLD only
 * the first time. */
GPtrArray *rv_ledger_update(RvState *state, const RvInventory *inventory,
                            const RvFaultPolicy *policy, gint64 now_ms, GError **error);
