/* Known files: those of a device's folder that were looked into and were as their template says, so
 * that not each round, which is a process of its own, opens every file for it. Private to this
 * room.
 *
 * rrdcached takes values by position and answers before it writes: of what it cannot write nobody
 * hears. A file is known by its name and by what changes when it is replaced, cut short or locked:
 * inode, time of birth, size, mode, owner. What is written over in place changes none of these:
 * each file is looked into about once an hour all the same.
 *
 * Kept in the folder as ".known", for this machine and version; one that is damaged is as none. */
#pragma once

#include "rrd/templates.h"

typedef struct RvRrdKnown RvRrdKnown;

/* What was kept in `folder`, a descriptor; -1: there is no folder, and nothing is known. */
RvRrdKnown *rv_rrd_known_load(int folder);
void rv_rrd_known_free(RvRrdKnown *known);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvRrdKnown, rv_rrd_known_free)

typedef enum {
    RV_KNOWN_WELL,    /* as it was when it was looked into */
    RV_KNOWN_NOT,     /* look into it */
    RV_KNOWN_NO_FILE, /* there is none */
    RV_KNOWN_LOCKED,  /* nobody but root may write it, and we are not root */
} RvRrdKnownFile;

/* `path`: in the folder; where `folder` is -1 the whole of it is gone by. `now_s`: of the round,
 * says whose hour it is. */
RvRrdKnownFile rv_rrd_known_ask(RvRrdKnown *known, int folder, const char *path,
                                const RvRrdTemplate *template, gint64 now_s);
/* The file that was asked for last is as its template says. */
void rv_rrd_known_add(RvRrdKnown *known);
/* Somebody says that this one is not. */
void rv_rrd_known_forget(RvRrdKnown *known, const char *path);

/* Writes what changed, if anything did. That it cannot be written costs time only. */
void rv_rrd_known_save(RvRrdKnown *known, int folder);
