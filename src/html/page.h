/* One device on its page, and its line on the overview. For html/ alone. */
#pragma once

#include "db/ledger.h"
#include "html/html.h"

/* What is said of a device on the overview. */
typedef struct {
    char *name, *href; /* relative to the overview */
    char *kind, *site, *model;
    RvVerdict verdict; /* as of now: silence counts */
    RvReachability state;
    gint64 since_ms;
    GPtrArray *findings; /* char*: the worst, in the language */
    guint more;          /* findings beyond them */
    char *strip;         /* SVG */
    double share;
} RvHtmlLine;
void rv_html_line_free(RvHtmlLine *line);

typedef struct {
    RvState *state;
    RvRrdStore *store; /* may be NULL */
    const RvHtmlOptions *options;
    const RvDeviceRow *row;
    RvObservation *latest;   /* NULL: it never answered */
    GPtrArray *reachability; /* RvInterval*, of RV_HTML_DAYS */
    const GPtrArray *faults; /* RvFault*, open, of all devices */
    gint64 from_ms;          /* of RV_HTML_DAYS */
} RvHtmlDevice;
#define RV_HTML_DAYS 30

/* The file's name within the folder of devices, for any name. NULL where it is over all bounds. */
char *rv_html_page_name(const char *device);

/* The page; *line gets its line. */
gboolean rv_html_device(const RvHtmlDevice *device, GString *out, RvHtmlLine **line,
                        GError **error);
void rv_html_device_graphs(const RvHtmlDevice *device, GString *out);
void rv_html_device_sensors(const RvHtmlDevice *device, GString *out);
void rv_html_device_interfaces(const RvHtmlDevice *device, GString *out);
void rv_html_overview(const RvHtmlOptions *options, GPtrArray *lines, const GPtrArray *faults,
                      GString *out);
