/* Options that say how a target is asked, shared by check, walk, probe and profile explain.
 *
 * A TARGET is a device of the inventory, a glob over device and group names, or any address;
 * credentials for an address come from these options, or by name from the credentials file. */
#pragma once

#include "cli/command.h"
#include "inventory/device.h"

typedef struct RvTargetOptions RvTargetOptions;

RvTargetOptions *rv_target_options_new(void);
void rv_target_options_free(RvTargetOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvTargetOptions, rv_target_options_free)

/* Adds --snmp-…, --ipmi…, --port, --timeout, --retries, --credential, --budget to the command's own
 * options. The structure must outlive the context. */
void rv_target_options_add(RvTargetOptions *options, GOptionContext *context);

/* Milliseconds one target may take: --budget; 30 s. Call after the parse. */
gint64 rv_target_options_budget_ms(const RvTargetOptions *options);

/* The devices that `targets` (NULL-terminated) name: an array of RvDevice* that owns them. Errors:
 * RV_ERROR_USAGE for a wrong option or target, RV_ERROR_CONFIG for wrong files, RV_ERROR_NO_INPUT /
 * _PERMISSION for a password file. */
GPtrArray *rv_target_options_resolve(RvTargetOptions *options, const RvCliContext *context,
                                     char **targets, GError **error);
