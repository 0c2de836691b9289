#include "report/document.h"

#include <string.h>

#include "base/text.h"

#define WORD_CEILING 80 /* characters */

RvMark
rv_mark_of(RvVerdict verdict)
{
    switch (verdict) {
    case RV_VERDICT_OK:
        return RV_MARK_OK;
    case RV_VERDICT_WARNING:
        return RV_MARK_WARNING;
    case RV_VERDICT_CRITICAL:
        return RV_MARK_CRITICAL;
    case RV_VERDICT_UNKNOWN:
        return RV_MARK_UNKNOWN;
    }
    return RV_MARK_UNKNOWN;
}

RvMark
rv_mark_of_promise(RvPromise promise)
{
    switch (promise) {
    case RV_PROMISE_NONE:
        return RV_MARK_NONE;
    case RV_PROMISE_MET:
        return RV_MARK_OK;
    case RV_PROMISE_NOT_MET:
        return RV_MARK_CRITICAL;
    case RV_PROMISE_NOT_PROVEN:
        return RV_MARK_UNKNOWN;
    }
    return RV_MARK_NONE;
}

/* ---- life ---- */

static void
cell_free(gpointer data)
{
    RvCell *cell = data;

    g_free(cell->text);
    g_free(cell->target);
    g_free(cell->place);
    g_clear_pointer(&cell->spark, g_array_unref);
    g_free(cell);
}

static void
column_clear(gpointer data)
{
    g_free(((RvColumn *)data)->head);
}

static void
table_free(RvTable *table)
{
    if (table == NULL)
        return;
    g_free(table->caption);
    g_free(table->none);
    g_free(table->shortened);
    g_array_unref(table->columns);
    g_ptr_array_unref(table->rows);
    g_free(table);
}

static void
block_free(gpointer data)
{
    RvBlock *block = data;

    g_free(block->name);
    g_free(block->number);
    g_ptr_array_unref(block->texts);
    g_ptr_array_unref(block->targets);
    g_ptr_array_unref(block->charts);
    table_free(block->table);
    g_free(block);
}

static RvBlock *
add_block(RvDocument *document, RvBlockKind kind)
{
    RvBlock *block = g_new0(RvBlock, 1);

    block->kind = kind;
    block->texts = g_ptr_array_new_with_free_func(g_free);
    block->targets = g_ptr_array_new_with_free_func(g_free);
    block->charts = g_ptr_array_new_with_free_func((GDestroyNotify)rv_chart_free);
    g_ptr_array_add(document->blocks, block);
    return block;
}

RvDocument *
rv_document_new(RvLanguage language, GTimeZone *zone)
{
    RvDocument *document = g_new0(RvDocument, 1);

    document->language = language;
    document->zone = zone;
    document->blocks = g_ptr_array_new_with_free_func(block_free);
    document->confidentiality = g_strdup("");
    return document;
}

void
rv_document_free(RvDocument *document)
{
    if (document == NULL)
        return;
    g_free(document->title);
    g_free(document->subject);
    g_free(document->author);
    g_free(document->number);
    g_free(document->running);
    g_free(document->confidentiality);
    g_free(document->accent);
    g_free(document->logo);
    g_ptr_array_unref(document->blocks);
    g_free(document);
}

/* A word without end, as only broken devices and jokers make, fills no page. A digest is whole, and
 * Chinese sentences are not words: they have no spaces. */
static char *
without_endless_words(const char *text)
{
    GString *out = g_string_new(NULL);
    guint run = 0;

    for (const char *at = text, *next; *at != '\0'; at = next) {
        gunichar c = g_utf8_get_char(at);

        next = g_utf8_next_char(at);
        run = g_unichar_isspace(c) || g_unichar_iswide(c) ? 0 : run + 1;
        if (run <= WORD_CEILING)
            g_string_append_len(out, at, next - at);
        else if (run == WORD_CEILING + 1)
            g_string_append(out, "…");
    }
    return g_string_free(out, FALSE);
}

/* What devices and people wrote is in here: no control characters, nothing that turns the direction
 * of the line. Takes `text`. */
static char *
cleaned(char *text)
{
    g_autofree char *clean = rv_text_clean(text != NULL ? text : "", -1, 0);

    g_free(text);
    return without_endless_words(clean);
}

/* ---- blocks ---- */

RvBlock *
rv_document_heading(RvDocument *document, guint level, const char *name, const char *text)
{
    RvBlock *block = add_block(document, RV_BLOCK_HEADING);

    block->level = level;
    if (level == 1) {
        document->sections++;
        document->subsections = 0;
        block->number = g_strdup_printf("%u", document->sections);
    } else {
        document->subsections++;
        block->number = g_strdup_printf("%u.%u", document->sections, document->subsections);
    }
    block->name = name != NULL ? g_strdup(name) : g_strdup_printf("section-%s", block->number);
    g_ptr_array_add(block->texts, cleaned(g_strdup(text)));
    return block;
}

RvBlock *
rv_document_text(RvDocument *document, RvBlockKind kind, const char *format, ...)
{
    RvBlock *block = add_block(document, kind);
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(block->texts, cleaned(rv_write_text_v(format, arguments)));
    va_end(arguments);
    return block;
}

void
rv_document_page(RvDocument *document)
{
    add_block(document, RV_BLOCK_PAGE);
}

RvBlock *
rv_document_items(RvDocument *document)
{
    return add_block(document, RV_BLOCK_ITEMS);
}

void
rv_document_item(RvBlock *items, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(items->texts, cleaned(rv_write_text_v(format, arguments)));
    g_ptr_array_add(items->targets, NULL);
    va_end(arguments);
}

void
rv_document_item_target(RvBlock *items, const char *name)
{
    if (items->targets->len > 0 &&
        g_ptr_array_index(items->targets, items->targets->len - 1) == NULL)
        g_ptr_array_index(items->targets, items->targets->len - 1) = g_strdup(name);
}

RvTable *
rv_document_table(RvDocument *document, RvBlockKind kind, const char *caption)
{
    RvBlock *block = add_block(document, kind);

    block->table = g_new0(RvTable, 1);
    block->table->caption = g_strdup(caption != NULL ? caption : "");
    block->table->columns = g_array_new(FALSE, TRUE, sizeof(RvColumn));
    g_array_set_clear_func(block->table->columns, column_clear);
    block->table->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    if (kind == RV_BLOCK_TABLE && block->table->caption[0] != '\0')
        block->number = g_strdup_printf("%u", ++document->tables);
    return block->table;
}

void
rv_table_finding(RvTable *table, const char *format, ...)
{
    va_list arguments;

    if (table->rows->len == 0)
        return;
    va_start(arguments, format);
    g_free(table->caption);
    table->caption = cleaned(rv_write_text_v(format, arguments));
    va_end(arguments);
}

void
rv_table_note(RvTable *table, const char *text)
{
    g_autofree char *before = table->shortened;
    gboolean spaced = before != NULL && g_ascii_isprint(before[strlen(before) - 1]);

    table->shortened =
        before != NULL ? g_strconcat(before, spaced ? " " : "", text, NULL) : g_strdup(text);
}

void
rv_document_chart(RvDocument *document, RvChart *chart, const char *caption)
{
    RvBlock *block = add_block(document, RV_BLOCK_CHART);

    g_ptr_array_add(block->charts, chart);
    g_ptr_array_add(block->texts, g_strdup(caption));
    block->number = g_strdup_printf("%u", ++document->figures);
}

RvBlock *
rv_document_panel(RvDocument *document, RvChart *chart, const char *finding)
{
    RvBlock *last = document->blocks->len > 0
                        ? g_ptr_array_index(document->blocks, document->blocks->len - 1)
                        : NULL;

    if (last == NULL || last->kind != RV_BLOCK_PANEL || last->charts->len >= 2) {
        gboolean follows = last != NULL && last->kind == RV_BLOCK_PANEL;

        last = add_block(document, RV_BLOCK_PANEL);
        last->half = follows;
    }
    chart->number = g_strdup_printf(SAY("Figure %u", "图 %u"), ++document->figures);
    chart->title = cleaned(chart->title);
    chart->subject = chart->subject != NULL ? cleaned(chart->subject) : NULL;
    chart->finding = cleaned(g_strdup(finding));
    g_ptr_array_add(last->charts, chart);
    return last;
}

char *
rv_document_heading_text(const RvDocument *document, const RvBlock *heading)
{
    const char *text = g_ptr_array_index(heading->texts, 0);

    return document->sections == 1 && heading->level == 1
               ? g_strdup(text)
               : g_strdup_printf("%s  %s", heading->number, text);
}

/* ---- links ---- */

const RvBlock *
rv_document_section(const RvDocument *document, const char *name)
{
    for (guint i = 0; i < document->blocks->len; i++) {
        const RvBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->kind == RV_BLOCK_HEADING && strcmp(block->name, name) == 0)
            return block;
    }
    return NULL;
}

/* Calls `each` for every cell of the block's table. */
static void
each_cell(const RvBlock *block, void (*each)(RvCell *cell, GHashTable *places), GHashTable *places)
{
    for (guint i = 0; block->table != NULL && i < block->table->rows->len; i++) {
        const GPtrArray *cells = g_ptr_array_index(block->table->rows, i);

        for (guint j = 0; j < cells->len; j++)
            each(g_ptr_array_index(cells, j), places);
    }
}

static void
note_place(RvCell *cell, GHashTable *places)
{
    if (cell->place != NULL)
        g_hash_table_add(places, cell->place);
}

static void
check_target(RvCell *cell, GHashTable *places)
{
    if (cell->target != NULL && !g_hash_table_contains(places, cell->target))
        g_clear_pointer(&cell->target, g_free);
}

void
rv_document_settle(RvDocument *document)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < document->blocks->len; i++) {
        RvBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->kind == RV_BLOCK_HEADING)
            g_hash_table_add(places, block->name);
        each_cell(block, note_place, places);
        for (guint j = 0; j < block->charts->len; j++) {
            const RvChart *chart = g_ptr_array_index(block->charts, j);

            if (chart->place != NULL)
                g_hash_table_add(places, chart->place);
        }
    }
    for (guint i = 0; i < document->blocks->len; i++) {
        RvBlock *block = g_ptr_array_index(document->blocks, i);

        each_cell(block, check_target, places);
        for (guint j = 0; j < block->targets->len; j++)
            if (g_ptr_array_index(block->targets, j) != NULL &&
                !g_hash_table_contains(places, g_ptr_array_index(block->targets, j)))
                g_clear_pointer(&g_ptr_array_index(block->targets, j), g_free);
    }
}

/* ---- tables ---- */

void
rv_table_column(RvTable *table, const char *head, double width, RvAlign align)
{
    RvColumn column = {g_strdup(head), width, align};

    g_array_append_val(table->columns, column);
}

void
rv_table_row(RvTable *table)
{
    g_ptr_array_add(table->rows, g_ptr_array_new_with_free_func(cell_free));
}

RvCell *
rv_table_take(RvTable *table, char *text)
{
    RvCell *cell = g_new0(RvCell, 1);

    cell->text = cleaned(text);
    g_ptr_array_add(g_ptr_array_index(table->rows, table->rows->len - 1), cell);
    return cell;
}

RvCell *
rv_table_cell(RvTable *table, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = rv_write_text_v(format, arguments);
    va_end(arguments);
    return rv_table_take(table, text);
}

RvCell *
rv_table_mark(RvTable *table, RvMark mark, const char *text)
{
    RvCell *cell = rv_table_take(table, g_strdup(text));

    cell->mark = mark;
    return cell;
}
