#include "base/log.h"

#include <stdio.h>

#include "base/text.h"

static RvLogLevel log_level = RV_LOG_WARNING;

void
rv_log_set_level(RvLogLevel level)
{
    log_level = level;
}

RvLogLevel
rv_log_level(void)
{
    return log_level;
}

void
rv_log(RvLogLevel level, const char *format, ...)
{
    static const char *const words[] = {"critical", "warning", "info", "debug"};
    g_autofree char *message = NULL;
    g_autofree char *clean = NULL;
    va_list arguments;

    if (level > log_level)
        return;
    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    clean = rv_text_clean(message, -1, 4096);
    fprintf(stderr, "rackvitals: %s: %s\n", words[level], clean);
}
