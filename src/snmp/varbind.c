#include "snmp/varbind.h"

#include <math.h>

static const struct {
    RvSnmpType type;
    const char *word;
} words[] = {
    {RV_SNMP_INTEGER, "INTEGER"},
    {RV_SNMP_OCTETS, "STRING"},
    {RV_SNMP_NULL, "NULL"},
    {RV_SNMP_OID, "OID"},
    {RV_SNMP_IP_ADDRESS, "IpAddress"},
    {RV_SNMP_COUNTER32, "Counter32"},
    {RV_SNMP_GAUGE32, "Gauge32"},
    {RV_SNMP_TIMETICKS, "Timeticks"},
    {RV_SNMP_OPAQUE, "Opaque"},
    {RV_SNMP_COUNTER64, "Counter64"},
};

void
rv_varbind_clear(RvVarbind *varbind)
{
    rv_oid_clear(&varbind->oid);
    rv_oid_clear(&varbind->object);
    g_clear_pointer(&varbind->octets, g_free);
    varbind->size = 0;
}

const char *
rv_snmp_type_word(RvSnmpType type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (words[i].type == type)
            return words[i].word;
    return "unknown type";
}

/* Valid UTF-8 without control characters, tab and line ends aside: what a person can read. */
static gboolean
is_text(const RvVarbind *varbind)
{
    const char *p = (const char *)varbind->octets;

    if (!g_utf8_validate_len(p, varbind->size, NULL))
        return FALSE;
    for (const char *end = p + varbind->size; p < end; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (c != '\t' && c != '\n' && c != '\r' && !g_unichar_isprint(c))
            return FALSE;
    }
    return TRUE;
}

static void
print_text(const RvVarbind *varbind, GString *out)
{
    g_string_append_c(out, '"');
    for (gsize i = 0; i < varbind->size; i++) {
        char c = (char)varbind->octets[i];

        if (c == '"' || c == '\\')
            g_string_append_c(out, '\\');
        if (c == '\n' || c == '\r' || c == '\t')
            g_string_append(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        else
            g_string_append_c(out, c);
    }
    g_string_append_c(out, '"');
}

static void
print_octets(const RvVarbind *varbind, GString *out)
{
    if (varbind->type == RV_SNMP_OCTETS && is_text(varbind)) {
        g_string_append(out, "STRING: ");
        print_text(varbind, out);
        return;
    }
    g_string_append(out, varbind->type == RV_SNMP_OCTETS ? "Hex-STRING:" : "Opaque:");
    for (gsize i = 0; i < varbind->size; i++)
        g_string_append_printf(out, " %02X", varbind->octets[i]);
}

static void
print_ticks(guint64 ticks, GString *out)
{
    g_string_append_printf(out, "Timeticks: (%" G_GUINT64_FORMAT ") %u:%02u:%02u:%02u.%02u", ticks,
                           (guint)(ticks / 8640000), (guint)(ticks / 360000 % 24),
                           (guint)(ticks / 6000 % 60), (guint)(ticks / 100 % 60),
                           (guint)(ticks % 100));
}

void
rv_varbind_print(const RvVarbind *varbind, GString *out)
{
    g_autofree char *object = NULL;
    const guint8 *o = varbind->octets;

    switch (varbind->type) {
    case RV_SNMP_INTEGER:
        g_string_append_printf(out, "INTEGER: %" G_GINT64_FORMAT, varbind->integer);
        return;
    case RV_SNMP_OCTETS:
        print_octets(varbind, out);
        return;
    case RV_SNMP_OPAQUE:
        if (isnan(varbind->real))
            print_octets(varbind, out);
        else
            g_string_append_printf(out, "Opaque: Float: %.9g", varbind->real);
        return;
    case RV_SNMP_NULL:
        g_string_append(out, "NULL");
        return;
    case RV_SNMP_OID:
        object = rv_oid_format(&varbind->object);
        g_string_append_printf(out, "OID: .%s", object);
        return;
    case RV_SNMP_IP_ADDRESS:
        if (varbind->size == 4)
            g_string_append_printf(out, "IpAddress: %u.%u.%u.%u", o[0], o[1], o[2], o[3]);
        else
            print_octets(varbind, out);
        return;
    case RV_SNMP_TIMETICKS:
        print_ticks(varbind->counter, out);
        return;
    case RV_SNMP_COUNTER32:
    case RV_SNMP_GAUGE32:
    case RV_SNMP_COUNTER64:
        g_string_append_printf(out, "%s: %" G_GUINT64_FORMAT, rv_snmp_type_word(varbind->type),
                               varbind->counter);
        return;
    }
}
