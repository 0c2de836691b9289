/* A hash that is the same in every run (FNV-1a, 64 bits): for files, not against enemies. */
#pragma once

#include <glib.h>
#include <string.h>

#define RV_HASH_BASIS G_GUINT64_CONSTANT(14695981039346656037)

static inline guint64
rv_hash_more(guint64 hash, gconstpointer bytes, gsize size)
{
    const guint8 *byte = bytes;

    for (gsize i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * G_GUINT64_CONSTANT(1099511628211);
    return hash;
}

/* Eight bytes at a time: quicker, and another hash. */
static inline guint64
rv_hash_block(gconstpointer bytes, gsize size)
{
    const guint8 *byte = bytes;
    guint64 hash = RV_HASH_BASIS;

    for (; size >= sizeof hash; size -= sizeof hash, byte += sizeof hash) {
        guint64 word;

        memcpy(&word, byte, sizeof word);
        hash = (hash ^ word) * G_GUINT64_CONSTANT(1099511628211);
        hash ^= hash >> 32;
    }
    return rv_hash_more(hash, byte, size);
}
