#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "html/markup.h"
#include "html/page.h"

#define FAULTS_AT_ONCE 8

static int
compare_lines(gconstpointer a, gconstpointer b)
{
    static const int rank[] = {[RV_VERDICT_CRITICAL] = 0,
                               [RV_VERDICT_WARNING] = 1,
                               [RV_VERDICT_UNKNOWN] = 2,
                               [RV_VERDICT_OK] = 3};
    const RvHtmlLine *left = *(RvHtmlLine *const *)a, *right = *(RvHtmlLine *const *)b;
    int order = rank[left->verdict] - rank[right->verdict];

    if (order == 0)
        order = (left->state == RV_STATE_UP) - (right->state == RV_STATE_UP);
    return order != 0 ? order : rv_text_compare(left->name, right->name);
}

static void
put_tiles(const RvHtmlOptions *options, const GPtrArray *lines, GString *out)
{
    static const RvVerdict order[] = {RV_VERDICT_CRITICAL, RV_VERDICT_WARNING, RV_VERDICT_UNKNOWN,
                                      RV_VERDICT_OK};
    guint counts[RV_VERDICT_UNKNOWN + 1] = {0}, silent = 0;

    for (guint i = 0; i < lines->len; i++) {
        const RvHtmlLine *line = g_ptr_array_index(lines, i);

        counts[line->verdict]++;
        silent += line->state == RV_STATE_DOWN;
    }
    g_string_append(out, "<ul class=\"tiles\">\n");
    rv_markup(out, "<li><b>%u</b> %s</li>\n", lines->len,
              RV_SAY(options->language, "devices", "台设备"));
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        rv_markup(out, "<li><b>%u</b> ", counts[order[i]]);
        rv_markup_verdict(out, options->language, order[i]);
        g_string_append(out, "</li>\n");
    }
    rv_markup(out, "<li><b>%u</b> %s</li>\n</ul>\n", silent,
              RV_SAY(options->language, "silent", "台无应答"));
}

static void
put_line(const RvHtmlOptions *options, const RvHtmlLine *line, GString *out)
{
    g_autofree char *percent =
        isnan(line->share) ? g_strdup("–") : rv_write_availability(line->share);

    rv_markup(out, "<tr class=\"%s\"><td>", line->verdict != RV_VERDICT_OK ? "bad" : "");
    rv_markup_verdict(out, options->language, line->verdict);
    rv_markup(out,
              "</td><th scope=\"row\" class=\"short\"><a href=\"%s\"><bdi>%s</bdi></a></th><td>",
              line->href, line->name);
    for (guint i = 0; i < line->findings->len; i++)
        rv_markup(out, "%s%s", i > 0 ? "; " : "",
                  (const char *)g_ptr_array_index(line->findings, i));
    if (line->more > 0)
        rv_markup(out, " <span class=\"soft\">(+%u)</span>", line->more);
    rv_markup(
        out,
        "</td><td class=\"short\">%s</td><td class=\"short\">%s</td><td class=\"short\">%s</td>"
        "<td class=\"number\">%s</td><td>",
        *line->kind != '\0' ? rv_say_kind(options->language, line->kind) : "", line->site,
        line->model, percent);
    g_string_append(out, line->strip != NULL ? line->strip : "");
    g_string_append(out, "</td></tr>\n");
}

static gboolean
has_page(const GPtrArray *lines, const char *device)
{
    for (guint i = 0; i < lines->len; i++)
        if (strcmp(((const RvHtmlLine *)g_ptr_array_index(lines, i))->name, device) == 0)
            return TRUE;
    return FALSE;
}

/* The worst level, then the newest. */
static int
compare_faults(gconstpointer a, gconstpointer b)
{
    const RvFault *left = *(RvFault *const *)a, *right = *(RvFault *const *)b;
    int order = rv_text_compare(left->level, right->level);

    return order != 0 ? order
                      : (left->opened_ms < right->opened_ms) - (left->opened_ms > right->opened_ms);
}

static void
put_fault(const RvHtmlOptions *options, const GPtrArray *lines, const RvFault *fault, GString *out)
{
    g_autofree char *opened = rv_markup_time(options, fault->opened_ms);
    g_autofree char *title = rv_say_fault(options->language, fault);
    g_autofree char *page = rv_html_page_name(fault->device);

    rv_markup(out,
              "<tr><td>#%" G_GINT64_FORMAT "</td><td data-name=\"%s\">%s</td>"
              "<th scope=\"row\">",
              fault->id, RV_SAY(options->language, "level", "级别"), fault->level);
    if (has_page(lines, fault->device))
        rv_markup(out, "<a href=\"devices/%s#faults\">%s</a>", page, fault->device);
    else
        rv_markup(out, "%s", fault->device);
    rv_markup(out, "</th><td>%s</td><td class=\"when\">%s</td></tr>\n", title, opened);
}

static void
put_faults(const RvHtmlOptions *options, const GPtrArray *lines, const GPtrArray *faults,
           GString *out)
{
    static const RvMarkupColumn columns[] = {
        {{"Fault", "故障"}, FALSE}, {{"Level", "级别"}, FALSE},  {{"Device", "设备"}, FALSE},
        {{"Title", "标题"}, FALSE}, {{"Opened", "发生"}, FALSE}, {{NULL}, FALSE}};
    RvLanguage language = options->language;
    RvMarkupTable table = {language, "faults", "faults", columns, FALSE};
    g_autoptr(GPtrArray) worst = g_ptr_array_new();

    if (faults == NULL || faults->len == 0)
        return;
    g_ptr_array_extend(worst, (GPtrArray *)faults, NULL, NULL);
    g_ptr_array_sort(worst, compare_faults);
    rv_markup_heading(out, "faults", RV_SAY(language, "Open faults", "未关闭故障"), faults->len);
    rv_markup_table(out, &table);
    for (guint i = 0; i < worst->len; i++) {
        rv_markup_row(out, &table, i, worst->len, FAULTS_AT_ONCE);
        put_fault(options, lines, g_ptr_array_index(worst, i), out);
    }
    rv_markup_table_end(out, &table);
}

void
rv_html_overview(const RvHtmlOptions *options, GPtrArray *lines, const GPtrArray *faults,
                 GString *out)
{
    static const RvMarkupColumn columns[] = {{{"Verdict", "判定"}, FALSE},
                                             {{"Device", "设备"}, FALSE},
                                             {{"What needs a look", "需要关注"}, FALSE},
                                             {{"Kind", "类别"}, FALSE},
                                             {{"Site", "站点"}, FALSE},
                                             {{"Model", "型号"}, FALSE},
                                             {{"Answered", "应答率"}, TRUE},
                                             {{"30 days", "30 天"}, FALSE},
                                             {{NULL}, FALSE}};
    RvLanguage language = options->language;
    RvMarkupTable table = {language, "devices", "devices", columns, FALSE};
    const char *title = RV_SAY(language, "The machine room now", "机房现状");

    rv_markup_begin(out, options, title, "");
    rv_markup(out, "<h1>%s</h1>\n", title);
    rv_markup_as_of(out, options);
    put_tiles(options, lines, out);
    put_faults(options, lines, faults, out);
    g_ptr_array_sort(lines, compare_lines);
    g_string_append(out, "<section>\n");
    rv_markup_heading(out, "devices",
                      RV_SAY(language, "Devices, the worst first", "设备（按严重程度排列）"), 0);
    rv_markup_filter(out, language, "filter");
    rv_markup_table(out, &table);
    for (guint i = 0; i < lines->len; i++)
        put_line(options, g_ptr_array_index(lines, i), out);
    rv_markup_table_end(out, &table);
    g_string_append(out, "</section>\n");
    rv_markup_end(out, options);
}
