/* Mail and webhook against real servers (peers.py), which read with parsers of their own. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "made.h"

#define BUDGET_MS 20000

typedef struct {
    char *folder, *spool, *ca;
    GSubprocess *peers;
    json_t *ports;
    GPtrArray *channels; /* RvChannel*, borrowed */
    RvNotifyOptions options;
    int count; /* of messages read */
} Room;

static void
set_up(Room *room, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDataInputStream) lines = NULL;
    g_autofree char *line = NULL;

    room->folder = g_dir_make_tmp("rackvitals-servers-XXXXXX", NULL);
    room->spool = g_build_filename(room->folder, "spool", NULL);
    room->peers = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                       G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                   &error, g_getenv("RACKVITALS_PYTHON"),
                                   g_getenv("RACKVITALS_PEERS"), room->folder, NULL);
    g_assert_no_error(error);
    lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(room->peers));
    line = g_data_input_stream_read_line(lines, NULL, NULL, &error);
    g_assert_nonnull(line);
    room->ports = json_loads(line, 0, NULL);
    g_assert_nonnull(room->ports);
    room->ca = g_strdup(json_string_value(json_object_get(room->ports, "ca")));
    room->channels = g_ptr_array_new();
    room->options = (RvNotifyOptions){.channels = room->channels,
                                      .host = "poller.example",
                                      .language = "zh_CN",
                                      .zone = g_time_zone_new_utc()};
}

static void
remove_all(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            remove_all(path);
        g_remove(path);
    }
    g_rmdir(folder);
}

static void
tear_down(Room *room, gconstpointer data)
{
    g_output_stream_close(g_subprocess_get_stdin_pipe(room->peers), NULL, NULL);
    g_subprocess_wait(room->peers, NULL, NULL);
    g_object_unref(room->peers);
    remove_all(room->folder);
    json_decref(room->ports);
    g_ptr_array_unref(room->channels);
    g_time_zone_unref(room->options.zone);
    g_free(room->folder);
    g_free(room->spool);
    g_free(room->ca);
}

/* FALSE: the servers cannot be had here, and the test says so. */
static gboolean
have_servers(Room *room)
{
    json_t *why = json_object_get(room->ports, "skip");

    if (why != NULL)
        g_test_skip(json_string_value(why));
    return why == NULL;
}

static void
set_mood(Room *room, const char *mood)
{
    g_autofree char *path = g_build_filename(room->folder, "mood", NULL);

    g_assert_true(g_file_set_contents(path, mood, -1, NULL));
}

static char *
url(Room *room, const char *scheme, const char *server, const char *path)
{
    return g_strdup_printf("%s://localhost:%d%s", scheme,
                           (int)json_integer_value(json_object_get(room->ports, server)), path);
}

static char *to[] = {(char *)"值班 <duty@example.com>", (char *)"gone@example.com", NULL};
static char *bcc[] = {(char *)"boss@example.com", NULL};

/* Caller frees its url. */
static RvChannel
mail_channel(Room *room, const char *scheme, const char *server)
{
    RvChannel channel = made_channel(server, RV_CHANNEL_MAIL);

    channel.url = url(room, scheme, server, "");
    channel.from = (char *)"机房巡检 <rounds@example.com>";
    channel.to = to;
    channel.bcc = bcc;
    channel.ca_file = room->ca;
    g_ptr_array_set_size(room->channels, 0);
    return channel;
}

static RvNotifyCounts
play_round(Room *room, const RvNotice *notice, gint64 now_ms, gint64 budget_ms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvNotifier) notifier = rv_notifier_open(room->spool, &room->options, &error);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    RvNotifyCounts counts;

    g_assert_no_error(error);
    g_ptr_array_add(all, (gpointer)notice);
    rv_notifier_take(notifier, all, now_ms, &error);
    g_assert_no_error(error);
    rv_notifier_send(notifier, now_ms, budget_ms, &counts, &error);
    g_assert_no_error(error);
    return counts;
}

/* The next message that a server took; NULL: none. Caller unrefs. */
static json_t *
next_message(Room *room)
{
    g_autofree char *name = g_strdup_printf("%d.json", room->count + 1);
    g_autofree char *path = g_build_filename(room->folder, name, NULL);
    json_t *message = json_load_file(path, 0, NULL);

    room->count += message != NULL;
    return message;
}

static const char *
text(const json_t *message, const char *name)
{
    return json_string_value(json_object_get(message, name));
}

static void
test_mail(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    RvChannel channel;
    json_t *mail;

    if (!have_servers(room))
        return;
    channel = mail_channel(room, "smtp", "smtp");
    g_ptr_array_add(room->channels, &channel);
    notice.title =
        "电源 2 故障：输入电压丢失，冗余已失效，请尽快检查机柜配电单元与电源线缆的连接情况";
    g_assert_cmpuint(play_round(room, &notice, AT(1), BUDGET_MS).sent, ==, 1);
    mail = next_message(room);
    g_assert_nonnull(mail);
    g_assert_cmpstr(text(mail, "from"), ==, "rounds@example.com");
    g_assert_cmpstr(text(mail, "greeting"), ==, "poller.example");
    g_assert_cmpuint(json_array_size(json_object_get(mail, "to")), ==, 3);
    g_assert_cmpstr(text(mail, "header_from"), ==, "机房巡检 <rounds@example.com>");
    g_assert_cmpstr(text(mail, "header_to"), ==, "值班 <duty@example.com>, gone@example.com");
    g_assert_cmpstr(text(mail, "bcc_header"), ==, "");
    g_assert_cmpstr(text(mail, "subject"), ==,
                    "[rackvitals] 故障 #12（major）db-01：电源 2 "
                    "故障：输入电压丢失，冗余已失效，请尽快检查机柜配电单元与电源线缆的连接情况");
    g_assert_true(g_str_has_prefix(text(mail, "references"), "<fault-12-"));
    g_assert_true(g_str_has_suffix(text(mail, "id"), "@poller.example>"));
    g_assert_nonnull(strstr(text(mail, "body"), "机房：北京一号机房\n"));
    g_assert_true(json_is_true(json_object_get(mail, "ascii")));
    g_assert_cmpint(json_integer_value(json_object_get(mail, "longest_line")), <=, 76);
    g_assert_cmpuint(json_array_size(json_object_get(mail, "defects")), ==, 0);
    json_decref(mail);
    g_free(channel.url);
}

static void
test_mail_with_tls(Room *room, gconstpointer data)
{
    static const char *const ways[][2] = {{"smtp", "starttls"}, {"smtps", "smtps"}};
    g_autoptr(RvSecret) password = rv_secret_new("geheim 密码");

    if (!have_servers(room))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        RvNotice notice = made_notice((gint64)i + 1);
        RvChannel channel = mail_channel(room, ways[i][0], ways[i][1]);
        json_t *mail;

        g_test_message("%s", ways[i][1]);
        channel.start_tls = strcmp(ways[i][1], "starttls") == 0;
        channel.user = (char *)"rounds";
        channel.password = password;
        g_ptr_array_add(room->channels, &channel);
        g_assert_cmpuint(play_round(room, &notice, AT(1), BUDGET_MS).sent, ==, 1);
        mail = next_message(room);
        g_assert_cmpstr(text(mail, "server"), ==, ways[i][1]);
        g_assert_true(json_is_true(json_object_get(mail, "tls")));
        g_assert_true(json_is_true(json_object_get(mail, "login")));
        json_decref(mail);
        g_free(channel.url);
    }
}

/* Nothing of these leaves the house: no message, and no password. */
static void
test_mail_that_is_not_safe(Room *room, gconstpointer data)
{
    static const struct {
        const char *what, *scheme, *server;
        gboolean start_tls, known_ca;
        const char *password;
    } rows[] = {
        {"a password, but no TLS", "smtp", "smtp", FALSE, TRUE, "geheim 密码"},
        {"the server offers no TLS", "smtp", "smtp", TRUE, TRUE, NULL},
        {"a certificate nobody vouches for", "smtp", "starttls", TRUE, FALSE, "geheim 密码"},
        {"the same from the start", "smtps", "smtps", FALSE, FALSE, "geheim 密码"},
        {"the wrong password", "smtp", "starttls", TRUE, TRUE, "nonsense"},
    };

    if (!have_servers(room))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvNotice notice = made_notice((gint64)i + 1);
        RvChannel channel = mail_channel(room, rows[i].scheme, rows[i].server);
        RvNotifyCounts counts;

        g_test_message("%s", rows[i].what);
        channel.id = (char *)rows[i].what;
        channel.start_tls = rows[i].start_tls;
        channel.ca_file = rows[i].known_ca ? room->ca : NULL;
        if (rows[i].password != NULL) {
            channel.user = (char *)"rounds";
            channel.password = rv_secret_new(rows[i].password);
        }
        g_ptr_array_add(room->channels, &channel);
        counts = play_round(room, &notice, AT(1), BUDGET_MS);
        g_assert_cmpuint(counts.failed, ==, 1);
        g_assert_cmpuint(counts.sent, ==, 0);
        g_assert_null(next_message(room));
        g_clear_pointer(&channel.password, rv_secret_unref);
        g_free(channel.url);
    }
}

static void
test_mail_refused_and_retried(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    RvChannel channel;
    json_t *mail;

    if (!have_servers(room))
        return;
    channel = mail_channel(room, "smtp", "smtp");
    g_ptr_array_add(room->channels, &channel);
    set_mood(room, "refuse");
    g_assert_cmpuint(play_round(room, &notice, AT(1), BUDGET_MS).failed, ==, 1);
    set_mood(room, "recipient"); /* one is gone: the others are told all the same */
    g_assert_cmpuint(play_round(room, &notice, AT(2), BUDGET_MS).sent, ==, 1);
    mail = next_message(room);
    g_assert_cmpuint(json_array_size(json_object_get(mail, "to")), ==, 2);
    g_assert_null(next_message(room));
    json_decref(mail);
    g_free(channel.url);
}

static void
test_silence_keeps_the_id(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    RvChannel channel;
    json_t *first, *second;

    if (!have_servers(room))
        return;
    channel = mail_channel(room, "smtp", "smtp");
    g_ptr_array_add(room->channels, &channel);
    set_mood(room, "silent");
    g_assert_cmpuint(play_round(room, &notice, AT(1), 1000).failed, ==, 1);
    set_mood(room, "");
    notice.recovered_ms = AT(2); /* is another message: the first one may be with the reader */
    g_assert_cmpuint(play_round(room, &notice, AT(3), BUDGET_MS).sent, ==, 2);
    first = next_message(room);
    second = next_message(room);
    g_assert_cmpstr(text(first, "id"), ==, text(second, "id"));
    json_decref(first);
    json_decref(second);
    g_free(channel.url);
}

static void
test_webhook(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    RvChannel channel = made_channel("hook", RV_CHANNEL_WEBHOOK);
    g_autoptr(RvSecret) key = rv_secret_new("webhook key");
    json_t *message, *event;

    if (!have_servers(room))
        return;
    channel.url = url(room, "http", "http", "/hooks/rackvitals?room=1");
    channel.key = key;
    g_ptr_array_add(room->channels, &channel);
    set_mood(room, "refuse");
    g_assert_cmpuint(play_round(room, &notice, AT(1), BUDGET_MS).failed, ==, 1);
    set_mood(room, "");
    g_assert_cmpuint(play_round(room, &notice, AT(2), BUDGET_MS).sent, ==, 1);
    message = next_message(room);
    g_assert_cmpstr(text(message, "request"), ==, "POST /hooks/rackvitals?room=1 HTTP/1.1");
    g_assert_cmpstr(text(message, "type"), ==, "application/json");
    g_assert_true(json_is_true(json_object_get(message, "signed")));
    g_assert_true(json_is_true(json_object_get(message, "same_id")));
    event = json_array_get(json_object_get(json_object_get(message, "json"), "events"), 0);
    g_assert_cmpstr(text(event, "event"), ==, "open");
    g_assert_cmpstr(text(event, "site"), ==, "北京一号机房");
    g_assert_cmpint(json_integer_value(json_object_get(event, "fault")), ==, 12);
    json_decref(message);
    g_free(channel.url);
}

static void
test_nobody_there(Room *room, gconstpointer data)
{
    RvNotice notice = made_notice(12);
    RvChannel channel = made_channel("hook", RV_CHANNEL_WEBHOOK);

    if (!have_servers(room))
        return;
    channel.url = (char *)"http://127.0.0.1:1/";
    g_ptr_array_add(room->channels, &channel);
    g_assert_cmpuint(play_round(room, &notice, AT(1), BUDGET_MS).failed, ==, 1);
    channel.url = (char *)"ftp://127.0.0.1/"; /* and other protocols are not spoken */
    g_assert_cmpuint(play_round(room, &notice, AT(10), BUDGET_MS).failed, ==, 1);
}

#define ADD(name, function)                                                                        \
    g_test_add("/notify/servers/" name, Room, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    rv_log_set_level(g_test_verbose() ? RV_LOG_INFO : RV_LOG_CRITICAL);
    ADD("mail", test_mail);
    ADD("mail-with-tls", test_mail_with_tls);
    ADD("mail-that-is-not-safe", test_mail_that_is_not_safe);
    ADD("mail-refused-and-retried", test_mail_refused_and_retried);
    ADD("silence-keeps-the-id", test_silence_keeps_the_id);
    ADD("webhook", test_webhook);
    ADD("nobody-there", test_nobody_there);
    return g_test_run();
}
