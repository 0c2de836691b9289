#include "collect/questions.h"

#include <string.h>

struct RvQuestions {
    GArray *oids;      /* RvOid */
    GHashTable *known; /* RvOid */
    GArray *list;      /* RvSnmpQuestion of the last call */
};

static void
clear_question(gpointer data)
{
    RvSnmpQuestion *question = data;

    rv_oid_clear(&question->oid);
    g_free(question->columns);
}

RvQuestions *
rv_questions_new(void)
{
    RvQuestions *questions = g_new0(RvQuestions, 1);

    questions->oids = rv_oids_new();
    questions->known = g_hash_table_new_full(rv_oid_hash, rv_oid_equal, g_free, NULL);
    questions->list = g_array_new(FALSE, TRUE, sizeof(RvSnmpQuestion));
    g_array_set_clear_func(questions->list, clear_question);
    return questions;
}

void
rv_questions_free(RvQuestions *questions)
{
    if (questions == NULL)
        return;
    g_array_unref(questions->list);
    g_hash_table_unref(questions->known);
    g_array_unref(questions->oids);
    g_free(questions);
}

/* ---- adding ---- */

void
rv_questions_add(RvQuestions *questions, const RvOid *oid)
{
    RvOid copy;

    if (g_hash_table_contains(questions->known, oid))
        return;
    copy = rv_oid_copy(oid);
    g_array_append_val(questions->oids, copy);
    g_hash_table_add(questions->known, g_memdup2(&copy, sizeof copy)); /* shares its numbers */
}

static void
add_columns(RvQuestions *questions, const char *entry, const guint32 *columns, guint n,
            gboolean instances)
{
    RvOid base = {NULL, 0};

    rv_oid_parse(entry, &base);
    for (guint i = 0; i < n; i++) {
        RvOid oid = rv_oid_append(&base, (guint32[]){columns[i], 0}, instances ? 2 : 1);

        rv_questions_add(questions, &oid);
        rv_oid_clear(&oid);
    }
    rv_oid_clear(&base);
}

void
rv_questions_add_system(RvQuestions *questions)
{
    static const guint32 system[] = {1, 2, 3, 4, 5, 6};
    static const guint32 engine[] = {3};

    add_columns(questions, "1.3.6.1.2.1.1", system, G_N_ELEMENTS(system), TRUE);
    add_columns(questions, "1.3.6.1.6.3.10.2.1", engine, G_N_ELEMENTS(engine), TRUE);
}

static void
add_packets(RvQuestions *questions)
{
    static const guint32 table[] = {11, 17}, extension[] = {7, 11};

    add_columns(questions, "1.3.6.1.2.1.2.2.1", table, G_N_ELEMENTS(table), FALSE);
    add_columns(questions, "1.3.6.1.2.1.31.1.1.1", extension, G_N_ELEMENTS(extension), FALSE);
}

void
rv_questions_add_interfaces(RvQuestions *questions, gboolean packets)
{
    static const guint32 table[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 16, 19, 20};
    static const guint32 extension[] = {1, 6, 10, 15, 18, 19};
    static const guint32 ether[] = {19};

    add_columns(questions, "1.3.6.1.2.1.2.2.1", table, G_N_ELEMENTS(table), FALSE);
    add_columns(questions, "1.3.6.1.2.1.31.1.1.1", extension, G_N_ELEMENTS(extension), FALSE);
    add_columns(questions, "1.3.6.1.2.1.10.7.2.1", ether, G_N_ELEMENTS(ether), FALSE);
    if (packets)
        add_packets(questions);
}

void
rv_questions_add_moving_interfaces(RvQuestions *questions, gboolean packets)
{
    static const guint32 table[] = {8, 10, 13, 14, 16, 19, 20};
    static const guint32 extension[] = {6, 10};

    add_columns(questions, "1.3.6.1.2.1.2.2.1", table, G_N_ELEMENTS(table), FALSE);
    add_columns(questions, "1.3.6.1.2.1.31.1.1.1", extension, G_N_ELEMENTS(extension), FALSE);
    if (packets)
        add_packets(questions);
}

void
rv_questions_add_entities(RvQuestions *questions, gboolean census)
{
    static const guint32 places[] = {2, 4, 5, 6, 7};
    static const guint32 facts[] = {8, 9, 10, 11, 12, 13, 15};

    add_columns(questions, "1.3.6.1.2.1.47.1.1.1.1", places, G_N_ELEMENTS(places), FALSE);
    if (census)
        add_columns(questions, "1.3.6.1.2.1.47.1.1.1.1", facts, G_N_ELEMENTS(facts), FALSE);
}

void
rv_questions_add_profile(RvQuestions *questions, const RvProfile *profile, gboolean census)
{
    g_autoptr(GArray) columns = rv_profile_columns(profile, census);

    for (guint i = 0; i < columns->len; i++) {
        RvOid *oid = &g_array_index(columns, RvOid, i);

        rv_questions_add(questions, oid);
        rv_oid_clear(oid);
    }
}

/* ---- grouping ---- */

static gboolean
is_instance(const RvOid *oid)
{
    return oid->ids[oid->length - 1] == 0;
}

gboolean
rv_questions_has(const RvQuestions *questions, const RvOid *oid)
{
    return g_hash_table_contains(questions->known, oid);
}

const GArray *
rv_questions_oids(RvQuestions *questions)
{
    rv_oids_sort(questions->oids);
    return questions->oids;
}

static gboolean
is_wanted(const RvOid *oid, const RvHabits *habits, const RvQuestions *asked)
{
    return (habits == NULL || rv_habits_rows(habits, oid) != 0) &&
           (asked == NULL || !rv_questions_has(asked, oid));
}

static gboolean
joins_last(const GArray *list, const RvOid *oid)
{
    const RvSnmpQuestion *last =
        list->len > 0 ? &g_array_index(list, RvSnmpQuestion, list->len - 1) : NULL;

    return last != NULL && last->walk && last->oid.length + 1 == oid->length &&
           memcmp(last->oid.ids, oid->ids, last->oid.length * sizeof *oid->ids) == 0;
}

static void
add_question(GArray *list, const RvOid *oid, const RvHabits *habits)
{
    RvSnmpQuestion *question;
    gint rows = habits != NULL ? rv_habits_rows(habits, oid) : -1;

    if (is_instance(oid)) {
        RvSnmpQuestion get = {.oid = rv_oid_copy(oid)};

        g_array_append_val(list, get);
        return;
    }
    if (!joins_last(list, oid)) {
        RvSnmpQuestion walk = {.oid = rv_oid_from(oid->ids, oid->length - 1), .walk = TRUE};

        g_array_append_val(list, walk);
    }
    question = &g_array_index(list, RvSnmpQuestion, list->len - 1);
    question->columns = g_renew(guint32, question->columns, question->n_columns + 1);
    question->columns[question->n_columns++] = oid->ids[oid->length - 1];
    if (rows > 0)
        question->rows_hint = MAX(question->rows_hint, (guint)rows);
}

const RvSnmpQuestion *
rv_questions_list(RvQuestions *questions, const RvHabits *habits, const RvQuestions *asked,
                  guint *count)
{
    g_array_set_size(questions->list, 0);
    rv_oids_sort(questions->oids);
    for (guint i = 0; i < questions->oids->len; i++) {
        const RvOid *oid = &g_array_index(questions->oids, RvOid, i);

        if (oid->length > 1 && is_wanted(oid, habits, asked))
            add_question(questions->list, oid, habits);
    }
    *count = questions->list->len;
    return (const RvSnmpQuestion *)(gpointer)questions->list->data;
}

void
rv_questions_learn(const RvQuestions *questions, const RvSnmpAnswers *answers, RvHabits *habits)
{
    for (guint i = 0; i < questions->oids->len; i++) {
        const RvOid *oid = &g_array_index(questions->oids, RvOid, i);
        guint rows = 0;

        if (rv_snmp_answers_partial(answers, oid) != NULL)
            continue;
        rv_snmp_answers_below(answers, oid, &rows);
        rv_habits_set(habits, oid, rows);
    }
}
