#include "notify/curl.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

#define CONNECT_TIMEOUT_MS 10000
#define ANSWER_CEILING 400

static size_t
give(char *buffer, size_t size, size_t count, void *data)
{
    RvCurlBody *body = data;
    gsize rest = body->length - body->at, length = MIN(rest, size * count);
    gboolean last = body->at_once ? length == rest : rest == 0;

    if (last && !body->handed) {
        if (!body->delivery->handing(body->delivery->data))
            return CURL_READFUNC_ABORT;
        body->handed = TRUE;
    }
    memcpy(buffer, body->bytes + body->at, length);
    body->at += length;
    return length;
}

/* Lines of the peer: SMTP answers, HTTP headers. The last one that is a refusal says most. */
static size_t
hear(char *buffer, size_t size, size_t count, void *data)
{
    RvCurlBody *body = data;

    if (count > 0 && (buffer[0] == '4' || buffer[0] == '5'))
        g_string_truncate(body->answer, 0);
    else if (body->answer->len > 0)
        return size * count;
    if (count > 0 && g_ascii_isdigit(buffer[0]))
        g_string_append_len(body->answer, buffer, (gssize)MIN(size * count, ANSWER_CEILING));
    if (body->answer->len > 0 && body->answer->str[0] != '4' && body->answer->str[0] != '5')
        g_string_truncate(body->answer, 0);
    return size * count;
}

static size_t
ignore(char *buffer, size_t size, size_t count, void *data)
{
    return size * count;
}

static curl_socket_t
open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    RvCurlBody *body = data;

    body->socket = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    return body->socket == -1 ? CURL_SOCKET_BAD : body->socket;
}

static int
close_socket(void *data, curl_socket_t socket)
{
    RvCurlBody *body = data;

    if (body->socket == socket)
        body->socket = -1;
    return close(socket);
}

CURL *
rv_curl_new(const RvDelivery *delivery, const char *protocols, RvCurlBody *body)
{
    static gsize once;
    CURL *curl;

    if (g_once_init_enter(&once)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&once, 1);
    }
    curl = curl_easy_init();
    if (curl == NULL)
        g_error("libcurl: no handle");
    body->delivery = delivery;
    body->answer = g_string_new(NULL);
    body->socket = -1;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)MIN(CONNECT_TIMEOUT_MS, delivery->timeout_ms));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)delivery->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                     (long)MAX(delivery->timeout_ms / 1000, 1)); /* of the answer to QUIT, too */
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, body);
    curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, body);
    if (delivery->channel->ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, delivery->channel->ca_file);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, body->reason);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    return curl;
}

void
rv_curl_body_clear(RvCurlBody *body)
{
    if (body->answer != NULL)
        g_string_free(body->answer, TRUE);
    body->answer = NULL;
}

static RvError
error_code(CURLcode code)
{
    if (code == CURLE_OPERATION_TIMEDOUT)
        return RV_ERROR_TIMEOUT;
    if (code == CURLE_LOGIN_DENIED || code == CURLE_PEER_FAILED_VERIFICATION ||
        code == CURLE_USE_SSL_FAILED)
        return RV_ERROR_AUTH;
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
        return RV_ERROR_UNAVAILABLE;
    return RV_ERROR_PROTOCOL;
}

RvDeliveryResult
rv_curl_failed(const RvCurlBody *body, CURLcode code, long status, GError **error)
{
    g_autofree char *answer = rv_text_clean(body->answer->str, -1, ANSWER_CEILING);
    const char *reason = body->reason[0] != '\0' ? body->reason : curl_easy_strerror(code);

    /* libcurl takes its leave on cleanup and waits for the answer, also of a server that gave none
     */
    if (body->socket != -1)
        (void)shutdown(body->socket, SHUT_RDWR);
    if (answer[0] != '\0')
        g_set_error(error, RV_ERROR, error_code(code), "%s (the server said: %s)", reason, answer);
    else
        g_set_error_literal(error, RV_ERROR, error_code(code), reason);
    if (!body->handed)
        return RV_DELIVERY_UNREACHED;
    return status >= 400 ? RV_DELIVERY_REFUSED : RV_DELIVERY_SILENT;
}
