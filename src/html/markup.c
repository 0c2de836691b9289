#include "html/markup.h"

#include <string.h>

#include "base/clock.h"
#include "html/style.h"

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
rv_markup_begin(GString *out, RvLanguage language, const char *title, const char *root)
{
    rv_markup(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
              rv_language_tag(language));
    g_string_append(out, RV_MARKUP_GENERATOR "\n");
    g_string_append(out,
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'; img-src data:\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n");
    rv_markup(out, "<title>%s</title>\n<style>\n", title);
    g_string_append(out, rv_html_style);
    rv_markup(out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">%s</a>\n",
              RV_SAY(language, "Skip to the content", "跳到正文"));
    if (*root != '\0')
        rv_markup(out, "<nav aria-label=\"%s\"><a href=\"%sindex.html\">← %s</a></nav>\n",
                  RV_SAY(language, "Pages", "页面"), root,
                  RV_SAY(language, "All devices", "全部设备"));
    g_string_append(out, "<main id=\"main\">\n");
}

void
rv_markup_end(GString *out, const RvHtmlOptions *options)
{
    g_autofree char *now = rv_markup_time(options, options->now_ms);

    g_string_append(out, "</main>\n");
    rv_markup(out, "<footer>rackvitals · %s %s%s</footer>\n</body>\n</html>\n",
              RV_SAY(options->language, "as of", "截至"), now,
              rv_clock_is_simulated()
                  ? RV_SAY(options->language, " · demonstration, under a simulated clock",
                           " · 演示数据，模拟时钟")
                  : "");
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
