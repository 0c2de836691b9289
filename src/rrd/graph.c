#include "rrd/graph.h"

#include <math.h>
#include <rrd.h>
#include <string.h>

#include "base/error.h"
#include "base/output.h"
#include "base/text.h"
#include "rrd/fonts.h"
#include "rrd/graph-drawing.h"
#include "rrd/graph-text.h"

#define KEYS_CEILING 500

gboolean
rv_graph_format_parse(const char *word, RvGraphFormat *format)
{
    static const char *const words[] = {"png", "svg", "pdf"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(words[i], word) == 0) {
            *format = (RvGraphFormat)i;
            return TRUE;
        }
    return FALSE;
}

/* --- reachability: a strip --- */

static gboolean
draw_reachability(RvDrawing *drawing, const RvRrdSeriesInfo *info, GError **error)
{
    g_autoptr(RvSeries) series = rv_drawing_fetch(drawing, "reachability", "up", "AVERAGE", error);
    g_autofree char *down = NULL;
    double mean;
    double down_minutes;

    if (series == NULL)
        return FALSE;
    mean = rv_series_mean(series);
    down_minutes = (double)rv_series_known(series) * (1 - mean) * series->step_s / 60;
    rv_drawing_frame(drawing, 40);
    rv_drawing_title(drawing, rv_drawing_word(drawing, RV_WORD_AVAILABILITY));
    rv_drawing_option(drawing, "--lower-limit", "0");
    rv_drawing_option(drawing, "--upper-limit", "1");
    rv_drawing_add(drawing, "--rigid");
    rv_drawing_option(drawing, "--y-grid", "none");
    rv_drawing_def(drawing, "up", info->path, "up", "AVERAGE");
    /* the shortest outage stays visible in the longest span: at least a third of the strip */
    rv_drawing_add(drawing, "CDEF:down=up,UN,UNKN,up,1,LT,1,up,-,0.34,MAX,0,IF,IF");
    rv_drawing_add(drawing, "CDEF:rest=1,down,-");
    rv_drawing_add(drawing, "CDEF:gap=up,UN,1,UNKN,IF");
    rv_drawing_add(drawing, "AREA:gap#D9D9D9:%s   ",
                   rv_drawing_word(drawing, RV_WORD_NOT_OBSERVED));
    rv_drawing_add(drawing, "AREA:rest#009E7399:%s   ", rv_drawing_word(drawing, RV_WORD_UP));
    down = isnan(mean) ? g_strdup("–") : g_strdup_printf("%.0f min", down_minutes);
    rv_drawing_add(drawing, "AREA:down#D55E00:%s %s   :STACK",
                   rv_drawing_word(drawing, RV_WORD_DOWN), down);
    rv_drawing_spans(drawing);
    if (isnan(mean))
        rv_drawing_add(drawing, "COMMENT:%s –\\l", rv_drawing_word(drawing, RV_WORD_AVAILABILITY));
    else
        rv_drawing_add(drawing, "COMMENT:%s %.3f%%\\l",
                       rv_drawing_word(drawing, RV_WORD_AVAILABILITY), floor(mean * 1e5) / 1e3);
    return TRUE;
}

/* --- the whole --- */

/* The axis names hours or days: from when to when they are, and by which clock, stands below. */
static void
add_dates(RvDrawing *drawing)
{
    static const char zoned[] = "%Y-%m-%d %H:%M UTC%:z";
    g_autoptr(GDateTime) start = g_date_time_new_from_unix_local(drawing->request->start_s);
    g_autoptr(GDateTime) end = g_date_time_new_from_unix_local(drawing->request->end_s);
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    g_autofree char *text = NULL;
    g_autofree char *quoted = NULL;

    if (start == NULL || end == NULL)
        return;
    /* summer time may begin between them */
    from = g_date_time_format(start,
                              g_date_time_get_utc_offset(start) != g_date_time_get_utc_offset(end)
                                  ? zoned
                                  : "%Y-%m-%d %H:%M");
    to = g_date_time_format(end, zoned);
    text = g_strdup_printf("%s – %s", from, to);
    quoted = rv_graph_quote(text);
    rv_drawing_add(drawing, "COMMENT:%s\\r", quoted);
}

static const RvRrdSeriesInfo *
find_series(const GPtrArray *all, const char *key)
{
    for (guint i = 0; i < all->len; i++)
        if (strcmp(((RvRrdSeriesInfo *)g_ptr_array_index(all, i))->key, key) == 0)
            return g_ptr_array_index(all, i);
    return NULL;
}

/* All keys are there, with a template, and fit on one axis. The first is returned. */
static const RvRrdSeriesInfo *
check_request(const RvGraphRequest *request, const GPtrArray *all, GError **error)
{
    const RvRrdSeriesInfo *first = NULL;

    if (request->end_s <= request->start_s || request->keys[0] == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "nothing to draw: no series, or an end before the start");
        return NULL;
    }
    for (guint i = 0; request->keys[i] != NULL; i++) {
        const RvRrdSeriesInfo *info = find_series(all, request->keys[i]);

        if (info == NULL || info->template == NULL) {
            g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: no series '%s'", request->device,
                        request->keys[i]);
            return NULL;
        }
        if (first == NULL)
            first = info;
        if (i > 0 && (!first->has_class || !info->has_class || info->class != first->class)) {
            g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                        "%s: '%s' and '%s' do not fit on one axis; only sensors of one class do",
                        request->device, request->keys[0], request->keys[i]);
            return NULL;
        }
    }
    return first;
}

static GBytes *
render(RvDrawing *drawing, GError **error)
{
    rrd_info_t *info;
    GBytes *picture = NULL;

    rrd_clear_error();
    info = rrd_graph_v((int)drawing->arguments->len, (char **)drawing->arguments->pdata);
    for (rrd_info_t *item = info; item != NULL; item = item->next)
        if (item->type == RD_I_BLO && strcmp(item->key, "image") == 0)
            picture = g_bytes_new(item->value.u_blo.ptr, item->value.u_blo.size);
    if (info != NULL)
        rrd_info_free(info);
    if (picture == NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: cannot be drawn: %s",
                    drawing->request->device,
                    rrd_test_error() ? rrd_get_error() : "librrd gave no picture");
    rrd_clear_error();
    return picture;
}

/* The legend's font has what is to be said and, where one has, what devices call their parts. */
static char *
choose_fixed(const RvDrawing *drawing, const char *words, const char *language)
{
    g_autoptr(GString) sample = g_string_new(words);
    char *family;

    for (guint i = 0; drawing->request->keys[i] != NULL && i < KEYS_CEILING; i++) {
        g_autofree char *label = rv_text_clean(rv_drawing_label(drawing, i), -1, 400);

        g_string_append(sample, label);
    }
    family = rv_font_family(sample->str, language, TRUE);
    return family != NULL ? family : rv_font_family(words, language, TRUE);
}

/* Chinese only with a font that has it: a page of boxes tells nobody anything. */
static RvGraphLanguage
choose_language(const RvDrawing *drawing, char **family, char **fixed, GString *notes)
{
    const RvGraphRules *rules = drawing->rules;
    const char *language = drawing->request->language;
    g_autoptr(GString) sample = g_string_new(NULL);

    if (language != NULL && g_str_has_prefix(language, "zh")) {
        for (guint i = 0; i < RV_GRAPH_WORDS; i++)
            g_string_append(sample, rules->words[i].in[RV_LANGUAGE_ZH_CN]);
        for (guint i = 0; i < RV_CLASS_STATE; i++)
            g_string_append(sample, rules->classes[i].in[RV_LANGUAGE_ZH_CN]);
        *family = rv_font_family(sample->str, "zh-cn", FALSE);
        if (*family != NULL) {
            *fixed = choose_fixed(drawing, sample->str, "zh-cn");
            if (*fixed == NULL)
                *fixed = g_strdup(*family);
            return RV_LANGUAGE_ZH_CN;
        }
        g_string_append(notes,
                        "no font with Chinese characters is installed, so the graph is in English; "
                        "install one, such as fonts-noto-cjk");
    }
    *family = rv_font_family("aZ09°", "en", FALSE);
    *fixed = choose_fixed(drawing, "aZ09°", "en");
    if (*family == NULL)
        *family = g_strdup("sans-serif");
    if (*fixed == NULL)
        *fixed = g_strdup("monospace");
    return RV_LANGUAGE_EN;
}

static gboolean
draw(RvDrawing *drawing, const RvRrdSeriesInfo *first, GString *notes, GError **error)
{
    guint n = g_strv_length((char **)drawing->request->keys);
    gboolean good;

    if (first->has_class)
        good = rv_draw_sensors(drawing, first, MIN(n, KEYS_CEILING), error);
    else if (first->template->kind == RV_SERIES_REACHABILITY)
        good = draw_reachability(drawing, first, error);
    else
        good = rv_draw_interface(drawing, first, error);
    if (!good)
        return FALSE;
    if (n > KEYS_CEILING)
        g_string_append_printf(notes, "%s%u series were left out", notes->len > 0 ? "; " : "",
                               n - KEYS_CEILING);
    rv_drawing_items(drawing);
    add_dates(drawing);
    return TRUE;
}

GBytes *
rv_rrd_graph(RvRrdStore *store, const RvGraphRequest *request, RvGraphFormat format, char **note,
             GError **error)
{
    g_autofree char *path =
        g_build_filename(rv_rrd_store_template_folder(store), "graphs.yaml", NULL);
    g_autoptr(RvGraphRules) rules = rv_graph_rules_load(path, error);
    g_autoptr(GPtrArray) all = rv_rrd_store_series(store, request->device);
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) legend =
        g_ptr_array_new_with_free_func((GDestroyNotify)rv_drawing_item_free);
    g_autoptr(GString) notes = g_string_new(NULL);
    g_autofree char *family = NULL;
    g_autofree char *fixed = NULL;
    RvDrawing drawing = {.store = store,
                         .request = request,
                         .rules = rules,
                         .arguments = arguments,
                         .legend = legend};
    const RvRrdSeriesInfo *first;
    GBytes *picture = NULL;

    if (note != NULL)
        *note = NULL;
    if (rules == NULL)
        return NULL;
    first = check_request(request, all, error);
    if (first == NULL)
        return NULL;
    drawing.language = choose_language(&drawing, &family, &fixed, notes);
    rv_drawing_add(&drawing, "graph");
    rv_drawing_add(&drawing, "-");
    rv_drawing_look(&drawing, format, family, fixed);
    if (draw(&drawing, first, notes, error))
        picture = render(&drawing, error);
    g_free(drawing.base);
    if (picture != NULL && note != NULL && notes->len > 0)
        *note = g_strdup(notes->str);
    return picture;
}

gboolean
rv_rrd_graph_to_file(RvRrdStore *store, const RvGraphRequest *request, RvGraphFormat format,
                     const char *path, char **note, GError **error)
{
    g_autoptr(GBytes) picture = rv_rrd_graph(store, request, format, note, error);

    return picture != NULL && rv_output_write(path, g_bytes_get_data(picture, NULL),
                                              g_bytes_get_size(picture), 0644, error);
}
