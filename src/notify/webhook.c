#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "notify/curl.h"

/* "2026-10-31T23:59:07Z" */
static char *
utc(gint64 ms)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(ms / 1000);

    return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}

static char *
write_body(const RvDelivery *delivery)
{
    const RvMessage *message = delivery->message;
    g_autofree char *created = utc(message->created_ms);
    json_t *events = json_array();
    json_t *json;
    char *text;

    for (guint i = 0; i < message->events->len; i++)
        json_array_append_new(events, rv_news_to_json(g_ptr_array_index(message->events, i)));
    json = json_pack("{si ss ss ss ss ss so}", "version", 1, "id", message->id, "host",
                     delivery->host, "created", created, "subject", delivery->text->subject, "text",
                     delivery->text->body, "events", events);
    text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static void
add_header(RvCurlList **headers, const char *name, const char *value)
{
    g_autofree char *line = g_strconcat(name, ": ", value, NULL);

    *headers = curl_slist_append(*headers, line);
}

/* Signs "TIMESTAMP.BODY", so that neither can be changed, nor an old one be sent again unnoticed.
 */
static void
sign(RvCurlList **headers, const RvDelivery *delivery, const char *body)
{
    g_autofree char *timestamp = g_strdup_printf("%" G_GINT64_FORMAT, delivery->now_ms / 1000);
    g_autofree char *text = g_strconcat(timestamp, ".", body, NULL);
    const char *key;
    g_autofree char *digest = NULL;
    g_autofree char *value = NULL;

    add_header(headers, "X-Rackvitals-Timestamp", timestamp);
    if (delivery->channel->key == NULL)
        return;
    key = rv_secret_reveal(delivery->channel->key);
    digest =
        g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)key, strlen(key), text, -1);
    value = g_strconcat("sha256=", digest, NULL);
    add_header(headers, "X-Rackvitals-Signature", value);
}

RvDeliveryResult
rv_deliver_webhook(const RvDelivery *delivery, GError **error)
{
    char *text = write_body(delivery);
    g_auto(RvCurlBody) body = {.bytes = text, .length = strlen(text), .at_once = TRUE};
    g_autoptr(CURL) curl = rv_curl_new(delivery, "http,https", &body);
    g_autoptr(RvCurlList) headers = NULL;
    RvDeliveryResult result = RV_DELIVERY_TAKEN;
    CURLcode code;
    long status = 0;

    add_header(&headers, "Content-Type", "application/json");
    add_header(&headers, "Idempotency-Key", delivery->message->id);
    add_header(&headers, "User-Agent", "rackvitals");
    add_header(&headers, "Expect", ""); /* the body is small */
    sign(&headers, delivery, text);
    curl_easy_setopt(curl, CURLOPT_URL, delivery->channel->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.length);
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK) {
        result = rv_curl_failed(&body, code, status, error);
    } else if (status < 200 || status > 299) {
        g_set_error(error, RV_ERROR,
                    status == 401 || status == 403 ? RV_ERROR_AUTH : RV_ERROR_PROTOCOL,
                    "the server answered with HTTP status %ld", status);
        result = RV_DELIVERY_REFUSED;
    }
    free(text);
    return result;
}
