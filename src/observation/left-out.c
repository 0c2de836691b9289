#include "observation/left-out.h"

#include <string.h>

#include "observation/words.h"

#define REASONS_NAMED 3
#define COLUMN ": column "
#define DROPPED " dropped: "

char *
rv_left_out_value(const char *profile, const char *column, RvClass class, const char *why)
{
    return g_strdup_printf("%s" COLUMN "%s (%s): %s", profile, column, rv_class_word(class), why);
}

char *
rv_left_out_limit(const char *sensor, const char *what, const char *why)
{
    return g_strdup_printf("%s: %s" DROPPED "%s", sensor, what, why);
}

const char *
rv_left_out_why(const char *note)
{
    const char *column = strstr(note, COLUMN), *dropped = strstr(note, DROPPED);
    const char *class = column != NULL ? strstr(column, "): ") : NULL;

    if (dropped != NULL)
        return dropped + strlen(DROPPED);
    return class != NULL ? class + strlen("): ") : NULL;
}

/* Without the number of rows at its end. */
static char *
bare(const char *why)
{
    static GRegex *rows;

    if (rows == NULL)
        rows = g_regex_new(" \\(\\d+ rows\\)$", 0, 0, NULL);
    return g_regex_replace_literal(rows, why, -1, 0, "", 0, NULL);
}

char *
rv_left_out_summary(const GPtrArray *notes, guint *count)
{
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    GString *text = g_string_new(NULL);

    *count = 0;
    for (guint i = 0; i < notes->len; i++) {
        const char *why = rv_left_out_why(g_ptr_array_index(notes, i));
        g_autofree char *reason = why != NULL ? bare(why) : NULL;

        if (reason == NULL)
            continue;
        (*count)++;
        if (!g_ptr_array_find_with_equal_func(reasons, reason, g_str_equal, NULL))
            g_ptr_array_add(reasons, g_steal_pointer(&reason));
    }
    if (*count > 0)
        g_string_printf(text, "%u of values and limits left out: ", *count);
    for (guint i = 0; i < MIN(reasons->len, REASONS_NAMED); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "; " : "",
                               (char *)g_ptr_array_index(reasons, i));
    if (reasons->len > REASONS_NAMED)
        g_string_append(text, "; …");
    return g_string_free(text, FALSE);
}
