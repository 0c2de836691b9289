#include "db/sql.h"

void
rv_round_free(RvRound *round)
{
    if (round == NULL)
        return;
    g_free(round->host);
    g_free(round->version);
    g_free(round->note);
    g_free(round);
}

gboolean
rv_state_round_start(RvState *state, RvRound *round, GError **error)
{
    return rv_db_insert(state, &round->id, error,
                        "INSERT INTO round (started_ms, host, version, simulated, due)"
                        " VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
                        RV_INT(round->started_ms), RV_TEXT(round->host != NULL ? round->host : ""),
                        RV_TEXT(round->version != NULL ? round->version : ""),
                        RV_INT(round->simulated != FALSE), RV_INT(round->due));
}

gboolean
rv_state_round_end(RvState *state, const RvRound *round, GError **error)
{
    return rv_db_run(state, error,
                     "UPDATE round SET ended_ms = ?2, due = ?3, asked = ?4, answered = ?5,"
                     " failed = ?6, note = ?7 WHERE id = ?1",
                     RV_INT(round->id), RV_INT_OR_NULL(round->ended_ms), RV_INT(round->due),
                     RV_INT(round->asked), RV_INT(round->answered), RV_INT(round->failed),
                     RV_TEXT(round->note));
}

static RvRound *
read_round(RvStatement *row)
{
    RvRound *round = g_new0(RvRound, 1);

    round->id = rv_db_column_int(row, 0);
    round->started_ms = rv_db_column_int(row, 1);
    round->ended_ms = rv_db_column_int(row, 2);
    round->host = rv_db_column_word(row, 3);
    round->version = rv_db_column_word(row, 4);
    round->simulated = rv_db_column_int(row, 5) != 0;
    round->due = (guint)rv_db_column_int(row, 6);
    round->asked = (guint)rv_db_column_int(row, 7);
    round->answered = (guint)rv_db_column_int(row, 8);
    round->failed = (guint)rv_db_column_int(row, 9);
    round->note = rv_db_column_text(row, 10);
    return round;
}

GPtrArray *
rv_state_rounds(RvState *state, gint64 from_ms, gint64 until_ms, GError **error)
{
    g_autoptr(GPtrArray) rounds = g_ptr_array_new_with_free_func((GDestroyNotify)rv_round_free);
    RvStatement *row =
        rv_db_query(state, error,
                    "SELECT id, started_ms, ended_ms, host, version, simulated, due, asked,"
                    " answered, failed, note FROM round WHERE started_ms >= ?1 AND started_ms < ?2"
                    " ORDER BY started_ms, id",
                    RV_INT(from_ms), RV_INT(until_ms));
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(state, row, error)) == RV_STEP_ROW)
        g_ptr_array_add(rounds, read_round(row));
    return step == RV_STEP_END ? g_steal_pointer(&rounds) : NULL;
}

/* Rounds go with their time, devices stay. */
gboolean
rv_state_begins(RvState *state, gint64 *first_ms, GError **error)
{
    RvStatement *row =
        rv_db_query_with(state, error,
                         "SELECT min(ms) FROM (SELECT min(started_ms) AS ms FROM round"
                         " UNION ALL SELECT min(first_ms) FROM device) AS firsts",
                         NULL, 0);
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(state, row, error);

    *first_ms = 0;
    if (step != RV_STEP_ROW)
        return step == RV_STEP_END;
    *first_ms = rv_db_column_int(row, 0);
    rv_db_done(row);
    return TRUE;
}
