#include "collect/grid.h"

#include <string.h>

#define ENTERPRISE_LENGTH 7 /* 1.3.6.1.4.1.N */

/* A place where a table's entry may be, and how well the cells below fill it. */
typedef struct {
    guint cells;
    GHashTable *columns, *indexes;
} Place;

static void
place_free(gpointer data)
{
    Place *place = data;

    g_hash_table_unref(place->columns);
    g_hash_table_unref(place->indexes);
    g_free(place);
}

static void
column_free(gpointer data)
{
    RvGridColumn *column = data;

    g_ptr_array_unref(column->cells);
    g_free(column);
}

static void
grid_free(gpointer data)
{
    RvGrid *grid = data;

    rv_oid_clear(&grid->entry);
    g_ptr_array_unref(grid->columns);
    g_free(grid);
}

static char *
dotted(const RvOid *oid, guint from, guint length)
{
    RvOid part = {oid->ids + from, length};

    return rv_oid_format(&part);
}

static gboolean
is_scalar(const RvOid *oid)
{
    return oid->length > ENTERPRISE_LENGTH + 1 && oid->ids[oid->length - 1] == 0;
}

/* Lengths of the entries that `oid` may belong to: a node 1 with column and index behind it. */
static gboolean
may_be_entry(const RvOid *oid, guint length)
{
    return length > ENTERPRISE_LENGTH && oid->ids[length - 1] == 1 && length + 2 <= oid->length;
}

static void
add_to_places(GHashTable *places, const RvOid *oid)
{
    for (guint length = ENTERPRISE_LENGTH + 1; length + 2 <= oid->length; length++) {
        g_autofree char *entry = NULL;
        Place *place;

        if (!may_be_entry(oid, length))
            continue;
        entry = dotted(oid, 0, length);
        place = g_hash_table_lookup(places, entry);
        if (place == NULL) {
            place = g_new0(Place, 1);
            place->columns = g_hash_table_new(NULL, NULL);
            place->indexes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
            g_hash_table_insert(places, g_steal_pointer(&entry), place);
        }
        place->cells++;
        g_hash_table_add(place->columns, GUINT_TO_POINTER(oid->ids[length]));
        g_hash_table_add(place->indexes, dotted(oid, length + 1, oid->length - length - 1));
    }
}

/* Many cells, and no holes in the grid of columns and indexes. */
static double
score(const Place *place)
{
    double whole = (double)g_hash_table_size(place->columns) * g_hash_table_size(place->indexes);
    double full = place->cells / whole;
    /* anything is one column of something */
    double weight = g_hash_table_size(place->columns) > 1 ? 1 : 0.02;

    return place->cells * full * full * weight;
}

static guint
best_entry(GHashTable *places, const RvOid *oid)
{
    double best = 0;
    guint found = 0;

    for (guint length = ENTERPRISE_LENGTH + 1; length + 2 <= oid->length; length++) {
        g_autofree char *entry = NULL;
        double now;

        if (!may_be_entry(oid, length))
            continue;
        entry = dotted(oid, 0, length);
        now = score(g_hash_table_lookup(places, entry));
        if (now > best) {
            best = now;
            found = length;
        }
    }
    return found;
}

static RvGrid *
grid_for(GPtrArray *grids, GHashTable *known, const RvOid *oid, guint length, gboolean scalars)
{
    g_autofree char *entry = dotted(oid, 0, length);
    g_autofree char *key = g_strconcat(entry, scalars ? " scalars" : "", NULL);
    RvGrid *grid = g_hash_table_lookup(known, key);

    if (grid != NULL)
        return grid;
    grid = g_new0(RvGrid, 1);
    grid->entry = rv_oid_from(oid->ids, length);
    grid->scalars = scalars;
    grid->columns = g_ptr_array_new_with_free_func(column_free);
    g_ptr_array_add(grids, grid);
    g_hash_table_insert(known, g_steal_pointer(&key), grid);
    return grid;
}

static void
add_cell(RvGrid *grid, guint32 number, const RvVarbind *cell)
{
    RvGridColumn *column =
        grid->columns->len > 0 ? g_ptr_array_index(grid->columns, grid->columns->len - 1) : NULL;

    if (column == NULL || column->column != number) {
        column = g_new0(RvGridColumn, 1);
        column->column = number;
        column->cells = g_ptr_array_new();
        g_ptr_array_add(grid->columns, column);
    }
    g_ptr_array_add(column->cells, (gpointer)cell);
}

GPtrArray *
rv_grids_find(const GPtrArray *cells)
{
    GPtrArray *grids = g_ptr_array_new_with_free_func(grid_free);
    g_autoptr(GHashTable) places =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, place_free);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < cells->len; i++) {
        const RvVarbind *cell = g_ptr_array_index(cells, i);

        if (!is_scalar(&cell->oid))
            add_to_places(places, &cell->oid);
    }
    for (guint i = 0; i < cells->len; i++) {
        const RvVarbind *cell = g_ptr_array_index(cells, i);
        const RvOid *oid = &cell->oid;
        guint length = is_scalar(oid) ? oid->length - 2 : best_entry(places, oid);

        if (length > 0)
            add_cell(grid_for(grids, known, oid, length, is_scalar(oid)), oid->ids[length], cell);
    }
    return grids;
}
