/* Log: one line a message, the device's name first, to standard error.
 *
 * Levels: debug for programmers, info for --verbose, warning when a person
 * should look but we carry on, critical when we stop. Secrets have no way in:
 * RvSecret cannot be formatted. Control characters in a message are escaped,
 * so that nothing a device sent reaches a terminal raw. Thread-safe. */
#pragma once

#include <glib.h>

typedef enum { RV_LOG_CRITICAL, RV_LOG_WARNING, RV_LOG_INFO, RV_LOG_DEBUG } RvLogLevel;

/* Messages above `level` are dropped. Default: RV_LOG_WARNING. */
void rv_log_set_level(RvLogLevel level);
RvLogLevel rv_log_level(void);

void rv_log(RvLogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define rv_debug(...) rv_log(RV_LOG_DEBUG, __VA_ARGS__)
#define rv_info(...) rv_log(RV_LOG_INFO, __VA_ARGS__)
#define rv_warning(...) rv_log(RV_LOG_WARNING, __VA_ARGS__)
#define rv_critical(...) rv_log(RV_LOG_CRITICAL, __VA_ARGS__)
