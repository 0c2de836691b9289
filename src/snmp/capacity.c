#include "snmp/capacity.h"

#define REPETITIONS 64
#define SILENCES_BELIEVED 2

static const guint unlimited[RV_SIZES] = {
    [RV_SIZE_VARBINDS] = 32,
    [RV_SIZE_CELLS] = 65536,
    [RV_SIZE_BYTES] = 65536,
    [RV_SIZE_BULK] = 2,
};

guint
rv_size_unlimited(RvSize size)
{
    return unlimited[size];
}

/* ---- what was seen ---- */

/* The lesser, where 0 is none. */
static guint
least(guint a, guint b)
{
    return a == 0 ? b : b == 0 ? a : MIN(a, b);
}

/* 0: nothing is. */
static guint
too_much(const RvSizeSeen *seen)
{
    return least(seen->refused, seen->silences >= SILENCES_BELIEVED ? seen->silent : 0);
}

guint
rv_size_trial(RvSize size, const RvSizeSeen *seen)
{
    guint ceiling = rv_size_ceiling(size, seen);

    return MAX(ceiling, (ceiling + too_much(seen) + 1) / 2);
}

guint
rv_size_ceiling(RvSize size, const RvSizeSeen *seen)
{
    guint much = too_much(seen);

    return much == 0 ? unlimited[size]
                     : MIN(MAX(MAX(much / 2, seen->answered), 1), unlimited[size]);
}

/* An answer refutes what was thought too much; about as much does so where that was silence, for
 * values grow and shrink by some bytes. */
void
rv_size_add(RvSizeSeen *seen, const RvSizeSeen *later)
{
    seen->answered = MAX(seen->answered, later->answered);
    seen->refused = least(seen->refused, later->refused);
    seen->silent = least(seen->silent, later->silent);
    seen->silences = MIN(seen->silences + later->silences, G_MAXUINT8);
    if (seen->answered >= seen->refused)
        seen->refused = 0;
    if (seen->answered >= seen->silent - seen->silent / 8)
        seen->silent = seen->silences = 0;
}

/* ---- one agent ---- */

void
rv_capacity_init(RvCapacity *capacity, gboolean has_bulk, guint repetitions)
{
    *capacity = (RvCapacity){.repetitions = repetitions > 0 ? repetitions : REPETITIONS,
                             .is_ordered = repetitions > 0};
    for (guint i = 0; i < RV_SIZES; i++)
        capacity->most[i] = unlimited[i];
    if (!has_bulk)
        capacity->most[RV_SIZE_BULK] = 1;
}

void
rv_capacity_expect(RvCapacity *capacity, const guint most[RV_SIZES])
{
    for (guint i = 0; i < RV_SIZES; i++)
        if (i == RV_SIZE_VARBINDS || !capacity->is_ordered) {
            capacity->most[i] = i == RV_SIZE_BULK ? MIN(capacity->most[i], most[i]) : most[i];
            rv_capacity_lower(capacity, i,
                              least(capacity->seen[i].refused, capacity->seen[i].silent));
        }
}

gboolean
rv_capacity_has_bulk(const RvCapacity *capacity)
{
    return capacity->most[RV_SIZE_BULK] > 1;
}

void
rv_capacity_answered(RvCapacity *capacity, RvSize size, guint n)
{
    capacity->seen[size].answered = MAX(capacity->seen[size].answered, n);
}

void
rv_capacity_lower(RvCapacity *capacity, RvSize size, guint n)
{
    guint answered = capacity->seen[size].answered;
    guint less = MAX(n / 2, answered < n ? answered : 1);

    if (n > 0)
        capacity->most[size] = MIN(capacity->most[size], MAX(less, 1));
}

void
rv_capacity_refused(RvCapacity *capacity, RvSize size, guint n)
{
    rv_size_add(&capacity->seen[size], &(RvSizeSeen){.refused = n});
    rv_capacity_lower(capacity, size, n);
}

void
rv_capacity_silent(RvCapacity *capacity, RvSize size, guint n)
{
    RvSizeSeen *seen = &capacity->seen[size];

    rv_size_add(seen, &(RvSizeSeen){.silent = n});
    seen->silences = seen->silent > 0; /* one agent in one visit is one witness */
    rv_capacity_lower(capacity, size, n);
}
