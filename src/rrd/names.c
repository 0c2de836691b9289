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

char *
rv_rrd_name_encode(const char *name)
{
    gsize length = strlen(name);
    GString *text;

    if (length == 0 || length > RV_RRD_NAME_CEILING)
        return NULL;
    text = g_string_sized_new(length + 8);
    for (const guchar *p = (const guchar *)name; *p != '\0'; p++) {
        if (stands_for_itself(*p) && !(*p == '.' && text->len == 0))
            g_string_append_c(text, (char)*p);
        else if (*p == '/')
            g_string_append_c(text, '+');
        else
            g_string_append_printf(text, "%%%02X", *p);
    }
    if (text->len > COMPONENT_CEILING) {
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);

        cut(text, COMPONENT_CEILING - HASH_DIGITS - 1);
        g_string_append_printf(text, "~%.*s", HASH_DIGITS, hash);
    }
    return g_string_free(text, FALSE);
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
