/* What mail and webhook share of libcurl. Private to this room. */
#pragma once

#include <curl/curl.h>

#include "notify/delivery.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURL, curl_easy_cleanup)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)
typedef struct curl_slist RvCurlList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvCurlList, curl_slist_free_all)

/* Feeds a body, and knows when it was handed over. */
typedef struct {
    const RvDelivery *delivery;
    const char *bytes;
    gsize length, at;
    gboolean handed;  /* `handing` was called and agreed */
    gboolean at_once; /* the peer has it whole with the last byte; else with the end that follows */
    GString *answer;  /* what the peer said last, cut short */
    curl_socket_t socket;
    char reason[CURL_ERROR_SIZE];
} RvCurlBody;

/* A handle with what holds for both: timeouts, certificates, no proxies, no redirections, the
 * body. `protocols` as "smtp,smtps". */
CURL *rv_curl_new(const RvDelivery *delivery, const char *protocols, RvCurlBody *body);
void rv_curl_body_clear(RvCurlBody *body);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvCurlBody, rv_curl_body_clear)

/* `code` after a perform that did not do, as a result and an error. */
RvDeliveryResult rv_curl_failed(const RvCurlBody *body, CURLcode code, long status, GError **error);
