/* Engines: which SNMPv3 engine answers at an address, and what its clock says; kept between runs.
 *
 * Knowing them saves a request per device and run. The file holds no secret: address, port, engine
 * ID, boots, time, when seen. A stale entry costs one request and is corrected. */
#pragma once

#include "snmp/keys.h"
#include "snmp/udp.h"

typedef struct {
    guint8 id[RV_ENGINE_ID_LARGEST];
    guint id_size; /* 0: not known */
    guint32 boots;
    gint64 time_offset_s; /* engine's time less the wall clock's */
    gint64 seen_s;        /* Unix time */
} RvEngine;

typedef struct RvEngines RvEngines;

RvEngines *rv_engines_new(void);
void rv_engines_free(RvEngines *engines);

/* FALSE: none is known there. */
gboolean rv_engines_find(RvEngines *engines, const RvPeer *peer, RvEngine *engine);
/* Remembers it. Returns the address of another peer of the last day with the same engine ID,
 * borrowed, or NULL. */
const char *rv_engines_learn(RvEngines *engines, const RvPeer *peer, const RvEngine *engine);
/* The same of what is known already. */
const char *rv_engines_twin(RvEngines *engines, const RvPeer *peer, const RvEngine *engine);
void rv_engines_forget(RvEngines *engines, const RvPeer *peer);

/* Adds what the file holds, as far as it can be read, is younger than 30 days and not known later.
 */
void rv_engines_load(RvEngines *engines, const char *path, gint64 now_s);
/* Together with what other processes wrote since it was loaded. Nothing is written where nothing
 * worth it changed. */
gboolean rv_engines_save(RvEngines *engines, const char *path, GError **error);
