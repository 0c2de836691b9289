/* Making a report and putting it where it belongs: `report` and `fault report` share it. */
#pragma once

#include "cli/state-options.h"
#include "report/model.h"

typedef struct {
    RvStateOptions state;
    char *format, *output, *table, *language, *templates, *daemon; /* NULL: the default */
    gboolean mail;
} RvReportOptions;

void rv_report_options_clear(RvReportOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvReportOptions, rv_report_options_clear)
/* --format --output --table --lang --templates --rrdcached --mail, and those of the state file. */
void rv_report_options_add(RvReportOptions *options, GOptionContext *context);

typedef struct {
    RvReportKind kind;
    RvPeriodKind period;
    const char *at;     /* NULL: the period that ended last; of a fault: the one it was opened in */
    const char *device; /* NULL: all */
    gint64 fault;
} RvReportOrder;

/* Prints the path of what it wrote. The exit status. */
int rv_report_run(const RvCliContext *context, const RvReportOptions *options,
                  const RvReportOrder *order, GError **error);
