#include "base/problems.h"

#include "base/error.h"
#include "base/text.h"

#define PROBLEMS_CEILING 1000

struct RvProblems {
    GPtrArray *lines;
    guint count;
};

RvProblems *
rv_problems_new(void)
{
    RvProblems *problems = g_new0(RvProblems, 1);

    problems->lines = g_ptr_array_new_with_free_func(g_free);
    return problems;
}

void
rv_problems_free(RvProblems *problems)
{
    if (problems == NULL)
        return;
    g_ptr_array_unref(problems->lines);
    g_free(problems);
}

void
rv_problems_add(RvProblems *problems, const char *file, guint line, guint column,
                const char *format, ...)
{
    g_autofree char *message = NULL;
    g_autofree char *clean = NULL;
    va_list arguments;

    problems->count++;
    if (problems->lines->len >= PROBLEMS_CEILING)
        return;
    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    clean = rv_text_clean(message, -1, 1000);
    g_ptr_array_add(problems->lines,
                    line > 0 ? g_strdup_printf("%s:%u:%u: %s", file, line, column, clean)
                             : g_strdup_printf("%s: %s", file, clean));
}

void
rv_problems_join(RvProblems *problems, const RvProblems *from)
{
    problems->count += from->count;
    for (guint i = 0; i < from->lines->len && problems->lines->len < PROBLEMS_CEILING; i++)
        g_ptr_array_add(problems->lines, g_strdup(g_ptr_array_index(from->lines, i)));
}

guint
rv_problems_count(const RvProblems *problems)
{
    return problems->count;
}

const char *
rv_problems_get(const RvProblems *problems, guint n)
{
    return n < problems->lines->len ? g_ptr_array_index(problems->lines, n) : NULL;
}

gboolean
rv_problems_settle(const RvProblems *problems, GError **error)
{
    g_autoptr(GString) all = NULL;

    if (problems->count == 0)
        return TRUE;
    all = g_string_new(NULL);
    for (guint i = 0; i < problems->lines->len; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? "\n" : "",
                               (const char *)g_ptr_array_index(problems->lines, i));
    if (problems->count > problems->lines->len)
        g_string_append_printf(all, "\n(and %u more)", problems->count - problems->lines->len);
    g_set_error_literal(error, RV_ERROR, RV_ERROR_CONFIG, all->str);
    return FALSE;
}
