#include "report/pdf.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "report/page.h"

#define AFTER_TEXT 6.0
#define AFTER_BLOCK 12.0
#define TILE_HEIGHT 54.0
#define TILES_IN_A_ROW 4
#define SIGN_HEIGHT 78.0
#define SIGNS_IN_A_ROW 3
#define GAP 10.0
#define LINE_HEIGHT 24.0 /* of a line that a hand writes on */
#define LINES_LEAST 3
#define PANEL_LEAST 0.65 /* of the height of charts that give room */
#define REFERENCE_WIDTH 44.0

static const RvTextStyle heading_1 = {17, TRUE, NULL, RV_TEXT_WIDTH, 3, RV_ALIGN_LEFT};
static const RvTextStyle heading_2 = {12, TRUE, NULL, RV_TEXT_WIDTH, 3, RV_ALIGN_LEFT};
static const RvTextStyle body = {RV_SIZE_BODY, FALSE, NULL, RV_TEXT_WIDTH, 0, RV_ALIGN_LEFT};
static const RvTextStyle small = {RV_SIZE_SMALL, FALSE, rv_page_grey,
                                  RV_TEXT_WIDTH, 0,     RV_ALIGN_LEFT};
static const RvTextStyle figure_caption = {9, TRUE, NULL, RV_TEXT_WIDTH, 3, RV_ALIGN_LEFT};

static double
text_height(const RvPage *page, const char *text, const RvTextStyle *style)
{
    PangoLayout *layout = rv_page_layout(page, text, style);
    double height = rv_layout_height(layout);

    g_object_unref(layout);
    return height;
}

static const char *
block_text(const RvBlock *block)
{
    return block->texts->len > 0 ? g_ptr_array_index(block->texts, 0) : "";
}

/* ---- headings and contents ---- */

static double begin_height(const RvPage *page, guint index);
static void put_block(RvPage *page, guint index);

/* The head line names what stands first on the page. */
static void
begin_section(RvPage *page, const char *text)
{
    char **place = page->y > RV_PAGE_TOP + 1 ? &page->coming : &page->section;

    g_clear_pointer(&page->coming, g_free);
    g_free(*place);
    *place = g_strdup(text);
}

static void
put_heading(RvPage *page, guint index)
{
    const RvBlock *block = g_ptr_array_index(page->document->blocks, index);
    RvTextStyle style = block->level == 1 ? heading_1 : heading_2;
    g_autofree char *text = rv_document_heading_text(page->document, block);

    style.colour = block->level == 1 ? page->style.accent : NULL;
    if (page->y > RV_PAGE_TOP + 1)
        page->y += block->level == 1 ? 18 : 8;
    rv_page_need(page, begin_height(page, index));
    if (block->level == 1)
        begin_section(page, block_text(block));
    rv_page_place(page, block->name);
    rv_page_flow(page, text, &style, block->level == 1 ? "H1" : "H2", RV_PAGE_LEFT);
    page->y += block->level == 1 ? 8 : 4;
}

static void
put_contents_line(RvPage *page, const RvBlock *block)
{
    RvTextStyle style = {block->level == 1 ? RV_SIZE_BODY : 9,
                         block->level == 1,
                         NULL,
                         RV_TEXT_WIDTH - 60,
                         1,
                         RV_ALIGN_LEFT};
    RvTextStyle right = {9.5, FALSE, NULL, 40, 1, RV_ALIGN_RIGHT};
    double indent = block->level == 1 ? 0 : 16, width;
    g_autofree char *text = rv_document_heading_text(page->document, block);
    g_autofree char *place = g_strdup_printf("dest='%s'", block->name);
    g_autofree char *number =
        g_strdup_printf("%u", GPOINTER_TO_UINT(g_hash_table_lookup(page->places, block->name)));
    PangoLayout *layout = rv_page_layout(page, text, &style);

    rv_page_need(page, 16);
    if (block->level == 1)
        page->y += 3;
    rv_page_tag(page, "TOCI", NULL);
    rv_page_tag(page, CAIRO_TAG_LINK, place);
    rv_page_put(page, layout, &style, NULL, RV_PAGE_LEFT + indent, page->y);
    rv_page_write(page, number, &right, NULL, RV_PAGE_LEFT + RV_TEXT_WIDTH - 40, page->y);
    rv_page_untag(page, CAIRO_TAG_LINK);
    rv_page_untag(page, "TOCI");
    width = rv_layout_width(layout);
    if (page->drawing) {
        const double dots[2] = {0.8, 3};

        rv_page_ink_of(page, page->style.grey);
        cairo_set_dash(page->cairo, dots, 2, 0);
        cairo_set_line_width(page->cairo, 0.7);
        cairo_move_to(page->cairo, RV_PAGE_LEFT + indent + width + 6, page->y + 10);
        cairo_line_to(page->cairo, RV_PAGE_LEFT + RV_TEXT_WIDTH - 22, page->y + 10);
        cairo_stroke(page->cairo);
        cairo_set_dash(page->cairo, NULL, 0, 0);
    }
    page->y += block->level == 1 ? 15 : 13.5;
    g_object_unref(layout);
}

static void
put_contents(RvPage *page)
{
    const RvDocument *document = page->document;
    RvTextStyle style = heading_1;
    guint lines = 0;

    for (guint i = 0; i < document->blocks->len; i++)
        lines += ((RvBlock *)g_ptr_array_index(document->blocks, i))->kind == RV_BLOCK_HEADING;
    style.colour = page->style.accent;
    if (page->y > RV_PAGE_TOP + 1)
        page->y += 18;
    rv_page_need(page, MIN(48 + 18.0 * lines, RV_TEXT_HEIGHT / 2));
    begin_section(page, SAY("Contents", "目录"));
    rv_page_flow(page, SAY("Contents", "目录"), &style, "H1", RV_PAGE_LEFT);
    page->y += 8;
    rv_page_tag(page, "TOC", NULL);
    for (guint i = 0; i < document->blocks->len; i++) {
        const RvBlock *block = g_ptr_array_index(document->blocks, i);

        /* many devices with findings have many graphs: then the first level alone */
        if (block->kind == RV_BLOCK_HEADING && (block->level == 1 || lines <= 44))
            put_contents_line(page, block);
    }
    rv_page_untag(page, "TOC");
    page->y += AFTER_BLOCK;
}

/* ---- texts ---- */

static void
put_lead(RvPage *page, guint index)
{
    const RvBlock *block = g_ptr_array_index(page->document->blocks, index);
    double indent = block->mark != RV_MARK_NONE ? 18 : 0;
    RvTextStyle style = {11, TRUE, NULL, RV_TEXT_WIDTH - indent, 0, RV_ALIGN_LEFT};

    if (block->mark == RV_MARK_NONE && page->y > RV_PAGE_TOP + 1)
        page->y += 5;
    rv_page_need(page, begin_height(page, index)); /* it heads what follows */
    rv_page_mark(page, block->mark, RV_PAGE_LEFT, page->y + 8, 11);
    rv_page_flow(page, block_text(block), &style, "P", RV_PAGE_LEFT + indent);
    page->y += AFTER_TEXT;
}

static gboolean
has_targets(const RvBlock *block)
{
    for (guint i = 0; i < block->targets->len; i++)
        if (g_ptr_array_index(block->targets, i) != NULL)
            return TRUE;
    return FALSE;
}

/* At the right edge: on which page there is more. */
static void
put_reference(const RvPage *page, const char *target)
{
    const RvDocument *document = page->document;
    const RvTextStyle style = {RV_SIZE_SMALL,   FALSE, page->style.accent,
                               REFERENCE_WIDTH, 1,     RV_ALIGN_RIGHT};
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(page->places, target));
    g_autofree char *text = g_strdup_printf(SAY("p. %u", "第 %u 页"), number);
    g_autofree char *place = g_strdup_printf("dest='%s'", target);

    rv_page_tag(page, CAIRO_TAG_LINK, place);
    rv_page_write(page, text, &style, NULL, RV_PAGE_LEFT + RV_TEXT_WIDTH - REFERENCE_WIDTH,
                  page->y + 1.5);
    rv_page_untag(page, CAIRO_TAG_LINK);
}

static void
put_items(RvPage *page, const RvBlock *block)
{
    RvTextStyle style = body;

    style.width = RV_TEXT_WIDTH - 18 - (has_targets(block) ? REFERENCE_WIDTH : 0);
    rv_page_tag(page, "L", NULL);
    for (guint i = 0; i < block->texts->len; i++) {
        g_autofree char *number = g_strdup_printf("%u.", i + 1);
        const char *text = g_ptr_array_index(block->texts, i);

        rv_page_need_text(page, text, &style); /* or its number stays behind */
        rv_page_tag(page, "LI", NULL);
        rv_page_write(page, number, &body, "Lbl", RV_PAGE_LEFT, page->y);
        if (g_ptr_array_index(block->targets, i) != NULL)
            put_reference(page, g_ptr_array_index(block->targets, i));
        rv_page_flow(page, text, &style, "LBody", RV_PAGE_LEFT + 18);
        rv_page_untag(page, "LI");
        page->y += 3;
    }
    rv_page_untag(page, "L");
    page->y += AFTER_TEXT - 3;
}

static void
put_banner(RvPage *page, const RvBlock *block)
{
    RvTextStyle style = {RV_SIZE_BODY, TRUE, NULL, RV_TEXT_WIDTH - 20, 0, RV_ALIGN_LEFT};
    double height = text_height(page, block_text(block), &style) + 14;

    rv_page_need(page, height);
    if (page->drawing) {
        rv_page_ink_of(page, rv_page_ink);
        cairo_set_line_width(page->cairo, 1.2);
        cairo_rectangle(page->cairo, RV_PAGE_LEFT + 0.6, page->y, RV_TEXT_WIDTH - 1.2, height);
        cairo_stroke(page->cairo);
    }
    rv_page_write(page, block_text(block), &style, "P", RV_PAGE_LEFT + 10, page->y + 7);
    page->y += height + AFTER_BLOCK;
}

/* ---- tiles, boxes to sign ---- */

static const RvCell *
cell_at(const RvTable *table, guint row, guint column)
{
    const GPtrArray *cells = g_ptr_array_index(table->rows, row);

    return column < cells->len ? g_ptr_array_index(cells, column) : NULL;
}

static void
put_tile(const RvPage *page, const RvTable *table, guint row, double x, double width)
{
    const RvCell *label = cell_at(table, row, 0), *value = cell_at(table, row, 1);
    const RvCell *note = cell_at(table, row, 2);
    RvTextStyle label_style = {8.5, FALSE, rv_page_grey, width - 14, 1, RV_ALIGN_LEFT};
    RvTextStyle value_style = {15, TRUE, NULL, width - 14, 1, RV_ALIGN_LEFT};
    double colour[3], indent = value->mark != RV_MARK_NONE ? 13 : 0;

    if (page->drawing) {
        rv_page_ink_of(page, page->tint);
        cairo_rectangle(page->cairo, x, page->y, width, TILE_HEIGHT);
        cairo_fill(page->cairo);
        rv_page_ink_of(page, page->style.accent);
        cairo_rectangle(page->cairo, x, page->y, 2, TILE_HEIGHT);
        cairo_fill(page->cairo);
    }
    rv_page_write(page, label->text, &label_style, "P", x + 8, page->y + 4);
    if (value->mark != RV_MARK_NONE) {
        rv_page_mark(page, value->mark, x + 8, page->y + 27, 9);
        rv_mark_colour(value->mark, colour);
        value_style.colour = colour;
    }
    value_style.width -= indent;
    rv_page_write(page, value->text, &value_style, "P", x + 8 + indent, page->y + 16);
    if (note != NULL)
        rv_page_write(page, note->text, &label_style, "P", x + 8, page->y + TILE_HEIGHT - 16);
}

static void
put_tiles(RvPage *page, const RvTable *table)
{
    guint in_row = MIN(table->rows->len, TILES_IN_A_ROW);
    double width = (RV_TEXT_WIDTH - GAP * (in_row - 1)) / MAX(1, in_row);

    for (guint i = 0; i < table->rows->len; i++) {
        guint column = i % in_row;

        if (column == 0)
            rv_page_need(page, TILE_HEIGHT);
        put_tile(page, table, i, RV_PAGE_LEFT + column * (width + GAP), width);
        if (column == in_row - 1 || i + 1 == table->rows->len)
            page->y += TILE_HEIGHT + GAP;
    }
    page->y += 2;
}

static void
put_sign_box(const RvPage *page, const RvTable *table, guint row, double x, double width)
{
    const RvDocument *document = page->document;
    const char *const lines[] = {SAY("Name", "姓名"), SAY("Signature", "签字"),
                                 SAY("Date", "日期")};
    RvTextStyle role = {9.5, TRUE, NULL, width - 16, 1, RV_ALIGN_LEFT};
    RvTextStyle label = {8.5, FALSE, rv_page_grey, 46, 1, RV_ALIGN_LEFT};
    RvTextStyle name = {9.5, FALSE, NULL, width - 66, 1, RV_ALIGN_LEFT};

    if (page->drawing) {
        rv_page_ink_of(page, page->style.grey);
        cairo_set_line_width(page->cairo, 0.6);
        cairo_rectangle(page->cairo, x, page->y, width, SIGN_HEIGHT);
        cairo_stroke(page->cairo);
    }
    rv_page_write(page, cell_at(table, row, 0)->text, &role, "P", x + 8, page->y + 5);
    for (guint i = 0; i < 3; i++) {
        double y = page->y + 22 + i * 18;

        rv_page_write(page, lines[i], &label, "P", x + 8, y);
        rv_page_rule(page, x + 54, y + 13, width - 62, 0.5, page->style.grey);
        if (i == 0)
            rv_page_write(page, cell_at(table, row, 1)->text, &name, "P", x + 56, y - 1);
    }
}

/* Four stand two by two. */
static guint
signs_in_a_row(const RvTable *table)
{
    return table->rows->len == SIGNS_IN_A_ROW + 1 ? 2 : CLAMP(table->rows->len, 1, SIGNS_IN_A_ROW);
}

static void
put_sign(RvPage *page, const RvTable *table)
{
    guint in_row = signs_in_a_row(table);
    double width = (RV_TEXT_WIDTH - GAP * (in_row - 1)) / in_row;

    for (guint i = 0; i < table->rows->len; i++) {
        guint column = i % in_row;

        if (column == 0)
            rv_page_need(page, SIGN_HEIGHT);
        put_sign_box(page, table, i, RV_PAGE_LEFT + column * (width + GAP), width);
        if (column == in_row - 1 || i + 1 == table->rows->len)
            page->y += SIGN_HEIGHT + GAP;
    }
}

static double
sign_height(const RvTable *table)
{
    guint in_row = signs_in_a_row(table);

    return (double)((table->rows->len + in_row - 1) / in_row) * (SIGN_HEIGHT + GAP);
}

static void
put_lines(RvPage *page, guint index)
{
    double room = rv_page_left_over(page) - begin_height(page, index + 1) - AFTER_BLOCK;
    int count = MAX(LINES_LEAST, (int)(room / LINE_HEIGHT));

    for (int i = 0; i < count; i++) {
        rv_page_need(page, LINE_HEIGHT);
        page->y += LINE_HEIGHT;
        rv_page_rule(page, RV_PAGE_LEFT, page->y, RV_TEXT_WIDTH, 0.35, page->style.grey);
    }
    page->y += AFTER_BLOCK;
}

/* ---- charts ---- */

static char *
figure_text(const RvPage *page, const RvBlock *block)
{
    const RvDocument *document = page->document;

    return g_strdup_printf(SAY("Figure %s  %s", "图 %s　%s"), block->number, block_text(block));
}

static double
chart_height(const RvPage *page, const RvBlock *block)
{
    g_autofree char *caption = figure_text(page, block);

    return text_height(page, caption, &figure_caption) + 4 +
           rv_chart_height(g_ptr_array_index(block->charts, 0), RV_TEXT_WIDTH);
}

static void
put_drawing(const RvPage *page, const RvChart *chart, double x, double width, double height)
{
    if (!page->drawing)
        return;
    rv_page_tag(page, "Figure", NULL);
    rv_chart_draw(chart, page->cairo, &page->style, x, page->y, width, height);
    rv_page_untag(page, "Figure");
}

static void
put_chart(RvPage *page, const RvBlock *block)
{
    const RvChart *chart = g_ptr_array_index(block->charts, 0);
    g_autofree char *caption = figure_text(page, block);

    rv_page_need(page, chart_height(page, block));
    rv_page_flow(page, caption, &figure_caption, "Caption", RV_PAGE_LEFT);
    page->y += 4;
    put_drawing(page, chart, RV_PAGE_LEFT, RV_TEXT_WIDTH, rv_chart_height(chart, RV_TEXT_WIDTH));
    page->y += rv_chart_height(chart, RV_TEXT_WIDTH) + AFTER_BLOCK;
}

/* One alone goes across the page. */
static double
panel_width(const RvBlock *block)
{
    return block->charts->len == 1 && !block->half ? RV_TEXT_WIDTH : (RV_TEXT_WIDTH - 2 * GAP) / 2;
}

static double
panel_height(const RvBlock *block)
{
    double height = 0, width = panel_width(block);

    for (guint i = 0; i < block->charts->len; i++)
        height = MAX(height, rv_chart_height(g_ptr_array_index(block->charts, i), width));
    return height;
}

/* What a page has left below all that comes up to the next begun page, after a panel of that
 * height; NAN: it does not fit. */
static double
left_after_rest(const RvPage *page, guint index, double height)
{
    const GPtrArray *blocks = page->document->blocks;
    RvPage trial = *page;

    trial.drawing = FALSE;
    trial.section = trial.coming = NULL;
    trial.y += height + AFTER_TEXT;
    for (guint i = index + 1; i < blocks->len && trial.page == page->page; i++) {
        RvBlockKind kind = ((RvBlock *)g_ptr_array_index(blocks, i))->kind;

        if (kind == RV_BLOCK_PAGE || kind == RV_BLOCK_CONTENTS)
            break;
        put_block(&trial, i);
    }
    g_free(trial.section);
    g_free(trial.coming);
    return trial.page == page->page ? rv_page_left_over(&trial) : NAN;
}

/* A page that is to hold everything takes from its charts what its sentences need; where even that
 * is too little, they keep their height. */
static double
flexible_height(const RvPage *page, guint index)
{
    const RvBlock *block = g_ptr_array_index(page->document->blocks, index);
    double height = panel_height(block), least = height * PANEL_LEAST, left;

    if (!block->flexible)
        return height;
    left = left_after_rest(page, index, least);
    return isfinite(left) ? MIN(height, least + MAX(0, left)) : height;
}

static void
put_panel(RvPage *page, guint index)
{
    const RvBlock *block = g_ptr_array_index(page->document->blocks, index);
    double width = panel_width(block), height = flexible_height(page, index);

    rv_page_need(page, height);
    for (guint i = 0; i < block->charts->len; i++) {
        const RvChart *chart = g_ptr_array_index(block->charts, i);

        if (chart->place != NULL)
            rv_page_place(page, chart->place);
        put_drawing(page, chart, RV_PAGE_LEFT + i * (width + 2 * GAP), width, height);
    }
    page->y += height + AFTER_TEXT;
}

/* ---- cover ---- */

static void
put_logo(const RvPage *page, double x, double y, double width, double height)
{
    cairo_surface_t *logo;
    double w, h, scale;

    if (!page->drawing || page->document->logo == NULL)
        return;
    logo = cairo_image_surface_create_from_png(page->document->logo);
    if (cairo_surface_status(logo) == CAIRO_STATUS_SUCCESS) {
        w = cairo_image_surface_get_width(logo);
        h = cairo_image_surface_get_height(logo);
        scale = MIN(width / w, height / h);
        cairo_save(page->cairo);
        cairo_translate(page->cairo, x, y);
        cairo_scale(page->cairo, scale, scale);
        cairo_set_source_surface(page->cairo, logo, 0, 0);
        cairo_paint(page->cairo);
        cairo_restore(page->cairo);
    }
    cairo_surface_destroy(logo);
}

static void
put_cover(RvPage *page, const RvBlock *block)
{
    RvTextStyle title = {30, TRUE, page->style.accent, RV_TEXT_WIDTH, 3, RV_ALIGN_LEFT};
    RvTextStyle under = {15, FALSE, rv_page_grey, RV_TEXT_WIDTH, 4, RV_ALIGN_LEFT};
    RvTextStyle label = {9, FALSE, rv_page_grey, 120, 2, RV_ALIGN_LEFT};
    RvTextStyle value = {10.5, FALSE, NULL, RV_TEXT_WIDTH - 130, 4, RV_ALIGN_LEFT};

    page->bare = TRUE;
    if (page->drawing) {
        rv_page_ink_of(page, page->style.accent);
        cairo_rectangle(page->cairo, 0, 0, RV_PAGE_WIDTH, 10);
        cairo_fill(page->cairo);
    }
    put_logo(page, RV_PAGE_LEFT, 60, 160, 56);
    page->y = 165;
    for (guint i = 0; i < block->texts->len; i++) {
        const RvTextStyle *style = i == 0 ? &title : &under;

        rv_page_write(page, g_ptr_array_index(block->texts, i), style, i == 0 ? "H1" : "P",
                      RV_PAGE_LEFT, page->y);
        page->y += text_height(page, g_ptr_array_index(block->texts, i), style) + 6;
    }
    page->y = MAX(page->y + 24, 300);
    for (guint i = 0; i < block->table->rows->len; i++) {
        const RvCell *left = cell_at(block->table, i, 0), *right = cell_at(block->table, i, 1);

        rv_page_rule(page, RV_PAGE_LEFT, page->y - 4, RV_TEXT_WIDTH, 0.4, page->style.grey);
        rv_page_write(page, left->text, &label, "P", RV_PAGE_LEFT, page->y + 1);
        rv_page_write(page, right->text, &value, "P", RV_PAGE_LEFT + 130, page->y);
        page->y += MAX(text_height(page, right->text, &value), 13) + 8;
    }
    rv_page_rule(page, RV_PAGE_LEFT, page->y - 4, RV_TEXT_WIDTH, 0.4, page->style.grey);
    page->y += 10;
}

/* ---- all blocks ---- */

/* What must stand together from this block on. */
static double
begin_height(const RvPage *page, guint index)
{
    const RvBlock *block;

    if (index >= page->document->blocks->len)
        return 0;
    block = g_ptr_array_index(page->document->blocks, index);
    switch (block->kind) {
    case RV_BLOCK_HEADING:
        return (block->level == 1 ? 48 : 32) + begin_height(page, index + 1);
    case RV_BLOCK_TEXT:
    case RV_BLOCK_LEAD:
    case RV_BLOCK_SMALL: {
        double height = text_height(page, block_text(block), &body) + AFTER_TEXT;

        if (height > 90)
            return 45;
        /* a sentence introduces the table or figure below it; MIN would ask twice, and each of
         * many sentences twice again */
        height += begin_height(page, index + 1);
        return MIN(height, 330);
    }
    case RV_BLOCK_ITEMS:
        return 45;
    case RV_BLOCK_TILES:
        return TILE_HEIGHT + GAP;
    case RV_BLOCK_TABLE:
        return MIN(rv_page_table_begin_height(page, block), 300);
    case RV_BLOCK_CHART:
        return chart_height(page, block);
    case RV_BLOCK_PANEL:
        return panel_height(block);
    case RV_BLOCK_LINES:
        return LINES_LEAST * LINE_HEIGHT + AFTER_BLOCK;
    case RV_BLOCK_SIGN:
        return sign_height(block->table);
    case RV_BLOCK_BANNER:
        return 40;
    case RV_BLOCK_CONTENTS:
    case RV_BLOCK_COVER:
    case RV_BLOCK_PAGE:
        return 0;
    }
    return 0;
}

static void
put_block(RvPage *page, guint index)
{
    const RvBlock *block = g_ptr_array_index(page->document->blocks, index);

    switch (block->kind) {
    case RV_BLOCK_COVER:
        put_cover(page, block);
        break;
    case RV_BLOCK_CONTENTS:
        put_contents(page);
        break;
    case RV_BLOCK_HEADING:
        put_heading(page, index);
        break;
    case RV_BLOCK_TEXT:
        rv_page_flow(page, block_text(block), &body, "P", RV_PAGE_LEFT);
        page->y += AFTER_TEXT;
        break;
    case RV_BLOCK_LEAD:
        put_lead(page, index);
        break;
    case RV_BLOCK_SMALL:
        rv_page_flow(page, block_text(block), &small, "P", RV_PAGE_LEFT);
        page->y += AFTER_TEXT;
        break;
    case RV_BLOCK_ITEMS:
        put_items(page, block);
        break;
    case RV_BLOCK_TILES:
        put_tiles(page, block->table);
        break;
    case RV_BLOCK_TABLE:
        rv_page_table(page, block);
        page->y += AFTER_BLOCK;
        break;
    case RV_BLOCK_CHART:
        put_chart(page, block);
        break;
    case RV_BLOCK_PANEL:
        put_panel(page, index);
        break;
    case RV_BLOCK_LINES:
        put_lines(page, index);
        break;
    case RV_BLOCK_SIGN:
        put_sign(page, block->table);
        break;
    case RV_BLOCK_BANNER:
        put_banner(page, block);
        break;
    case RV_BLOCK_PAGE:
        if (page->y > RV_PAGE_TOP + 1)
            rv_page_break(page);
        break;
    }
}

static void
lay_out(RvPage *page, gboolean drawing, guint pages)
{
    page->drawing = drawing;
    page->page = 0;
    page->pages = pages;
    page->bare = FALSE;
    g_clear_pointer(&page->section, g_free);
    g_clear_pointer(&page->coming, g_free);
    rv_page_tag(page, "Document", NULL);
    rv_page_begin(page);
    for (guint i = 0; i < page->document->blocks->len; i++)
        put_block(page, i);
    rv_page_end(page);
    rv_page_untag(page, "Document");
}

/* ---- the file ---- */

static cairo_status_t
append(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(cairo_surface_t *surface, const RvDocument *document)
{
    g_autoptr(GDateTime) made = g_date_time_new_from_unix_utc(document->made_ms / 1000);
    g_autofree char *date = g_date_time_format(made, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *title = g_strdup_printf("%s  %s", document->title, document->subject);

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, document->author);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, document->running);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS, document->number);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "rackvitals");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date);
}

static void
set_outline(cairo_surface_t *surface, const RvDocument *document)
{
    int parent = CAIRO_PDF_OUTLINE_ROOT;

    for (guint i = 0; i < document->blocks->len; i++) {
        const RvBlock *block = g_ptr_array_index(document->blocks, i);
        g_autofree char *text = NULL, *place = NULL;
        int id;

        if (block->kind != RV_BLOCK_HEADING)
            continue;
        text = rv_document_heading_text(document, block);
        place = g_strdup_printf("dest='%s'", block->name);
        id = cairo_pdf_surface_add_outline(
            surface, block->level == 1 ? CAIRO_PDF_OUTLINE_ROOT : parent, text, place,
            block->level == 1 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
        if (block->level == 1)
            parent = id;
    }
}

static void
set_colours(RvPage *page, const char *accent)
{
    static const double standard[3] = {0.09, 0.29, 0.47};
    unsigned int r, g, b;

    memcpy(page->style.accent, standard, sizeof standard);
    if (accent != NULL && sscanf(accent, "#%2x%2x%2x", &r, &g, &b) == 3) {
        page->style.accent[0] = r / 255.0;
        page->style.accent[1] = g / 255.0;
        page->style.accent[2] = b / 255.0;
    }
    for (int i = 0; i < 3; i++) {
        page->style.ink[i] = rv_page_ink[i];
        page->style.grey[i] = 0.55;
        page->tint[i] = 0.92 + 0.08 * page->style.accent[i];
    }
}

/* Pages as cairo writes them. */
static GBytes *
draw_pages(const RvDocument *document, char **note, GError **error)
{
    GByteArray *bytes = g_byte_array_new();
    RvPage page = {.document = document};
    cairo_status_t status;

    page.surface =
        cairo_pdf_surface_create_for_stream(append, bytes, RV_PAGE_WIDTH, RV_PAGE_HEIGHT);
    cairo_pdf_surface_restrict_to_version(page.surface, CAIRO_PDF_VERSION_1_5);
    page.cairo = cairo_create(page.surface);
    page.context = pango_cairo_create_context(page.cairo);
    pango_context_set_language(page.context,
                               pango_language_from_string(rv_language_tag(document->language)));
    pango_context_set_round_glyph_positions(page.context, FALSE);
    page.style.families =
        rv_report_families(pango_context_get_font_map(page.context), document->language, note);
    page.places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    page.widths = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    page.plain = pango_attr_list_new();
    pango_attr_list_insert(page.plain, pango_attr_insert_hyphens_new(FALSE));
    set_colours(&page, document->accent);
    set_metadata(page.surface, document);
    lay_out(&page, FALSE, 0);
    lay_out(&page, TRUE, page.page);
    set_outline(page.surface, document);
    g_hash_table_unref(page.places);
    g_hash_table_unref(page.widths);
    g_free(page.section);
    g_free(page.coming);
    pango_attr_list_unref(page.plain);
    g_object_unref(page.context);
    status = cairo_status(page.cairo);
    cairo_destroy(page.cairo);
    cairo_surface_finish(page.surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(page.surface);
    cairo_surface_destroy(page.surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, RV_ERROR, RV_ERROR_INTERNAL, "the report's pages: cairo says '%s'",
                    cairo_status_to_string(status));
        g_byte_array_unref(bytes);
        return NULL;
    }
    return g_byte_array_free_to_bytes(bytes);
}

GBytes *
rv_pdf_write(const RvDocument *document, const RvAttachment *attachments, guint count, char **note,
             GError **error)
{
    g_autoptr(GBytes) pages = draw_pages(document, note, error);

    return pages != NULL ? rv_pdf_finish(pages, document, attachments, count, error) : NULL;
}
