#include "notify/mime.h"

#include <string.h>

#include "base/text.h"

/* An encoded word has at most 75 characters (RFC 2047, 2): 45 bytes in base64 and the frame. */
#define WORD_BYTES 45
/* The first shares its line with the header's name; lines have at most 76 (the same). */
#define FIRST_WORD_BYTES 33

static gboolean
is_plain(const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            return FALSE;
    return strstr(value, "=?") == NULL;
}

char *
rv_mime_header(const char *value)
{
    GString *header;

    if (is_plain(value))
        return g_strdup(value);
    header = g_string_new(NULL);
    for (const char *at = value; *at != '\0';) {
        const char *end = at;
        gssize ceiling = at == value ? FIRST_WORD_BYTES : WORD_BYTES;
        g_autofree char *word = NULL;

        while (*end != '\0' && g_utf8_next_char(end) - at <= ceiling)
            end = g_utf8_next_char(end);
        word = g_base64_encode((const guchar *)at, (gsize)(end - at));
        g_string_append_printf(header, "%s=?UTF-8?B?%s?=", at == value ? "" : "\r\n ", word);
        at = end;
    }
    return g_string_free(header, FALSE);
}

char *
rv_mime_bare_address(const char *address)
{
    const char *from = strrchr(address, '<');
    const char *until = from != NULL ? strchr(from, '>') : NULL;

    if (until != NULL)
        return g_strndup(from, (gsize)(until - from) + 1);
    return g_strdup_printf("<%s>", address);
}

/* The name may be Chinese; the address stays as it is. */
static char *
address_header(const char *address)
{
    g_autofree char *clean = rv_text_clean(address, -1, 512);
    const char *from = strrchr(clean, '<');
    g_autofree char *name = NULL;
    g_autofree char *encoded = NULL;

    if (from == NULL || from == clean)
        return g_steal_pointer(&clean);
    name = g_strstrip(g_strndup(clean, (gsize)(from - clean)));
    encoded = rv_mime_header(name);
    return g_strdup_printf("%s %s", encoded, from);
}

static void
add_header(GString *mail, const char *name, const char *value)
{
    g_string_append_printf(mail, "%s: %s\r\n", name, value);
}

static char *
addresses(char *const *list)
{
    GString *header = g_string_new(NULL);

    for (; *list != NULL; list++) {
        g_autofree char *address = address_header(*list);

        g_string_append_printf(header, "%s%s", header->len > 0 ? ",\r\n " : "", address);
    }
    return g_string_free(header, FALSE);
}

static char *
date(gint64 now_ms)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now_ms / 1000);
    g_autofree char *clock = NULL;

    if (time == NULL)
        time = g_date_time_new_from_unix_utc(0);
    clock = g_date_time_format(time, "%Y %H:%M:%S +0000");
    return g_strdup_printf("%s, %02d %s %s", days[g_date_time_get_day_of_week(time) - 1],
                           g_date_time_get_day_of_month(time),
                           months[g_date_time_get_month(time) - 1], clock);
}

/* Messages about one fault are one thread for the reader. */
static void
add_thread(GString *mail, const RvDelivery *delivery)
{
    const RvNews *first = g_ptr_array_index(delivery->message->events, 0);
    const GPtrArray *events = delivery->message->events;

    for (guint i = 1; i < events->len; i++)
        if (((const RvNews *)g_ptr_array_index(events, i))->fault != first->fault)
            return;
    g_string_append_printf(mail,
                           "References: <fault-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "@%s>\r\n",
                           first->fault, first->opened_ms, delivery->host);
}

char *
rv_mime_message(const RvDelivery *delivery)
{
    const RvChannel *channel = delivery->channel;
    GString *mail = g_string_new(NULL);
    g_autofree char *when = date(delivery->now_ms);
    g_autofree char *from = address_header(channel->from);
    g_autofree char *to = addresses(channel->to);
    g_autofree char *subject = rv_mime_header(delivery->text->subject);
    g_autofree char *body =
        g_base64_encode((const guchar *)delivery->text->body, strlen(delivery->text->body));

    add_header(mail, "Date", when);
    add_header(mail, "From", from);
    add_header(mail, "To", to[0] != '\0' ? to : "undisclosed-recipients:;");
    add_header(mail, "Subject", subject);
    g_string_append_printf(mail, "Message-ID: <%s@%s>\r\n", delivery->message->id, delivery->host);
    add_thread(mail, delivery);
    add_header(mail, "Auto-Submitted", "auto-generated"); /* RFC 3834: no holiday replies */
    add_header(mail, "MIME-Version", "1.0");
    add_header(mail, "Content-Type", "text/plain; charset=utf-8");
    add_header(mail, "Content-Transfer-Encoding", "base64");
    g_string_append(mail, "\r\n");
    for (gsize at = 0, length = strlen(body); at < length; at += 76)
        g_string_append_printf(mail, "%.76s\r\n", body + at);
    return g_string_free(mail, FALSE);
}
