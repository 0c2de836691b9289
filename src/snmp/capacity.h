/* Capacity: how much an agent takes in one request; learned as it answers.
 *
 * Four sizes, each with what was answered, refused and met with silence. A refusal is a fact;
 * silence may as well be a loss, and counts for the agent that is being asked alone until it is
 * seen again (families.h). */
#pragma once

#include "base/oid.h"
#include "observation/observation.h"

/* OIDs and values of a request or answer that mostly fit into one packet of 1400 bytes. */
#define RV_CELLS_A_PACKET 64
#define RV_REQUEST_BYTES 1200

typedef enum {
    RV_SIZE_VARBINDS, /* of a GET or GETNEXT */
    RV_SIZE_CELLS,    /* of the answer to a GETBULK: OIDs with their values */
    RV_SIZE_BYTES,    /* of these */
    RV_SIZE_BULK,     /* 1: only requests without GETBULK, 2: with it */
} RvSize;
#define RV_SIZES (RV_SIZE_BULK + 1)

/* What was seen of one size; 0: nothing. */
typedef struct {
    guint answered; /* the most */
    guint refused;  /* the least */
    guint silent;   /* the least that was not answered where half of it was */
    guint silences; /* how often since as much was answered */
} RvSizeSeen;

typedef struct {
    guint repetitions;   /* ceiling of GETBULK */
    gboolean is_ordered; /* … and a person set it: GETBULK is asked as that says */
    guint most[RV_SIZES];
    RvSizeSeen seen[RV_SIZES];
} RvCapacity;

/* Nothing is known; `repetitions` 0: as many as are useful. */
void rv_capacity_init(RvCapacity *capacity, gboolean has_bulk, guint repetitions);
/* What its family takes (rv_families_find), and what was seen of itself. */
void rv_capacity_expect(RvCapacity *capacity, const guint most[RV_SIZES]);

gboolean rv_capacity_has_bulk(const RvCapacity *capacity);
void rv_capacity_answered(RvCapacity *capacity, RvSize size, guint n);
/* Less than `n` from now on, down to 1: it was refused, which its family will know, too. */
void rv_capacity_refused(RvCapacity *capacity, RvSize size, guint n);
/* The same in this visit alone: why it failed is not known. */
void rv_capacity_lower(RvCapacity *capacity, RvSize size, guint n);
/* Silent at `n`, but less was answered at once. */
void rv_capacity_silent(RvCapacity *capacity, RvSize size, guint n);

/* Nothing is known to be too much. */
guint rv_size_unlimited(RvSize size);
/* The most to ask for: what was answered, and else half of what was too much. */
guint rv_size_ceiling(RvSize size, const RvSizeSeen *seen);
/* More than that, to see whether it is too much still: half way to what was. */
guint rv_size_trial(RvSize size, const RvSizeSeen *seen);
/* Adds what was seen later. */
void rv_size_add(RvSizeSeen *seen, const RvSizeSeen *later);

/* Where an answer that could not be used leaves its subtree: why, for the outcome and the answers.
 */
typedef void (*RvPartial)(gpointer ask, const RvOid *root, RvReason reason, const char *why);

/* Bytes of an OID in a packet. */
guint rv_oid_bytes(const RvOid *oid);
