#include "snmp/recording.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/output.h"
#include "snmp/recording-line.h"

#define FILE_CEILING (256u << 20)

/* Does a value of snmpwalk's go on in `line`? Its strings may hold line ends, its hex is wrapped.
 */
static gboolean
goes_on(const RvRecordingLine *line, const char *text)
{
    return line->open && !rv_recording_line_begins(text);
}

static void
take(RvSnmpAnswers *answers, RvRecordingLine *line, guint *bad)
{
    if (line->state == RV_RECORDING_LINE_VALUE)
        rv_snmp_answers_add_copy(answers, &line->varbind);
    else if (line->state == RV_RECORDING_LINE_BAD)
        (*bad)++;
    line->state = RV_RECORDING_LINE_NOTHING;
}

/* Cuts `text` at its line ends, joining what snmpwalk broke. */
static void
read_lines(RvSnmpAnswers *answers, char *text, gsize length, guint *bad)
{
    RvRecordingLine line = {0};
    char *end = text + length;

    for (char *p = text; p < end;) {
        char *stop = memchr(p, '\n', (gsize)(end - p));

        if (stop == NULL)
            stop = end;
        *stop = '\0';
        if (stop > p && stop[-1] == '\r')
            stop[-1] = '\0';
        if (goes_on(&line, p)) {
            rv_recording_line_extend(&line, p);
        } else {
            take(answers, &line, bad);
            rv_recording_line_read(&line, p, (gsize)(stop - p));
        }
        p = stop + 1;
    }
    take(answers, &line, bad);
    rv_recording_line_clear(&line);
}

RvSnmpAnswers *
rv_snmp_recording_load(const char *path, guint *skipped, GError **error)
{
    g_autoptr(RvSnmpAnswers) answers = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GError) io = NULL;
    gsize length = 0;
    guint bad = 0;

    if (!g_file_get_contents(path, &text, &length, &io)) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_NO_INPUT, io->message);
        return NULL;
    }
    if (length > FILE_CEILING) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s: larger than 256 MiB", path);
        return NULL;
    }
    answers = rv_snmp_answers_new();
    read_lines(answers, text, length, &bad);
    if (skipped != NULL)
        *skipped = bad;
    if (rv_snmp_answers_count(answers) == 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA,
                    "%s: no line is a varbind; .snmprec (OID|tag|value) or the output of "
                    "snmpwalk -On is expected",
                    path);
        return NULL;
    }
    return g_steal_pointer(&answers);
}

RvSnmpAnswers *
rv_snmp_recording_parse(const char *text, gsize length, guint *skipped)
{
    g_autofree char *copy = g_malloc(length + 1);
    RvSnmpAnswers *answers = rv_snmp_answers_new();
    guint bad = 0;

    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    read_lines(answers, copy, length, &bad);
    if (skipped != NULL)
        *skipped = bad;
    return answers;
}

/* ---- writing ---- */

/* Bytes that a line can hold as they are, and that readers give back unchanged. */
static gboolean
is_plain(const RvVarbind *varbind)
{
    if (varbind->size == 0)
        return TRUE;
    for (gsize i = 0; i < varbind->size; i++)
        if (varbind->octets[i] < 0x20 || varbind->octets[i] > 0x7e)
            return FALSE;
    return varbind->octets[0] != ' ' && varbind->octets[varbind->size - 1] != ' ';
}

static void
write_octets(const RvVarbind *varbind, GString *out)
{
    if (varbind->type == RV_SNMP_OCTETS && is_plain(varbind)) {
        g_string_append(out, "|4|");
        g_string_append_len(out, (const char *)varbind->octets, (gssize)varbind->size);
        return;
    }
    g_string_append_printf(out, "|%dx|", varbind->type);
    for (gsize i = 0; i < varbind->size; i++)
        g_string_append_printf(out, "%02x", varbind->octets[i]);
}

static void
write_varbind(const RvVarbind *varbind, GString *out)
{
    g_autofree char *oid = rv_oid_format(&varbind->oid);
    g_autofree char *object = NULL;

    g_string_append(out, oid);
    switch (varbind->type) {
    case RV_SNMP_OCTETS:
    case RV_SNMP_OPAQUE:
    case RV_SNMP_IP_ADDRESS:
        write_octets(varbind, out);
        break;
    case RV_SNMP_NULL:
        g_string_append(out, "|5|");
        break;
    case RV_SNMP_OID:
        object = rv_oid_format(&varbind->object);
        g_string_append_printf(out, "|6|%s", object);
        break;
    case RV_SNMP_INTEGER:
        g_string_append_printf(out, "|2|%" G_GINT64_FORMAT, varbind->integer);
        break;
    case RV_SNMP_COUNTER32:
    case RV_SNMP_GAUGE32:
    case RV_SNMP_TIMETICKS:
    case RV_SNMP_COUNTER64:
        g_string_append_printf(out, "|%d|%" G_GUINT64_FORMAT, varbind->type, varbind->counter);
        break;
    }
    g_string_append_c(out, '\n');
}

gboolean
rv_snmp_recording_save(const RvSnmpAnswers *answers, const char *path, GError **error)
{
    static const guint32 all[] = {0, 1, 2};
    g_autoptr(GString) out = g_string_new(NULL);

    for (gsize root = 0; root < G_N_ELEMENTS(all); root++) {
        RvOid oid = {.ids = (guint32 *)&all[root], .length = 1};
        guint count;
        const RvVarbind *varbind = rv_snmp_answers_below(answers, &oid, &count);

        for (guint i = 0; i < count; i++)
            write_varbind(&varbind[i], out);
    }
    return rv_output_write(path, out->str, out->len, 0644, error);
}
