#include "db/sql.h"
#include "plan/duty.h"

gboolean
rv_state_delivery_add(RvState *state, const RvDelivery *delivery, GError **error)
{
    return rv_db_run(state, error,
                     "INSERT INTO delivery (kind, from_ms, until_ms, done_ms, file, who)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     RV_TEXT(rv_period_kind_word(delivery->kind)), RV_INT(delivery->from_ms),
                     RV_INT(delivery->until_ms), RV_INT(delivery->done_ms),
                     RV_TEXT(delivery->file != NULL ? delivery->file : ""),
                     RV_TEXT(delivery->who != NULL ? delivery->who : ""));
}

static RvDelivery *
read_delivery(RvStatement *row)
{
    RvDelivery *delivery = g_new0(RvDelivery, 1);
    g_autofree char *kind = rv_db_column_word(row, 0);

    rv_period_kind_parse(kind, &delivery->kind);
    delivery->from_ms = rv_db_column_int(row, 1);
    delivery->until_ms = rv_db_column_int(row, 2);
    delivery->done_ms = rv_db_column_int(row, 3);
    delivery->file = rv_db_column_word(row, 4);
    delivery->who = rv_db_column_word(row, 5);
    return delivery;
}

GPtrArray *
rv_state_deliveries(RvState *state, gint64 from_ms, gint64 until_ms, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)rv_delivery_free);
    RvStatement *row = rv_db_query(state, error,
                                   "SELECT kind, from_ms, until_ms, done_ms, file, who"
                                   " FROM delivery WHERE from_ms < ?2 AND until_ms > ?1"
                                   " ORDER BY done_ms, id",
                                   RV_INT(from_ms), RV_INT(until_ms));
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(state, row, error)) == RV_STEP_ROW)
        g_ptr_array_add(all, read_delivery(row));
    return step == RV_STEP_END ? g_steal_pointer(&all) : NULL;
}
