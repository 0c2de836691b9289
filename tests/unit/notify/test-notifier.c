/* Whole notifiers over several rounds, with a command and a log socket as receivers. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "made.h"

#define BUDGET_MS 20000

typedef struct {
    char *folder, *spool, *out;
    GPtrArray *channels; /* RvChannel*, borrowed */
    RvChannel ops;
    char *command[4]; /* of `ops` */
    RvNotifyOptions options;
} Room;

/* `ops` is told by a shell that appends what it reads, and a line "----", to `out`. */
static void
set_up(Room *room, gconstpointer data)
{
    room->folder = g_dir_make_tmp("rackvitals-notify-XXXXXX", NULL);
    room->spool = g_build_filename(room->folder, "spool", NULL);
    room->out = g_build_filename(room->folder, "out", NULL);
    room->ops = made_channel("ops", RV_CHANNEL_COMMAND);
    room->command[0] = g_strdup("/bin/sh");
    room->command[1] = g_strdup("-c");
    room->command[2] = g_strdup_printf("cat >>%s; echo ---- >>%s", room->out, room->out);
    room->ops.command = room->command;
    room->channels = g_ptr_array_new();
    g_ptr_array_add(room->channels, &room->ops);
    room->options = (RvNotifyOptions){
        .channels = room->channels, .host = "poller.example", .zone = g_time_zone_new_utc()};
}

static void
tear_down(Room *room, gconstpointer data)
{
    const char *const names[] = {"spool/notify.json",
                                 "spool/notify.json.broken",
                                 "spool/notify.lock",
                                 "spool",
                                 "out",
                                 "log",
                                 NULL};

    for (const char *const *name = names; *name != NULL; name++) {
        g_autofree char *path = g_build_filename(room->folder, *name, NULL);

        g_remove(path);
    }
    g_assert_cmpint(g_rmdir(room->folder), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(room->command); i++)
        g_free(room->command[i]);
    g_ptr_array_unref(room->channels);
    g_time_zone_unref(room->options.zone);
    g_free(room->folder);
    g_free(room->spool);
    g_free(room->out);
}

static void
tell(Room *room, const char *shell)
{
    g_free(room->command[2]);
    room->command[2] = g_strdup_printf("o=%s; %s", room->out, shell);
}

/* One round over `count` notices. */
static RvNotifyCounts
play_round(Room *room, const RvNotice *notices, guint count, gint64 now_ms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvNotifier) notifier = rv_notifier_open(room->spool, &room->options, &error);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    RvNotifyCounts counts;

    g_assert_no_error(error);
    for (guint i = 0; i < count; i++)
        g_ptr_array_add(all, (gpointer)&notices[i]);
    rv_notifier_take(notifier, all, now_ms, &error);
    g_assert_no_error(error);
    rv_notifier_send(notifier, now_ms, BUDGET_MS, &counts, &error);
    g_assert_no_error(error);
    return counts;
}

/* What was received so far; the file is emptied. */
static char *
received(Room *room)
{
    char *text = NULL;

    if (!g_file_get_contents(room->out, &text, NULL, NULL))
        return g_strdup("");
    g_remove(room->out);
    return text;
}

static guint
messages(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "----\n", -1);

    return g_strv_length(parts) - 1;
}

static void
test_one_message_each(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    g_autofree char *alarm = NULL;
    g_autofree char *silence = NULL;
    g_autofree char *recovery = NULL;

    g_assert_cmpuint(play_round(room, &notice, 1, AT(1)).sent, ==, 1);
    alarm = received(room);
    g_assert_cmpstr(
        alarm, ==,
        "[rackvitals] Fault #12 (major) db-01: power supply 2: failed\n\n"
        "Fault: #12\nDevice: db-01\nSite: 北京一号机房\nWhat: power supply 2: failed\n"
        "Level: major\nOpened: 2026-10-31 08:00:00\n\n"
        "2026-10-31 08:00:00  Fault\n\nrackvitals fault show 12 tells the rest.\n----\n");
    g_assert_cmpuint(play_round(room, &notice, 1, AT(2)).sent, ==, 0);
    silence = received(room);
    g_assert_cmpstr(silence, ==, "");
    notice.recovered_ms = AT(125);
    g_assert_cmpuint(play_round(room, &notice, 1, AT(126)).sent, ==, 1);
    recovery = received(room);
    g_assert_nonnull(strstr(
        recovery, "Recovered #12 (major) db-01: power supply 2: failed, lasted 2 h 05 min\n"));
    g_assert_cmpuint(messages(recovery), ==, 1);
}

static void
test_chinese(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    g_autofree char *text = NULL;

    room->options.language = "zh_CN";
    notice.title = "电源 2 故障";
    notice.level_name = notice.level;
    play_round(room, &notice, 1, AT(1));
    notice.recovered_ms = AT(125);
    play_round(room, &notice, 1, AT(126));
    text = received(room);
    g_assert_nonnull(strstr(text, "[rackvitals] 故障 #12（2 级）db-01：电源 2 故障\n"));
    g_assert_nonnull(strstr(text, "已恢复 #12（2 级）db-01：电源 2 故障，历时 2 小时 5 分钟\n"));
    g_assert_nonnull(strstr(text, "机房：北京一号机房\n"));
}

static void
test_storm(Room *room, gconstpointer data)
{
    RvNotice notices[11];
    g_autofree char *few = NULL;
    g_autofree char *many = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(notices); i++)
        notices[i] = made_notice(100 + i);
    room->ops.digest_after = 5;
    g_assert_cmpuint(play_round(room, notices, 5, AT(1)).sent, ==, 5);
    few = received(room);
    g_assert_cmpuint(messages(few), ==, 5);
    notices[0].recovered_ms = AT(2);
    g_assert_cmpuint(play_round(room, notices, 11, AT(3)).sent, ==, 1);
    many = received(room);
    g_assert_true(g_str_has_prefix(many, "[rackvitals] 7 messages: Fault 6, Recovered 1\n"));
    g_assert_nonnull(strstr(many, "Fault #110 "));
    g_assert_nonnull(strstr(many, "Recovered #100 "));
    g_assert_null(strstr(many, "#104 "));
}

static void
test_quiet_night(Room *room, gconstpointer data)
{
    RvNotice notices[2] = {made_notice(1), made_notice(2)};
    g_autofree char *night = NULL;
    g_autofree char *morning = NULL;
    RvNotifyCounts counts;

    room->ops.quiet_from = 8 * 60; /* UTC */
    room->ops.quiet_until = 9 * 60;
    counts = play_round(room, notices, 2, AT(1));
    g_assert_cmpuint(counts.sent, ==, 0);
    g_assert_cmpuint(counts.waiting, ==, 2);
    notices[0].recovered_ms = AT(30);
    counts = play_round(room, notices, 2, AT(31));
    g_assert_cmpuint(counts.waiting, ==, 2); /* alarm and recovery of one fault are one message */
    night = received(room);
    g_assert_cmpstr(night, ==, "");
    g_assert_cmpuint(play_round(room, notices, 2, AT(60)).sent, ==, 2);
    morning = received(room);
    g_assert_nonnull(
        strstr(morning, "08:00:00  Fault\n2026-10-31 08:30:00  Recovered, lasted 30 min\n"));
    g_assert_cmpuint(messages(morning), ==, 2);
}

static void
test_retries(Room *room, gconstpointer data)
{
    static const struct {
        const char *what;
        int minute;
        guint failed;
    } rounds[] = {
        {"the first try fails", 1, 1},
        {"a minute later it is tried again", 2, 1},
        {"the second pause is two minutes", 3, 0},
        {"then again", 4, 1},
    };
    RvNotice notice = made_notice(12);
    g_autofree char *text = NULL;

    tell(room, "exit 3");
    for (gsize i = 0; i < G_N_ELEMENTS(rounds); i++) {
        g_test_message("%s", rounds[i].what);
        g_assert_cmpuint(play_round(room, &notice, 1, AT(rounds[i].minute)).failed, ==,
                         rounds[i].failed);
    }
    tell(room, "cat >>$o; echo ---- >>$o");
    g_assert_cmpuint(play_round(room, &notice, 1, AT(8)).sent, ==, 1);
    g_assert_cmpuint(play_round(room, &notice, 1, AT(600)).sent, ==, 0);
    text = received(room);
    g_assert_cmpuint(messages(text), ==, 1);
}

static void
test_backlog_becomes_one(Room *room, gconstpointer data)
{
    RvNotice notices[4] = {made_notice(1), made_notice(2), made_notice(3), made_notice(4)};
    g_autofree char *text = NULL;

    room->ops.digest_after = 1;
    tell(room, "exit 1");
    for (guint i = 1; i <= 4; i++)
        play_round(room, notices, i, AT(i));
    tell(room, "cat >>$o; echo ---- >>$o");
    notices[0].recovered_ms = AT(100);
    g_assert_cmpuint(play_round(room, notices, 4, AT(101)).sent, ==, 1);
    text = received(room);
    g_assert_true(g_str_has_prefix(text, "[rackvitals] 5 messages: Fault 4, Recovered 1\n"));
}

static void
test_give_up(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    int day = 24 * 60;
    g_autofree char *text = NULL;

    tell(room, "exit 1");
    play_round(room, &notice, 1, AT(1));
    g_assert_cmpuint(play_round(room, &notice, 1, AT(3 * day + 2)).waiting, ==, 0);
    tell(room, "cat >>$o; echo ---- >>$o");
    /* it still lasts: told anew, once the receiver is there */
    g_assert_cmpuint(play_round(room, &notice, 1, AT(4 * day)).sent, ==, 1);
    g_assert_cmpuint(play_round(room, &notice, 1, AT(4 * day + 1)).sent, ==, 0);
    text = received(room);
    g_assert_cmpuint(messages(text), ==, 1);
}

/* A digest that began with something old is not old as a whole. */
static void
test_only_the_old_is_given_up(Room *room, gconstpointer data)
{
    RvNotice notices[2] = {made_notice(1), made_notice(2)};
    int day = 24 * 60;
    g_autofree char *text = NULL;

    room->ops.digest_after = 1;
    play_round(room, notices, 1, AT(1)); /* told of the first, before the outage */
    g_free(received(room));
    tell(room, "exit 1");
    play_round(room, notices, 2, AT(10)); /* the second waits … */
    notices[0].recovered_ms = AT(2 * day);
    play_round(room, notices, 2, AT(2 * day + 1));  /* … the end of the first joins it … */
    play_round(room, notices, 2, AT(3 * day + 20)); /* … and only the second is dropped … */
    notices[1].recovered_ms = AT(3 * day + 21);
    tell(room, "cat >>$o; echo ---- >>$o");
    play_round(room, notices, 2, AT(3 * day + 200));
    text = received(room); /* … so nobody hears of its end */
    g_assert_cmpuint(messages(text), ==, 1);
    g_assert_nonnull(strstr(text, "Recovered #1"));
    g_assert_null(strstr(text, "#2"));
}

/* Thousands of faults while nothing is taken: the spool stays small, and what lasts is told in the
 * end. */
static void
test_ceiling(Room *room, gconstpointer data)
{
    enum { FAULTS = 2500, CEILING = 2000 };
    g_autofree RvNotice *notices = g_new(RvNotice, FAULTS);
    g_autoptr(GPtrArray) waiting = NULL;
    g_autoptr(GError) error = NULL;
    const RvBacklog *backlog;
    guint told = 0;

    for (guint i = 0; i < FAULTS; i++)
        notices[i] = made_notice(i + 1);
    tell(room, "exit 1");
    for (guint i = 1; i <= 3; i++)
        play_round(room, notices, FAULTS, AT(i * 100));
    waiting = rv_notify_backlog(room->spool, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(waiting->len, ==, 1);
    backlog = g_ptr_array_index(waiting, 0);
    g_assert_cmpstr(backlog->channel, ==, "ops");
    g_assert_cmpuint(backlog->events, ==, CEILING);
    g_assert_cmpuint(backlog->attempts, >=, 1);
    g_assert_cmpint(backlog->since_ms, >=, AT(100));
    tell(room, "head -1 >>$o; cat >/dev/null; echo ---- >>$o");
    for (guint i = 1; i <= 3; i++) {
        g_autofree char *text = NULL;
        guint count = 0;

        play_round(room, notices, FAULTS, AT(1000 + i * 100));
        text = received(room);
        if (sscanf(text, "[rackvitals] %u messages", &count) == 1)
            told += count;
    }
    g_assert_cmpuint(told, ==, FAULTS); /* each, and none twice */
}

static void
test_backlog_of_nothing(Room *room, gconstpointer data)
{
    g_autofree char *path = g_build_filename(room->spool, "notify.json", NULL);
    g_autoptr(GPtrArray) none = rv_notify_backlog(room->spool, NULL);
    GError *error = NULL;

    g_assert_cmpuint(none->len, ==, 0); /* no round yet */
    g_assert_cmpint(g_mkdir(room->spool, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, "no spool", -1, NULL));
    g_assert_null(rv_notify_backlog(room->spool, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS)); /* looking changes nothing */
    g_error_free(error);
}

static void
test_a_command_that_hangs(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    g_autoptr(GError) error = NULL;
    g_autoptr(RvNotifier) notifier = rv_notifier_open(room->spool, &room->options, &error);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    RvNotifyCounts counts;

    tell(room, "sleep 600 & sleep 600");
    g_ptr_array_add(all, &notice);
    rv_notifier_take(notifier, all, AT(1), &error);
    rv_notifier_send(notifier, AT(1), 1000, &counts, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(counts.failed, ==, 1);
    g_assert_cmpuint(counts.waiting, ==, 1);
}

/* Runs a round in a child; gives its wait status. */
static int
round_in_child(Room *room, RvNotice *notices, guint count, gboolean only_take)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        g_autoptr(RvNotifier) notifier = rv_notifier_open(room->spool, &room->options, NULL);
        g_autoptr(GPtrArray) all = g_ptr_array_new();

        for (guint i = 0; i < count; i++)
            g_ptr_array_add(all, &notices[i]);
        if (!rv_notifier_take(notifier, all, AT(1), NULL))
            _exit(9);
        if (only_take)
            kill(getpid(), SIGKILL);
        rv_notifier_send(notifier, AT(1), BUDGET_MS, NULL, NULL);
        _exit(0);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return status;
}

static void
test_killed_before_sending(Room *room, gconstpointer data)
{
    RvNotice notices[2] = {made_notice(1), made_notice(2)};
    g_autofree char *text = NULL;

    g_assert_true(WIFSIGNALED(round_in_child(room, notices, 2, TRUE)));
    g_assert_cmpuint(play_round(room, notices, 2, AT(2)).sent, ==, 2);
    g_assert_cmpuint(play_round(room, notices, 2, AT(3)).sent, ==, 0);
    text = received(room);
    g_assert_cmpuint(messages(text), ==, 2);
}

static void
test_killed_while_handing_over(Room *room, gconstpointer data)
{
    RvNotice notices[2] = {made_notice(1), made_notice(2)};
    g_autofree char *text = NULL;
    RvNotifyCounts counts;

    /* the receiver has the message, and then our process is no more */
    tell(room, "cat >>$o; echo ---- >>$o; kill -KILL $PPID");
    g_assert_true(WIFSIGNALED(round_in_child(room, notices, 2, FALSE)));
    tell(room, "cat >>$o; echo ---- >>$o");
    counts = play_round(room, notices, 2, AT(2));
    g_assert_cmpuint(counts.in_doubt, ==, 1);
    g_assert_cmpuint(counts.sent, ==, 1);
    text = received(room);
    g_assert_cmpuint(messages(text), ==, 2); /* each once */
    g_assert_nonnull(strstr(text, "Fault: #1\n"));
    g_assert_nonnull(strstr(text, "Fault: #2\n"));
    g_assert_cmpuint(play_round(room, notices, 2, AT(100)).sent, ==, 0);
}

static void
test_awaited(Room *room, gconstpointer data)
{
    RvNotice notices[3] = {made_notice(7), made_notice(3), made_notice(5)};
    g_autoptr(GError) error = NULL;
    g_autoptr(RvNotifier) notifier = NULL;
    g_autoptr(GArray) awaited = NULL;
    RvChannel second = made_channel("second", RV_CHANNEL_COMMAND);

    second.command = room->command;
    g_ptr_array_add(room->channels, &second);
    play_round(room, notices, 3, AT(1));
    notices[1].resolved_ms = AT(2); /* 3: its report is still promised */
    notices[1].clocks[RV_CLOCK_REPORT] =
        (RvClock){.kind = RV_CLOCK_REPORT, .exists = TRUE, .due_ms = AT(600), .left_ms = 1};
    notices[2].resolved_ms = AT(2); /* 5: nothing more can come */
    play_round(room, notices, 3, AT(3));
    notifier = rv_notifier_open(room->spool, &room->options, &error);
    g_assert_no_error(error);
    awaited = rv_notifier_awaited(notifier);
    g_assert_cmpuint(awaited->len, ==, 2);
    g_assert_cmpint(g_array_index(awaited, gint64, 0), ==, 3);
    g_assert_cmpint(g_array_index(awaited, gint64, 1), ==, 7);
}

static void
test_another_ledger(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);

    g_assert_cmpuint(play_round(room, &notice, 1, AT(1)).sent, ==, 1);
    notice.opened_ms = AT(5); /* the same number, but another fault */
    g_assert_cmpuint(play_round(room, &notice, 1, AT(6)).sent, ==, 1);
}

static void
test_locked(Room *room, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvNotifier) first = rv_notifier_open(room->spool, &room->options, &error);
    g_autoptr(RvNotifier) second = NULL;

    g_assert_no_error(error);
    g_assert_nonnull(first);
    second = rv_notifier_open(room->spool, &room->options, &error);
    g_assert_null(second);
    g_assert_error(error, RV_ERROR, RV_ERROR_LOCKED);
}

static void
test_broken_spool(Room *room, gconstpointer data)
{
    static const char *const contents[] = {"", "{", "[]",
                                           "{\"version\":1,\"known\":[7],\"queue\":[]}",
                                           "{\"version\":2,\"known\":[],\"queue\":[]}"};
    g_autofree char *path = g_build_filename(room->spool, "notify.json", NULL);
    g_autofree char *aside = g_strconcat(path, ".broken", NULL);
    RvNotice notice = made_notice(12);

    g_assert_cmpint(g_mkdir(room->spool, 0700), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(contents); i++) {
        g_test_message("%s", contents[i]);
        g_assert_true(g_file_set_contents(path, contents[i], -1, NULL));
        g_assert_cmpuint(play_round(room, &notice, 1, AT(1)).sent, ==, 1);
        g_assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
    }
}

static int
listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    return fd;
}

static void
test_log(Room *room, gconstpointer data)
{
    g_autofree char *path = g_build_filename(room->folder, "log", NULL);
    RvChannel log = made_channel("log", RV_CHANNEL_SYSLOG);
    RvNotice notice = made_notice(12);
    char buffer[2048] = "";
    int fd = listen_at(path);

    g_ptr_array_index(room->channels, 0) = &log;
    room->options.journal_socket = path;
    g_assert_cmpuint(play_round(room, &notice, 1, AT(1)).sent, ==, 1);
    g_assert_cmpint(recv(fd, buffer, sizeof buffer - 1, 0), >, 0);
    g_assert_cmpstr(buffer, ==,
                    "MESSAGE=Fault #12 (major) db-01: power supply 2: failed\nPRIORITY=3\n"
                    "SYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=rackvitals\nRACKVITALS_EVENT=open\n"
                    "RACKVITALS_FAULT=12\nRACKVITALS_DEVICE=db-01\nRACKVITALS_LEVEL=2\n");
    room->options.journal_socket = "/nowhere/journal";
    room->options.syslog_socket = path;
    notice.recovered_ms = AT(10);
    g_assert_cmpuint(play_round(room, &notice, 1, AT(11)).sent, ==, 1);
    memset(buffer, 0, sizeof buffer);
    g_assert_cmpint(recv(fd, buffer, sizeof buffer - 1, 0), >, 0);
    g_assert_true(g_str_has_prefix(buffer, "<29>Oct 31 "));
    g_assert_true(g_str_has_suffix(
        buffer, " rackvitals: Recovered #12 (major) db-01: power supply 2: failed, lasted 10 min"));
    room->options.syslog_socket = "/nowhere/log";
    notice.recovered_ms = 0;
    g_assert_cmpuint(play_round(room, &notice, 1, AT(20)).failed, ==, 1);
    close(fd);
}

static void
test_line_ends_of_devices(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    g_autofree char *text = NULL;

    notice.title = "fan\r\nBcc: everybody@example.com\r\n\r\nforged";
    play_round(room, &notice, 1, AT(1));
    text = received(room);
    g_assert_null(strstr(text, "\nBcc"));
    g_assert_nonnull(strstr(text, "fan Bcc: everybody@example.com forged\n"));
}

#define ADD(name, function)                                                                        \
    g_test_add("/notify/notifier/" name, Room, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    rv_log_set_level(RV_LOG_CRITICAL);
    ADD("one-message-each", test_one_message_each);
    ADD("chinese", test_chinese);
    ADD("storm", test_storm);
    ADD("quiet-night", test_quiet_night);
    ADD("retries", test_retries);
    ADD("backlog-becomes-one", test_backlog_becomes_one);
    ADD("give-up", test_give_up);
    ADD("give-up of what is old alone", test_only_the_old_is_given_up);
    ADD("ceiling", test_ceiling);
    ADD("backlog of nothing, and of no spool", test_backlog_of_nothing);
    ADD("a-command-that-hangs", test_a_command_that_hangs);
    ADD("killed-before-sending", test_killed_before_sending);
    ADD("killed-while-handing-over", test_killed_while_handing_over);
    ADD("awaited", test_awaited);
    ADD("another-ledger", test_another_ledger);
    ADD("locked", test_locked);
    ADD("broken-spool", test_broken_spool);
    ADD("log", test_log);
    ADD("line-ends-of-devices", test_line_ends_of_devices);
    return g_test_run();
}
