/* Faults for people (text), programs (JSON) and ticket systems (CSV, RFC 4180). */
#pragma once

#include "db/ledger.h"

typedef struct {
    const RvFaultPolicy *policy;
    const RvCalendar *calendar; /* clocks by coverage; may be NULL */
    GTimeZone *zone;
    gint64 now_ms;
    RvLanguage language; /* of text, and of titles in every format */
} RvFaultStyle;

typedef enum { RV_FAULT_TEXT, RV_FAULT_JSON, RV_FAULT_CSV } RvFaultFormat;

/* FALSE where `word` is none; NULL is text. `list`: CSV is for several. */
gboolean rv_fault_format_parse(const char *word, gboolean list, RvFaultFormat *format);

/* RvFault*: a line each; CSV with a heading. */
void rv_fault_print_list(const RvFaultStyle *style, RvFaultFormat format, const GPtrArray *faults,
                         GString *out);
/* One fault whole: clocks, trail, what was found and done. Not CSV. */
void rv_fault_print_one(const RvFaultStyle *style, RvFaultFormat format, const RvFault *fault,
                        GString *out);
