#include "html/markup.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
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
rv_markup_integer(GString *out, int value)
{
    char digits[RV_TEXT_DIGITS];
    gsize first = rv_text_digits(digits, value < 0 ? 0u - (guint)value : (guint)value);

    if (value < 0)
        g_string_append_c(out, '-');
    g_string_append_len(out, digits + first, (gssize)(sizeof digits - first));
}

/* By its hash: whatever else came into a page would not run. */
static void
put_permission(GString *out, const char *script)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize size = sizeof digest;
    g_autofree char *text = NULL;

    if (script == NULL)
        return;
    g_checksum_update(sum, (const guchar *)script, -1);
    g_checksum_get_digest(sum, digest, &size);
    text = g_base64_encode(digest, size);
    g_string_append_printf(out, "; script-src 'sha256-%s'", text);
}

void
rv_markup_begin(GString *out, RvLanguage language, const char *title, const char *root,
                const char *script)
{
    rv_markup(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
              rv_language_tag(language));
    g_string_append(out, RV_MARKUP_GENERATOR "\n");
    g_string_append(out,
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'; img-src data:");
    put_permission(out, script);
    g_string_append(out,
                    "\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n");
    rv_markup(out, "<title>%s</title>\n<style>\n", title);
    g_string_append(out, rv_html_style);
    rv_markup(out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">%s</a>\n",
              RV_SAY(language, "Skip to the content", "跳到正文"));
    if (*root != '\0')
        rv_markup(
            out, "<nav class=\"way\" aria-label=\"%s\"><a href=\"%sindex.html\">← %s</a></nav>\n",
            RV_SAY(language, "Pages", "页面"), root, RV_SAY(language, "All devices", "全部设备"));
    g_string_append(out, "<main id=\"main\">\n");
}

void
rv_markup_end(GString *out, const RvHtmlOptions *options, const char *script)
{
    g_autofree char *now = rv_markup_time(options, options->now_ms);

    g_string_append(out, "</main>\n");
    rv_markup(out, "<footer>rackvitals · %s %s%s</footer>\n",
              RV_SAY(options->language, "as of", "截至"), now,
              rv_clock_is_simulated()
                  ? RV_SAY(options->language, " · demonstration, under a simulated clock",
                           " · 演示数据，模拟时钟")
                  : "");
    if (script != NULL)
        g_string_append_printf(out, "<script>%s</script>\n", script);
    g_string_append(out, "</body>\n</html>\n");
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
