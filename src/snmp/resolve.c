#include "snmp/resolve.h"

#include <netdb.h>
#include <string.h>

#define THREADS 16

struct RvLookup {
    GMainContext *context;
    char *name;
    guint16 port;
    RvLookupDone done; /* NULL: cancelled */
    gpointer user_data;
    RvPeer peer;
    int status;
};

static int
look_up(const char *name, guint16 port, int flags, RvPeer *peer)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = flags}, *found = NULL;
    char service[8];
    int status;

    g_snprintf(service, sizeof service, "%u", port);
    status = getaddrinfo(name, service, &hints, &found);
    if (status == 0 && found->ai_addrlen <= sizeof *peer)
        memcpy(peer, found->ai_addr, found->ai_addrlen);
    else if (status == 0)
        status = EAI_FAMILY;
    if (found != NULL)
        freeaddrinfo(found);
    return status;
}

gboolean
rv_resolve_number(const char *address, guint16 port, RvPeer *peer)
{
    gsize n = strlen(address);
    g_autofree char *bare = n > 2 && address[0] == '[' && address[n - 1] == ']'
                                ? g_strndup(address + 1, n - 2)
                                : g_strdup(address);

    memset(peer, 0, sizeof *peer);
    return look_up(bare, port, AI_NUMERICHOST | AI_NUMERICSERV, peer) == 0;
}

static gboolean
deliver(gpointer data)
{
    RvLookup *lookup = data;
    g_autofree char *why = NULL;

    if (lookup->done != NULL && lookup->status == 0) {
        lookup->done(lookup->user_data, &lookup->peer, NULL);
    } else if (lookup->done != NULL) {
        why = g_strdup_printf("the name '%s' does not resolve: %s", lookup->name,
                              gai_strerror(lookup->status));
        lookup->done(lookup->user_data, NULL, why);
    }
    return G_SOURCE_REMOVE;
}

static void
lookup_free(gpointer data)
{
    RvLookup *lookup = data;

    g_main_context_unref(lookup->context);
    g_free(lookup->name);
    g_free(lookup);
}

/* The only code of the room outside the loop's thread. */
static void
work(gpointer data, gpointer unused)
{
    RvLookup *lookup = data;
    GSource *source = g_idle_source_new();

    lookup->status =
        look_up(lookup->name, lookup->port, AI_NUMERICSERV | AI_ADDRCONFIG, &lookup->peer);
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, deliver, lookup, lookup_free);
    g_source_attach(source, lookup->context);
    g_source_unref(source);
}

RvLookup *
rv_resolve_start(GMainContext *context, const char *name, guint16 port, RvLookupDone done,
                 gpointer user_data)
{
    static GThreadPool *pool;
    RvLookup *lookup = g_new0(RvLookup, 1);

    if (pool == NULL)
        pool = g_thread_pool_new(work, NULL, THREADS, FALSE, NULL);
    lookup->context = g_main_context_ref(context);
    lookup->name = g_strdup(name);
    lookup->port = port;
    lookup->done = done;
    lookup->user_data = user_data;
    g_thread_pool_push(pool, lookup, NULL);
    return lookup;
}

void
rv_resolve_cancel(RvLookup *lookup)
{
    if (lookup != NULL)
        lookup->done = NULL;
}
