/* The head of an RRD file as it lies on disk, for who reads or writes rows without librrd's
 * mapping. Private to this room.
 *
 * Only files as we write them: librrd's version 3 of this machine's byte order, with at most 16
 * sources and 16 archives. Layout: rrd_format.h of RRDtool. */
#pragma once

#include <glib.h>
#define RRD_EXPORT_DEPRECATED /* for the types of the file's header; no function of that part is   \
                                 called */
#include <rrd.h>

#define RV_RRD_HEAD_CEILING 8192
#define RV_RRD_SOURCES_CEILING 16
#define RV_RRD_ARCHIVES_CEILING 16

/* Points into itself: is not copied. */
typedef struct {
    union {
        guint8 bytes[RV_RRD_HEAD_CEILING];
        stat_head_t fixed;
    };
    ds_def_t *sources;
    rra_def_t *archives;
    live_head_t *live; /* from here on it changes with each sample */
    pdp_prep_t *steps;
    cdp_prep_t *rows; /* by archive, then by source */
    rra_ptr_t *places;
    gsize end; /* of the head: the first archive's rows begin here */
} RvRrdHead;

/* Of a file with so many sources and archives. */
gsize rv_rrd_head_bytes(gsize sources, gsize archives);

/* FALSE: it cannot be read, or is not such a file. `expected`: the bytes that it most likely has,
 * so that no more are copied; 0: not known. */
gboolean rv_rrd_head_read(int fd, RvRrdHead *head, gsize expected);
