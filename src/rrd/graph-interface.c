#include <math.h>
#include <string.h>

#include "base/error.h"
#include "rrd/graph-drawing.h"
#include "rrd/graph-text.h"

static void
draw_line(RvDrawing *drawing, const RvGraphRule *rule, const RvGraphLine *line, guint n,
          const char *text)
{
    if (line->area) {
        rv_drawing_add(drawing, "AREA:v%u%s66:%s\\l", n, line->color, text);
        rv_drawing_add(drawing, "LINE0.8:v%u%s", n, line->color);
    } else {
        rv_drawing_add(drawing, "LINE1.6:v%u%s:%s\\l", n, line->color, text);
    }
}

static gboolean
draw_rule_line(RvDrawing *drawing, const RvGraphRule *rule, guint n, const char *path,
               const char *function, guint label_cells, GError **error)
{
    const RvGraphLine *line = g_ptr_array_index(rule->lines, n);
    g_autoptr(RvSeries) series =
        rv_drawing_fetch(drawing, drawing->request->keys[0], line->source, function, error);
    g_autofree char *name = g_strdup_printf("v%u", n);
    g_autofree char *text = NULL;
    char level[G_ASCII_DTOSTR_BUF_SIZE];
    double values[5];

    if (series == NULL)
        return FALSE;
    values[0] = rv_series_last(series);
    values[1] = rv_series_mean(series);
    values[2] = rv_series_percentile(series, 50);
    values[3] = rv_series_maximum(series);
    values[4] = rule->percentile > 0 ? rv_series_percentile(series, rule->percentile) : NAN;
    text = rv_drawing_legend(line->text.in[drawing->language], label_cells, values,
                             rule->percentile > 0 ? 5 : 4, rule->unit);
    rv_drawing_def(drawing, name, path, line->source, function);
    if (n == 0) {
        if (rv_series_known(series) < series->n)
            rv_drawing_gap(drawing, "v0,UN");
        rv_drawing_spans(drawing);
    }
    draw_line(drawing, rule, line, n, text);
    if (!isnan(values[4])) {
        const char *dashes = n == 0 ? "2,3" : "7,3";
        g_autofree char *named =
            g_strdup_printf("%s %s %s", n == 0 ? "...." : "- -", line->text.in[drawing->language],
                            rv_drawing_word(drawing, RV_WORD_PERCENTILE));
        g_autofree char *escaped = rv_graph_escape(named);
        g_autofree char *rest = g_strdup_printf("dashes=%s", dashes);

        rv_drawing_item(
            drawing,
            g_strdup_printf("HRULE:%s%s", rv_drawing_number(values[4], level), line->color),
            escaped, rest);
    }
    return TRUE;
}

/* Ticks at the foot where there were any; no file means that there never were. */
static void
draw_marks(RvDrawing *drawing, const RvGraphRule *rule, guint label_cells)
{
    const char *slash = strchr(drawing->request->keys[0], '/');
    g_autofree char *key = NULL;
    g_autofree char *path = NULL;
    g_autoptr(RvSeries) series = NULL;
    g_autofree char *text = NULL;
    double values[4];

    if (rule->mark_series == NULL || slash == NULL)
        return;
    key = g_strconcat(rule->mark_series, slash, NULL);
    path = rv_rrd_store_path(drawing->store, drawing->request->device, key);
    series = rv_drawing_fetch(drawing, key, rule->mark->source, "AVERAGE", NULL);
    if (series == NULL || !(rv_series_maximum(series) > 0))
        return;
    values[0] = rv_series_last(series);
    values[1] = rv_series_mean(series);
    values[2] = rv_series_percentile(series, 50);
    values[3] = rv_series_maximum(series);
    text = rv_drawing_legend(rule->mark->text.in[drawing->language], label_cells, values, 4, "/s");
    rv_drawing_def(drawing, "mark", path, rule->mark->source, "AVERAGE");
    rv_drawing_add(drawing, "CDEF:marked=mark,0,GT,1,UNKN,IF");
    rv_drawing_add(drawing, "TICK:marked%s:0.02", rule->mark->color);
    rv_drawing_add(drawing, "AREA:void%s:%s\\l", rule->mark->color, text);
}

static guint
label_cells_of(const RvDrawing *drawing, const RvGraphRule *rule)
{
    guint cells = rule->mark != NULL ? rv_graph_cells(rule->mark->text.in[drawing->language]) : 0;

    for (guint i = 0; i < rule->lines->len; i++) {
        const RvGraphLine *line = g_ptr_array_index(rule->lines, i);

        cells = MAX(cells, rv_graph_cells(line->text.in[drawing->language]));
    }
    return CLAMP(cells, 10, RV_DRAWING_LABEL_CELLS);
}

gboolean
rv_draw_interface(RvDrawing *drawing, const RvRrdSeriesInfo *info, GError **error)
{
    const RvGraphRule *rule = rv_graph_rules_find(drawing->rules, info->template->name);
    const char *const titles[] = {
        rv_drawing_word(drawing, RV_WORD_LAST), rv_drawing_word(drawing, RV_WORD_MEAN),
        rv_drawing_word(drawing, RV_WORD_MEDIAN), rv_drawing_word(drawing, RV_WORD_MAXIMUM),
        rv_drawing_word(drawing, RV_WORD_PERCENTILE)};
    g_autofree char *what = NULL;
    guint label_cells;

    if (rule == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_CONFIG, "graphs.yaml: no graph of series '%s'",
                    info->template->name);
        return FALSE;
    }
    label_cells = label_cells_of(drawing, rule);
    what =
        g_strdup_printf("%s   %s", rv_drawing_label(drawing, 0), rule->title.in[drawing->language]);
    rv_drawing_frame(drawing, 210);
    rv_drawing_title(drawing, what);
    rv_drawing_add(drawing, "--slope-mode");
    rv_drawing_option(drawing, "--vertical-label", rule->unit);
    rv_drawing_option(drawing, "--lower-limit", "0");
    rv_drawing_add(drawing, "--alt-autoscale-max");
    rv_drawing_heading(drawing, titles, rule->percentile > 0 ? 5 : 4, label_cells, "");
    for (guint i = 0; i < rule->lines->len; i++)
        if (!draw_rule_line(drawing, rule, i, info->path, rv_drawing_function(info->template),
                            label_cells, error))
            return FALSE;
    draw_marks(drawing, rule, label_cells);
    return TRUE;
}
