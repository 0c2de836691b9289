#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "html/markup.h"
#include "html/page.h"

/* Devices that have all the words that are typed. Without scripts there is no such field, and all
 * else is the same. */
static const char script[] =
    "(function(){var p=document.querySelector('.filter'),i=p.querySelector('input'),"
    "s=p.querySelector('span'),r=[].slice.call(document.querySelectorAll('.devices tbody tr'));"
    "p.hidden=false;i.addEventListener('input',function(){var "
    "w=i.value.toLowerCase().split(/\\s+/),"
    "n=0;r.forEach(function(t){var x=t.textContent.toLowerCase(),"
    "y=w.every(function(v){return x.indexOf(v)>=0});t.hidden=!y;n+=y});"
    "s.textContent=n+' / '+r.length})})();";

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

    rv_markup(out, "<tr%s><td>", line->verdict != RV_VERDICT_OK ? " class=\"bad\"" : "");
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

static void
put_faults(const RvHtmlOptions *options, const GPtrArray *lines, const GPtrArray *faults,
           GString *out)
{
    static const char *const headings[][2] = {
        {"Fault", "故障"}, {"Level", "级别"}, {"Device", "设备"}, {"Opened", "发生"}, {"", ""}};
    RvLanguage language = options->language;

    if (faults == NULL || faults->len == 0)
        return;
    rv_markup_heading(out, "faults", RV_SAY(language, "Open faults", "未关闭故障"), faults->len);
    g_string_append(out, "<div class=\"scroll\"><table aria-labelledby=\"faults\"><thead><tr>");
    for (gsize i = 0; i < G_N_ELEMENTS(headings) - 1; i++)
        rv_markup(out, "<th scope=\"col\">%s</th>",
                  RV_SAY(language, headings[i][0], headings[i][1]));
    rv_markup(out, "<th scope=\"col\">%s</th></tr></thead><tbody>\n",
              RV_SAY(language, "Title", "标题"));
    for (guint i = 0; i < faults->len; i++) {
        const RvFault *fault = g_ptr_array_index(faults, i);
        g_autofree char *opened = rv_markup_time(options, fault->opened_ms);
        g_autofree char *title = rv_say_fault(language, fault);

        g_autofree char *page = rv_html_page_name(fault->device);

        rv_markup(out, "<tr><th scope=\"row\">#%" G_GINT64_FORMAT "</th><td>%s</td><td>", fault->id,
                  fault->level);
        if (has_page(lines, fault->device))
            rv_markup(out, "<a href=\"devices/%s#faults\">%s</a>", page, fault->device);
        else
            rv_markup(out, "%s", fault->device);
        rv_markup(out, "</td><td>%s</td><td>%s</td></tr>\n", opened, title);
    }
    g_string_append(out, "</tbody></table></div>\n");
}

void
rv_html_overview(const RvHtmlOptions *options, GPtrArray *lines, const GPtrArray *faults,
                 GString *out)
{
    static const char *const headings[][2] = {
        {"Verdict", "判定"},    {"Device", "设备"},  {"What needs a look", "需要关注"},
        {"Kind", "类别"},       {"Site", "站点"},    {"Model", "型号"},
        {"Answered", "应答率"}, {"30 days", "30 天"}};
    const char *title = RV_SAY(options->language, "The machine room now", "机房现状");

    rv_markup_begin(out, options->language, title, "", script);
    rv_markup(out, "<h1>%s</h1>\n", title);
    put_tiles(options, lines, out);
    put_faults(options, lines, faults, out);
    g_ptr_array_sort(lines, compare_lines);
    rv_markup_heading(
        out, "devices",
        RV_SAY(options->language, "Devices, the worst first", "设备（按严重程度排列）"), 0);
    rv_markup(out,
              "<p class=\"filter\" hidden><label for=\"filter\">%s</label><input id=\"filter\" "
              "type=\"search\" autocomplete=\"off\"><span role=\"status\"></span></p>\n",
              RV_SAY(options->language, "Show only", "筛选"));
    g_string_append(out, "<div class=\"scroll\"><table class=\"devices\" "
                         "aria-labelledby=\"devices\"><thead><tr>");
    for (gsize i = 0; i < G_N_ELEMENTS(headings); i++)
        rv_markup(out, "<th scope=\"col\"%s>%s</th>", i == 6 ? " class=\"number\"" : "",
                  RV_SAY(options->language, headings[i][0], headings[i][1]));
    g_string_append(out, "</tr></thead><tbody>\n");
    for (guint i = 0; i < lines->len; i++)
        put_line(options, g_ptr_array_index(lines, i), out);
    g_string_append(out, "</tbody></table></div>\n");
    rv_markup_end(out, options, script);
}
