#include <cairo-svg.h>
#include <string.h>

#include "report/pdf.h"
#include "report/writers.h"

#define CHART_WIDTH 720.0
#define PANEL_WIDTH 350.0

static const char style_sheet[] =
    ":root{--accent:%s;--ink:#1a1a1f;--grey:#54575e}"
    "body{font:15px/1.55 'Noto Sans CJK SC','PingFang SC','Microsoft YaHei','Noto Sans',sans-serif;"
    "color:var(--ink);max-width:960px;margin:2rem auto;padding:0 1rem}"
    "h1,h2{color:var(--accent);margin:2rem 0 .6rem}h2{font-size:1.45rem}h3{font-size:1.1rem}"
    "table{border-collapse:collapse;width:100%%;margin:.4rem 0 1.2rem;font-size:13px}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}"
    "th{background:#eef1f5;border-bottom:2px solid var(--accent);text-align:left}"
    "td,th{padding:.25rem .45rem;vertical-align:top;overflow-wrap:anywhere}"
    "tr{border-bottom:1px solid #ccd0d5}.r{text-align:right}.c{text-align:center}"
    ".lead{font-weight:600}.small{font-size:13px;color:var(--grey)}"
    ".banner{border:2px solid var(--ink);padding:.6rem 1rem;font-weight:700}"
    ".tiles{display:flex;gap:.8rem;flex-wrap:wrap;margin:1rem 0}"
    ".tile{flex:1 1 8rem;border-left:3px solid var(--accent);background:#f1f4f7;padding:.4rem "
    ".7rem}"
    ".tile b{display:block;font-size:1.5rem}.m-ok{color:#17733a}.m-warning{color:#945700}"
    ".m-critical{color:#b3211a}.m-unknown{color:#54575e}img{max-width:100%%}"
    ".panel{display:flex;gap:1rem;flex-wrap:wrap}.sign{display:flex;gap:1rem;flex-wrap:wrap}"
    ".lines{height:9rem;border:1px solid #888;margin:.6rem 0}"
    "nav ul{list-style:none;padding:0}"
    ".sign div{border:1px solid #888;padding:.6rem;flex:1 1 12rem;min-height:6rem}"
    "@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}";

static void
put(GString *out, const char *text)
{
    g_autofree char *safe = g_markup_escape_text(text != NULL ? text : "", -1);

    g_string_append(out, safe);
}

/* ---- cells ---- */

static void
put_mark(GString *out, RvMark mark)
{
    static const char *const shapes[] = {
        [RV_MARK_NONE] = "",      [RV_MARK_OK] = "●",      [RV_MARK_WARNING] = "▲",
        [RV_MARK_CRITICAL] = "■", [RV_MARK_UNKNOWN] = "○", [RV_MARK_BOX] = "☐",
    };
    static const char *const classes[] = {
        [RV_MARK_NONE] = "",           [RV_MARK_OK] = "ok",
        [RV_MARK_WARNING] = "warning", [RV_MARK_CRITICAL] = "critical",
        [RV_MARK_UNKNOWN] = "unknown", [RV_MARK_BOX] = "box",
    };

    if (mark != RV_MARK_NONE)
        g_string_append_printf(out, "<span class=\"m-%s\" aria-hidden=\"true\">%s</span> ",
                               classes[mark], shapes[mark]);
}

static void
put_image(GString *out, GByteArray *svg, const char *what)
{
    g_autofree char *data = g_base64_encode(svg->data, svg->len);

    g_string_append(out, "<img alt=\"");
    put(out, what);
    g_string_append_printf(out, "\" src=\"data:image/svg+xml;base64,%s\">", data);
}

static cairo_status_t
append(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

typedef struct {
    const RvDocument *document;
    GString *out;
    RvChartStyle chart;
} Writer;

static void
put_spark(const Writer *writer, const GArray *values)
{
    g_autoptr(GByteArray) svg = g_byte_array_new();
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(append, svg, 100, 16);
    cairo_t *cairo = cairo_create(surface);

    rv_chart_spark(cairo, &writer->chart, (const double *)values->data, values->len, 2, 2, 96, 12);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    put_image(writer->out, svg, "");
}

static void
put_chart(const Writer *writer, const RvChart *chart, double width)
{
    g_autoptr(GByteArray) svg = g_byte_array_new();
    double height = rv_chart_height(chart, width);
    g_autofree char *what = NULL;
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(append, svg, width, height);
    cairo_t *cairo = cairo_create(surface);

    rv_chart_draw(chart, cairo, &writer->chart, 0, 0, width, height);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    what = chart->subject != NULL ? g_strdup_printf("%s  %s", chart->subject, chart->title)
                                  : g_strdup(chart->title);
    put_image(writer->out, svg, what);
}

static void
put_panel_chart(const Writer *writer, const RvChart *chart)
{
    if (chart->place != NULL)
        g_string_append_printf(writer->out, "<span id=\"%s\">", chart->place);
    put_chart(writer, chart, PANEL_WIDTH);
    if (chart->place != NULL)
        g_string_append(writer->out, "</span>");
}

static const char *
align_class(RvAlign align)
{
    return align == RV_ALIGN_RIGHT    ? " class=\"r\""
           : align == RV_ALIGN_CENTRE ? " class=\"c\""
                                      : "";
}

/* Names of places are our own words and numbers. */
static void
put_cell(const Writer *writer, const RvCell *cell, RvAlign align)
{
    GString *out = writer->out;

    g_string_append_printf(out, "<td%s", align_class(align));
    if (cell->place != NULL)
        g_string_append_printf(out, " id=\"%s\"", cell->place);
    g_string_append_c(out, '>');
    put_mark(out, cell->mark);
    if (cell->spark != NULL)
        put_spark(writer, cell->spark);
    if (cell->target != NULL)
        g_string_append_printf(out, "<a href=\"#%s\">", cell->target);
    put(out, cell->text);
    g_string_append(out, cell->target != NULL ? "</a></td>" : "</td>");
}

static void
put_table(const Writer *writer, const RvBlock *block)
{
    const RvDocument *document = writer->document;
    const RvTable *table = block->table;
    GString *out = writer->out;

    if (table->rows->len == 0) {
        g_string_append(out, "<p class=\"lead\">");
        put(out, table->caption);
        g_string_append(out, "</p><p>");
        put(out, table->none);
        g_string_append(out, "</p>\n");
        return;
    }
    g_string_append(out, "<table>");
    if (block->number != NULL) {
        g_string_append_printf(out, SAY("<caption>Table %s  ", "<caption>表 %s　"), block->number);
        put(out, table->caption);
        g_string_append(out, "</caption>");
    }
    if (!table->headless) {
        g_string_append(out, "<thead><tr>");
        for (guint i = 0; i < table->columns->len; i++) {
            const RvColumn *column = &g_array_index(table->columns, RvColumn, i);

            g_string_append_printf(out, "<th scope=\"col\"%s>", align_class(column->align));
            put(out, column->head);
            g_string_append(out, "</th>");
        }
        g_string_append(out, "</tr></thead>");
    }
    g_string_append(out, "<tbody>\n");
    for (guint i = 0; i < table->rows->len; i++) {
        const GPtrArray *cells = g_ptr_array_index(table->rows, i);

        g_string_append(out, "<tr>");
        for (guint j = 0; j < cells->len && j < table->columns->len; j++)
            put_cell(writer, g_ptr_array_index(cells, j),
                     g_array_index(table->columns, RvColumn, j).align);
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</tbody></table>\n");
    if (table->shortened != NULL) {
        g_string_append(out, "<p class=\"small\">");
        put(out, table->shortened);
        g_string_append(out, "</p>\n");
    }
}

/* ---- blocks ---- */

static const char *
cell_text(const RvTable *table, guint row, guint column)
{
    const GPtrArray *cells = g_ptr_array_index(table->rows, row);

    return column < cells->len ? ((RvCell *)g_ptr_array_index(cells, column))->text : "";
}

static void
put_tiles(GString *out, const RvTable *table)
{
    g_string_append(out, "<div class=\"tiles\">");
    for (guint i = 0; i < table->rows->len; i++) {
        g_string_append(out, "<div class=\"tile\">");
        put(out, cell_text(table, i, 0));
        g_string_append(out, "<b>");
        put(out, cell_text(table, i, 1));
        g_string_append(out, "</b><span class=\"small\">");
        put(out, cell_text(table, i, 2));
        g_string_append(out, "</span></div>");
    }
    g_string_append(out, "</div>\n");
}

static void
put_sign(const Writer *writer, const RvTable *table)
{
    const RvDocument *document = writer->document;
    GString *out = writer->out;

    g_string_append(out, "<div class=\"sign\">");
    for (guint i = 0; i < table->rows->len; i++) {
        g_string_append(out, "<div><strong>");
        put(out, cell_text(table, i, 0));
        g_string_append(out, "</strong><br>");
        put(out, cell_text(table, i, 1));
        g_string_append_printf(out, "<p class=\"small\">%s</p><p class=\"small\">%s</p></div>",
                               SAY("Signature", "签字"), SAY("Date", "日期"));
    }
    g_string_append(out, "</div>\n");
}

static void
put_cover(const Writer *writer, const RvBlock *block)
{
    GString *out = writer->out;

    g_string_append(out, "<header><h1>");
    for (guint i = 0; i < block->texts->len; i++) {
        if (i > 0)
            g_string_append(out, i == 1 ? "</h1><p class=\"lead\">" : "<br>");
        put(out, g_ptr_array_index(block->texts, i));
    }
    g_string_append(out, "</p><table><tbody>");
    for (guint i = 0; i < block->table->rows->len; i++) {
        g_string_append(out, "<tr><th scope=\"row\">");
        put(out, cell_text(block->table, i, 0));
        g_string_append(out, "</th><td>");
        put(out, cell_text(block->table, i, 1));
        g_string_append(out, "</td></tr>");
    }
    g_string_append(out, "</tbody></table></header>\n");
}

static void
put_contents(const Writer *writer)
{
    const RvDocument *document = writer->document;
    GString *out = writer->out;

    g_string_append_printf(out, "<nav><h2>%s</h2><ul>", SAY("Contents", "目录"));
    for (guint i = 0; i < document->blocks->len; i++) {
        const RvBlock *block = g_ptr_array_index(document->blocks, i);
        g_autofree char *text = NULL;

        if (block->kind != RV_BLOCK_HEADING || block->level != 1)
            continue;
        text = rv_document_heading_text(document, block);
        g_string_append_printf(out, "<li><a href=\"#%s\">", block->name);
        put(out, text);
        g_string_append(out, "</a></li>");
    }
    g_string_append(out, "</ul></nav>\n");
}

static void
put_text(GString *out, const char *open, RvMark mark, const char *text, const char *close)
{
    g_string_append(out, open);
    put_mark(out, mark);
    put(out, text);
    g_string_append(out, close);
}

static void
put_reference(const Writer *writer, const char *target)
{
    const RvBlock *section = rv_document_section(writer->document, target);

    if (section != NULL)
        g_string_append_printf(writer->out, " <a href=\"#%s\">→ %s</a>", target, section->number);
}

static void
put_items(const Writer *writer, const RvBlock *block)
{
    GString *out = writer->out;

    g_string_append(out, "<ol>");
    for (guint i = 0; i < block->texts->len; i++) {
        const char *target = g_ptr_array_index(block->targets, i);

        put_text(out, "<li>", RV_MARK_NONE, g_ptr_array_index(block->texts, i), "");
        if (target != NULL)
            put_reference(writer, target);
        g_string_append(out, "</li>");
    }
    g_string_append(out, "</ol>\n");
}

static void
put_heading(const Writer *writer, const RvBlock *block)
{
    GString *out = writer->out;
    g_autofree char *text = rv_document_heading_text(writer->document, block);

    g_string_append_printf(out, "<h%u id=\"%s\">", block->level + 1, block->name);
    put(out, text);
    g_string_append_printf(out, "</h%u>\n", block->level + 1);
}

static void
put_block(const Writer *writer, const RvBlock *block)
{
    const RvDocument *document = writer->document;
    const char *text = block->texts->len > 0 ? g_ptr_array_index(block->texts, 0) : "";
    GString *out = writer->out;

    switch (block->kind) {
    case RV_BLOCK_COVER:
        put_cover(writer, block);
        break;
    case RV_BLOCK_CONTENTS:
        put_contents(writer);
        break;
    case RV_BLOCK_HEADING:
        put_heading(writer, block);
        break;
    case RV_BLOCK_TEXT:
        put_text(out, "<p>", RV_MARK_NONE, text, "</p>\n");
        break;
    case RV_BLOCK_LEAD:
        put_text(out, "<p class=\"lead\">", block->mark, text, "</p>\n");
        break;
    case RV_BLOCK_SMALL:
        put_text(out, "<p class=\"small\">", RV_MARK_NONE, text, "</p>\n");
        break;
    case RV_BLOCK_ITEMS:
        put_items(writer, block);
        break;
    case RV_BLOCK_TILES:
        put_tiles(out, block->table);
        break;
    case RV_BLOCK_TABLE:
        put_table(writer, block);
        break;
    case RV_BLOCK_CHART:
        g_string_append_printf(
            out, SAY("<p class=\"lead\">Figure %s  ", "<p class=\"lead\">图 %s　"), block->number);
        put(out, text);
        g_string_append(out, "</p>");
        put_chart(writer, g_ptr_array_index(block->charts, 0), CHART_WIDTH);
        break;
    case RV_BLOCK_PANEL:
        g_string_append(out, "<div class=\"panel\">");
        for (guint i = 0; i < block->charts->len; i++)
            put_panel_chart(writer, g_ptr_array_index(block->charts, i));
        g_string_append(out, "</div>\n");
        break;
    case RV_BLOCK_LINES:
        g_string_append(out, "<div class=\"lines\"></div>\n");
        break;
    case RV_BLOCK_SIGN:
        put_sign(writer, block->table);
        break;
    case RV_BLOCK_BANNER:
        put_text(out, "<p class=\"banner\">", RV_MARK_NONE, text, "</p>\n");
        break;
    case RV_BLOCK_PAGE:
        break;
    }
}

static gboolean
is_colour(const char *text)
{
    return text != NULL && strlen(text) == 7 && text[0] == '#' &&
           strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

char *
rv_report_write_html(const RvDocument *document)
{
    const char *accent = is_colour(document->accent) ? document->accent : "#174a78";
    unsigned int r, g, b;
    Writer writer = {.document = document, .out = g_string_new("<!DOCTYPE html>\n<html lang=\"")};

    sscanf(accent, "#%2x%2x%2x", &r, &g, &b);
    writer.chart = (RvChartStyle){
        rv_report_families(pango_cairo_font_map_get_default(), document->language, NULL),
        {r / 255.0, g / 255.0, b / 255.0},
        {0.1, 0.1, 0.12},
        {0.55, 0.55, 0.55}};
    g_string_append(writer.out, rv_language_tag(document->language));
    g_string_append(writer.out, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                                "content=\"width=device-width\"><title>");
    put(writer.out, document->running);
    g_string_append(writer.out, "</title><style>");
    g_string_append_printf(writer.out, style_sheet, accent);
    g_string_append(writer.out, "</style></head><body>\n");
    for (guint i = 0; i < document->blocks->len; i++)
        put_block(&writer, g_ptr_array_index(document->blocks, i));
    g_string_append(writer.out, "</body></html>\n");
    return g_string_free(writer.out, FALSE);
}
