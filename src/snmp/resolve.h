/* Resolve: host names to addresses in a few threads; the loop never waits for a name server. */
#pragma once

#include "snmp/udp.h"

typedef struct RvLookup RvLookup;

/* `peer` NULL: `why` says so in a sentence. Both borrowed. */
typedef void (*RvLookupDone)(gpointer user_data, const RvPeer *peer, const char *why);

/* Fills *peer at once where `address` is a number ("10.0.0.1", "fe80::1%eth0", "[::1]"). */
gboolean rv_resolve_number(const char *address, guint16 port, RvPeer *peer);
/* Calls `done` in `context` once, unless cancelled there before. */
RvLookup *rv_resolve_start(GMainContext *context, const char *name, guint16 port, RvLookupDone done,
                           gpointer user_data);
/* Only before `done` was called. */
void rv_resolve_cancel(RvLookup *lookup);
