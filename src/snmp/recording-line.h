/* One line of a recording: OID|tag|value of snmpsim, or "OID = TYPE: value" of snmpwalk. */
#pragma once

#include "snmp/varbind.h"

typedef enum {
    RV_RECORDING_LINE_NOTHING, /* empty, a comment, "No Such Object" … */
    RV_RECORDING_LINE_VALUE,
    RV_RECORDING_LINE_BAD,
} RvRecordingLineState;

/* Zero-initialised before the first line; reused, so that a file costs no allocation per line. */
typedef struct {
    RvRecordingLineState state;
    RvVarbind varbind; /* its pointers lie in this structure: copy, do not free */
    gboolean open;     /* a value of snmpwalk's that the next line may continue */
    gboolean quoted, ended;
    GByteArray *bytes;
    guint32 oid[RV_OID_CEILING], object[RV_OID_CEILING];
} RvRecordingLine;

/* Does `text` look like the beginning of an entry? */
gboolean rv_recording_line_begins(const char *text);
/* `text` is NUL-terminated, without its line end; `length` bounds it where it holds NULs. */
void rv_recording_line_read(RvRecordingLine *line, const char *text, gsize length);
/* A line that continues the value. */
void rv_recording_line_extend(RvRecordingLine *line, const char *text);
void rv_recording_line_clear(RvRecordingLine *line);
