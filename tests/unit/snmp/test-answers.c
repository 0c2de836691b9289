#include <string.h>

#include "snmp/shares.h"

static void
add(RvSnmpAnswers *answers, const char *oid, gint64 value)
{
    RvVarbind varbind = {.type = RV_SNMP_INTEGER, .integer = value};

    g_assert_true(rv_oid_parse(oid, &varbind.oid));
    g_assert_true(rv_snmp_answers_add(answers, &varbind));
    g_assert_null(varbind.oid.ids);
}

static gint64
get(const RvSnmpAnswers *answers, const char *text)
{
    RvOid oid;
    const RvVarbind *varbind;

    g_assert_true(rv_oid_parse(text, &oid));
    varbind = rv_snmp_answers_get(answers, &oid);
    rv_oid_clear(&oid);
    return varbind != NULL ? varbind->integer : -1;
}

static guint
below(const RvSnmpAnswers *answers, const char *text, gint64 *first)
{
    RvOid oid;
    const RvVarbind *varbind;
    guint count;

    g_assert_true(rv_oid_parse(text, &oid));
    varbind = rv_snmp_answers_below(answers, &oid, &count);
    *first = varbind != NULL ? varbind->integer : -1;
    rv_oid_clear(&oid);
    return count;
}

static void
test_order(void)
{
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_answers_new();
    gint64 first;

    g_assert_cmpuint(below(answers, "1", &first), ==, 0);
    add(answers, "1.3.10.1", 10);
    add(answers, "1.3.2.1", 2);
    add(answers, "1.3.2.2", 3);
    add(answers, "1.3.2.1", 99);
    add(answers, "1.3.2", 1);
    g_assert_cmpuint(rv_snmp_answers_count(answers), ==, 4);
    g_assert_cmpint(get(answers, "1.3.2.1"), ==, 2);
    g_assert_cmpint(get(answers, "1.3.2.3"), ==, -1);
    g_assert_cmpuint(below(answers, "1.3.2", &first), ==, 3);
    g_assert_cmpint(first, ==, 1);
    g_assert_cmpuint(below(answers, "1.3.1", &first), ==, 0);
    g_assert_cmpuint(below(answers, "1.3", &first), ==, 4);
    /* what comes after a look is in its place at the next one */
    add(answers, "1.3.2.0", 7);
    add(answers, "1.3.10.1", 98);
    g_assert_cmpuint(below(answers, "1.3.2", &first), ==, 4);
    g_assert_cmpint(get(answers, "1.3.2.0"), ==, 7);
    g_assert_cmpint(get(answers, "1.3.10.1"), ==, 10);
}

static void
test_partial(void)
{
    static const struct {
        const char *words, *root;
        gboolean partial;
    } rows[] = {
        {"the subtree itself", "1.3.6.2", TRUE},
        {"below it", "1.3.6.2.1.4", TRUE},
        {"above it", "1.3", TRUE},
        {"its neighbour", "1.3.6.3", FALSE},
    };
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_answers_new();
    RvOid oid;

    g_assert_true(rv_oid_parse("1.3.6.2", &oid));
    g_assert_null(rv_snmp_answers_partial(answers, &oid));
    rv_snmp_answers_mark_partial(answers, &oid, "no answer");
    rv_oid_clear(&oid);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].words);
        g_assert_true(rv_oid_parse(rows[i].root, &oid));
        g_assert_cmpstr(rv_snmp_answers_partial(answers, &oid), ==,
                        rows[i].partial ? "no answer" : NULL);
        rv_oid_clear(&oid);
    }
}

/* 64 MiB of strings and a million numbers: whichever comes first ends it. */
static void
test_ceiling(void)
{
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_answers_new();
    g_autofree guint8 *bytes = g_malloc0(65536);
    guint32 ids[] = {1, 3, 0};
    RvVarbind varbind = {
        .oid = {.ids = ids, .length = 3}, .type = RV_SNMP_OCTETS, .octets = bytes, .size = 65535};
    guint n = 0;

    while (rv_snmp_answers_add_copy(answers, &varbind) && n < 2000) {
        ids[2]++;
        n++;
    }
    g_assert_cmpuint(n, <=, 1024);
    g_assert_cmpuint(n, >, 1000);
    g_assert_true(rv_snmp_answers_full(answers));
    g_assert_cmpuint(rv_snmp_answers_count(answers), ==, n);
}

/* `n` values that take 16 KiB each, with what is left over of a block */
static void
add_long(RvSnmpAnswers *answers, guint n)
{
    static guint8 text[15999];
    RvVarbind varbind = {.type = RV_SNMP_OCTETS, .octets = text, .size = sizeof text};

    for (guint i = 0; i < n; i++) {
        varbind.oid = (RvOid){.ids = (guint32[]){1, 3, i}, .length = 3};
        g_assert_true(rv_snmp_answers_add_copy(answers, &varbind));
    }
}

/* Agents under way: one says what was expected of it, which is most of all, others say more than
 * that, and one little until there is no more room. */
static void
test_shares(void)
{
    static const guint mib[] = {62, 61, 50, 45, 1};
    RvShares shares = {.all = G_QUEUE_INIT};
    RvSnmpAnswers *answers[G_N_ELEMENTS(mib)];
    RvShare share[G_N_ELEMENTS(mib)];

    for (guint i = 0; i < G_N_ELEMENTS(mib); i++) {
        answers[i] = rv_snmp_answers_new();
        rv_snmp_answers_expect(answers[i], i == 0 ? 16384 : 0);
        rv_share_begin(&shares, &share[i], answers[i]);
        add_long(answers[i], mib[i] * 64);
        rv_share_count(&shares, &share[i]);
    }
    g_assert_null(rv_shares_excessive(&shares));
    add_long(answers[4], 8 * 64);
    rv_share_count(&shares, &share[4]);
    g_assert_true(rv_shares_excessive(&shares) == &share[1]);
    rv_share_end(&shares, &share[1]);
    rv_share_end(&shares, &share[1]);
    g_assert_null(rv_shares_excessive(&shares));
    for (guint i = 0; i < G_N_ELEMENTS(mib); i++) {
        rv_share_end(&shares, &share[i]);
        rv_snmp_answers_free(answers[i]);
    }
    g_assert_cmpuint(shares.bytes, ==, 0);
    g_assert_cmpuint(shares.all.length, ==, 0);
}

/* Forty that say as much as large switches, after one that says far more: with that room is scarce.
 */
static void
test_turns(void)
{
    enum { ALL = 41, AT_ONCE = 32 };
    RvShares shares = {.all = G_QUEUE_INIT};
    RvSnmpAnswers *answers[ALL];
    RvShare share[ALL];

    for (guint i = 0; i < ALL; i++) {
        answers[i] = rv_snmp_answers_new();
        rv_share_begin(&shares, &share[i], answers[i]);
        add_long(answers[i], i == 0 ? 5 * 64 : 160);
        rv_share_count(&shares, &share[i]);
    }
    g_assert_true(rv_shares_are_scarce(&shares));
    for (guint i = 0; i < ALL; i++)
        g_assert_cmpint(rv_share_may_go_on(&shares, &share[i]), ==, i >= 1 && i <= AT_ONCE);
    g_assert_null(rv_shares_next(&shares));
    add_long(answers[40], 1); /* more than the others: nearer to its end */
    rv_share_count(&shares, &share[40]);
    g_assert_true(rv_shares_next(&shares) == &share[40]);
    g_assert_false(share[40].waits);
    for (guint i = 1; i < ALL; i++)
        rv_share_end(&shares, &share[i]);
    g_assert_true(rv_shares_next(&shares) == &share[0]);
    rv_share_end(&shares, &share[0]);
    g_assert_null(rv_shares_next(&shares));
    g_assert_cmpuint(shares.waiting, ==, 0);
    for (guint i = 0; i < ALL; i++)
        rv_snmp_answers_free(answers[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/snmp/answers/order", test_order);
    g_test_add_func("/snmp/answers/partial", test_partial);
    g_test_add_func("/snmp/answers/ceiling", test_ceiling);
    g_test_add_func("/snmp/answers/shares", test_shares);
    g_test_add_func("/snmp/answers/turns", test_turns);
    return g_test_run();
}
