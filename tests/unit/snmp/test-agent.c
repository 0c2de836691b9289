#include <string.h>

#include "asked.h"
#include "base/clock.h"
#include "observation/words.h"

/* A device of a few values: 3 scalars, a table of 3 rows and 2 columns, an empty column between
 * them. */
#define SMALL                                                                                      \
    "1.3.6.1.2.1.1.1.0|4|a switch\n1.3.6.1.2.1.1.3.0|67|4200\n1.3.6.1.2.1.1.5.0|4|sw1\n"           \
    "1.3.6.1.2.1.2.2.1.2.1|4|eth1\n1.3.6.1.2.1.2.2.1.2.2|4|eth2\n1.3.6.1.2.1.2.2.1.2.3|4|eth3\n"   \
    "1.3.6.1.2.1.2.2.1.10.1|65|10\n1.3.6.1.2.1.2.2.1.10.2|65|20\n1.3.6.1.2.1.2.2.1.10.3|65|30\n"   \
    "1.3.6.1.2.1.31.1.1.1.6.1|70|1\n"
#define SCALARS "g1.3.6.1.2.1.1.1.0 g1.3.6.1.2.1.1.3.0 g1.3.6.1.2.1.1.5.0"
#define TABLE "w1.3.6.1.2.1.2.2.1:2,5,10"
#define LARGE "w1.3.6.1.2.1.2.2.1:2,10"
#define LARGE_KNOWN LARGE "/55"

#define QUICK 150 /* ms of time-out, where silence is what is shown */
#define PATIENT 3000

typedef struct {
    const char *words, *arguments, *recording, *questions;
    RvSnmpVersion version;
    guint timeout_ms;
    RvReachability state;
    RvReason reason;
    gboolean partial;
    guint values;        /* that came */
    guint most_requests; /* 0: not looked at */
    const char *detail;  /* in it, or (beginning with "note: ") in the note; NULL: there is none */
} Row;

#define UP RV_STATE_UP, RV_REASON_NONE, FALSE
#define UP_PARTIAL(reason) RV_STATE_UP, reason, TRUE
#define DOWN(reason) RV_STATE_DOWN, reason, FALSE

static const Row rows[] = {
    {"scalars come in one request", "", SMALL, SCALARS, RV_SNMP_2C, PATIENT, UP, 3, 1, NULL},
    {"a small table comes in one request, its empty column too", "", SMALL, TABLE, RV_SNMP_2C,
     PATIENT, UP, 6, 1, NULL},
    {"an absent table costs one request", "", SMALL,
     "w1.3.6.1.2.1.47.1.1.1.1:2,3,4,5,6,7,8,9,10,11,12", RV_SNMP_2C, PATIENT, UP, 0, 1, NULL},
    {"columns behind the last one are known to be absent", "", SMALL,
     "w1.3.6.1.2.1.99.1.1.1:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22", RV_SNMP_2C,
     PATIENT, UP, 0, 1, NULL},
    {"all below a root", "", SMALL, "w1.3.6.1.2.1.1", RV_SNMP_2C, PATIENT, UP, 3, 1, NULL},
    {"an instance that is not there is no failure", "", SMALL,
     "g1.3.6.1.2.1.1.3.0 g1.3.6.1.2.1.1.9.0", RV_SNMP_2C, PATIENT, UP, 1, 1, NULL},
    {"v1: an instance that is not there is left out, the others asked again", "", SMALL,
     "g1.3.6.1.2.1.1.9.0 " SCALARS, RV_SNMP_1, PATIENT, UP, 3, 2, NULL},
    {"v1: a table row by row, all columns together", "", SMALL, TABLE, RV_SNMP_1, PATIENT, UP, 6, 5,
     NULL},
    {"v1: the end of all", "", SMALL, "w1.3.6.1.2.1.31.1.1.1:6", RV_SNMP_1, PATIENT, UP, 0, 1,
     NULL},
    {"small tables that are known share a request", "", SMALL,
     "w1.3.6.1.2.1.2.2.1:2,10/3 w1.3.6.1.2.1.31.1.1.1:6/1", RV_SNMP_2C, PATIENT, UP, 7, 1, NULL},
    {"one of them is gone, the other has fewer rows", "", SMALL,
     "w1.3.6.1.2.1.2.2.1:2,10/5 w1.3.6.1.2.1.99.1.1.1:1,4/5", RV_SNMP_2C, PATIENT, UP, 6, 1, NULL},
    {"a table of 55 rows, rows not known", "--rows 55 --string 4", NULL, LARGE, RV_SNMP_2C, PATIENT,
     UP, 110, 5, NULL},
    {"a table of 55 rows, known: a request a column", "--rows 55 --string 4", NULL, LARGE_KNOWN,
     RV_SNMP_2C, PATIENT, UP, 110, 2, NULL},
    {"it lost a row", "--rows 54 --string 4", NULL, LARGE_KNOWN, RV_SNMP_2C, PATIENT, UP, 108, 2,
     NULL},
    {"it won ten rows", "--rows 65", NULL, LARGE_KNOWN, RV_SNMP_2C, PATIENT, UP, 130, 6, NULL},
    {"it is gone", "", SMALL, "w1.3.6.1.4.1.9:1,2/55", RV_SNMP_2C, PATIENT, UP, 0, 1, NULL},
    {"a large table in packets", "--rows 1000", NULL, LARGE "/1000", RV_SNMP_2C, PATIENT, UP, 2000,
     60, NULL},
    {"strings of 60 kB", "--rows 4 --string 60000 --max-size 65000", NULL, LARGE, RV_SNMP_2C,
     PATIENT, UP, 8, 0, NULL},

    {"the first packet of each request is lost", "--misbehave lose-first", SMALL, SCALARS " " TABLE,
     RV_SNMP_2C, PATIENT, UP, 9, 2, NULL},
    {"every answer comes twice", "--misbehave duplicate", SMALL, SCALARS " " TABLE, RV_SNMP_2C,
     PATIENT, UP, 9, 2, NULL},
    {"the first answer is late, the second in time", "--misbehave late=400", SMALL, SCALARS,
     RV_SNMP_2C, PATIENT, UP, 3, 1, NULL},
    {"nobody answers", "--misbehave silent-over=0 --misbehave dead=100", SMALL, SCALARS " " TABLE,
     RV_SNMP_2C, QUICK, DOWN(RV_REASON_NO_ANSWER), 0, 1, "no answer within"},
    {"the community is another", "--community secret", SMALL, SCALARS, RV_SNMP_2C, QUICK,
     DOWN(RV_REASON_NO_ANSWER), 0, 1, "community is wrong"},
    {"it refuses by an error", "--misbehave refuse=16", SMALL, SCALARS, RV_SNMP_2C, PATIENT,
     DOWN(RV_REASON_CREDENTIALS), 0, 1, "authorizationError"},
    {"it falls silent midway: what came is kept", "--rows 55 --misbehave silent-after=2", NULL,
     "w1.3.6.1.2.1.2.2.1:2,10/55 w1.3.6.1.2.1.47.1.1.1.1:2 w1.3.6.1.4.1.9", RV_SNMP_2C, QUICK,
     UP_PARTIAL(RV_REASON_NO_ANSWER), 55, 8, "no answer"},
    {"answers are cut short", "--misbehave truncate=50", SMALL, SCALARS, RV_SNMP_2C, QUICK,
     DOWN(RV_REASON_PROTOCOL), 0, 1, "no SNMP"},
    {"answers are random bytes", "--misbehave garbage", SMALL, SCALARS, RV_SNMP_2C, QUICK,
     DOWN(RV_REASON_PROTOCOL), 0, 1, "no SNMP"},
    {"answers have another request id", "--misbehave wrong-id=1", SMALL, SCALARS, RV_SNMP_2C, QUICK,
     DOWN(RV_REASON_PROTOCOL), 0, 1, "request id"},
    {"answers come from another address", "--misbehave other-address", SMALL, SCALARS, RV_SNMP_2C,
     QUICK, DOWN(RV_REASON_PROTOCOL), 0, 1, "another address"},
    {"numbers are of ten bytes", "--misbehave invalid", SMALL, TABLE, RV_SNMP_2C, PATIENT,
     UP_PARTIAL(RV_REASON_PROTOCOL), 0, 8, "decoded"},
    {"types are unknown: skipped, and said so", "--misbehave strange-type", SMALL,
     SCALARS " " TABLE, RV_SNMP_2C, PATIENT, UP, 0, 4,
     "note: the agent gave 9 values of a type that SNMP does not have"},
    {"other objects are answered than were asked", "--misbehave other-objects", SMALL,
     "g1.3.6.1.2.1.1.3.0", RV_SNMP_2C, PATIENT, UP_PARTIAL(RV_REASON_PROTOCOL), 0, 2,
     "other objects"},

    {"tooBig over 2 varbinds", "--misbehave too-big=2", SMALL, SCALARS " " TABLE, RV_SNMP_2C,
     PATIENT, UP, 9, 0, NULL},
    {"silent over 2 varbinds in a GET", "--misbehave silent-over=2", SMALL, SCALARS, RV_SNMP_2C,
     QUICK, UP, 3, 0, NULL},
    {"silent at a GETBULK of more than 16 repetitions", "--rows 55 --misbehave slow-over=16", NULL,
     LARGE_KNOWN, RV_SNMP_2C, QUICK, UP, 110, 0, NULL},
    {"GETBULK fails: GETNEXT instead", "--misbehave bulk-error=5", SMALL, TABLE, RV_SNMP_2C,
     PATIENT, UP, 6, 0, NULL},
    {"GETBULK answers nothing: GETNEXT instead", "--misbehave empty", SMALL, TABLE, RV_SNMP_2C,
     PATIENT, UP, 6, 0, NULL},
    {"GETBULK stays at one OID: GETNEXT instead", "--rows 20 --misbehave bulk-repeat=3", NULL,
     LARGE, RV_SNMP_2C, PATIENT, UP, 40, 0, NULL},
    {"a walk stays at one OID", "--rows 20 --misbehave repeat=3", NULL, "w1.3.6.1.2.1.2.2.1:2",
     RV_SNMP_2C, PATIENT, UP_PARTIAL(RV_REASON_LOOP), 3, 0, "1.3.6.1.2.1.2.2.1.2.3 again"},
    {"v1: a walk stays at one OID", "--rows 20 --misbehave repeat=3", NULL, "w1.3.6.1.2.1.2.2.1:2",
     RV_SNMP_1, PATIENT, UP_PARTIAL(RV_REASON_LOOP), 3, 0, "1.3.6.1.2.1.2.2.1.2.3 again"},
    {"a walk falls back to an earlier object", "--rows 20 --misbehave repeat=3", NULL,
     "w1.3.6.1.2.1.31.1.1.1:1", RV_SNMP_2C, PATIENT, UP_PARTIAL(RV_REASON_LOOP), 0, 0,
     "goes in a circle: after 1.3.6.1.2.1.31.1.1.1.1 the agent gave 1.3.6.1.2.1.2.2.1.2.3"},
    {"after its last object it begins anew with the first", "--misbehave repeat=1", SMALL,
     "w1.3.6.1.2.1.31.1.1.1:1", RV_SNMP_2C, PATIENT, UP, 0, 0, NULL},
    {"a walk never ends, the other question is answered", "--misbehave endless", SMALL,
     "w1.3.6.1.4.1.9 g1.3.6.1.2.1.1.3.0", RV_SNMP_2C, PATIENT, UP_PARTIAL(RV_REASON_LOOP), 250005,
     0, "for ever"},
    {"GETBULK leaves rows out: they are asked for by name", "--rows 50 --misbehave skip=10", NULL,
     "w1.3.6.1.2.1.2.2.1:2,10/50", RV_SNMP_2C, PATIENT, UP, 100, 0, NULL},
};

static RvSnmpAccess *
access_to(const Fake *fake, RvSnmpVersion version, guint timeout_ms)
{
    RvSnmpAccess *access = rv_snmp_access_new();

    access->address = g_strdup("127.0.0.1");
    access->port = fake->port;
    access->version = version;
    access->community = rv_secret_new("public");
    access->timeout_ms = timeout_ms;
    access->retries = 2;
    return access;
}

static void
check(const Row *row)
{
    Fake fake;
    g_auto(Asked) asked = {0};
    g_autoptr(RvSnmpAccess) access = NULL;

    fake_start(&fake, row->arguments, row->recording);
    access = access_to(&fake, row->version, row->timeout_ms);
    ask_once(access, row->questions, 20000, &asked);
    fake_stop(&fake);
    g_test_message("%s: %u requests, %u retries, %u values, %s", row->words, asked.outcome.requests,
                   asked.outcome.retries, rv_snmp_answers_count(asked.answers),
                   asked.outcome.detail != NULL ? asked.outcome.detail : "whole");
    g_assert_cmpstr(rv_reachability_word(asked.outcome.state), ==,
                    rv_reachability_word(row->state));
    g_assert_cmpstr(rv_reason_word(asked.outcome.reason), ==, rv_reason_word(row->reason));
    g_assert_cmpint(asked.outcome.partial, ==, row->partial);
    g_assert_cmpuint(rv_snmp_answers_count(asked.answers), ==, row->values);
    if (row->most_requests > 0)
        g_assert_cmpuint(asked.outcome.requests, <=, row->most_requests);
    if (row->detail == NULL || g_str_has_prefix(row->detail, "note: "))
        g_assert_null(asked.outcome.detail);
    if (row->detail == NULL)
        g_assert_null(asked.outcome.note);
    else if (g_str_has_prefix(row->detail, "note: "))
        g_assert_nonnull(strstr(asked.outcome.note, row->detail + strlen("note: ")));
    else
        g_assert_nonnull(strstr(asked.outcome.detail, row->detail));
}

static void
test_rows(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        check(&rows[i]);
}

/* It answers a column and that a table is absent, no more, and patience is longer than the time
 * there is. */
static void
test_deadline(void)
{
    Fake fake;
    g_auto(Asked) asked = {0};
    g_autoptr(RvSnmpAccess) access = NULL;

    fake_start(&fake, "--rows 55 --max-size 8000 --misbehave silent-after=2", NULL);
    access = access_to(&fake, RV_SNMP_2C, 60000);
    ask_once(access, LARGE_KNOWN " w1.3.6.1.4.1.9:1", 3000, &asked);
    fake_stop(&fake);
    g_assert_cmpint(asked.outcome.state, ==, RV_STATE_UP);
    g_assert_cmpint(asked.outcome.reason, ==, RV_REASON_BUDGET);
    g_assert_true(asked.outcome.partial);
    g_assert_nonnull(strstr(asked.outcome.detail, "not all was asked"));
    g_assert_cmpuint(rv_snmp_answers_count(asked.answers), >=, 55);
    g_assert_null(rv_snmp_answers_partial(asked.answers,
                                          &(RvOid){(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 2}, 10}));
    g_assert_nonnull(rv_snmp_answers_partial(
        asked.answers, &(RvOid){(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 10}, 10}));
}

/* Twenty packets a second: the fifth leaves 200 ms after the first, or later. */
static void
test_pace(void)
{
    Fake fake;
    g_auto(Asked) asked = {0};
    g_autoptr(RvSnmpAccess) access = NULL;
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(RvSnmpLoop) loop = rv_snmp_loop_new(context, NULL);
    gint64 begun_ms;

    fake_start(&fake, "", SMALL);
    access = access_to(&fake, RV_SNMP_1, PATIENT);
    rv_snmp_loop_set_pace(loop, 20);
    begun_ms = rv_clock_monotonic_ms();
    ask_with(loop, context, access, TABLE, 20000, &asked);
    fake_stop(&fake);
    g_assert_cmpuint(rv_snmp_answers_count(asked.answers), ==, 6);
    g_assert_cmpuint(asked.outcome.requests, >=, 4);
    g_assert_cmpint(rv_clock_monotonic_ms() - begun_ms, >=, 50 * (asked.outcome.requests - 1) - 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/snmp/agent/rows", test_rows);
    g_test_add_func("/snmp/agent/what came until the deadline is kept", test_deadline);
    g_test_add_func("/snmp/agent/packets are paced", test_pace);
    return g_test_run();
}
