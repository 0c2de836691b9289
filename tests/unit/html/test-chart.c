/* Charts as markup: what is drawn, what is said, and that names stay text. */
#include <math.h>
#include <string.h>

#include "html/chart.h"

#define START 1762214400 /* 2025-11-04 00:00 UTC */
#define DAYS 7
#define STEP 300

static char *
write_plain(double value, gconstpointer how)
{
    return rv_write_value(value, how);
}

static RvSeries *
series_of(double low, double high)
{
    RvSeries *series = rv_series_new(START, STEP, DAYS * 86400 / STEP);

    for (gsize i = 0; i < series->n; i++)
        series->values[i] = i % 2 == 0 ? low : high;
    return series;
}

static RvChart
chart_of(const RvChartLine *lines, guint n)
{
    return (RvChart){.language = RV_LANGUAGE_EN,
                     .title = "temperature",
                     .start_s = START,
                     .end_s = START + DAYS * 86400,
                     .lines = lines,
                     .n_lines = n,
                     .low = 0,
                     .high = 50,
                     .write = write_plain,
                     .how = "°C"};
}

static char *
draw(const RvChart *chart)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    GString *out = g_string_new(NULL);
    RvChart zoned = *chart;

    zoned.zone = utc;
    rv_chart(out, &zoned);
    return g_string_free(out, FALSE);
}

static guint
times(const char *text, const char *part)
{
    guint n = 0;

    while ((text = strstr(text, part)) != NULL) {
        n++;
        text += strlen(part);
    }
    return n;
}

static void
test_figures(void)
{
    g_autoptr(RvSeries) series = series_of(20, 30);
    const RvChartLine line = {"Inlet", series};
    RvChart chart = chart_of(&line, 1);
    g_autofree char *out = NULL;

    series->values[17] = 48; /* one of 2016: no mean of a column shows it */
    out = draw(&chart);
    g_assert_nonnull(strstr(out, "<td class=\"number\">48 °C</td>"));
    g_assert_nonnull(strstr(out, "<td class=\"number\">20 °C</td>"));
    g_assert_cmpuint(times(out, "<span style=\"left:"), ==, DAYS - 1); /* midnights within */
    g_assert_null(strstr(out, "class=\"gap\""));
}

/* A series of a month in minutes is no longer on the page than one of a day. */
static void
test_size(void)
{
    g_autoptr(RvSeries) series = rv_series_new(START, 60, DAYS * 1440);
    const RvChartLine line = {"Inlet", series};
    RvChart chart = chart_of(&line, 1);
    g_autofree char *out = NULL;

    for (gsize i = 0; i < series->n; i++)
        series->values[i] = (double)(i * 7919 % 50);
    out = draw(&chart);
    g_assert_cmpuint(strlen(out), <, 7000);
    chart.band = TRUE;
    g_free(out);
    out = draw(&chart);
    g_assert_cmpuint(times(out, "class=\"area c0\""), ==, 1);
}

static void
test_gap(void)
{
    g_autoptr(RvSeries) series = series_of(20, 20);
    const RvChartLine line = {"Inlet", series};
    RvChart chart = chart_of(&line, 1);
    g_autofree char *out = NULL;
    const char *path;

    for (gsize i = 288; i < 576; i++) /* the second day */
        series->values[i] = NAN;
    out = draw(&chart);
    g_assert_nonnull(strstr(out, "<rect class=\"gap\""));
    g_assert_nonnull(strstr(out, "not observed"));
    path = strstr(out, "class=\"line c0\" d=\"");
    g_assert_nonnull(path);
    path += strlen("class=\"line c0\" d=\"");
    g_assert_cmpint(path[0], ==, 'M');
    g_assert_nonnull(memchr(path + 1, 'M', strcspn(path, "\"") - 1)); /* begins again behind it */
}

static void
test_spans(void)
{
    g_autoptr(RvSeries) series = series_of(20, 20);
    const RvChartLine line = {"Inlet", series};
    const RvGraphSpan spans[] = {
        {START + 3600, START + 3660, RV_SHADE_OUTAGE},
        {START + 86400, START + 90000, RV_SHADE_OUTAGE},
        {START + 2 * 86400, START + 2 * 86400 + 7200, RV_SHADE_MAINTENANCE}};
    RvChart chart = chart_of(&line, 1);
    g_autofree char *en = NULL, *zh = NULL;

    chart.spans = spans;
    chart.n_spans = G_N_ELEMENTS(spans);
    en = draw(&chart);
    chart.language = RV_LANGUAGE_ZH;
    zh = draw(&chart);
    g_assert_cmpuint(times(en, "<rect class=\"outage\""), ==, 2);
    g_assert_cmpuint(times(en, "<rect class=\"maintenance\""), ==, 1);
    g_assert_nonnull(strstr(en, "<title>outage: 2025-11-04 01:00 – 2025-11-04 01:01</title>"));
    g_assert_nonnull(strstr(en, "x=\"11\" y=\"-10\" width=\"4\"")); /* a minute is seen */
    g_assert_nonnull(strstr(en, "outage: 2 × (1 h 1 min)"));
    g_assert_nonnull(strstr(zh, "<title>维护: 2025-11-06 00:00 – 2025-11-06 02:00</title>"));
    g_assert_nonnull(strstr(zh, "中断: 2 ×"));
}

static void
test_limits(void)
{
    g_autoptr(RvSeries) series = series_of(20, 20);
    const RvChartLine line = {"Inlet", series};
    const RvLimits limits = {NAN, 5, 35, 45};
    RvChart chart = chart_of(&line, 1);
    g_autofree char *out = NULL;

    chart.limits = &limits;
    out = draw(&chart);
    g_assert_nonnull(strstr(
        out, "<rect class=\"limit warning\" x=\"0\" y=\"100\" width=\"2000\" height=\"200\"/>"));
    g_assert_nonnull(strstr(
        out, "<rect class=\"limit critical\" x=\"0\" y=\"0\" width=\"2000\" height=\"100\"/>"));
    g_assert_nonnull(strstr(
        out, "<rect class=\"limit warning\" x=\"0\" y=\"900\" width=\"2000\" height=\"100\"/>"));
    g_assert_nonnull(strstr(out, "warning ≥35 °C"));
    g_assert_nonnull(strstr(out, "critical ≥45 °C"));
    g_assert_nonnull(strstr(out, "warning ≤5 °C"));
}

static void
test_many(void)
{
    RvChartLine lines[RV_CHART_LINES + 3];
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)rv_series_free);
    RvChart chart = chart_of(lines, G_N_ELEMENTS(lines));
    g_autofree char *out = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_ptr_array_add(all, series_of(20 + i, 20 + i));
        lines[i] = (RvChartLine){"Fan", g_ptr_array_index(all, i)};
    }
    out = draw(&chart);
    g_assert_cmpuint(times(out, "<th scope=\"row\">"), ==, RV_CHART_LINES);
    g_assert_nonnull(strstr(out, "3 others, their range"));
    g_assert_nonnull(strstr(out, "<path class=\"others\" d=\"M"));
    g_ptr_array_unref(all);
}

static void
test_marks(void)
{
    g_autoptr(RvSeries) series = series_of(20, 20);
    g_autoptr(RvSeries) none = series_of(0, 0);
    const RvChartLine line = {"in", series};
    RvChartLine marks = {"errors", none};
    RvChart chart = chart_of(&line, 1);
    g_autofree char *without = NULL, *with = NULL;

    chart.marks = &marks;
    without = draw(&chart);
    none->values[100] = 0.5;
    with = draw(&chart);
    g_assert_null(strstr(without, "errors"));
    g_assert_nonnull(strstr(with, "errors</th>"));
    g_assert_cmpuint(times(with, "v60"), ==, 1);
}

static void
test_escaped(void)
{
    g_autoptr(RvSeries) series = series_of(20, 20);
    const RvChartLine line = {"</th><script>\"'&", series};
    RvChart chart = chart_of(&line, 1);
    g_autofree char *out = NULL;

    chart.title = "\"><img src=x onerror=alert(1)>";
    chart.marks = &line;
    out = draw(&chart);
    g_assert_null(strstr(out, "<script"));
    g_assert_null(strstr(out, "<img"));
    g_assert_nonnull(strstr(out, "aria-label=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"));
    g_assert_nonnull(strstr(out, "&lt;/th&gt;&lt;script&gt;&quot;&apos;&amp;"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/html/chart/figures are of every value", test_figures);
    g_test_add_func("/html/chart/no longer than a screen can show", test_size);
    g_test_add_func("/html/chart/a gap breaks the line and is grey", test_gap);
    g_test_add_func("/html/chart/outages and maintenance", test_spans);
    g_test_add_func("/html/chart/limits", test_limits);
    g_test_add_func("/html/chart/many lines", test_many);
    g_test_add_func("/html/chart/ticks where there were errors", test_marks);
    g_test_add_func("/html/chart/names are text", test_escaped);
    return g_test_run();
}
