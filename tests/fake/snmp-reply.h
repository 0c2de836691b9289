/* What the fake agent says: a recording, kept encoded, and the ways it can be wrong on order. */
#pragma once

#include "snmp/pdu.h"
#include "snmp/recording.h"

/* Misbehaviours; each has a number that is 0 where it behaves. */
typedef enum {
    FAKE_LOSE,          /* percent of requests that are not answered */
    FAKE_LOSE_FIRST,    /* the first packet of each request is */
    FAKE_DEAD,          /* percent of addresses that never answer */
    FAKE_SILENT_AFTER,  /* requests; then nothing more */
    FAKE_SILENT_OVER,   /* varbinds in a request: no answer to more */
    FAKE_SLOW_OVER,     /* repetitions: no answer to a GETBULK of more */
    FAKE_LATE,          /* ms that the first answer to each request takes */
    FAKE_DUPLICATE,     /* every answer twice */
    FAKE_TRUNCATE,      /* answers are cut to so many percent */
    FAKE_GARBAGE,       /* random bytes instead of answers */
    FAKE_WRONG_ID,      /* request id + N */
    FAKE_OTHER_ADDRESS, /* answers leave from another port */
    FAKE_TOO_BIG,       /* varbinds in an answer: tooBig over it */
    FAKE_BULK_ERROR,    /* GETBULK: this error-status */
    FAKE_REFUSE,        /* everything: this error-status */
    FAKE_EMPTY,         /* GETBULK: no varbinds */
    FAKE_REPEAT,        /* after N values a walk stays where it is */
    FAKE_BULK_REPEAT,   /* the same, of GETBULK alone */
    FAKE_ENDLESS,       /* a walk finds ever new OIDs */
    FAKE_SKIP,          /* GETBULK leaves out every N-th row of column 10 */
    FAKE_INVALID,       /* integers of ten bytes */
    FAKE_STRANGE_TYPE,  /* values of an unknown type */
    FAKE_OTHER_OBJECTS, /* a GET is answered with other objects */
    FAKE_KINDS
} FakeKind;

typedef struct {
    guint misbehave[FAKE_KINDS];
    char *community; /* NULL: any */
    guint max_size;  /* of an answer */
} FakeManner;

/* "late=300", "duplicate". FALSE: unknown. */
gboolean fake_manner_parse(FakeManner *manner, const char *word);
/* All words, for --help. */
char *fake_manner_words(void);

typedef struct FakeTable FakeTable;

FakeTable *fake_table_new(void);
void fake_table_free(FakeTable *table);
gboolean fake_table_load(FakeTable *table, const char *path, GError **error);
/* `n` rows of ifInOctets, and `n` strings of `size` bytes as ifDescr. */
void fake_table_invent(FakeTable *table, guint n, guint size);

/* Answers `request` into the end of `room`. NULL: says nothing. */
const guint8 *fake_reply(const FakeTable *table, const FakeManner *manner, const guint8 *request,
                         gsize size, guint8 *room, gsize room_size, gsize *reply_size);
