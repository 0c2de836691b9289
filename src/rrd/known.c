#include "rrd/known.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/hash.h"
#include "rrd/file.h"

#define NAME ".known"
#define BESIDE ".known.new"
#define MARK 0x314b5652 /* "RVK1": one more where Entry changes */
#define ENTRIES_CEILING 65536
#define FIRST_ENTRIES 340 /* 16 kB */
#define HOUR_S 3600

/* Is written as it stands in memory: without gaps. */
typedef struct {
    guint64 name; /* hash */
    guint64 inode, born_ns, size;
    guint64 layout; /* hash of what the template says */
    guint32 mode, owner;
} Entry;
G_STATIC_ASSERT(sizeof(Entry) == 5 * sizeof(guint64) + 2 * sizeof(guint32));

typedef struct {
    guint32 mark, count;
    guint64 hash; /* of the entries */
} Head;

struct RvRrdKnown {
    GArray *entries; /* Entry, in the order in which files are written */
    guint next;      /* the one that is most likely asked for */
    gboolean changed;
    Entry asked;
    const RvRrdTemplate *template; /* the last one, and its hash */
    guint64 layout;
};

/* ---- read and write ---- */

static gboolean
read_rest(int fd, guint8 *into, gsize bytes)
{
    return bytes == 0 || read(fd, into, bytes) == (gssize)bytes;
}

/* Most folders' with one system call. */
static gboolean
read_entries(RvRrdKnown *known, int fd)
{
    Entry first[FIRST_ENTRIES];
    Head head;
    const struct iovec parts[] = {{&head, sizeof head}, {first, sizeof first}};
    gssize length = readv(fd, parts, G_N_ELEMENTS(parts));
    gsize bytes, had;

    if (length < (gssize)sizeof head || head.mark != MARK || head.count > ENTRIES_CEILING)
        return FALSE;
    bytes = head.count * sizeof(Entry);
    had = MIN((gsize)length - sizeof head, bytes);
    g_array_set_size(known->entries, head.count);
    memcpy(known->entries->data, first, had);
    return read_rest(fd, (guint8 *)known->entries->data + had, bytes - had) &&
           rv_hash_block(known->entries->data, bytes) == head.hash;
}

RvRrdKnown *
rv_rrd_known_load(int folder)
{
    RvRrdKnown *known = g_new0(RvRrdKnown, 1);
    int fd = folder >= 0 ? openat(folder, NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;

    known->entries = g_array_sized_new(FALSE, FALSE, sizeof(Entry), 1); /* never NULL inside */
    if (fd < 0)
        return known;
    if (!read_entries(known, fd))
        g_array_set_size(known->entries, 0);
    close(fd);
    return known;
}

void
rv_rrd_known_free(RvRrdKnown *known)
{
    if (known == NULL)
        return;
    g_array_unref(known->entries);
    g_free(known);
}

static gboolean
write_entries(const RvRrdKnown *known, int fd)
{
    gsize bytes = known->entries->len * sizeof(Entry);
    const Head head = {.mark = MARK,
                       .count = known->entries->len,
                       .hash = rv_hash_block(known->entries->data, bytes)};

    return write(fd, &head, sizeof head) == (gssize)sizeof head &&
           write(fd, known->entries->data, bytes) == (gssize)bytes;
}

void
rv_rrd_known_save(RvRrdKnown *known, int folder)
{
    int fd;
    gboolean written;

    if (!known->changed || folder < 0)
        return;
    known->changed = FALSE;
    fd = openat(folder, BESIDE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return;
    written = write_entries(known, fd);
    if (close(fd) != 0 || !written || renameat(folder, BESIDE, folder, NAME) != 0)
        (void)unlinkat(folder, BESIDE, 0);
}

/* ---- asking ---- */

static guint64
layout_of(RvRrdKnown *known, const RvRrdTemplate *template)
{
    const guint64 numbers[] = {template->sources->len, template->archives->len,
                               rv_rrd_file_bytes(template)};
    guint64 hash = RV_HASH_BASIS;

    if (known->template == template)
        return known->layout;
    hash = rv_hash_more(hash, numbers, sizeof numbers);
    for (guint i = 0; i < template->sources->len; i++) {
        const char *name = g_array_index(template->sources, RvRrdSource, i).name;

        hash = rv_hash_more(hash, name, strlen(name) + 1);
    }
    known->template = template;
    return known->layout = hash;
}

static guint64
name_hash(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    return rv_hash_block(name, strlen(name));
}

/* Files are asked for in the same order round after round. NULL: none. */
static Entry *
find(RvRrdKnown *known, guint64 name)
{
    for (guint i = 0; i < known->entries->len; i++) {
        guint n = known->next + i < known->entries->len ? known->next + i
                                                        : known->next + i - known->entries->len;
        Entry *entry = &g_array_index(known->entries, Entry, n);

        if (entry->name != name)
            continue;
        known->next = n + 1;
        return entry;
    }
    return NULL;
}

static gboolean
read_status(Entry *entry, int folder, const char *path)
{
    const char *name = folder >= 0 ? strrchr(path, '/') + 1 : path;
    struct statx status;

    if (statx(folder >= 0 ? folder : AT_FDCWD, name, 0,
              STATX_INO | STATX_SIZE | STATX_MODE | STATX_UID | STATX_BTIME, &status) != 0)
        return FALSE;
    entry->inode = status.stx_ino;
    entry->size = status.stx_size;
    entry->mode = status.stx_mode;
    entry->owner = status.stx_uid;
    entry->born_ns = (status.stx_mask & STATX_BTIME) != 0
                         ? (guint64)status.stx_btime.tv_sec * 1000000000 + status.stx_btime.tv_nsec
                         : 0;
    return TRUE;
}

/* Steps of an hour and one: rounds that come only each second or fifth step meet every file too,
 * as 13 and 61 have no such divisors. */
static gboolean
is_its_turn(const Entry *entry, const RvRrdTemplate *template, gint64 now_s)
{
    guint64 turns = HOUR_S / MIN(template->step_s, HOUR_S) + 1;

    return entry->inode % turns == (guint64)now_s / template->step_s % turns;
}

RvRrdKnownFile
rv_rrd_known_ask(RvRrdKnown *known, int folder, const char *path, const RvRrdTemplate *template,
                 gint64 now_s)
{
    Entry *asked = &known->asked;
    const Entry *entry;

    asked->name = name_hash(path);
    asked->layout = layout_of(known, template);
    if (!read_status(asked, folder, path))
        return errno == ENOENT || errno == ENOTDIR ? RV_KNOWN_NO_FILE : RV_KNOWN_NOT;
    if ((asked->mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0 && geteuid() != 0)
        return RV_KNOWN_LOCKED;
    entry = find(known, asked->name);
    if (entry == NULL || memcmp(entry, asked, sizeof *entry) != 0)
        return RV_KNOWN_NOT;
    return is_its_turn(asked, template, now_s) ? RV_KNOWN_NOT : RV_KNOWN_WELL;
}

void
rv_rrd_known_add(RvRrdKnown *known)
{
    Entry *entry = find(known, known->asked.name);

    if (entry != NULL && memcmp(entry, &known->asked, sizeof *entry) == 0)
        return;
    known->changed = TRUE;
    if (entry != NULL) {
        *entry = known->asked;
        return;
    }
    if (known->entries->len >= ENTRIES_CEILING) /* names that nobody asks for any more */
        g_array_set_size(known->entries, 0);
    g_array_append_val(known->entries, known->asked);
    known->next = known->entries->len;
}

void
rv_rrd_known_forget(RvRrdKnown *known, const char *path)
{
    Entry *entry = find(known, name_hash(path));

    if (entry == NULL)
        return;
    g_array_remove_index(known->entries, (guint)(entry - &g_array_index(known->entries, Entry, 0)));
    known->next = 0;
    known->changed = TRUE;
}
