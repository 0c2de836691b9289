/* Document: what a report says, block by block, in one language, before anybody knows of pages or
 * HTML. Sections (section-*.c) add blocks; writers (pdf.c, html.c) show them.
 *
 * Strings given are copied; texts are plain, never markup. A format is that of rv_write_text(): %u
 * counts, and has its thousands told apart. */
#pragma once

#include "report/chart.h"
#include "report/words.h"

/* Status is always a shape, a word and a colour. */
typedef enum {
    RV_MARK_NONE,
    RV_MARK_OK,       /* disc */
    RV_MARK_WARNING,  /* triangle */
    RV_MARK_CRITICAL, /* square */
    RV_MARK_UNKNOWN,  /* ring */
    RV_MARK_BOX,      /* empty, to be ticked by hand */
} RvMark;

RvMark rv_mark_of(RvVerdict verdict);
RvMark rv_mark_of_promise(RvPromise promise);

typedef struct {
    char *text; /* "" */
    RvMark mark;
    gboolean strong;
    char *target;  /* name of a place in the document; NULL: no link */
    char *place;   /* name that links go to; NULL */
    GArray *spark; /* double: drawn small instead of the text; NULL: none */
} RvCell;

typedef enum { RV_ALIGN_LEFT, RV_ALIGN_RIGHT, RV_ALIGN_CENTRE } RvAlign;

typedef struct {
    char *head;
    double width; /* share of the table's width; they need not add up to 1 */
    RvAlign align;
} RvColumn;

typedef struct {
    char *caption;     /* says the finding; "" for none */
    GArray *columns;   /* RvColumn */
    GPtrArray *rows;   /* GPtrArray of RvCell*, as many as columns */
    char *none;        /* instead of the table where it has no row, with why */
    char *shortened;   /* below it: that rows were left out, notes; NULL */
    gboolean headless; /* pairs of label and value */
    gboolean roomy;    /* rows that a hand can write in */
} RvTable;

typedef enum {
    RV_BLOCK_COVER, /* title, sub-title (texts), pairs (table) */
    RV_BLOCK_CONTENTS,
    RV_BLOCK_HEADING,
    RV_BLOCK_TEXT,
    RV_BLOCK_LEAD,  /* the sentence a section stands for */
    RV_BLOCK_SMALL, /* notes */
    RV_BLOCK_ITEMS, /* numbered sentences */
    RV_BLOCK_TILES, /* key figures: table of label, value, note */
    RV_BLOCK_TABLE,
    RV_BLOCK_CHART,
    RV_BLOCK_PANEL,  /* charts two in a row */
    RV_BLOCK_LINES,  /* to write on, as many as the page has room for beside what follows */
    RV_BLOCK_SIGN,   /* boxes to sign in: table of role, name */
    RV_BLOCK_BANNER, /* what must not be overlooked: "demonstration" */
    RV_BLOCK_PAGE,   /* what follows begins a page */
} RvBlockKind;

typedef struct {
    RvBlockKind kind;
    guint level;        /* of a heading: 1 or 2 */
    gboolean half;      /* of a panel with one chart: it follows pairs, and is no wider than they */
    gboolean flexible;  /* of a panel: gets lower where its page would not hold all else */
    char *name;         /* place to link to; NULL */
    char *number;       /* of a heading: "3.1"; of a table or figure: "4" */
    GPtrArray *texts;   /* char* */
    GPtrArray *targets; /* char*, of ITEMS, one a text: where more is said; NULL: nowhere */
    RvMark mark;        /* of a lead */
    RvTable *table;     /* NULL */
    GPtrArray *charts;  /* RvChart* */
} RvBlock;

typedef struct {
    RvLanguage language;
    GTimeZone *zone;                                   /* borrowed */
    char *title, *subject, *author, *number, *running; /* `running`: head line of each page */
    char *confidentiality;                             /* "" */
    char *accent;                                      /* "#1f4e79" */
    char *logo;                                        /* path; NULL */
    gint64 made_ms;
    gboolean demonstration;
    GPtrArray *blocks; /* RvBlock* */
    guint sections, subsections, tables, figures;
} RvDocument;

RvDocument *rv_document_new(RvLanguage language, GTimeZone *zone);
void rv_document_free(RvDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvDocument, rv_document_free)

/* SAY("not met", "未达标") in the language of the `document` in scope. */
#define SAY(en, zh) RV_SAY(document->language, en, zh)

/* Each appends; what is returned is borrowed. */
RvBlock *rv_document_heading(RvDocument *document, guint level, const char *name, const char *text);
RvBlock *rv_document_text(RvDocument *document, RvBlockKind kind, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void rv_document_page(RvDocument *document);
RvBlock *rv_document_items(RvDocument *document);
void rv_document_item(RvBlock *items, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Where more is said of the last item. */
void rv_document_item_target(RvBlock *items, const char *name);
/* Forgets the links to places that the document does not have: when it is complete. */
void rv_document_settle(RvDocument *document);
/* "3.1  Faults"; one section alone needs no number. Caller frees. */
char *rv_document_heading_text(const RvDocument *document, const RvBlock *heading);
/* The heading of that name; NULL: none. */
const RvBlock *rv_document_section(const RvDocument *document, const char *name);
/* `kind`: TABLE, TILES, SIGN, COVER. A TABLE is numbered where it has a caption. */
RvTable *rv_document_table(RvDocument *document, RvBlockKind kind, const char *caption);
/* The caption once more, as the finding that the rows make: for a table that has any. */
void rv_table_finding(RvTable *table, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Appends a sentence to what stands below the table. */
void rv_table_note(RvTable *table, const char *text);
/* Takes the chart. Numbered; `caption` says the finding. */
void rv_document_chart(RvDocument *document, RvChart *chart, const char *caption);
/* Charts that follow each other stand two in a row. Takes the chart. Numbered; `finding` ("": none)
 * stands below its title. */
RvBlock *rv_document_panel(RvDocument *document, RvChart *chart, const char *finding);

void rv_table_column(RvTable *table, const char *head, double width, RvAlign align);
void rv_table_row(RvTable *table);
/* Appends to the last row. */
RvCell *rv_table_cell(RvTable *table, const char *format, ...) G_GNUC_PRINTF(2, 3);
RvCell *rv_table_take(RvTable *table, char *text); /* frees `text` */
RvCell *rv_table_mark(RvTable *table, RvMark mark, const char *text);
