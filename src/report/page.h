/* Page: A4 pages, one after the other, and a place on them where the next thing goes.
 *
 * A document is laid out twice: first without drawing, to learn on which page everything comes and
 * how many there are; then for good. Both passes must do the same, so nothing here may depend on
 * `drawing` but ink. Lengths are points. For pdf.c and page-*.c alone. */
#pragma once

#include <cairo-pdf.h>

#include "report/document.h"

#define RV_PAGE_WIDTH 595.276
#define RV_PAGE_HEIGHT 841.89
#define RV_PAGE_LEFT 56.7 /* 20 mm */
#define RV_PAGE_TOP 68.0
#define RV_PAGE_BOTTOM 62.0
#define RV_TEXT_WIDTH (RV_PAGE_WIDTH - 2 * RV_PAGE_LEFT)
#define RV_TEXT_HEIGHT (RV_PAGE_HEIGHT - RV_PAGE_TOP - RV_PAGE_BOTTOM)

#define RV_SIZE_BODY 10.0
#define RV_SIZE_TABLE 8.5
#define RV_SIZE_SMALL 8.5

typedef struct {
    const RvDocument *document;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoContext *context;
    PangoAttrList *plain; /* names are broken without hyphens: those would look like part of them */
    RvChartStyle style;
    double tint[3]; /* of heads and tiles */
    gboolean drawing;
    guint page;         /* 1 … */
    guint pages;        /* of the first pass; 0: not known yet */
    double y;           /* where the next thing goes */
    gboolean bare;      /* the page has neither head nor foot line: the cover */
    GHashTable *places; /* name → GUINT_TO_POINTER(page), of the first pass */
    GHashTable *widths; /* RvTable* → double* of its columns: made once, asked for many times */
    char *section;      /* of the head line: the one that the page begins with */
    char *coming;       /* begun below the top: of the next page's head line */
} RvPage;

extern const double rv_page_ink[3], rv_page_grey[3];

void rv_page_begin(RvPage *page);
void rv_page_end(RvPage *page); /* draws head and foot line */
void rv_page_break(RvPage *page);
double rv_page_left_over(const RvPage *page);
/* Breaks the page where less than `height` is left, unless it is empty. */
void rv_page_need(RvPage *page, double height);

typedef struct {
    double size;
    gboolean strong;
    const double *colour;
    double width;     /* 0: one line as long as it is */
    guint most_lines; /* then cut with "…"; 0: all */
    RvAlign align;
} RvTextStyle;

/* Whether a line may not end at this blank: a number before it belongs to what follows. */
gboolean rv_blank_is_glue(const char *text, const char *blank);

/* Caller unrefs. */
PangoLayout *rv_page_layout(const RvPage *page, const char *text, const RvTextStyle *style);
double rv_layout_height(PangoLayout *layout);
double rv_layout_width(PangoLayout *layout);
/* Draws at a place; does not move on. `tag`: "P", "TD" …, NULL: no structure. */
void rv_page_put(const RvPage *page, PangoLayout *layout, const RvTextStyle *style, const char *tag,
                 double x, double y);
void rv_page_write(const RvPage *page, const char *text, const RvTextStyle *style, const char *tag,
                   double x, double y);
/* Breaks the page where rv_page_flow() would before the first line: for what stands beside it. */
void rv_page_need_text(RvPage *page, const char *text, const RvTextStyle *style);
/* A text across the page, broken between its lines where it must be, never leaving one line alone;
 * moves on. */
void rv_page_flow(RvPage *page, const char *text, const RvTextStyle *style, const char *tag,
                  double x);

void rv_page_tag(const RvPage *page, const char *tag, const char *attributes);
void rv_page_untag(const RvPage *page, const char *tag);
void rv_page_place(RvPage *page, const char *name); /* what links go to */
void rv_page_ink_of(const RvPage *page, const double colour[3]);
void rv_page_rule(const RvPage *page, double x, double y, double width, double thickness,
                  const double colour[3]);
/* Disc, triangle, square or ring, `size` high, around the middle of a line. */
void rv_page_mark(const RvPage *page, RvMark mark, double x, double middle, double size);
void rv_mark_colour(RvMark mark, double colour[3]);

/* ---- page-table.c ---- */

void rv_page_table(RvPage *page, const RvBlock *block);
/* Of its caption, head and first rows: what must not be torn apart. */
double rv_page_table_begin_height(const RvPage *page, const RvBlock *block);
