/* How a document becomes pages: where they break, what stays together, what columns get. */
#include <glib.h>
#include <qpdf/qpdf-c.h>
#include <string.h>

#include "report/page.h"
#include "report/pdf.h"

typedef struct {
    RvPage page;
    RvDocument *document;
} Sheet;

static void
open_sheet(Sheet *sheet, RvLanguage language)
{
    RvPage *page = &sheet->page;

    memset(sheet, 0, sizeof *sheet);
    sheet->document = rv_document_new(language, NULL);
    sheet->document->number = g_strdup("1");
    page->document = sheet->document;
    page->surface = cairo_pdf_surface_create(NULL, RV_PAGE_WIDTH, RV_PAGE_HEIGHT);
    page->cairo = cairo_create(page->surface);
    page->context = pango_cairo_create_context(page->cairo);
    page->style.families =
        rv_report_families(pango_context_get_font_map(page->context), language, NULL);
    page->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    page->widths = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    page->plain = pango_attr_list_new();
    rv_page_begin(page);
}

static void
close_sheet(Sheet *sheet)
{
    g_hash_table_unref(sheet->page.places);
    g_hash_table_unref(sheet->page.widths);
    pango_attr_list_unref(sheet->page.plain);
    g_object_unref(sheet->page.context);
    cairo_destroy(sheet->page.cairo);
    cairo_surface_destroy(sheet->page.surface);
    rv_document_free(sheet->document);
}

static const RvBlock *
add_table(Sheet *sheet, guint rows, const char *text)
{
    RvTable *table = rv_document_table(sheet->document, RV_BLOCK_TABLE, "A table");

    rv_table_column(table, "Name", 50, RV_ALIGN_LEFT);
    rv_table_column(table, "Value", 50, RV_ALIGN_RIGHT);
    for (guint i = 0; i < rows; i++) {
        rv_table_row(table);
        rv_table_cell(table, "%s", text);
        rv_table_cell(table, "%u", i);
    }
    return g_ptr_array_index(sheet->document->blocks, sheet->document->blocks->len - 1);
}

/* ---- breaking ---- */

static void
test_long_table(void)
{
    Sheet sheet;
    const RvBlock *block;
    double empty;

    open_sheet(&sheet, RV_LANGUAGE_EN);
    block = add_table(&sheet, 200, "a row");
    empty = rv_page_left_over(&sheet.page);
    rv_page_table(&sheet.page, block);
    g_assert_cmpuint(sheet.page.page, >=, 4);
    g_assert_cmpuint(sheet.page.page, <=, 7);
    /* caption and head came again on the last page: it is lower than its rows alone would make it
     */
    g_assert_cmpfloat(rv_page_left_over(&sheet.page), <, empty - 30);
    close_sheet(&sheet);
}

static void
test_short_table_whole(void)
{
    Sheet sheet;
    const RvBlock *block;
    double height;

    open_sheet(&sheet, RV_LANGUAGE_EN);
    block = add_table(&sheet, 6, "a row");
    height = rv_page_table_begin_height(&sheet.page, block);
    sheet.page.y = RV_PAGE_HEIGHT - RV_PAGE_BOTTOM - height + 2; /* two points short */
    rv_page_table(&sheet.page, block);
    g_assert_cmpuint(sheet.page.page, ==, 2);
    g_assert_cmpfloat_with_epsilon(sheet.page.y, RV_PAGE_TOP + height, 0.5);
    close_sheet(&sheet);
}

static void
test_tall_rows(void)
{
    g_autofree char *words = g_strnfill(20000, 'w');
    Sheet sheet;
    const RvBlock *block;

    for (gsize i = 9; i < 20000; i += 10)
        words[i] = ' ';
    open_sheet(&sheet, RV_LANGUAGE_EN);
    block = add_table(&sheet, 12, words);
    rv_page_table(&sheet.page, block);
    /* a cell of 20 kB is cut, so that a row is no page */
    g_assert_cmpuint(sheet.page.page, <=, 3);
    g_assert_cmpfloat(sheet.page.y, <, RV_PAGE_HEIGHT - RV_PAGE_BOTTOM);
    close_sheet(&sheet);
}

static void
test_text_lines(void)
{
    const RvTextStyle style = {RV_SIZE_BODY, FALSE, NULL, RV_TEXT_WIDTH, 0, RV_ALIGN_LEFT};
    g_autoptr(GString) text = g_string_new(NULL);
    Sheet sheet;

    for (int i = 0; i < 60; i++)
        g_string_append(text, "words that fill lines ");
    open_sheet(&sheet, RV_LANGUAGE_EN);
    sheet.page.y = RV_PAGE_HEIGHT - RV_PAGE_BOTTOM - 16; /* one line has room */
    rv_page_flow(&sheet.page, text->str, &style, NULL, RV_PAGE_LEFT);
    g_assert_cmpuint(sheet.page.page, ==, 2);
    sheet.page.y = RV_PAGE_TOP;
    rv_page_flow(&sheet.page, text->str, &style, NULL, RV_PAGE_LEFT);
    /* the whole text stands on the second page as on an empty one: no line was left behind */
    g_assert_cmpuint(sheet.page.page, ==, 2);
    close_sheet(&sheet);
}

/* What stands beside a text, as its number does, stays with the first of its lines. */
static void
test_need_text(void)
{
    const RvTextStyle style = {RV_SIZE_BODY, FALSE, NULL, RV_TEXT_WIDTH, 0, RV_ALIGN_LEFT};
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 12; i++) /* three lines: they are never torn */
        g_string_append(text, "words that fill lines ");
    for (double room = 5; room < 90; room += 5) {
        Sheet sheet;
        guint page;

        open_sheet(&sheet, RV_LANGUAGE_EN);
        sheet.page.y = RV_PAGE_HEIGHT - RV_PAGE_BOTTOM - room;
        rv_page_need_text(&sheet.page, text->str, &style);
        page = sheet.page.page;
        rv_page_flow(&sheet.page, text->str, &style, NULL, RV_PAGE_LEFT);
        g_assert_cmpuint(sheet.page.page, ==, page);
        g_assert_cmpuint(page, ==, room < 40 ? 2 : page);
        close_sheet(&sheet);
    }
}

/* ---- a whole document ---- */

static GBytes *
write_headings(guint paragraphs)
{
    RvDocument *document = rv_document_new(RV_LANGUAGE_EN, NULL);
    RvTable *table;
    GError *error = NULL;
    GBytes *pdf;

    document->title = g_strdup("t");
    document->subject = g_strdup("s");
    document->author = g_strdup("a");
    document->number = g_strdup("n");
    document->running = g_strdup("r");
    rv_document_heading(document, 1, "one", "One");
    for (guint i = 0; i < paragraphs; i++)
        rv_document_text(document, RV_BLOCK_TEXT, "line");
    rv_document_heading(document, 1, "two", "Two");
    table = rv_document_table(document, RV_BLOCK_TABLE, "Rows");
    rv_table_column(table, "Head", 1, RV_ALIGN_LEFT);
    rv_table_row(table);
    rv_table_cell(table, "row");
    pdf = rv_pdf_write(document, NULL, 0, NULL, &error);
    g_assert_no_error(error);
    rv_document_free(document);
    return pdf;
}

static int
pages_of(GBytes *pdf)
{
    qpdf_data reader = qpdf_init();
    gsize size;
    const char *bytes = g_bytes_get_data(pdf, &size);
    int count;

    g_assert_cmpint(qpdf_read_memory(reader, "a report", bytes, size, NULL), ==, QPDF_SUCCESS);
    count = qpdf_get_num_pages(reader);
    qpdf_cleanup(&reader);
    return count;
}

static int
pages_of_summary(guint lines, gboolean flexible)
{
    g_autoptr(RvDocument) document = rv_document_new(RV_LANGUAGE_EN, NULL);
    RvChart *chart = rv_chart_new(RV_CHART_COLUMNS, "Columns", "of 100");
    g_autoptr(GBytes) pdf = NULL;
    GError *error = NULL;

    document->title = g_strdup("t");
    document->subject = g_strdup("s");
    document->author = g_strdup("a");
    document->number = g_strdup("n");
    document->running = g_strdup("r");
    chart->height = 120;
    rv_chart_bar(chart, "2026-10", 67, "67", TRUE);
    rv_document_panel(document, chart, "")->flexible = flexible;
    for (guint i = 0; i < lines; i++)
        rv_document_text(document, RV_BLOCK_TEXT, "line");
    pdf = rv_pdf_write(document, NULL, 0, NULL, &error);
    g_assert_no_error(error);
    return pages_of(pdf);
}

/* Charts give their height to the lines that would not fit else: a third of 120 points. */
static void
test_flexible(void)
{
    guint one = 10, two = 60; /* so many lines make one page, so many make two */

    while (two - one > 1) {
        guint lines = (one + two) / 2;

        *(pages_of_summary(lines, FALSE) == 1 ? &one : &two) = lines;
    }
    g_assert_cmpint(pages_of_summary(one + 2, TRUE), ==, 1);
    g_assert_cmpint(pages_of_summary(one + 3, TRUE), ==, 2);
}

static void
test_same_bytes(void)
{
    g_autoptr(GBytes) first = write_headings(30);
    g_autoptr(GBytes) again = write_headings(30);

    g_assert_true(g_bytes_equal(first, again));
    g_assert_cmpint(pages_of(first), ==, 2);
}

/* ---- columns, texts ---- */

static void
test_word_is_not_torn(void)
{
    Sheet sheet;
    RvTable *table;
    const RvBlock *block;
    double torn, whole;

    open_sheet(&sheet, RV_LANGUAGE_EN);
    table = rv_document_table(sheet.document, RV_BLOCK_TABLE, "A table");
    rv_table_column(table, "Availability", 5, RV_ALIGN_RIGHT); /* far too narrow */
    rv_table_column(table, "What", 95, RV_ALIGN_LEFT);
    rv_table_row(table);
    rv_table_cell(table, "1");
    rv_table_cell(table, "short");
    block = g_ptr_array_index(sheet.document->blocks, 0);
    whole = rv_page_table_begin_height(&sheet.page, block);
    g_free(g_array_index(table->columns, RvColumn, 0).head);
    g_array_index(table->columns, RvColumn, 0).head = g_strdup("A");
    g_hash_table_remove_all(sheet.page.widths); /* it is another table now */
    torn = rv_page_table_begin_height(&sheet.page, block);
    g_assert_cmpfloat_with_epsilon(whole, torn, 0.5); /* a head of one line, either way */
    close_sheet(&sheet);
}

static void
test_endless_word(void)
{
    RvDocument *document = rv_document_new(RV_LANGUAGE_EN, NULL);
    g_autofree char *word = g_strnfill(4096, 'x');
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, NULL);
    RvCell *cell;

    rv_table_column(table, "", 1, RV_ALIGN_LEFT);
    rv_table_row(table);
    cell = rv_table_cell(table, "before %s after", word);
    g_assert_cmpuint(strlen(cell->text), <, 120);
    g_assert_true(g_str_has_prefix(cell->text, "before xxx"));
    g_assert_nonnull(strstr(cell->text, "x…"));
    cell = rv_table_cell(table, "%s", "\033[31m\u202eevil\u202c <b>");
    g_assert_null(strchr(cell->text, '\033'));
    g_assert_null(strstr(cell->text, "\u202e"));
    g_assert_nonnull(strstr(cell->text, "<b>")); /* texts are plain: a mark-up is just letters */
    rv_document_free(document);
}

static void
test_narrow_marks(void)
{
    const RvTextStyle style = {RV_SIZE_BODY, FALSE, NULL, 0, 1, RV_ALIGN_LEFT};
    Sheet sheet;
    PangoLayout *apart, *met;

    open_sheet(&sheet, RV_LANGUAGE_ZH);
    if (strstr(sheet.page.style.families.text, "Noto Sans CJK") == NULL) {
        close_sheet(&sheet);
        g_test_skip("Noto Sans CJK is not installed");
        return;
    }
    apart = rv_page_layout(&sheet.page, "）字。", &style);
    met = rv_page_layout(&sheet.page, "字）。", &style);
    g_assert_cmpfloat(rv_layout_width(met), <, rv_layout_width(apart) - 3);
    g_object_unref(apart);
    g_object_unref(met);
    close_sheet(&sheet);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/table/goes over pages with caption and head on each", test_long_table);
    g_test_add_func("/table/a short one moves to the next page as a whole", test_short_table_whole);
    g_test_add_func("/table/a cell without end is cut", test_tall_rows);
    g_test_add_func("/text/leaves no line of it alone", test_text_lines);
    g_test_add_func("/text/takes what stands beside it along", test_need_text);
    g_test_add_func("/document/charts give room to lines", test_flexible);
    g_test_add_func("/document/the same gives the same bytes", test_same_bytes);
    g_test_add_func("/columns/give to one that is too narrow for its word", test_word_is_not_torn);
    g_test_add_func("/words/without end are cut, controls and turns are gone", test_endless_word);
    g_test_add_func("/marks/of Chinese punctuation that meet are set narrow", test_narrow_marks);
    return g_test_run();
}
