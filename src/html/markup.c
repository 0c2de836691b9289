#include "html/markup.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "html/style.h"

#define FOLDED_LEAST 10 /* fewer are not worth a click */

void
rv_markup(GString *out, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_markup_vprintf_escaped(format, arguments);
    va_end(arguments);
    g_string_append(out, text);
}

void
rv_markup_integer(GString *out, int value)
{
    char digits[RV_TEXT_DIGITS];
    gsize first = rv_text_digits(digits, value < 0 ? 0u - (guint)value : (guint)value);

    if (value < 0)
        g_string_append_c(out, '-');
    g_string_append_len(out, digits + first, (gssize)(sizeof digits - first));
}

/* Narrows lists to what is typed, what was folded included; says when a page has grown old; a page
 * on a wall (#wall) is loaded anew each minute. */
static const char script[] =
    "(function(){var a=function(q,e){return[].slice.call((e||document).querySelectorAll(q))};"
    "a('.filter').forEach(function(p){var b=p.parentNode,i=p.querySelector('input'),"
    "s=p.querySelector('span'),d=a('details',b),"
    "r=a('tbody>tr:not(.group):not(.rest)',b),x=[];p.hidden=false;"
    "i.addEventListener('input',function(){var n=0,w=i.value.toLowerCase().trim().split(/\\s+/)"
    ".map(function(v){return new RegExp((/^\\d/.test(v)?'(^|[^\\\\d.,])':'')+"
    "v.replace(/[^\\w\\s\\u0080-\\uffff]/g,'\\\\$&'))});"
    "if(!x.length)x=r.map(function(t){return[].map.call(t.cells,function(c){"
    "return c.querySelector('svg')?'':c.textContent}).join(' ').toLowerCase()});"
    "r.forEach(function(t,k){var y=w.every(function(v){return v.test(x[k])});"
    "t.hidden=!y;n+=y});"
    "a('tbody,.rest',b).forEach(function(t){"
    "t.hidden=!t.querySelector('tbody>tr:not(.group):not(.rest):not([hidden])')});"
    "d.forEach(function(t){t.open=!!i.value.trim()});"
    "s.textContent=n+' / '+r.length})});"
    "a('[data-at]').forEach(function(p){(function look(){"
    "var m=Math.floor((Date.now()-p.dataset.at)/6e4);p.querySelector('b').textContent="
    "m<120?m+' min':m<2880?Math.floor(m/60)+' h':Math.floor(m/1440)+' d';"
    "p.hidden=m*6e4<p.dataset.old;setTimeout(look,6e4)})()});"
    "if(location.hash=='#wall')setTimeout(function(){location.reload()},6e4)})();";

/* By its hash: whatever else came into a page would not run. */
static void
put_permission(GString *out)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize size = sizeof digest;
    g_autofree char *text = NULL;

    g_checksum_update(sum, (const guchar *)script, -1);
    g_checksum_get_digest(sum, digest, &size);
    text = g_base64_encode(digest, size);
    g_string_append_printf(out, "; script-src 'sha256-%s'", text);
}

void
rv_markup_begin(GString *out, const RvHtmlOptions *options, const char *title, const char *root)
{
    RvLanguage language = options->language;

    rv_markup(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
              rv_language_tag(language));
    g_string_append(out, RV_MARKUP_GENERATOR "\n");
    g_string_append(out,
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'; img-src data:");
    put_permission(out);
    g_string_append(out,
                    "\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n");
    rv_markup(out, "<title>%s</title>\n<style>\n", title);
    g_string_append(out, rv_html_style);
    rv_markup(out,
              "</style>\n</head>\n<body id=\"wall\">\n<a class=\"skip\" href=\"#main\">%s</a>\n",
              RV_SAY(language, "Skip to the content", "跳到正文"));
    if (*root != '\0')
        rv_markup(
            out, "<nav class=\"way\" aria-label=\"%s\"><a href=\"%sindex.html\">← %s</a></nav>\n",
            RV_SAY(language, "Pages", "页面"), root, RV_SAY(language, "All devices", "全部设备"));
    g_string_append(out, "<main id=\"main\">\n");
}

/* "2026-10-31 23:59 UTC+08:00 (Asia/Shanghai)" */
static char *
whole_time(const RvHtmlOptions *options)
{
    g_autofree char *time = rv_markup_time(options, options->now_ms);
    g_autoptr(GTimeZone) zone =
        options->zone != NULL ? g_time_zone_ref(options->zone) : g_time_zone_new_local();
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(options->now_ms / 1000);
    g_autoptr(GDateTime) here = g_date_time_to_timezone(utc, zone);
    g_autofree char *offset = g_date_time_format(here, "%:z");
    const char *name = g_time_zone_get_identifier(zone);
    gboolean named = strchr(name, '/') != NULL && *name != '/';

    return g_strdup_printf("%s UTC%s%s%s%s", time, offset, named ? " (" : "", named ? name : "",
                           named ? ")" : "");
}

void
rv_markup_as_of(GString *out, const RvHtmlOptions *options)
{
    g_autofree char *now = whole_time(options);

    rv_markup(out, "<p class=\"soft as-of\">%s %s%s</p>\n",
              RV_SAY(options->language, "as of", "截至"), now,
              rv_clock_is_simulated()
                  ? RV_SAY(options->language, " · demonstration, under a simulated clock",
                           " · 演示数据，模拟时钟")
                  : "");
    if (!rv_clock_is_simulated())
        rv_markup(out,
                  "<p class=\"banner\" role=\"alert\" hidden data-at=\"%" G_GINT64_FORMAT
                  "\" data-old=\"%" G_GINT64_FORMAT "\">%s <b></b>: %s</p>\n",
                  options->now_ms, options->stale_ms,
                  RV_SAY(options->language, "This page is old, of before", "本页已过时，距今"),
                  RV_SAY(options->language,
                         "what happened since is not on it. Load it again; where that does not "
                         "help, see whether the rounds still run (rackvitals doctor).",
                         "其后的变化未反映。请重新加载；如仍过时，请检查巡检是否仍在运行"
                         "（rackvitals doctor）。"));
}

void
rv_markup_end(GString *out, const RvHtmlOptions *options)
{
    g_autofree char *now = whole_time(options);

    rv_markup(out, "</main>\n<footer>rackvitals · %s %s</footer>\n",
              RV_SAY(options->language, "as of", "截至"), now);
    g_string_append_printf(out, "<script>%s</script>\n</body>\n</html>\n", script);
}

void
rv_markup_heading(GString *out, const char *id, const char *title, guint count)
{
    rv_markup(out, "<h2 id=\"%s\">%s", id, title);
    if (count > 0)
        rv_markup(out, " (%u)", count);
    g_string_append(out, "</h2>\n");
}

/* Nothing that a device sent can look like a heading: it has no '<'. */
void
rv_markup_contents(GString *out, RvLanguage language, const GString *body)
{
    static const char begin[] = "<h2 id=\"";
    const char *at = body->str;

    rv_markup(out, "<nav class=\"contents\" aria-label=\"%s\"><ul>\n",
              RV_SAY(language, "On this page", "本页内容"));
    while ((at = strstr(at, begin)) != NULL) {
        const char *id = at + strlen(begin);
        const char *text = strstr(id, "\">");
        const char *end = text != NULL ? strstr(text, "</h2>") : NULL;

        if (end == NULL)
            break;
        g_string_append_printf(out, "<li><a href=\"#%.*s\">%.*s</a></li>\n", (int)(text - id), id,
                               (int)(end - text - 2), text + 2);
        at = end;
    }
    g_string_append(out, "</ul></nav>\n");
}

static void
put_head(GString *out, const RvMarkupTable *table)
{
    g_string_append(out, "<thead><tr>");
    for (const RvMarkupColumn *column = table->columns; column->words[0] != NULL; column++)
        rv_markup(out, "<th scope=\"col\" class=\"%s\">%s</th>", column->number ? "number" : "",
                  RV_SAY(table->language, column->words[0], column->words[1]));
    g_string_append(out, "</tr></thead>\n<tbody>\n");
}

void
rv_markup_table(GString *out, const RvMarkupTable *table)
{
    rv_markup(out, "<div class=\"scroll\"><table class=\"cards %s\" aria-labelledby=\"%s\">",
              table->class, table->id);
    put_head(out, table);
}

void
rv_markup_row(GString *out, RvMarkupTable *table, guint i, guint n, guint shown)
{
    g_autofree char *summary = NULL;
    guint columns = 0;

    if (i != shown || n < shown + FOLDED_LEAST)
        return;
    while (table->columns[columns].words[0] != NULL)
        columns++;
    summary = g_strdup_printf(RV_SAY(table->language, "%u more", "其余 %u 项"), n - i);
    rv_markup(out,
              "<tr class=\"rest\"><td colspan=\"%u\"><details><summary>%s</summary>"
              "<table class=\"cards %s\" aria-label=\"%s\">",
              columns, summary, table->class, summary);
    put_head(out, table);
    table->folded = TRUE;
}

void
rv_markup_rows_end(GString *out, RvMarkupTable *table)
{
    if (table->folded)
        g_string_append(out, "</tbody></table></details></td></tr>\n");
    table->folded = FALSE;
}

void
rv_markup_table_end(GString *out, RvMarkupTable *table)
{
    rv_markup_rows_end(out, table);
    g_string_append(out, "</tbody></table></div>\n");
}

void
rv_markup_filter(GString *out, RvLanguage language, const char *id)
{
    rv_markup(out,
              "<p class=\"filter\" hidden><label for=\"%s\">%s</label><input id=\"%s\" "
              "type=\"search\" autocomplete=\"off\"><span role=\"status\"></span></p>\n",
              id, RV_SAY(language, "Show only", "筛选"), id);
}

void
rv_markup_verdict(GString *out, RvLanguage language, RvVerdict verdict)
{
    static const struct {
        const char *class, *sign;
    } rows[] = {
        [RV_VERDICT_OK] = {"ok", "✓"},
        [RV_VERDICT_WARNING] = {"warning", "▲"},
        [RV_VERDICT_CRITICAL] = {"critical", "✖"},
        [RV_VERDICT_UNKNOWN] = {"unknown", "?"},
    };

    rv_markup(out, "<span class=\"verdict %s\"><span aria-hidden=\"true\">%s</span> %s</span>",
              rows[verdict].class, rows[verdict].sign, rv_say_verdict(language, verdict));
}

char *
rv_markup_time(const RvHtmlOptions *options, gint64 ms)
{
    char *time = ms > 0 ? rv_clock_format(ms, options->zone) : g_strdup("–");

    if (ms > 0)
        time[MIN(strlen(time), 16)] = '\0'; /* to the minute */
    return time;
}
