#include "snmp/recording-line.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "snmp/opaque.h"

/* ---- pieces ---- */

/* "1.3.6", ".1.3.6", "iso.3.6"; leading zeros are read over. Returns where it ends, or NULL. */
static const char *
read_oid(const char *p, guint32 *ids, guint *length)
{
    guint n = 0;

    if (*p == '.')
        p++;
    if (g_str_has_prefix(p, "iso")) {
        ids[n++] = 1;
        p += 3;
        if (*p != '.')
            return NULL;
        p++;
    }
    for (;; p++) {
        guint64 id = 0;

        if (!g_ascii_isdigit(*p) || n == RV_OID_CEILING)
            return NULL;
        for (; g_ascii_isdigit(*p); p++) {
            id = id * 10 + (guint64)(*p - '0');
            if (id > G_MAXUINT32)
                return NULL;
        }
        ids[n++] = (guint32)id;
        if (*p != '.' || !g_ascii_isdigit(p[1]))
            break;
    }
    *length = n;
    return p;
}

/* A whole number and nothing but space after it. */
static gboolean
read_number(const char *p, gint64 *value, guint64 *wide)
{
    char *end;

    if (*p == '-') {
        *value = g_ascii_strtoll(p, &end, 10);
        *wide = (guint64)*value;
    } else {
        *wide = g_ascii_strtoull(p, &end, 10);
        *value = (gint64)*wide;
    }
    return end != p && end[strspn(end, " \t")] == '\0';
}

static void
set_octets(RvRecordingLine *line, gconstpointer bytes, gsize size)
{
    g_byte_array_set_size(line->bytes, 0);
    g_byte_array_append(line->bytes, bytes, (guint)size);
}

/* "0A1B", "0A 1B", "a:1b:c"; FALSE at anything else. */
static gboolean
append_hex(RvRecordingLine *line, const char *p)
{
    while (*p != '\0') {
        guint8 byte;
        int high, low;

        if (*p == ' ' || *p == ':' || *p == '\t') {
            p++;
            continue;
        }
        high = g_ascii_xdigit_value(*p++);
        low = *p != '\0' ? g_ascii_xdigit_value(*p) : -1;
        if (high < 0)
            return FALSE;
        byte = (guint8)(low < 0 ? high : high * 16 + low);
        if (low >= 0)
            p++;
        g_byte_array_append(line->bytes, &byte, 1);
    }
    return TRUE;
}

static void
finish_octets(RvRecordingLine *line)
{
    line->varbind.size = line->bytes->len;
    g_byte_array_append(line->bytes, (const guint8 *)"", 1);
    g_byte_array_set_size(line->bytes, (guint)line->varbind.size);
    line->varbind.octets = line->bytes->data;
    if (line->varbind.type == RV_SNMP_OPAQUE)
        line->varbind.real = rv_opaque_real(line->bytes->data, line->varbind.size);
}

static gboolean
set_ip(RvRecordingLine *line, const char *text)
{
    guint a, b, c, d;
    char rest;

    if (sscanf(text, "%3u.%3u.%3u.%3u %c", &a, &b, &c, &d, &rest) != 4 ||
        MAX(MAX(a, b), MAX(c, d)) > 255)
        return FALSE;
    set_octets(line, ((guint8[]){(guint8)a, (guint8)b, (guint8)c, (guint8)d}), 4);
    return TRUE;
}

static gboolean
set_number(RvVarbind *varbind, const char *text)
{
    if (!read_number(text, &varbind->integer, &varbind->counter))
        return FALSE;
    if (varbind->type == RV_SNMP_COUNTER32 || varbind->type == RV_SNMP_GAUGE32 ||
        varbind->type == RV_SNMP_TIMETICKS) {
        varbind->counter = (guint32)varbind->counter;
        varbind->integer = (gint64)varbind->counter;
    }
    return TRUE;
}

static gboolean
set_object(RvRecordingLine *line, const char *text)
{
    const char *end;

    if (*text == '\0')
        return TRUE;
    end = read_oid(text, line->object, &line->varbind.object.length);
    line->varbind.object.ids = line->object;
    return end != NULL && end[strspn(end, " \t.")] == '\0';
}

/* ---- snmpsim ---- */

/* Python's escapes, as snmpsim's tag "4e" has them. */
static void
set_escaped(RvRecordingLine *line, const char *p)
{
    static const char letters[] = "ntrabfv", codes[] = "\n\t\r\a\b\f\v";

    g_byte_array_set_size(line->bytes, 0);
    while (*p != '\0') {
        guint8 byte = (guint8)*p++;
        const char *letter;

        if (byte == '\\' && *p == 'x' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
            byte = (guint8)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2]));
            p += 3;
        } else if (byte == '\\' && *p >= '0' && *p <= '7') {
            byte = 0;
            for (int i = 0; i < 3 && *p >= '0' && *p <= '7'; i++)
                byte = (guint8)(byte * 8 + (*p++ - '0'));
        } else if (byte == '\\' && *p != '\0') {
            letter = strchr(letters, *p);
            byte = letter != NULL ? (guint8)codes[letter - letters] : (guint8)*p;
            p++;
        }
        g_byte_array_append(line->bytes, &byte, 1);
    }
}

static gboolean
set_tagged_octets(RvRecordingLine *line, char how, const char *value, gsize size)
{
    gboolean ok = TRUE;

    if (how == 'e')
        set_escaped(line, value);
    else if (how == 'x') {
        g_byte_array_set_size(line->bytes, 0);
        ok = append_hex(line, value);
    } else if (line->varbind.type == RV_SNMP_IP_ADDRESS)
        ok = set_ip(line, value);
    else
        set_octets(line, value, size);
    finish_octets(line);
    return ok && (line->varbind.type != RV_SNMP_IP_ADDRESS || line->varbind.size == 4);
}

static gboolean
read_tagged(RvRecordingLine *line, const char *p, gsize length)
{
    const char *start = p;
    guint type = 0;
    char how;

    for (; g_ascii_isdigit(*p) && type < 1000; p++)
        type = type * 10 + (guint)(*p - '0');
    how = *p == '|' || *p == '\0' ? '\0' : *p++;
    if (*p++ != '|' || (how != '\0' && how != 'x' && how != 'e'))
        return FALSE;
    length -= (gsize)(p - start);
    line->varbind.type = (RvSnmpType)type;
    switch ((RvSnmpType)type) {
    case RV_SNMP_OCTETS:
    case RV_SNMP_OPAQUE:
    case RV_SNMP_IP_ADDRESS:
        return set_tagged_octets(line, how, p, length);
    case RV_SNMP_NULL:
        return TRUE;
    case RV_SNMP_OID:
        return set_object(line, p);
    case RV_SNMP_INTEGER:
    case RV_SNMP_COUNTER32:
    case RV_SNMP_GAUGE32:
    case RV_SNMP_TIMETICKS:
    case RV_SNMP_COUNTER64:
        return set_number(&line->varbind, p);
    }
    return FALSE;
}

/* ---- snmpwalk ---- */

/* Text up to an unescaped quote; without one the string goes on in the next line. */
static void
append_quoted(RvRecordingLine *line, const char *p)
{
    for (; *p != '\0' && *p != '"'; p++) {
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        g_byte_array_append(line->bytes, (const guint8 *)p, 1);
    }
    line->ended = *p == '"';
    line->open = !line->ended;
}

static gboolean
walk_string(RvRecordingLine *line, const char *value)
{
    static const char hex[] = "0123456789abcdefABCDEF:";
    gsize n = strlen(value);

    g_byte_array_set_size(line->bytes, 0);
    if (*value == '"') {
        line->quoted = TRUE;
        append_quoted(line, value + 1);
    } else if (n >= 11 && n <= 23 && strspn(value, hex) == n && strchr(value, ':') != NULL &&
               append_hex(line, value)) {
        /* a MAC address under its MIB's display hint, 0:1b:2c:3d:4e:5f */
    } else {
        set_octets(line, value, n);
        line->open = TRUE;
    }
    finish_octets(line);
    return TRUE;
}

static gboolean
walk_hex(RvRecordingLine *line, const char *value)
{
    g_autofree char *only = g_strndup(value, strspn(value, "0123456789abcdefABCDEF :\t"));

    g_byte_array_set_size(line->bytes, 0);
    line->open = TRUE;
    append_hex(line, only);
    finish_octets(line);
    return TRUE;
}

/* "BITS: 80 00 0" : bytes of two digits, then the bits' numbers or names. */
static gboolean
walk_bits(RvRecordingLine *line, const char *value)
{
    g_byte_array_set_size(line->bytes, 0);
    while (g_ascii_isxdigit(value[0]) && g_ascii_isxdigit(value[1]) &&
           (value[2] == ' ' || value[2] == '\0')) {
        guint8 byte =
            (guint8)(g_ascii_xdigit_value(value[0]) * 16 + g_ascii_xdigit_value(value[1]));

        g_byte_array_append(line->bytes, &byte, 1);
        value += value[2] == ' ' ? 3 : 2;
    }
    finish_octets(line);
    return TRUE;
}

/* "up(1)", "(1234) 0:00:12.34", "42 seconds", "42": the number in it. */
static gboolean
walk_number(RvRecordingLine *line, const char *value)
{
    const char *open = strchr(value, '('), *p = value;
    char digits[32];
    gsize n;

    if (open != NULL && (open == value || (!g_ascii_isdigit(*value) && *value != '-')))
        p = open + 1;
    n = (gsize)(*p == '-') + strspn(p + (*p == '-'), "0123456789");
    if (n == 0 || n >= sizeof digits)
        return FALSE;
    memcpy(digits, p, n);
    digits[n] = '\0';
    return set_number(&line->varbind, digits);
}

static gboolean
walk_opaque(RvRecordingLine *line, const char *value)
{
    gboolean is_double = g_str_has_prefix(value, "Double: ");

    if (!is_double && !g_str_has_prefix(value, "Float: "))
        return walk_hex(line, value);
    g_byte_array_set_size(line->bytes, 0);
    rv_opaque_encode(line->bytes, g_ascii_strtod(strchr(value, ' '), NULL), is_double);
    finish_octets(line);
    return TRUE;
}

static gboolean
walk_ip(RvRecordingLine *line, const char *value)
{
    if (!set_ip(line, value))
        return FALSE;
    finish_octets(line);
    return TRUE;
}

static gboolean
walk_network(RvRecordingLine *line, const char *value)
{
    g_byte_array_set_size(line->bytes, 0);
    if (!append_hex(line, value) || line->bytes->len != 4)
        return FALSE;
    finish_octets(line);
    return TRUE;
}

static gboolean
walk_null(RvRecordingLine *line, const char *value)
{
    return TRUE;
}

static const struct {
    const char *word;
    RvSnmpType type;
    gboolean (*read)(RvRecordingLine *line, const char *value);
} walk_types[] = {
    {"STRING: ", RV_SNMP_OCTETS, walk_string},
    {"INTEGER: ", RV_SNMP_INTEGER, walk_number},
    {"Gauge32: ", RV_SNMP_GAUGE32, walk_number},
    {"Counter32: ", RV_SNMP_COUNTER32, walk_number},
    {"Counter64: ", RV_SNMP_COUNTER64, walk_number},
    {"Timeticks: ", RV_SNMP_TIMETICKS, walk_number},
    {"Hex-STRING: ", RV_SNMP_OCTETS, walk_hex},
    {"OID: ", RV_SNMP_OID, set_object},
    {"IpAddress: ", RV_SNMP_IP_ADDRESS, walk_ip},
    {"Network Address: ", RV_SNMP_IP_ADDRESS, walk_network},
    {"BITS: ", RV_SNMP_OCTETS, walk_bits},
    {"Opaque: ", RV_SNMP_OPAQUE, walk_opaque},
    {"UInteger32: ", RV_SNMP_GAUGE32, walk_number},
    {"Unsigned32: ", RV_SNMP_GAUGE32, walk_number},
    {"NULL", RV_SNMP_NULL, walk_null},
};

static RvRecordingLineState
read_walked(RvRecordingLine *line, const char *value)
{
    const char *colon;

    if (g_str_has_prefix(value, "No Such ") || g_str_has_prefix(value, "No more variables"))
        return RV_RECORDING_LINE_NOTHING;
    if (g_str_has_prefix(value, "Wrong Type") && (colon = strstr(value, "): ")) != NULL)
        value = colon + 3;
    if (strcmp(value, "\"\"") == 0 || strcmp(value, "STRING:") == 0) {
        line->varbind.type = RV_SNMP_OCTETS;
        set_octets(line, "", 0);
        finish_octets(line);
        return RV_RECORDING_LINE_VALUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(walk_types); i++) {
        if (!g_str_has_prefix(value, walk_types[i].word))
            continue;
        line->varbind.type = walk_types[i].type;
        return walk_types[i].read(line, value + strlen(walk_types[i].word))
                   ? RV_RECORDING_LINE_VALUE
                   : RV_RECORDING_LINE_BAD;
    }
    return RV_RECORDING_LINE_BAD;
}

/* ---- lines ---- */

gboolean
rv_recording_line_begins(const char *text)
{
    guint32 ids[RV_OID_CEILING];
    guint length;
    const char *end = read_oid(text, ids, &length);

    return end != NULL && length > 2 && (*end == '|' || g_str_has_prefix(end, " ="));
}

void
rv_recording_line_read(RvRecordingLine *line, const char *text, gsize length)
{
    const char *p;

    if (line->bytes == NULL)
        line->bytes = g_byte_array_sized_new(256);
    line->varbind = (RvVarbind){.real = NAN};
    line->open = line->quoted = line->ended = FALSE;
    line->state = RV_RECORDING_LINE_NOTHING;
    length = strnlen(text, length);
    if (text[strspn(text, " \t")] == '\0' || *text == '#')
        return;
    line->state = RV_RECORDING_LINE_BAD;
    p = read_oid(text, line->oid, &line->varbind.oid.length);
    line->varbind.oid.ids = line->oid;
    if (p == NULL)
        return;
    if (*p == '.')
        p++;
    if (*p == '|' && read_tagged(line, p + 1, length - (gsize)(p + 1 - text)))
        line->state = RV_RECORDING_LINE_VALUE;
    else if (g_str_has_prefix(p, " = "))
        line->state = read_walked(line, p + 3);
}

void
rv_recording_line_extend(RvRecordingLine *line, const char *text)
{
    if (line->state != RV_RECORDING_LINE_VALUE)
        return;
    if (line->quoted) {
        g_byte_array_append(line->bytes, (const guint8 *)"\n", 1);
        append_quoted(line, text);
    } else if (line->bytes->len > 0 && text[strspn(text, "0123456789abcdefABCDEF ")] == '\0') {
        append_hex(line, text);
    }
    finish_octets(line);
}

void
rv_recording_line_clear(RvRecordingLine *line)
{
    g_clear_pointer(&line->bytes, g_byte_array_unref);
}
