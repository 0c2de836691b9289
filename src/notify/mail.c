#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "notify/curl.h"
#include "notify/mime.h"

static RvCurlList *
recipients(char *const *addresses)
{
    RvCurlList *list = NULL;

    for (; addresses != NULL && *addresses != NULL; addresses++) {
        g_autofree char *bare = rv_mime_bare_address(*addresses);

        list = curl_slist_append(list, bare);
    }
    return list;
}

/* The path of an smtp URL is what we greet with. */
static CURLU *
address_of(const RvDelivery *delivery, GError **error)
{
    g_autoptr(CURLU) url = curl_url();
    char *path = NULL;
    g_autofree char *greeting = g_strconcat("/", delivery->host, NULL);

    if (curl_url_set(url, CURLUPART_URL, delivery->channel->url, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK) {
        g_set_error(error, RV_ERROR, RV_ERROR_CONFIG,
                    "'%s' is no address of a mail server; smtp://HOST:PORT or smtps://HOST:PORT",
                    delivery->channel->url);
        return NULL;
    }
    if (path[0] == '\0' || strcmp(path, "/") == 0)
        curl_url_set(url, CURLUPART_PATH, greeting, 0);
    curl_free(path);
    return g_steal_pointer(&url);
}

static gboolean
set_login(CURL *curl, const RvChannel *channel, GError **error)
{
    if (channel->user == NULL || channel->password == NULL)
        return TRUE;
    if (!channel->start_tls && !g_str_has_prefix(channel->url, "smtps:")) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_CONFIG,
                            "a password is not sent in the clear; set start-tls, or use smtps://");
        return FALSE;
    }
    curl_easy_setopt(curl, CURLOPT_USERNAME, channel->user);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, rv_secret_reveal(channel->password));
    return TRUE;
}

RvDeliveryResult
rv_mail_hand_over(const RvDelivery *delivery, const char *mail, char *const *addresses,
                  GError **error)
{
    const RvChannel *channel = delivery->channel;
    g_autofree char *from = rv_mime_bare_address(channel->from);
    g_auto(RvCurlBody) body = {.bytes = mail, .length = strlen(mail)};
    g_autoptr(CURL) curl = rv_curl_new(delivery, "smtp,smtps", &body);
    g_autoptr(CURLU) url = address_of(delivery, error);
    g_autoptr(RvCurlList) to = recipients(addresses);
    CURLcode code;
    long status = 0;

    if (url == NULL || !set_login(curl, channel, error))
        return RV_DELIVERY_UNREACHED;
    curl_easy_setopt(curl, CURLOPT_CURLU, url);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(channel->start_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    /* one address that is gone must not keep the others in the dark */
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        return rv_curl_failed(&body, code, status, error);
    }
    if (body.answer->len > 0)
        rv_warning("notify %s: sent, but not to everyone; the mail server said: %s", channel->id,
                   g_strchomp(body.answer->str));
    return RV_DELIVERY_TAKEN;
}

RvDeliveryResult
rv_deliver_mail(const RvDelivery *delivery, GError **error)
{
    g_autofree char *mail = rv_mime_message(delivery);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    char *const *const both[] = {delivery->channel->to, delivery->channel->bcc};

    for (gsize i = 0; i < G_N_ELEMENTS(both); i++)
        for (char *const *address = both[i]; address != NULL && *address != NULL; address++)
            g_ptr_array_add(all, *address);
    g_ptr_array_add(all, NULL);
    return rv_mail_hand_over(delivery, mail, (char *const *)all->pdata, error);
}
