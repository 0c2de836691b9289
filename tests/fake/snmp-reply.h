/* What the fake agent says: a recording, kept encoded, and the ways it can be wrong on order. */
#pragma once

#include "snmp/pdu.h"
#include "snmp/recording.h"
#include "snmp/usm.h"

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
    FAKE_TOO_WIDE,      /* bytes of varbinds in an answer: tooBig over it */
    FAKE_SILENT_WIDE,   /* the same: no answer */
    FAKE_BULK_ERROR,    /* GETBULK: this error-status */
    FAKE_REFUSE,        /* everything: this error-status */
    FAKE_EMPTY,         /* GETBULK: no varbinds */
    FAKE_REPEAT,        /* after N values a walk stays where it is */
    FAKE_BULK_REPEAT,   /* the same, of GETBULK alone */
    FAKE_ENDLESS,       /* a walk finds ever new OIDs */
    FAKE_MANY,          /* columns of ifTable that have rows have N of them */
    FAKE_SKIP,          /* GETBULK leaves out every N-th row of column 10 */
    FAKE_INVALID,       /* integers of ten bytes */
    FAKE_STRANGE_TYPE,  /* values of an unknown type */
    FAKE_OTHER_OBJECTS, /* a GET is answered with other objects */
    FAKE_BLANK_TIME,    /* v3: discovery tells the engine's ID but not its clock */
    FAKE_NO_WINDOW,     /* v3: never in the time window */
    FAKE_KINDS
} FakeKind;

typedef struct {
    guint misbehave[FAKE_KINDS];
    char *community; /* NULL: any */
    guint max_size;  /* of an answer */
    guint64 *failed; /* counts answers with an error, and requests that ask too much; or NULL */
    gint64 ran_ms;   /* since it was recorded; sysUpTime and snmpEngineTime ran on so long */
} FakeManner;

/* "late=300", "duplicate". FALSE: unknown. */
gboolean fake_manner_parse(FakeManner *manner, const char *word);
/* All words, for --help. */
char *fake_manner_words(void);

typedef struct FakeTable FakeTable;

FakeTable *fake_table_new(void);
void fake_table_free(FakeTable *table);
gboolean fake_table_load(FakeTable *table, const char *path, GError **error);
/* A line of a recording comes, or takes the place of what was there. FALSE: it is none. */
gboolean fake_table_set(FakeTable *table, const char *line);
/* All below `oid`, and itself. */
void fake_table_drop(FakeTable *table, const RvOid *oid);
/* `n` rows of ifInOctets, and `n` strings of `size` bytes as ifDescr. */
void fake_table_invent(FakeTable *table, guint n, guint size);

/* The engine of an SNMPv3 agent and its one user. */
typedef struct {
    const RvSnmpAccess *access;
    RvEngine engine;
    gint64 time_s;
    const RvKeys *keys;
    guint64 *salt;
    guint *reports; /* [7], by RvUsmReport */
} FakeEngine;

/* Answers `request` into the end of `room`; may write to `request`. `engine` NULL: no SNMPv3.
 * NULL: says nothing. */
const guint8 *fake_reply(const FakeTable *table, const FakeManner *manner, const FakeEngine *engine,
                         guint8 *request, gsize size, guint8 *room, gsize room_size,
                         gsize *reply_size);
