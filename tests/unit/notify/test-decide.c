/* What a channel is told, step by step; nothing is sent. */
#include <string.h>

#include "made.h"
#include "notify/decide.h"

/* How the fault is at one round, and what is told then: words of the news, joined by a blank. */
typedef struct {
    const char *what;
    int minute;
    int recovered, resolved; /* minutes; 0: not */
    const char *level;
    const char *expected;
} Step;

static void
check_steps(const RvChannel *channel, const Step *steps, gsize count, gboolean by_hand)
{
    g_autoptr(RvKnown) known = NULL;

    for (gsize i = 0; i < count; i++) {
        g_autoptr(GPtrArray) news = g_ptr_array_new_with_free_func((GDestroyNotify)rv_news_free);
        g_autoptr(GString) told = g_string_new(NULL);
        RvNotice notice = made_notice(12);

        notice.level = steps[i].level;
        notice.by_hand = by_hand;
        notice.recovered_ms = steps[i].recovered != 0 ? AT(steps[i].recovered) : 0;
        notice.resolved_ms = steps[i].resolved != 0 ? AT(steps[i].resolved) : 0;
        if (known == NULL)
            known = rv_known_new(&notice);
        rv_notify_decide(channel, &notice, known, AT(steps[i].minute), news);
        for (guint j = 0; j < news->len; j++)
            g_string_append_printf(told, "%s%s", j > 0 ? " " : "",
                                   rv_news_word(((RvNews *)g_ptr_array_index(news, j))->kind));
        g_test_message("%s", steps[i].what);
        g_assert_cmpstr(told->str, ==, steps[i].expected);
    }
}

static void
test_a_life(void)
{
    const RvChannel channel = made_channel("ops", RV_CHANNEL_MAIL);
    const Step steps[] = {
        {"it is there", 1, 0, 0, "2", "open"},
        {"and still is: nobody is told again", 2, 0, 0, "2", ""},
        {"it became worse", 3, 0, 0, "1", "worsen"},
        {"it went away", 60, 58, 0, "1", "recover"},
        {"and stays away", 61, 58, 0, "1", ""},
        {"it came back", 90, 0, 0, "1", "relapse"},
        {"a person resolves it while it lasts", 120, 0, 119, "1", "recover"},
        {"nothing follows", 121, 0, 119, "1", ""},
    };

    check_steps(&channel, steps, G_N_ELEMENTS(steps), FALSE);
}

static void
test_no_recovery_without_alarm(void)
{
    const RvChannel channel = made_channel("ops", RV_CHANNEL_MAIL);
    const Step steps[] = {{"it came and went before anybody looked", 5, 3, 0, "2", ""},
                          {"it is resolved", 9, 3, 8, "2", ""}};

    check_steps(&channel, steps, G_N_ELEMENTS(steps), FALSE);
}

static void
test_escalation_hears_clocks_only(void)
{
    RvChannel channel = made_channel("boss", RV_CHANNEL_MAIL);
    const Step steps[] = {{"it is there", 1, 0, 0, "2", ""}, {"it goes", 5, 4, 0, "2", ""}};

    channel.escalation_only = TRUE;
    check_steps(&channel, steps, G_N_ELEMENTS(steps), FALSE);
}

static void
test_by_hand(void)
{
    const RvChannel channel = made_channel("ops", RV_CHANNEL_MAIL);
    const Step steps[] = {{"who opened it knows of it", 1, 0, 0, "2", ""},
                          {"and who resolved it, too", 5, 0, 4, "2", ""}};

    check_steps(&channel, steps, G_N_ELEMENTS(steps), TRUE);
}

static void
test_clocks(void)
{
    static const struct {
        const char *what;
        RvClock clock;
        gint64 before_ms;
        const char *expected;
        gint64 time_ms;
    } rows[] = {
        {"no such clock", {.exists = FALSE, .breached = TRUE}, 0, "", 0},
        {"time enough", {.exists = TRUE, .due_ms = AT(60), .left_ms = 3000000}, 600000, "", 0},
        {"ten minutes left, as asked",
         {.exists = TRUE, .due_ms = AT(60), .left_ms = 600000},
         600000,
         "clock_near",
         AT(30)},
        {"ten minutes left, but only the end counts",
         {.exists = TRUE, .due_ms = AT(60), .left_ms = 600000},
         0,
         "",
         0},
        {"it has run out",
         {.exists = TRUE, .due_ms = AT(20), .left_ms = -600000, .breached = TRUE},
         600000,
         "clock_over",
         AT(20)},
        {"done in time",
         {.exists = TRUE, .due_ms = AT(20), .done_ms = AT(10), .left_ms = 0},
         600000,
         "",
         0},
        {"done, though too late",
         {.exists = TRUE, .due_ms = AT(20), .done_ms = AT(25), .breached = TRUE},
         600000,
         "",
         0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) news = g_ptr_array_new_with_free_func((GDestroyNotify)rv_news_free);
        RvChannel channel = made_channel("boss", RV_CHANNEL_MAIL);
        RvNotice notice = made_notice(12);
        g_autoptr(RvKnown) known = rv_known_new(&notice);
        const RvNews *first;

        g_test_message("%s", rows[i].what);
        channel.escalation_only = TRUE;
        channel.escalate_before_ms = rows[i].before_ms;
        notice.clocks[RV_CLOCK_RESOLVE] = rows[i].clock;
        rv_notify_decide(&channel, &notice, known, AT(30), news);
        g_assert_cmpuint(news->len, ==, rows[i].expected[0] != '\0');
        if (news->len == 0)
            continue;
        first = g_ptr_array_index(news, 0);
        g_assert_cmpstr(rv_news_word(first->kind), ==, rows[i].expected);
        g_assert_cmpint(first->clock, ==, RV_CLOCK_RESOLVE);
        g_assert_cmpint(first->time_ms, ==, rows[i].time_ms);
        rv_notify_decide(&channel, &notice, known, AT(31), news);
        g_assert_cmpuint(news->len, ==, 1); /* each clock once */
    }
}

static void
test_duration_counts_from_the_last_begin(void)
{
    const RvChannel channel = made_channel("ops", RV_CHANNEL_MAIL);
    g_autoptr(GPtrArray) news = g_ptr_array_new_with_free_func((GDestroyNotify)rv_news_free);
    RvNotice notice = made_notice(12);
    g_autoptr(RvKnown) known = rv_known_new(&notice);
    static const struct {
        int now, recovered;
    } rounds[] = {{1, 0}, {30, 25}, {100, 0}, {141, 140}};

    for (gsize i = 0; i < G_N_ELEMENTS(rounds); i++) {
        notice.recovered_ms = rounds[i].recovered != 0 ? AT(rounds[i].recovered) : 0;
        rv_notify_decide(&channel, &notice, known, AT(rounds[i].now), news);
    }
    g_assert_cmpuint(news->len, ==, 4);
    g_assert_cmpint(((RvNews *)g_ptr_array_index(news, 1))->lasted_ms, ==, 25 * 60000);
    g_assert_cmpint(((RvNews *)g_ptr_array_index(news, 3))->lasted_ms, ==, 40 * 60000);
}

static void
test_quiet_hours(void)
{
    static const struct {
        const char *what;
        int from, until, minute;
        gboolean quiet;
    } rows[] = {
        {"no quiet hours", -1, -1, 0, FALSE},
        {"in the evening", 22 * 60, 7 * 60, 22 * 60, TRUE},
        {"after midnight", 22 * 60, 7 * 60, 3 * 60, TRUE},
        {"the last minute", 22 * 60, 7 * 60, 7 * 60 - 1, TRUE},
        {"the end is not quiet", 22 * 60, 7 * 60, 7 * 60, FALSE},
        {"noon, within one day", 12 * 60, 13 * 60, 12 * 60 + 30, TRUE},
        {"before noon", 12 * 60, 13 * 60, 12 * 60 - 1, FALSE},
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvChannel channel = made_channel("ops", RV_CHANNEL_MAIL);
        gint64 midnight = AT(-16 * 60); /* 00:00 in Shanghai */

        g_test_message("%s", rows[i].what);
        channel.quiet_from = rows[i].from;
        channel.quiet_until = rows[i].until;
        g_assert_cmpint(rv_notify_quiet(&channel, zone, midnight + rows[i].minute * 60000), ==,
                        rows[i].quiet);
    }
}

static void
test_levels(void)
{
    RvChannel channel = made_channel("ops", RV_CHANNEL_MAIL);
    RvNotice notice = made_notice(12);

    g_assert_true(rv_notify_concerns(&channel, &notice));
    channel.levels = (char *)"1";
    g_assert_false(rv_notify_concerns(&channel, &notice));
    channel.levels = (char *)"?";
    g_assert_true(rv_notify_concerns(&channel, &notice));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/notify/decide/a-life", test_a_life);
    g_test_add_func("/notify/decide/no-recovery-without-alarm", test_no_recovery_without_alarm);
    g_test_add_func("/notify/decide/escalation-hears-clocks-only",
                    test_escalation_hears_clocks_only);
    g_test_add_func("/notify/decide/by-hand", test_by_hand);
    g_test_add_func("/notify/decide/clocks", test_clocks);
    g_test_add_func("/notify/decide/duration", test_duration_counts_from_the_last_begin);
    g_test_add_func("/notify/decide/quiet-hours", test_quiet_hours);
    g_test_add_func("/notify/decide/levels", test_levels);
    return g_test_run();
}
