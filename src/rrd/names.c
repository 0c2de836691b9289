#include "rrd/names.h"

#include <string.h>

#define COMPONENT_CEILING 160
#define HASH_DIGITS 32

static gboolean
stands_for_itself(guchar c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
}

/* Cuts at a whole character: never inside a %XX. */
static void
cut(GString *text, gsize length)
{
    if (length > 0 && text->str[length - 1] == '%')
        length -= 1;
    else if (length > 1 && text->str[length - 2] == '%')
        length -= 2;
    g_string_truncate(text, length);
}

gboolean
rv_rrd_name_append(GString *text, const char *name)
{
    gsize length = strlen(name), begin = text->len, plain = 0;

    if (length == 0 || length > RV_RRD_NAME_CEILING)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)name[i];

        if (stands_for_itself(c) && !(c == '.' && i == 0))
            continue;
        g_string_append_len(text, name + plain, (gssize)(i - plain));
        plain = i + 1;
        if (c == '/')
            g_string_append_c(text, '+');
        else
            g_string_append_printf(text, "%%%02X", c);
    }
    g_string_append_len(text, name + plain, (gssize)(length - plain));
    if (text->len - begin > COMPONENT_CEILING) {
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);

        cut(text, begin + COMPONENT_CEILING - HASH_DIGITS - 1);
        g_string_append_printf(text, "~%.*s", HASH_DIGITS, hash);
    }
    return TRUE;
}

char *
rv_rrd_name_encode(const char *name)
{
    GString *text = g_string_sized_new(64);

    return g_string_free(text, !rv_rrd_name_append(text, name));
}

char *
rv_rrd_name_decode(const char *component)
{
    g_autoptr(GString) name = g_string_new(NULL);

    for (const char *p = component; *p != '\0'; p++) {
        if (*p == '%') {
            int high = g_ascii_xdigit_value(p[1]);
            int low = high < 0 ? -1 : g_ascii_xdigit_value(p[2]);

            if (low < 0 || high * 16 + low == 0)
                return NULL;
            g_string_append_c(name, (char)(high * 16 + low));
            p += 2;
        } else if (*p == '+') {
            g_string_append_c(name, '/');
        } else if (stands_for_itself((guchar)*p)) {
            g_string_append_c(name, *p);
        } else {
            return NULL;
        }
    }
    return name->len > 0 ? g_string_free(g_steal_pointer(&name), FALSE) : NULL;
}

gboolean
rv_rrd_name_is_cut(const char *component)
{
    return strchr(component, '~') != NULL;
}

char *
rv_rrd_name_device_folder(const char *device)
{
    g_autofree char *component = rv_rrd_name_encode(device);
    g_autofree char *hash = NULL;

    if (component == NULL)
        return NULL;
    hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, device, -1);
    return g_strdup_printf("%.2s/%s", hash, component);
}
