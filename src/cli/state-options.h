/* Options of commands that read or write the state file: where it is, whose time, who asks. */
#pragma once

#include "base/language.h"
#include "cli/command.h"
#include "conf/configuration.h"
#include "db/state.h"

typedef struct {
    char *folder;               /* --state; NULL: from the site file */
    char *zone;                 /* --zone; NULL: that of the service plan, else local */
    char *who;                  /* --who; NULL: the user's name */
    RvConfigurationParts parts; /* what is read beside site file and service plan */
    RvConfiguration *site;      /* once it was asked for */
} RvStateOptions;

void rv_state_options_clear(RvStateOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvStateOptions, rv_state_options_clear)

/* `options` must outlive the context. */
void rv_state_options_add(RvStateOptions *options, GOptionContext *context);

/* The site's files; read when first asked for, kept with the options. NULL: they are wrong. */
const RvConfiguration *rv_state_options_site(RvStateOptions *options, const RvCliContext *context,
                                             GError **error);
RvState *rv_state_options_open(RvStateOptions *options, const RvCliContext *context,
                               RvStateMode mode, GError **error);
/* Caller unrefs; NULL and RV_ERROR_USAGE where --zone is no time zone. */
GTimeZone *rv_state_options_zone(RvStateOptions *options, const RvCliContext *context,
                                 GError **error);
/* --lang, else the site's, else that of the person who asks. English where the site's files are
 * wrong. */
RvLanguage rv_state_options_language(RvStateOptions *options, const RvCliContext *context);
const char *rv_state_options_who(const RvStateOptions *options);

/* RV_ERROR_USAGE where the inventory does not have it, with the nearest name. Wants
 * RV_CONFIGURATION_INVENTORY; without devices in it, every name is fine. */
gboolean rv_cli_check_device(const RvInventory *inventory, const char *name, GError **error);
/* What --zone says; NULL: RV_ERROR_USAGE. */
GTimeZone *rv_cli_parse_zone(const char *name, GError **error);
/* "2026-10-31 14:00", "2026-10-31T14:00:30+08:00", "2026-10-31" (midnight) or "now"; and as
 * spreadsheets write it, "2026/10/31 9:05". */
gboolean rv_cli_parse_time(const char *text, GTimeZone *zone, gint64 *ms, GError **error);
/* A whole number above 0, as a fault or a window has. */
gboolean rv_cli_parse_id(const char *text, gint64 *id, GError **error);
/* "3 d 04:05:06", "04:05:06"; caller frees. */
char *rv_cli_duration(gint64 ms);
