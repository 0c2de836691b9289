#include "rrd/graph-drawing.h"

#include <string.h>

#include "base/text.h"
#include "rrd/graph-text.h"

#define TITLE_CELLS 100

void
rv_drawing_item_free(RvDrawingItem *item)
{
    g_free(item->element);
    g_free(item->text);
    g_free(item->rest);
    g_free(item);
}

void
rv_drawing_add(RvDrawing *drawing, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(drawing->arguments, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void
rv_drawing_option(RvDrawing *drawing, const char *option, const char *value)
{
    rv_drawing_add(drawing, "%s", option);
    rv_drawing_add(drawing, "%s", value);
}

const char *
rv_drawing_word(const RvDrawing *drawing, RvGraphWord which)
{
    return drawing->rules->words[which].in[drawing->language];
}

const char *
rv_drawing_number(double value, char *buffer)
{
    return g_ascii_formatd(buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.10g", value);
}

/* --- what is the same for all --- */

/* How the time axis is ruled and named, by the span shown. Digits only: right in every language. */
static const struct {
    gint64 up_to_s;
    const char *grid;
} time_grids[] = {
    {2 * 3600, "MINUTE:5:MINUTE:15:MINUTE:15:0:%H:%M"},
    {7 * 3600, "MINUTE:15:HOUR:1:HOUR:1:0:%H:%M"},
    {26 * 3600, "HOUR:1:HOUR:3:HOUR:3:0:%H:%M"},
    {50 * 3600, "HOUR:2:HOUR:6:HOUR:6:0:%H:%M"},
    {10 * 86400, "HOUR:6:DAY:1:DAY:1:86400:%m-%d"},
    {45 * 86400, "DAY:1:DAY:3:DAY:3:0:%m-%d"},
    {120 * 86400, "WEEK:1:MONTH:1:WEEK:2:0:%m-%d"},
    {500 * 86400, "MONTH:1:MONTH:3:MONTH:1:2592000:%Y-%m"},
    {G_MAXINT64, "MONTH:3:YEAR:1:YEAR:1:31536000:%Y"},
};

static const char *const theme[] = {
    "BACK#FFFFFF",    "CANVAS#FFFFFF", "SHADEA#FFFFFF", "SHADEB#FFFFFF", "GRID#00000014",
    "MGRID#00000028", "FRAME#FFFFFF",  "ARROW#FFFFFF",  "AXIS#9A9A9A",   "FONT#262626",
};

void
rv_drawing_look(RvDrawing *drawing, RvGraphFormat format, const char *family,
                const char *fixed_family)
{
    static const char *const formats[] = {"PNG", "SVG", "PDF"};
    const struct {
        const char *place;
        double points;
        const char *family;
    } fonts[] = {{"DEFAULT", 8, family},
                 {"TITLE", 11, family},
                 {"AXIS", 8, family},
                 {"UNIT", 8.5, family},
                 {"LEGEND", 8.5, fixed_family}};
    gint64 span_s = drawing->request->end_s - drawing->request->start_s;
    guint grid = 0;

    rv_drawing_option(drawing, "--imgformat", formats[format]);
    if (format == RV_GRAPH_PNG)
        rv_drawing_option(drawing, "--zoom", "2");
    for (gsize i = 0; i < G_N_ELEMENTS(theme); i++)
        rv_drawing_option(drawing, "--color", theme[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(fonts); i++) {
        char points[G_ASCII_DTOSTR_BUF_SIZE];

        rv_drawing_add(drawing, "--font");
        rv_drawing_add(drawing, "%s:%s:%s", fonts[i].place,
                       rv_drawing_number(fonts[i].points, points), fonts[i].family);
    }
    while (span_s > time_grids[grid].up_to_s)
        grid++;
    rv_drawing_option(drawing, "--x-grid", time_grids[grid].grid);
    rv_drawing_option(drawing, "--border", "0");
    rv_drawing_add(drawing, "--disable-rrdtool-tag");
    rv_drawing_add(drawing, "--dynamic-labels");
    rv_drawing_add(drawing, "--grid-dash");
    rv_drawing_add(drawing, "1:0");
}

void
rv_drawing_frame(RvDrawing *drawing, guint height)
{
    const RvGraphRequest *request = drawing->request;

    rv_drawing_add(drawing, "--start");
    rv_drawing_add(drawing, "%" G_GINT64_FORMAT, request->start_s);
    rv_drawing_add(drawing, "--end");
    rv_drawing_add(drawing, "%" G_GINT64_FORMAT, request->end_s);
    rv_drawing_add(drawing, "--width");
    rv_drawing_add(drawing, "%u", request->width > 0 ? request->width : 760);
    rv_drawing_add(drawing, "--height");
    rv_drawing_add(drawing, "%u", request->height > 0 ? request->height : height);
}

void
rv_drawing_title(RvDrawing *drawing, const char *what)
{
    const RvGraphRequest *request = drawing->request;
    g_autofree char *text = request->title != NULL
                                ? g_strdup(request->title)
                                : g_strdup_printf("%s   %s", request->device, what);
    g_autofree char *clean = rv_text_clean(text, -1, 1000);
    g_autofree char *clipped = rv_graph_pad(clean, TITLE_CELLS, FALSE);
    g_autofree char *island = rv_graph_isolate(g_strstrip(clipped));

    rv_drawing_add(drawing, "--title");
    rv_drawing_add(drawing, "%s\n", island);
}

void
rv_drawing_def(RvDrawing *drawing, const char *name, const char *path, const char *source,
               const char *function)
{
    g_autoptr(GString) escaped = g_string_new(NULL);

    for (const char *p = path; *p != '\0'; p++) {
        if (*p == ':' || *p == '\\')
            g_string_append_c(escaped, '\\');
        g_string_append_c(escaped, *p);
    }
    rv_drawing_add(drawing, "DEF:%s=%s:%s:%s", name, escaped->str, source, function);
    if (drawing->base != NULL)
        return;
    drawing->base = g_strdup(name);
    rv_drawing_add(drawing, "CDEF:void=%s,POP,UNKN", name);
}

const char *
rv_drawing_label(const RvDrawing *drawing, guint n)
{
    const char *key = drawing->request->keys[n];
    const char *slash = strchr(key, '/');

    if (drawing->request->labels != NULL)
        return drawing->request->labels[n];
    return slash != NULL ? slash + 1 : key;
}

/* As fine as there is, but for years no seconds are asked for: that would be more values than the
 * store gives. */
static guint
finest_s(const RvGraphRequest *request)
{
    return (guint)CLAMP((request->end_s - request->start_s) / 5000000, 1, 86400);
}

RvSeries *
rv_drawing_fetch(RvDrawing *drawing, const char *key, const char *source, const char *function,
                 GError **error)
{
    const RvGraphRequest *request = drawing->request;

    return rv_rrd_fetch(drawing->store, request->device, key, source, function, request->start_s,
                        request->end_s, finest_s(request), error);
}

const char *
rv_drawing_function(const RvRrdTemplate *template)
{
    return g_array_index(template->archives, RvRrdArchive, 0).function;
}

/* --- the legend: a table in a fixed-width font --- */

void
rv_drawing_heading(RvDrawing *drawing, const char *const *titles, guint n, guint label_cells,
                   const char *unit)
{
    g_autoptr(GString) line = g_string_new(RV_DRAWING_INDENT);
    g_autofree char *gap = g_strnfill(label_cells, ' ');

    g_string_append(line, gap);
    for (guint i = 0; i < n; i++) {
        g_autofree char *cell = rv_graph_pad(titles[i], RV_DRAWING_CELLS, TRUE);

        g_string_append(line, cell);
    }
    if (*unit != '\0') {
        g_autofree char *escaped = rv_graph_escape(unit);

        g_string_append_printf(line, "   %s", escaped);
    }
    rv_drawing_add(drawing, "COMMENT:%s\\l", line->str);
}

char *
rv_drawing_legend(const char *label, guint label_cells, const double *values, guint n,
                  const char *unit)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *name = rv_graph_label(label, label_cells);

    g_string_append(line, name);
    for (guint i = 0; i < n; i++) {
        g_autofree char *value = rv_graph_value(values[i], unit);
        g_autofree char *cell = rv_graph_pad(value, RV_DRAWING_CELLS, TRUE);
        g_autofree char *quoted = rv_graph_quote(cell);

        g_string_append(line, quoted);
    }
    return g_string_free(g_steal_pointer(&line), FALSE);
}

void
rv_drawing_item(RvDrawing *drawing, char *element, const char *text, const char *rest)
{
    RvDrawingItem *item = g_new(RvDrawingItem, 1);

    *item = (RvDrawingItem){.element = element, .text = g_strdup(text), .rest = g_strdup(rest)};
    g_ptr_array_add(drawing->legend, item);
}

void
rv_drawing_items(RvDrawing *drawing)
{
    for (guint i = 0; i < drawing->legend->len; i++) {
        const RvDrawingItem *item = g_ptr_array_index(drawing->legend, i);

        if (i == 0)
            rv_drawing_add(drawing, "COMMENT: \\s");
        rv_drawing_add(drawing, "%s:%s%s%s%s", item->element, item->text,
                       i + 1 == drawing->legend->len ? "\\l" : "   ", item->rest != NULL ? ":" : "",
                       item->rest != NULL ? item->rest : "");
    }
}
