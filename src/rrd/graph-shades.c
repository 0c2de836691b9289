#include "rrd/graph-drawing.h"

#define WIDTH 760 /* of the plot where nobody says */

/* In grey the fills are alike: outages have whole edges, maintenance dashed ones. */
static const struct {
    RvGraphWord word;
    const char *fill, *edge, *dashes;
} shades[] = {
    [RV_SHADE_OUTAGE] = {RV_WORD_OUTAGE, "#D55E0038", "#D55E0099", NULL},
    [RV_SHADE_MAINTENANCE] = {RV_WORD_MAINTENANCE, "#0072B226", "#0072B299", "dashes=3,3"},
};

static int
compare_spans(gconstpointer a, gconstpointer b)
{
    const RvGraphSpan *x = a, *y = b;

    if (x->shade != y->shade)
        return x->shade < y->shade ? -1 : 1;
    return (x->start_s > y->start_s) - (x->start_s < y->start_s);
}

GArray *
rv_graph_spans_join(const RvGraphSpan *spans, guint n, gint64 start_s, gint64 end_s, gint64 least_s)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(RvGraphSpan));
    GArray *joined = g_array_new(FALSE, FALSE, sizeof(RvGraphSpan));

    for (guint i = 0; i < n; i++) {
        RvGraphSpan span = spans[i];

        span.start_s = MAX(span.start_s, start_s);
        span.end_s = MIN(span.end_s, end_s);
        if (span.start_s < span.end_s)
            g_array_append_val(sorted, span);
    }
    g_array_sort(sorted, compare_spans);
    for (guint i = 0; i < sorted->len; i++) {
        const RvGraphSpan *span = &g_array_index(sorted, RvGraphSpan, i);
        RvGraphSpan *last =
            joined->len > 0 ? &g_array_index(joined, RvGraphSpan, joined->len - 1) : NULL;

        if (last != NULL && last->shade == span->shade && span->start_s <= last->end_s + least_s)
            last->end_s = MAX(last->end_s, span->end_s);
        else
            g_array_append_val(joined, *span);
    }
    return joined;
}

/* The edge is there at whatever span; the fill falls between two values where it is short. The
 * first of a kind has its name. */
static void
add_edges(RvDrawing *drawing, const RvGraphSpan *span, gint64 pixel_s, gboolean named)
{
    const char *dashes = shades[span->shade].dashes;
    const char *text = named ? "" : rv_drawing_word(drawing, shades[span->shade].word);

    if (!named)
        rv_drawing_item(drawing,
                        g_strdup_printf("VRULE:%" G_GINT64_FORMAT "%s", span->start_s,
                                        shades[span->shade].edge),
                        text, dashes);
    else
        rv_drawing_add(drawing, "VRULE:%" G_GINT64_FORMAT "%s:%s%s", span->start_s,
                       shades[span->shade].edge, dashes != NULL ? ":" : "",
                       dashes != NULL ? dashes : "");
    if (span->end_s - span->start_s >= 2 * pixel_s)
        rv_drawing_add(drawing, "VRULE:%" G_GINT64_FORMAT "%s:%s%s", span->end_s,
                       shades[span->shade].edge, dashes != NULL ? ":" : "",
                       dashes != NULL ? dashes : "");
}

/* The whole height where an expression is 1: up from 0 and down from it. */
static void
shade(RvDrawing *drawing, const char *name, const char *condition, const char *color)
{
    static const char *const ends[] = {"INF", "NEGINF"};

    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        rv_drawing_add(drawing, "CDEF:%s%s=%s,%s,UNKN,IF", name, ends[i], condition, ends[i]);
        rv_drawing_add(drawing, "AREA:%s%s%s", name, ends[i], color);
    }
}

void
rv_drawing_spans(RvDrawing *drawing)
{
    const RvGraphRequest *request = drawing->request;
    gint64 pixel_s =
        (request->end_s - request->start_s) / (request->width > 0 ? request->width : WIDTH);
    g_autoptr(GArray) spans = rv_graph_spans_join(request->spans, request->n_spans,
                                                  request->start_s, request->end_s, pixel_s);
    gboolean named[G_N_ELEMENTS(shades)] = {FALSE};

    for (guint i = 0; i < spans->len; i++) {
        const RvGraphSpan *span = &g_array_index(spans, RvGraphSpan, i);

        g_autofree char *name = g_strdup_printf("span%u", i);
        /* a value stands for the time before it: shaded where the middle of that lies within */
        g_autofree char *within =
            g_strdup_printf("%s,POP,TIME,STEPWIDTH,2,/,-,%" G_GINT64_FORMAT
                            ",GE,TIME,STEPWIDTH,2,/,-,%" G_GINT64_FORMAT ",LE,*",
                            drawing->base, span->start_s, span->end_s);

        shade(drawing, name, within, shades[span->shade].fill);
        add_edges(drawing, span, pixel_s, named[span->shade]);
        named[span->shade] = TRUE;
    }
}

void
rv_drawing_gap(RvDrawing *drawing, const char *unknown)
{
    shade(drawing, "gap", unknown, "#00000016");
    rv_drawing_item(drawing, g_strdup("AREA:void#E9E9E9"),
                    rv_drawing_word(drawing, RV_WORD_NOT_OBSERVED), NULL);
}
