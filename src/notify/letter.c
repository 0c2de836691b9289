#include "notify/letter.h"

#include <string.h>

#include "base/error.h"
#include "notify/curl.h"
#include "notify/mime.h"

#define LINE_BYTES 57 /* 76 characters of base64, RFC 2045 §6.8 */

static void
add_base64(GString *mail, const guchar *data, gsize size)
{
    for (gsize at = 0; at < size; at += LINE_BYTES) {
        g_autofree char *line = g_base64_encode(data + at, MIN(LINE_BYTES, size - at));

        g_string_append_printf(mail, "%s\r\n", line);
    }
}

static void
add_file(GString *mail, const char *boundary, const RvLetterFile *file)
{
    gsize size;
    const guchar *data = g_bytes_get_data(file->body, &size);
    g_autofree char *name = g_uri_escape_string(file->name, NULL, FALSE); /* RFC 2231 */

    g_string_append_printf(mail,
                           "--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
                           "Content-Disposition: attachment; filename*=UTF-8''%s\r\n\r\n",
                           boundary, file->type, name);
    add_base64(mail, data, size);
}

/* From the contents, so that no part can have it. */
static char *
make_boundary(const RvLetter *letter)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(sum, (const guchar *)letter->text, -1);
    for (guint i = 0; i < letter->count; i++) {
        gsize size;
        const guchar *data = g_bytes_get_data(letter->files[i].body, &size);

        g_checksum_update(sum, data, (gssize)size);
    }
    return g_strndup(g_checksum_get_string(sum), 40);
}

static char *
write_mail(const RvLetter *letter)
{
    GString *mail = g_string_new(NULL);
    g_autofree char *boundary = make_boundary(letter);
    g_autofree char *subject = rv_mime_header(letter->subject);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(letter->now_ms / 1000);
    g_autofree char *date = NULL;
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    date = g_strdup_printf("%d %s %d %02d:%02d:%02d +0000", g_date_time_get_day_of_month(now),
                           months[g_date_time_get_month(now) - 1], g_date_time_get_year(now),
                           g_date_time_get_hour(now), g_date_time_get_minute(now),
                           g_date_time_get_second(now));
    g_string_append_printf(mail,
                           "From: %s\r\nTo: undisclosed-recipients:;\r\nSubject: %s\r\nDate: %s\r\n"
                           "Message-ID: <%s@rackvitals>\r\nMIME-Version: 1.0\r\n"
                           "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n"
                           "--%s\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n",
                           letter->channel->from, subject, date, boundary, boundary, boundary);
    add_base64(mail, (const guchar *)letter->text, strlen(letter->text));
    for (guint i = 0; i < letter->count; i++)
        add_file(mail, boundary, &letter->files[i]);
    g_string_append_printf(mail, "--%s--\r\n", boundary);
    return g_string_free(mail, FALSE);
}

static gboolean
at_any_time(gpointer data)
{
    return TRUE;
}

gboolean
rv_letter_send(const RvLetter *letter, GError **error)
{
    const RvDelivery delivery = {.channel = letter->channel,
                                 .host = g_get_host_name(),
                                 .now_ms = letter->now_ms,
                                 .timeout_ms = letter->timeout_ms,
                                 .handing = at_any_time};
    g_autofree char *mail = write_mail(letter);

    if (rv_mail_hand_over(&delivery, mail, letter->recipients, error) == RV_DELIVERY_TAKEN)
        return TRUE;
    g_prefix_error(error, "notify %s: ", letter->channel->id);
    return FALSE;
}
