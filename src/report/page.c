#include "report/page.h"

#include <math.h>
#include <string.h>

const double rv_page_ink[3] = {0.10, 0.10, 0.12}, rv_page_grey[3] = {0.33, 0.34, 0.37};

#define LINE_SPACING 1.18f
#define HAIR 0.4
#define PLACE_ABOVE 8

/* ---- structure ---- */

void
rv_page_tag(const RvPage *page, const char *tag, const char *attributes)
{
    if (page->drawing && tag != NULL)
        cairo_tag_begin(page->cairo, tag, attributes);
}

void
rv_page_untag(const RvPage *page, const char *tag)
{
    if (page->drawing && tag != NULL)
        cairo_tag_end(page->cairo, tag);
}

void
rv_page_place(RvPage *page, const char *name)
{
    /* a little above, or the line that is looked for would stick to the edge of the window */
    g_autofree char *attributes =
        g_strdup_printf("name='%s' x=0 y=%d", name, (int)MAX(0, page->y - PLACE_ABOVE));

    g_hash_table_insert(page->places, g_strdup(name), GUINT_TO_POINTER(page->page));
    if (!page->drawing)
        return;
    cairo_tag_begin(page->cairo, CAIRO_TAG_DEST, attributes);
    cairo_tag_end(page->cairo, CAIRO_TAG_DEST);
}

/* ---- text ---- */

/* Chinese marks of punctuation fill a square with one half of it empty. Where two meet, that half
 * is a hole in the line: the first of them is set narrow. */
static void
narrow_marks(PangoAttrList *list, const char *text)
{
    static const char *const ends = "”’）】》」、，。；：！？", *const begins = "“‘（【《「";
    for (const char *at = text, *next; *at != '\0'; at = next) {
        gunichar this = g_utf8_get_char(at), after;
        PangoAttribute *narrow;

        next = g_utf8_next_char(at);
        after = g_utf8_get_char(next);
        if (this < 0x2018 || after < 0x2018)
            continue;
        if (!(g_utf8_strchr(ends, -1, this) != NULL &&
              (g_utf8_strchr(ends, -1, after) != NULL || g_utf8_strchr(begins, -1, after) != NULL)))
            continue;
        narrow = pango_attr_font_features_new("halt=1");
        narrow->start_index = (guint)(at - text);
        narrow->end_index = (guint)(next - text);
        pango_attr_list_insert(list, narrow);
    }
}

/* "3 h" before "5 min". */
static gboolean
is_after_unit(const char *text, const char *blank)
{
    static const char *const units[] = {"天", "小时", "分", " d", " h", " min"};

    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        gsize size = strlen(units[i]);

        if ((gsize)(blank - text) > size && strncmp(blank - size, units[i], size) == 0)
            return TRUE;
    }
    return FALSE;
}

/* "2026-10-20 16:00" */
static gboolean
is_within_time(const char *text, const char *blank)
{
    return blank - text >= 10 && blank[-3] == '-' && blank[-6] == '-' && blank[3] == ':';
}

gboolean
rv_blank_is_glue(const char *text, const char *blank)
{
    const char *next = blank + 1;
    gunichar c = g_utf8_get_char(next);

    if (blank == text)
        return FALSE;
    if (g_ascii_isdigit(*next))
        return is_after_unit(text, blank) || is_within_time(text, blank);
    return g_ascii_isdigit(blank[-1]) && (g_unichar_isalpha(c) || c == 0xb0);
}

/* "41.5 °C", "3 h 5 min", "7 台" stay on one line. */
static void
glue_units(PangoAttrList *list, const char *text)
{
    for (const char *blank = strchr(text, ' '); blank != NULL; blank = strchr(blank + 1, ' ')) {
        const char *end = g_utf8_next_char(blank + 1);
        PangoAttribute *glue;

        if (!rv_blank_is_glue(text, blank))
            continue;
        if (g_str_has_prefix(blank + 1, "小时") || g_str_has_prefix(blank + 1, "分钟"))
            end = g_utf8_next_char(end);
        glue = pango_attr_allow_breaks_new(FALSE);
        glue->start_index = (guint)(g_utf8_prev_char(blank) - text);
        glue->end_index = (guint)(end - text);
        pango_attr_list_insert(list, glue);
    }
}

/* What holds for parts of a text; `plain` itself where that is nothing. */
static PangoAttrList *
attributes_of(const RvPage *page, const char *text)
{
    PangoAttrList *list;

    if (g_str_is_ascii(text) && strpbrk(text, "0123456789") == NULL)
        return pango_attr_list_ref(page->plain);
    list = pango_attr_list_copy(page->plain);
    rv_families_apply(&page->style.families, list, text);
    if (page->document->language == RV_LANGUAGE_ZH)
        narrow_marks(list, text);
    glue_units(list, text);
    return list;
}

PangoLayout *
rv_page_layout(const RvPage *page, const char *text, const RvTextStyle *style)
{
    PangoLayout *layout = pango_layout_new(page->context);
    PangoFontDescription *font = pango_font_description_new();
    PangoAttrList *attributes = attributes_of(page, text);

    pango_font_description_set_family(font, page->style.families.text);
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    if (style->strong)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE); /* a name from right to left does not turn the page */
    pango_layout_set_line_spacing(layout, LINE_SPACING);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_alignment(layout, style->align == RV_ALIGN_RIGHT    ? PANGO_ALIGN_RIGHT
                                       : style->align == RV_ALIGN_CENTRE ? PANGO_ALIGN_CENTER
                                                                         : PANGO_ALIGN_LEFT);
    if (style->width > 0) {
        pango_layout_set_width(layout, (int)(style->width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    }
    if (style->most_lines > 0) {
        pango_layout_set_height(layout, -(int)style->most_lines);
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    }
    return layout;
}

double
rv_layout_height(PangoLayout *layout)
{
    int height;

    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

double
rv_layout_width(PangoLayout *layout)
{
    int width;

    pango_layout_get_size(layout, &width, NULL);
    return (double)width / PANGO_SCALE;
}

void
rv_page_ink_of(const RvPage *page, const double colour[3])
{
    cairo_set_source_rgb(page->cairo, colour[0], colour[1], colour[2]);
}

void
rv_page_put(const RvPage *page, PangoLayout *layout, const RvTextStyle *style, const char *tag,
            double x, double y)
{
    if (!page->drawing)
        return;
    rv_page_tag(page, tag, NULL);
    rv_page_ink_of(page, style->colour != NULL ? style->colour : rv_page_ink);
    cairo_move_to(page->cairo, x, y);
    pango_cairo_show_layout(page->cairo, layout);
    rv_page_untag(page, tag);
}

void
rv_page_write(const RvPage *page, const char *text, const RvTextStyle *style, const char *tag,
              double x, double y)
{
    PangoLayout *layout;

    if (!page->drawing)
        return;
    layout = rv_page_layout(page, text, style);
    rv_page_put(page, layout, style, tag, x, y);
    g_object_unref(layout);
}

/* Lines that go onto this page: none, or at least two, and never all but the last one. */
static int
lines_that_fit(PangoLayout *layout, int first, double room)
{
    int count = pango_layout_get_line_count(layout), fit = 0;
    double height = 0;

    for (int i = first; i < count; i++) {
        PangoRectangle box;

        pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, i), NULL, &box);
        height += (double)box.height / PANGO_SCALE * LINE_SPACING;
        if (height > room)
            break;
        fit++;
    }
    if (fit < count - first && fit == count - first - 1)
        fit--;
    return fit < 2 && fit < count - first ? 0 : fit;
}

static double
put_lines(RvPage *page, PangoLayout *layout, const RvTextStyle *style, const char *tag, double x,
          int first, int count)
{
    double y = page->y;

    rv_page_tag(page, tag, NULL);
    for (int i = first; i < first + count; i++) {
        PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
        PangoRectangle box;

        pango_layout_line_get_extents(line, NULL, &box);
        if (page->drawing) {
            rv_page_ink_of(page, style->colour != NULL ? style->colour : rv_page_ink);
            cairo_move_to(page->cairo, x, y - (double)box.y / PANGO_SCALE);
            pango_cairo_show_layout_line(page->cairo, line);
        }
        y += (double)box.height / PANGO_SCALE * LINE_SPACING;
    }
    rv_page_untag(page, tag);
    return y;
}

void
rv_page_need_text(RvPage *page, const char *text, const RvTextStyle *style)
{
    PangoLayout *layout = rv_page_layout(page, text, style);

    if (page->y > RV_PAGE_TOP + 1 && lines_that_fit(layout, 0, rv_page_left_over(page)) == 0)
        rv_page_break(page);
    g_object_unref(layout);
}

void
rv_page_flow(RvPage *page, const char *text, const RvTextStyle *style, const char *tag, double x)
{
    PangoLayout *layout = rv_page_layout(page, text, style);
    int count = pango_layout_get_line_count(layout), first = 0;

    while (first < count) {
        int fit = lines_that_fit(layout, first, rv_page_left_over(page));

        if (fit == 0 && page->y > RV_PAGE_TOP + 1) {
            rv_page_break(page);
            continue;
        }
        fit = MAX(1, fit);
        page->y = put_lines(page, layout, style, tag, x, first, fit);
        first += fit;
    }
    g_object_unref(layout);
}

/* ---- shapes ---- */

void
rv_page_rule(const RvPage *page, double x, double y, double width, double thickness,
             const double colour[3])
{
    if (!page->drawing)
        return;
    rv_page_ink_of(page, colour);
    cairo_set_line_width(page->cairo, thickness);
    cairo_move_to(page->cairo, x, y);
    cairo_line_to(page->cairo, x + width, y);
    cairo_stroke(page->cairo);
}

void
rv_mark_colour(RvMark mark, double colour[3])
{
    static const double colours[][3] = {
        [RV_MARK_NONE] = {0.10, 0.10, 0.12},    [RV_MARK_OK] = {0.09, 0.45, 0.22},
        [RV_MARK_WARNING] = {0.58, 0.34, 0.0},  [RV_MARK_CRITICAL] = {0.70, 0.13, 0.10},
        [RV_MARK_UNKNOWN] = {0.33, 0.34, 0.37}, [RV_MARK_BOX] = {0.10, 0.10, 0.12},
    };

    memcpy(colour, colours[mark], sizeof colours[mark]);
}

void
rv_page_mark(const RvPage *page, RvMark mark, double x, double middle, double size)
{
    double colour[3], half = size / 2;

    if (!page->drawing || mark == RV_MARK_NONE)
        return;
    rv_mark_colour(mark, colour);
    rv_page_ink_of(page, colour);
    cairo_new_path(page->cairo);
    switch (mark) {
    case RV_MARK_NONE:
        return;
    case RV_MARK_OK:
        cairo_arc(page->cairo, x + half, middle, half, 0, 2 * G_PI);
        cairo_fill(page->cairo);
        break;
    case RV_MARK_WARNING:
        cairo_move_to(page->cairo, x + half, middle - half);
        cairo_line_to(page->cairo, x + size, middle + half);
        cairo_line_to(page->cairo, x, middle + half);
        cairo_close_path(page->cairo);
        cairo_fill(page->cairo);
        break;
    case RV_MARK_CRITICAL:
        cairo_rectangle(page->cairo, x, middle - half, size, size);
        cairo_fill(page->cairo);
        break;
    case RV_MARK_UNKNOWN:
        cairo_set_line_width(page->cairo, size / 6);
        cairo_arc(page->cairo, x + half, middle, half - size / 12, 0, 2 * G_PI);
        cairo_stroke(page->cairo);
        break;
    case RV_MARK_BOX:
        cairo_set_line_width(page->cairo, 0.7);
        cairo_rectangle(page->cairo, x - 1, middle - half - 1, size + 2, size + 2);
        cairo_stroke(page->cairo);
        break;
    }
}

/* ---- pages ---- */

void
rv_page_begin(RvPage *page)
{
    g_autofree char *label = NULL;

    page->page++;
    page->y = RV_PAGE_TOP;
    if (page->coming != NULL) {
        g_free(page->section);
        page->section = g_steal_pointer(&page->coming);
    }
    label = g_strdup_printf("%u", page->page);
    if (page->drawing)
        cairo_pdf_surface_set_page_label(page->surface, label);
}

static void
put_head(const RvPage *page)
{
    const RvTextStyle left = {7.5, FALSE, rv_page_grey, RV_TEXT_WIDTH * 0.62, 1, RV_ALIGN_LEFT};
    const RvTextStyle right = {7.5, FALSE, rv_page_grey, RV_TEXT_WIDTH * 0.36, 1, RV_ALIGN_RIGHT};

    rv_page_write(page, page->document->running, &left, NULL, RV_PAGE_LEFT, 36);
    /* a document of one section says it in its running title */
    if (page->section != NULL && page->document->sections > 1)
        rv_page_write(page, page->section, &right, NULL, RV_PAGE_LEFT + RV_TEXT_WIDTH * 0.64, 36);
    rv_page_rule(page, RV_PAGE_LEFT, 50, RV_TEXT_WIDTH, HAIR, page->style.grey);
}

static void
put_foot(const RvPage *page)
{
    const RvDocument *document = page->document;
    const RvTextStyle left = {7.5, FALSE, rv_page_grey, RV_TEXT_WIDTH * 0.7, 1, RV_ALIGN_LEFT};
    const RvTextStyle right = {7.5, FALSE, rv_page_grey, RV_TEXT_WIDTH * 0.28, 1, RV_ALIGN_RIGHT};
    double y = RV_PAGE_HEIGHT - 42;
    g_autofree char *number =
        rv_write_text(SAY("Page %u of %u", "第 %u 页，共 %u 页"), page->page, page->pages);
    g_autofree char *line = g_strdup_printf(
        "%s%s%s%s%s", document->number, document->confidentiality[0] != '\0' ? "  ·  " : "",
        document->confidentiality, document->demonstration ? "  ·  " : "",
        document->demonstration ? SAY("DEMONSTRATION: simulated clock", "演示：模拟时钟") : "");

    rv_page_rule(page, RV_PAGE_LEFT, y - 6, RV_TEXT_WIDTH, HAIR, page->style.grey);
    rv_page_write(page, line, &left, NULL, RV_PAGE_LEFT, y);
    rv_page_write(page, number, &right, NULL, RV_PAGE_LEFT + RV_TEXT_WIDTH * 0.72, y);
}

void
rv_page_end(RvPage *page)
{
    if (!page->drawing)
        return;
    /* cairo 1.16 knows no artifacts; what is private is not read out */
    rv_page_tag(page, "Private", NULL);
    if (!page->bare)
        put_head(page);
    put_foot(page);
    rv_page_untag(page, "Private");
    cairo_surface_show_page(page->surface);
}

void
rv_page_break(RvPage *page)
{
    rv_page_end(page);
    page->bare = FALSE;
    rv_page_begin(page);
}

double
rv_page_left_over(const RvPage *page)
{
    return RV_PAGE_HEIGHT - RV_PAGE_BOTTOM - page->y;
}

void
rv_page_need(RvPage *page, double height)
{
    if (page->y > RV_PAGE_TOP + 1 && rv_page_left_over(page) < MIN(height, RV_TEXT_HEIGHT))
        rv_page_break(page);
}
