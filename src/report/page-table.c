/* Tables: heads repeated on every page, rows never torn. */
#include <math.h>
#include <string.h>

#include "report/page.h"

#define PAD_X 3.5
#define GUTTER 9.0 /* where a text follows a number: else they would touch */
#define PAD_Y 2.6
#define PAD_ROOMY 6.5
#define MARK_SIZE 6.0
#define MARK_ROOM 9.5
#define ROW_LINES 6 /* of one cell; longer texts are cut with "…" */
#define SPARK_HEIGHT 11.0
#define KEPT_ROWS 2 /* beside the head on one page, at least */
#define KEPT_WHOLE 7
#define NOTE_GAP 3.0
#define WHOLE_WORD 24 /* bytes: a longer word may be broken */
#define ROWS_LOOKED_AT 60

typedef struct {
    const RvTable *table;
    double x, *widths; /* borrowed from the page */
} Frame;

static double
pad_left(const RvTable *table, guint column)
{
    gboolean after_number =
        column > 0 && g_array_index(table->columns, RvColumn, column - 1).align == RV_ALIGN_RIGHT &&
        g_array_index(table->columns, RvColumn, column).align != RV_ALIGN_RIGHT;

    return after_number ? PAD_X + GUTTER : PAD_X;
}

static double
pad_y(const RvTable *table)
{
    return table->roomy ? PAD_ROOMY : PAD_Y;
}

/* ---- widths ---- */

/* An upper bound, without asking the font. */
static double
rough_width(const char *text, double size)
{
    double width = 0;

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        width += size * (g_unichar_iswide(g_utf8_get_char(at)) ? 1.05 : 0.72);
    return width;
}

static double
true_width(const RvPage *page, const char *text, gboolean strong)
{
    const RvTextStyle style = {RV_SIZE_TABLE, strong, NULL, 0, 1, RV_ALIGN_LEFT};
    PangoLayout *layout = rv_page_layout(page, text, &style);
    double width = rv_layout_width(layout);

    g_object_unref(layout);
    return width + 0.5;
}

/* The widest word of a text, where it is wider than `most`; else 0. Long words are names, which may
 * be broken. */
static double
widest_word(const RvPage *page, const char *text, gboolean strong, double most)
{
    double widest = 0;

    if (rough_width(text, RV_SIZE_TABLE) <= most)
        return 0;
    for (const char *word = text; *word != '\0';) {
        const char *end = word + strcspn(word, " ");
        g_autofree char *alone = NULL;

        while (*end == ' ' && rv_blank_is_glue(text, end))
            end += 1 + strcspn(end + 1, " ");
        alone = g_strndup(word, (gsize)(end - word));
        if (strlen(alone) <= WHOLE_WORD && rough_width(alone, RV_SIZE_TABLE) > most)
            widest = MAX(widest, true_width(page, alone, strong));
        word = *end == ' ' ? end + 1 : end;
    }
    return widest > most ? widest : 0;
}

/* What a column lacks so that no word of it is torn. */
static double
lack_of(const RvPage *page, const RvTable *table, guint column, double width)
{
    double pads = pad_left(table, column) + PAD_X, lack = 0;
    double head =
        widest_word(page, g_array_index(table->columns, RvColumn, column).head, TRUE, width - pads);

    if (head > 0)
        lack = head - (width - pads);
    for (guint i = 0; i < MIN(table->rows->len, ROWS_LOOKED_AT); i++) {
        const GPtrArray *cells = g_ptr_array_index(table->rows, i);
        const RvCell *cell = column < cells->len ? g_ptr_array_index(cells, column) : NULL;
        double room, word;

        if (cell == NULL || cell->spark != NULL)
            continue;
        room = width - pads - (cell->mark != RV_MARK_NONE ? MARK_ROOM : 0);
        word = widest_word(page, cell->text, cell->strong, room + lack);
        lack = word > 0 ? MAX(lack, word - room) : lack;
    }
    return lack;
}

/* What a column can give: all but its widest cell's text, and never more than a third. */
static double
spare_of(const RvPage *page, const RvTable *table, guint column, double width)
{
    double low = width / 3, high = width, third = width / 3;

    if (lack_of(page, table, column, width - third) <= 0)
        return third;
    for (guint i = 0; i < 4; i++) {
        double middle = (low + high) / 2;

        if (lack_of(page, table, column, middle) > 0)
            low = middle;
        else
            high = middle;
    }
    return MIN(width - high, third);
}

/* Columns that are too narrow for their words take from those that are not, half at most. */
static void
even_out(const RvPage *page, Frame *frame)
{
    guint count = frame->table->columns->len;
    g_autofree double *lacks = g_new0(double, count + 1);
    double lacking = 0, spare = 0, share;

    for (guint i = 0; i < count; i++) {
        lacks[i] = lack_of(page, frame->table, i, frame->widths[i]);
        lacking += lacks[i];
    }
    for (guint i = 0; i < count; i++)
        spare += lacks[i] > 0 ? 0 : spare_of(page, frame->table, i, frame->widths[i]);
    if (lacking <= 0 || spare <= 0)
        return;
    share = MIN(1, spare / lacking);
    for (guint i = 0; i < count; i++)
        frame->widths[i] += lacks[i] > 0 ? lacks[i] * share
                                         : -spare_of(page, frame->table, i, frame->widths[i]) *
                                               share * lacking / spare;
}

/* Across the page. What the columns are wide depends on nothing but the table. */
static Frame
make_frame(const RvPage *page, const RvTable *table)
{
    Frame frame = {table, RV_PAGE_LEFT, g_hash_table_lookup(page->widths, table)};
    double sum = 0;

    if (frame.widths != NULL)
        return frame;
    frame.widths = g_new0(double, table->columns->len + 1);
    g_hash_table_insert(page->widths, (gpointer)table, frame.widths);
    for (guint i = 0; i < table->columns->len; i++)
        sum += g_array_index(table->columns, RvColumn, i).width;
    for (guint i = 0; i < table->columns->len; i++)
        frame.widths[i] = RV_TEXT_WIDTH * g_array_index(table->columns, RvColumn, i).width / sum;
    even_out(page, &frame);
    return frame;
}

static RvTextStyle
cell_style(const Frame *frame, guint column, gboolean strong, gboolean mark)
{
    return (RvTextStyle){RV_SIZE_TABLE,
                         strong,
                         NULL,
                         frame->widths[column] - pad_left(frame->table, column) - PAD_X -
                             (mark ? MARK_ROOM : 0),
                         ROW_LINES,
                         g_array_index(frame->table->columns, RvColumn, column).align};
}

/* ---- one row ---- */

static void
link_begin(const RvPage *page, const RvCell *cell)
{
    if (cell->target != NULL) {
        g_autofree char *attributes = g_strdup_printf("dest='%s'", cell->target);

        rv_page_tag(page, CAIRO_TAG_LINK, attributes);
    }
}

static void
put_cell(const RvPage *page, const Frame *frame, guint column, const RvCell *cell,
         PangoLayout *layout, double x, double height)
{
    RvTextStyle style = cell_style(frame, column, cell->strong, cell->mark != RV_MARK_NONE);
    double indent = cell->mark != RV_MARK_NONE ? MARK_ROOM : 0, colour[3];
    double left = x + pad_left(frame->table, column);

    if (cell->spark != NULL) {
        rv_page_tag(page, "TD", NULL);
        rv_chart_spark(page->cairo, &page->style, (const double *)cell->spark->data,
                       cell->spark->len, left, page->y + (height - SPARK_HEIGHT) / 2,
                       frame->widths[column] - (left - x) - PAD_X, SPARK_HEIGHT);
        rv_page_untag(page, "TD");
        return;
    }
    if (cell->mark != RV_MARK_NONE) {
        PangoRectangle box;

        pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), NULL, &box);
        if (cell->mark == RV_MARK_BOX) /* alone in its cell */
            left = x + (frame->widths[column] - MARK_SIZE) / 2;
        rv_page_mark(page, cell->mark, left,
                     page->y + pad_y(frame->table) + (double)box.height / PANGO_SCALE / 2,
                     MARK_SIZE);
        rv_mark_colour(cell->mark, colour);
        style.colour = colour;
    }
    if (cell->target != NULL)
        style.colour = page->style.accent;
    rv_page_tag(page, "TD", NULL);
    link_begin(page, cell);
    rv_page_put(page, layout, &style, NULL, left + indent, page->y + pad_y(frame->table));
    if (cell->target != NULL)
        rv_page_untag(page, CAIRO_TAG_LINK);
    rv_page_untag(page, "TD");
}

typedef struct {
    GPtrArray *layouts; /* PangoLayout* */
    double height;
} Row;

static Row
measure_row(const RvPage *page, const Frame *frame, const GPtrArray *cells)
{
    Row row = {g_ptr_array_new_with_free_func(g_object_unref), 0};

    for (guint i = 0; i < cells->len && i < frame->table->columns->len; i++) {
        const RvCell *cell = g_ptr_array_index(cells, i);
        RvTextStyle style = cell_style(frame, i, cell->strong, cell->mark != RV_MARK_NONE);
        PangoLayout *layout = rv_page_layout(page, cell->text, &style);

        g_ptr_array_add(row.layouts, layout);
        row.height =
            MAX(row.height, MAX(rv_layout_height(layout), cell->spark != NULL ? SPARK_HEIGHT : 0));
    }
    row.height += 2 * pad_y(frame->table);
    return row;
}

static void
put_row(RvPage *page, const Frame *frame, const GPtrArray *cells, const Row *row)
{
    double x = frame->x;

    for (guint i = 0; i < cells->len; i++) {
        const RvCell *cell = g_ptr_array_index(cells, i);

        if (cell->place != NULL)
            rv_page_place(page, cell->place);
    }
    rv_page_tag(page, "TR", NULL);
    for (guint i = 0; i < row->layouts->len && page->drawing; i++) {
        put_cell(page, frame, i, g_ptr_array_index(cells, i), g_ptr_array_index(row->layouts, i), x,
                 row->height);
        x += frame->widths[i];
    }
    rv_page_untag(page, "TR");
    page->y += row->height;
    if (page->drawing) {
        static const double pale[3] = {0.80, 0.81, 0.83};

        rv_page_rule(page, frame->x, page->y, RV_PAGE_LEFT + RV_TEXT_WIDTH - frame->x, 0.35, pale);
    }
}

/* ---- head ---- */

static double
head_height(const RvPage *page, const Frame *frame)
{
    double height = 0;

    if (frame->table->headless)
        return 0;
    for (guint i = 0; i < frame->table->columns->len; i++) {
        RvTextStyle style = cell_style(frame, i, TRUE, FALSE);
        PangoLayout *layout =
            rv_page_layout(page, g_array_index(frame->table->columns, RvColumn, i).head, &style);

        height = MAX(height, rv_layout_height(layout));
        g_object_unref(layout);
    }
    return height + 2 * PAD_Y;
}

static void
put_head(RvPage *page, const Frame *frame)
{
    double height = head_height(page, frame), x = frame->x;

    if (frame->table->headless)
        return;
    if (page->drawing) {
        rv_page_ink_of(page, page->tint);
        cairo_rectangle(page->cairo, frame->x, page->y, RV_PAGE_LEFT + RV_TEXT_WIDTH - frame->x,
                        height);
        cairo_fill(page->cairo);
        rv_page_rule(page, frame->x, page->y + height, RV_PAGE_LEFT + RV_TEXT_WIDTH - frame->x, 0.8,
                     page->style.accent);
    }
    rv_page_tag(page, "TR", NULL);
    for (guint i = 0; i < frame->table->columns->len; i++) {
        RvTextStyle style = cell_style(frame, i, TRUE, FALSE);

        rv_page_write(page, g_array_index(frame->table->columns, RvColumn, i).head, &style, "TH",
                      x + pad_left(frame->table, i), page->y + PAD_Y);
        x += frame->widths[i];
    }
    rv_page_untag(page, "TR");
    page->y += height;
}

/* ---- whole ---- */

static char *
caption_text(const RvPage *page, const RvBlock *block, gboolean continued)
{
    const RvDocument *document = page->document;

    return g_strdup_printf(SAY("Table %s  %s%s", "表 %s　%s%s"), block->number,
                           block->table->caption, continued ? SAY(" (continued)", "（续）") : "");
}

static const RvTextStyle caption_style = {9, TRUE, NULL, RV_TEXT_WIDTH, 3, RV_ALIGN_LEFT};

static double
caption_height(const RvPage *page, const RvBlock *block)
{
    g_autofree char *text = NULL;
    PangoLayout *layout;
    double height;

    if (block->number == NULL)
        return 0;
    text = caption_text(page, block, FALSE);
    layout = rv_page_layout(page, text, &caption_style);
    height = rv_layout_height(layout) + 4;
    g_object_unref(layout);
    return height;
}

static void
put_caption(RvPage *page, const RvBlock *block, gboolean continued)
{
    g_autofree char *text = NULL;

    if (block->number == NULL)
        return;
    text = caption_text(page, block, continued);
    rv_page_write(page, text, &caption_style, "Caption", RV_PAGE_LEFT, page->y);
    page->y += caption_height(page, block);
}

static double
row_height(const RvPage *page, const Frame *frame, guint index)
{
    Row row = measure_row(page, frame, g_ptr_array_index(frame->table->rows, index));

    g_ptr_array_unref(row.layouts);
    return row.height;
}

static double
rows_height(const RvPage *page, const Frame *frame, guint count)
{
    double height = 0;

    for (guint i = 0; i < MIN(count, frame->table->rows->len); i++)
        height += row_height(page, frame, i);
    return height;
}

static const RvTextStyle note_style = {RV_SIZE_SMALL, FALSE, rv_page_grey,
                                       RV_TEXT_WIDTH, 0,     RV_ALIGN_LEFT};

/* Of the line below a table, which goes nowhere without its last row. */
static double
note_height(const RvPage *page, const RvTable *table)
{
    PangoLayout *layout;
    double height;

    if (table->shortened == NULL)
        return 0;
    layout = rv_page_layout(page, table->shortened, &note_style);
    height = rv_layout_height(layout) + NOTE_GAP;
    g_object_unref(layout);
    return height;
}

double
rv_page_table_begin_height(const RvPage *page, const RvBlock *block)
{
    Frame frame = make_frame(page, block->table);
    guint count = block->table->rows->len;
    double height = caption_height(page, block) + head_height(page, &frame) +
                    rows_height(page, &frame, count <= KEPT_WHOLE ? count : KEPT_ROWS) +
                    (count <= KEPT_WHOLE ? note_height(page, block->table) : 0);
    return height;
}

static void
put_none(RvPage *page, const RvTable *table)
{
    const RvTextStyle style = {RV_SIZE_BODY, FALSE, rv_page_grey, RV_TEXT_WIDTH, 0, RV_ALIGN_LEFT};

    if (table->none != NULL)
        rv_page_flow(page, table->none, &style, "P", RV_PAGE_LEFT);
    page->y += 4;
}

void
rv_page_table(RvPage *page, const RvBlock *block)
{
    Frame frame = make_frame(page, block->table);
    double least = rv_page_table_begin_height(page, block), note = note_height(page, block->table);

    rv_page_need(page, least);
    put_caption(page, block, FALSE);
    if (block->table->rows->len == 0) {
        put_none(page, block->table);
        return;
    }
    rv_page_tag(page, "Table", NULL);
    put_head(page, &frame);
    for (guint i = 0; i < block->table->rows->len; i++) {
        const GPtrArray *cells = g_ptr_array_index(block->table->rows, i);
        Row row = measure_row(page, &frame, cells);
        double together = row.height; /* the last row goes nowhere alone */

        if (i > 0 && i + 2 == block->table->rows->len)
            together += row_height(page, &frame, i + 1) + note;
        else if (i + 1 == block->table->rows->len)
            together += note;
        if (together > rv_page_left_over(page) && page->y > RV_PAGE_TOP + 1) {
            rv_page_break(page);
            put_caption(page, block, TRUE);
            put_head(page, &frame);
        }
        put_row(page, &frame, cells, &row);
        g_ptr_array_unref(row.layouts);
    }
    rv_page_untag(page, "Table");
    if (block->table->shortened != NULL) {
        page->y += NOTE_GAP;
        rv_page_flow(page, block->table->shortened, &note_style, "P", RV_PAGE_LEFT);
    }
}
