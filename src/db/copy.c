#include "db/copy.h"

#include <string.h>

#include "base/error.h"
#include "db/backend.h"
#include "db/schema.h"

#define ROWS_AT_ONCE 50    /* in one INSERT */
#define ROWS_IN_HAND 10000 /* of one SELECT: a server sends its whole answer */

typedef struct {
    RvState *from, *to;
    const RvSchemaTable *table;
    char *columns; /* with the key, which comes first */
    guint width;
    char *select, *insert_many, *insert_one;
    GArray *params;    /* RvParam, of rows that wait to be written */
    GPtrArray *values; /* what they borrow */
    gint64 last_key;
    guint64 rows;
} Copying;

/* ---- statements ---- */

static char *
columns_of(const RvSchemaTable *table, int version)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%s, %s", table->key, table->columns);
    for (gsize i = 0; i < G_N_ELEMENTS(table->more); i++)
        if (table->more[i].columns != NULL && table->more[i].since <= version)
            g_string_append_printf(text, ", %s", table->more[i].columns);
    return g_string_free(text, FALSE);
}

static char *
insert_of(const Copying *copying, guint rows)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "INSERT INTO %s (%s) VALUES ", copying->table->name, copying->columns);
    for (guint i = 0; i < rows * copying->width; i++) {
        const char *before = i == 0 ? "(" : i % copying->width == 0 ? "), (" : ", ";

        g_string_append_printf(text, "%s?%u", before, i + 1);
    }
    g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

static Copying
begin(RvState *from, RvState *to, const RvSchemaTable *table, int version)
{
    Copying copying = {.from = from, .to = to, .table = table, .last_key = G_MININT64};

    copying.columns = columns_of(table, version);
    copying.width = 1;
    for (const char *p = copying.columns; *p != '\0'; p++)
        copying.width += *p == ',';
    copying.select =
        g_strdup_printf("SELECT %s FROM %s WHERE %s > ?1 ORDER BY %s LIMIT %d", copying.columns,
                        table->name, table->key, table->key, ROWS_IN_HAND);
    copying.insert_many = insert_of(&copying, ROWS_AT_ONCE);
    copying.insert_one = insert_of(&copying, 1);
    copying.params = g_array_new(FALSE, FALSE, sizeof(RvParam));
    copying.values = g_ptr_array_new_with_free_func(g_free);
    return copying;
}

static void
end(Copying *copying)
{
    rv_db_forget(copying->from, copying->select);
    rv_db_forget(copying->to, copying->insert_many);
    rv_db_forget(copying->to, copying->insert_one);
    g_free(copying->columns);
    g_free(copying->select);
    g_free(copying->insert_many);
    g_free(copying->insert_one);
    g_array_unref(copying->params);
    g_ptr_array_unref(copying->values);
}

/* ---- rows ---- */

static RvParam
take_value(Copying *copying, RvStatement *row, int column)
{
    gsize length = 0;
    gconstpointer bytes;
    char *copy;

    switch (copying->from->backend->kind(row, column)) {
    case RV_PARAM_NULL:
        return RV_TEXT(NULL);
    case RV_PARAM_INT:
        return RV_INT(rv_db_column_int(row, column));
    case RV_PARAM_TEXT:
        copy = rv_db_column_text(row, column);
        g_ptr_array_add(copying->values, copy);
        return RV_TEXT(copy);
    case RV_PARAM_BLOB:
        bytes = rv_db_column_blob(row, column, &length);
        copy = g_memdup2(bytes, length > 0 ? length : 1);
        g_ptr_array_add(copying->values, copy);
        return RV_BLOB(copy, length);
    }
    return RV_TEXT(NULL);
}

static gboolean
write_waiting(Copying *copying, gboolean all, GError **error)
{
    const RvParam *params = (const RvParam *)(void *)copying->params->data;
    gsize many = (gsize)ROWS_AT_ONCE * copying->width, n = 0;

    if (copying->params->len < many && !all)
        return TRUE;
    for (; copying->params->len - n >= many; n += many)
        if (!rv_db_run_with(copying->to, error, copying->insert_many, params + n, many))
            return FALSE;
    for (; n < copying->params->len; n += copying->width)
        if (!rv_db_run_with(copying->to, error, copying->insert_one, params + n, copying->width))
            return FALSE;
    g_array_set_size(copying->params, 0);
    g_ptr_array_set_size(copying->values, 0);
    return TRUE;
}

/* *more: there may be rows after these. */
static gboolean
copy_some(Copying *copying, gboolean *more, GError **error)
{
    RvStatement *row =
        rv_db_query(copying->from, error, copying->select, RV_INT(copying->last_key));
    RvStep step = RV_STEP_ERROR;
    guint rows = 0;

    while (row != NULL && (step = rv_db_step(copying->from, row, error)) == RV_STEP_ROW) {
        copying->last_key = rv_db_column_int(row, 0);
        for (guint column = 0; column < copying->width; column++) {
            RvParam param = take_value(copying, row, (int)column);

            g_array_append_val(copying->params, param);
        }
        rows++;
        if (!write_waiting(copying, FALSE, error)) {
            rv_db_done(row);
            return FALSE;
        }
    }
    copying->rows += rows;
    *more = rows == ROWS_IN_HAND;
    return step == RV_STEP_END;
}

static gboolean
copy_table(Copying *copying, GError **error)
{
    gboolean more = TRUE;

    while (more)
        if (!copy_some(copying, &more, error))
            return FALSE;
    return write_waiting(copying, TRUE, error) &&
           (strcmp(copying->table->key, "id") != 0 ||
            copying->to->backend->settle_ids(copying->to, copying->table->name, error));
}

/* ---- counting ---- */

static gint64
count_table(RvState *state, const RvSchemaTable *table, GError **error)
{
    g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", table->name);
    gint64 rows = rv_db_ask(state, sql, error);

    rv_db_forget(state, sql);
    return rows;
}

static gboolean
count_all(RvState *state, int version, GArray *counts, GError **error)
{
    for (const RvSchemaTable *table = rv_schema_tables; table->name != NULL; table++) {
        gint64 rows = table->since <= version ? count_table(state, table, error) : 0;
        const RvCopied one = {table->name, (guint64)rows};

        if (rows < 0)
            return FALSE;
        g_array_append_val(counts, one);
    }
    return TRUE;
}

/* ---- the whole ---- */

static gboolean
must_be_empty(RvState *to, int version, GError **error)
{
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(RvCopied));

    if (!count_all(to, version, counts, error))
        return FALSE;
    for (guint i = 0; i < counts->len; i++) {
        const RvCopied *one = &g_array_index(counts, RvCopied, i);

        if (one->rows == 0)
            continue;
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "%s: is not empty ('%s' has %" G_GUINT64_FORMAT
                    " rows); nothing was copied, nothing is ever copied over",
                    to->path, one->table, one->rows);
        return FALSE;
    }
    return TRUE;
}

static gboolean
copy_all(RvState *from, RvState *to, int version, GArray *copied, GError **error)
{
    for (const RvSchemaTable *table = rv_schema_tables; table->name != NULL; table++) {
        Copying copying;
        gboolean fine;

        if (table->since > version)
            continue;
        copying = begin(from, to, table, version);
        fine = copy_table(&copying, error);
        end(&copying);
        if (!fine) {
            g_prefix_error(error, "copying '%s': ", table->name);
            return FALSE;
        }
        {
            const RvCopied one = {table->name, copying.rows};

            g_array_append_val(copied, one);
        }
    }
    return TRUE;
}

static gboolean
count_again(RvState *to, int version, const GArray *copied, GError **error)
{
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(RvCopied));

    if (!count_all(to, version, counts, error))
        return FALSE;
    for (guint i = 0; i < copied->len; i++) {
        const RvCopied *read = &g_array_index(copied, RvCopied, i);
        const RvCopied *there = &g_array_index(counts, RvCopied, i);

        if (read->rows == there->rows)
            continue;
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: %" G_GUINT64_FORMAT " rows of '%s' were read and %" G_GUINT64_FORMAT
                    " arrived; nothing was kept",
                    to->path, read->rows, read->table, there->rows);
        return FALSE;
    }
    return TRUE;
}

gboolean
rv_copy_rows(RvState *from, RvState *to, int version, GArray *copied, GError **error)
{
    gboolean fine;

    if (!rv_db_begin_reading(from, error))
        return FALSE;
    if (!rv_db_begin(to, error)) {
        rv_db_rollback(from);
        return FALSE;
    }
    fine = must_be_empty(to, version, error) && copy_all(from, to, version, copied, error) &&
           count_again(to, version, copied, error);
    rv_db_rollback(from);
    return rv_db_finish(to, fine, error);
}

GArray *
rv_state_copy(RvState *from, RvState *to, GError **error)
{
    g_autoptr(GArray) copied = g_array_new(FALSE, FALSE, sizeof(RvCopied));

    return rv_copy_rows(from, to, RV_SCHEMA_VERSION, copied, error) ? g_steal_pointer(&copied)
                                                                    : NULL;
}

GArray *
rv_state_count(RvState *state, GError **error)
{
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(RvCopied));

    return count_all(state, RV_SCHEMA_VERSION, counts, error) ? g_steal_pointer(&counts) : NULL;
}
