#include "conf/range.h"

#include <string.h>

gboolean
rv_range_is(const char *text)
{
    return strpbrk(text, "[]") != NULL;
}

/* One end of a run: a number (value, digits written) or a letter (digits 0). */
typedef struct {
    guint64 value;
    int width;
} End;

static gboolean
read_end(const char **p, End *end)
{
    const char *start = *p;

    if (g_ascii_isalpha(*start)) {
        *end = (End){(guchar)*start, 0};
        (*p)++;
        return TRUE;
    }
    if (!g_ascii_isdigit(*start))
        return FALSE;
    end->value = g_ascii_strtoull(start, (char **)p, 10);
    end->width = (int)(*p - start);
    return end->width <= 9;
}

static gboolean
add_run(GPtrArray *items, End first, End last)
{
    if ((first.width == 0) != (last.width == 0) || last.value < first.value ||
        last.value - first.value + items->len >= RV_RANGE_CEILING)
        return FALSE;
    for (guint64 i = first.value; i <= last.value; i++)
        g_ptr_array_add(items, first.width == 0
                                   ? g_strdup_printf("%c", (int)i)
                                   : g_strdup_printf("%0*" G_GUINT64_FORMAT, first.width, i));
    return TRUE;
}

/* What stands between brackets; *p is moved past the closing one. */
static GPtrArray *
read_brackets(const char **p)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

    do {
        End first, last;

        (*p)++;
        if (!read_end(p, &first))
            return NULL;
        last = first;
        if (**p == '-') {
            (*p)++;
            if (!read_end(p, &last))
                return NULL;
        }
        if (!add_run(items, first, last))
            return NULL;
    } while (**p == ',');
    if (**p != ']')
        return NULL;
    (*p)++;
    return g_steal_pointer(&items);
}

static GPtrArray *
append_literal(GPtrArray *texts, const char *literal, gsize length)
{
    for (guint i = 0; i < texts->len; i++) {
        char *whole = g_strdup_printf("%s%.*s", (char *)texts->pdata[i], (int)length, literal);

        g_free(texts->pdata[i]);
        texts->pdata[i] = whole;
    }
    return texts;
}

/* NULL: too many. `texts` is taken. */
static GPtrArray *
append_items(GPtrArray *texts, const GPtrArray *items)
{
    GPtrArray *longer = NULL;

    if (texts->len * (gsize)items->len <= RV_RANGE_CEILING) {
        longer = g_ptr_array_new_with_free_func(g_free);
        for (guint i = 0; i < texts->len; i++)
            for (guint j = 0; j < items->len; j++)
                g_ptr_array_add(longer, g_strconcat(texts->pdata[i], items->pdata[j], NULL));
    }
    g_ptr_array_unref(texts);
    return longer;
}

static char **
end_texts(GPtrArray *texts)
{
    g_ptr_array_add(texts, NULL);
    g_ptr_array_set_free_func(texts, NULL);
    return (char **)g_ptr_array_free(texts, FALSE);
}

char **
rv_range_expand(const char *text, const char **problem)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    const char *p = text;

    g_ptr_array_add(texts, g_strdup(""));
    while (*p != '\0') {
        g_autoptr(GPtrArray) items = NULL;
        gsize literal = strcspn(p, "[]");

        texts = append_literal(texts, p, literal);
        p += literal;
        if (*p == '\0')
            break;
        items = *p == '[' ? read_brackets(&p) : NULL;
        if (items == NULL) {
            *problem = "no range; write one as [01-16], [1,3,5-8] or [a-d], first to last";
            g_ptr_array_unref(texts);
            return NULL;
        }
        texts = append_items(texts, items);
        if (texts == NULL) {
            *problem = "more than 10000 of them";
            return NULL;
        }
    }
    return end_texts(texts);
}
