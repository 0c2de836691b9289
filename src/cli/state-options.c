#include "cli/state-options.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "poll/place.h"

void
rv_state_options_clear(RvStateOptions *options)
{
    g_free(options->folder);
    g_free(options->zone);
    g_free(options->who);
    rv_configuration_free(options->site);
}

void
rv_state_options_add(RvStateOptions *options, GOptionContext *context)
{
    const GOptionEntry entries[] = {
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &options->folder,
         "state folder (default from the site file)", "FOLDER"},
        {"zone", 0, 0, G_OPTION_ARG_STRING, &options->zone,
         "time zone of what is read and printed (default from the service plan)", "ZONE"},
        {"who", 0, 0, G_OPTION_ARG_STRING, &options->who, "who does it (default your user name)",
         "NAME"},
        {NULL},
    };

    g_option_context_add_main_entries(context, entries, NULL);
}

const RvConfiguration *
rv_state_options_site(RvStateOptions *options, const RvCliContext *context, GError **error)
{
    if (options->site == NULL)
        options->site = rv_configuration_load(
            context->config, options->parts | RV_CONFIGURATION_SERVICE_PLAN, error);
    return options->site;
}

RvState *
rv_state_options_open(RvStateOptions *options, const RvCliContext *context, RvStateMode mode,
                      GError **error)
{
    const RvConfiguration *site = rv_state_options_site(options, context, error);
    return site != NULL ? rv_place_open(site, options->folder, mode, error) : NULL;
}

GTimeZone *
rv_state_options_zone(RvStateOptions *options, const RvCliContext *context, GError **error)
{
    const RvConfiguration *site = rv_state_options_site(options, context, error);

    if (site == NULL)
        return NULL;
    return options->zone != NULL ? rv_cli_parse_zone(options->zone, error)
                                 : g_time_zone_ref(site->plan->zone);
}

RvLanguage
rv_state_options_language(RvStateOptions *options, const RvCliContext *context)
{
    const RvConfiguration *site = rv_state_options_site(options, context, NULL);

    if (context->language != NULL)
        return rv_language_parse(context->language);
    if (site != NULL && site->path != NULL)
        return rv_language_parse(site->language);
    return rv_language_parse(g_get_language_names()[0]);
}

gboolean
rv_cli_check_device(const RvInventory *inventory, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *nearest;

    if (inventory->devices->len == 0 || rv_inventory_find(inventory, name) != NULL)
        return TRUE;
    for (guint i = 0; i < inventory->devices->len; i++)
        g_ptr_array_add(names, ((RvDevice *)g_ptr_array_index(inventory->devices, i))->name);
    g_ptr_array_add(names, NULL);
    nearest = rv_text_nearest(name, (const char *const *)names->pdata);
    g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                "the inventory has no device '%s'%s%s%s; `rackvitals inventory list` shows them",
                name, nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "'?" : "");
    return FALSE;
}

GTimeZone *
rv_cli_parse_zone(const char *name, GError **error)
{
    GTimeZone *zone = g_time_zone_new_identifier(name);

    if (zone == NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "--zone %s: no such time zone; give one as Asia/Shanghai", name);
    return zone;
}

const char *
rv_state_options_who(const RvStateOptions *options)
{
    const char *sudo = g_getenv("SUDO_USER");

    if (options->who != NULL && options->who[0] != '\0')
        return options->who;
    return sudo != NULL && sudo[0] != '\0' ? sudo : g_get_user_name();
}

/* ISO 8601 wants two digits and seconds; people leave them, or the whole time, out, and
 * spreadsheets write slashes. What has another form, or says its zone, stays as it is. */
static char *
complete(const char *text)
{
    g_autoptr(GRegex) form = g_regex_new("^(\\d{4})([-/])(\\d{1,2})\\2(\\d{1,2})"
                                         "(?:[ T](\\d{1,2}):(\\d{2})(?::(\\d{2}))?)?$",
                                         0, 0, NULL);
    static const int groups[] = {1, 3, 4, 5, 6, 7};
    g_autoptr(GMatchInfo) match = NULL;
    int parts[G_N_ELEMENTS(groups)];

    if (!g_regex_match(form, text, 0, &match))
        return g_strdup(text);
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autofree char *part = g_match_info_fetch(match, groups[i]);

        parts[i] = part != NULL ? (int)g_ascii_strtoll(part, NULL, 10) : 0;
    }
    return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d", parts[0], parts[1], parts[2], parts[3],
                           parts[4], parts[5]);
}

gboolean
rv_cli_parse_time(const char *text, GTimeZone *zone, gint64 *ms, GError **error)
{
    g_autofree char *whole = complete(text);
    g_autoptr(GDateTime) time = NULL;

    if (strcmp(text, "now") == 0) {
        *ms = rv_clock_now_ms();
        return TRUE;
    }
    g_strdelimit(whole, " ", 'T');
    time = g_date_time_new_from_iso8601(whole, zone);
    if (time == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "'%s' is no time; give one as '2026-10-31 14:00', or now", text);
        return FALSE;
    }
    *ms = g_date_time_to_unix(time) * 1000;
    return TRUE;
}

gboolean
rv_cli_parse_id(const char *text, gint64 *id, GError **error)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &number, NULL)) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "'%s' is no number; the list shows them",
                    text);
        return FALSE;
    }
    *id = (gint64)number;
    return TRUE;
}

char *
rv_cli_duration(gint64 ms)
{
    gint64 s = ABS(ms) / 1000, days = s / 86400;
    const char *sign = ms < 0 ? "-" : "";

    s %= 86400;
    if (days > 0)
        return g_strdup_printf("%s%" G_GINT64_FORMAT " d %02d:%02d:%02d", sign, days,
                               (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    return g_strdup_printf("%s%02d:%02d:%02d", sign, (int)(s / 3600), (int)(s / 60 % 60),
                           (int)(s % 60));
}
