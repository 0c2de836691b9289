#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

#define EVERY_MS 100
#define WIDEST 60

struct RvProgress {
    gboolean terminal;
    gint64 start_ms, drawn_ms; /* monotonic; drawn 0: never */
};

RvProgress *
rv_progress_new(gboolean quiet)
{
    RvProgress *progress = g_new0(RvProgress, 1);
    const char *kind = g_getenv("TERM");

    progress->terminal =
        !quiet && isatty(STDERR_FILENO) && kind != NULL && strcmp(kind, "dumb") != 0;
    progress->start_ms = rv_clock_monotonic_ms();
    return progress;
}

void
rv_progress_free(RvProgress *progress)
{
    if (progress == NULL)
        return;
    if (progress->drawn_ms > 0)
        fputs("\r\033[K", stderr);
    g_free(progress);
}

static guint
columns(void)
{
    struct winsize size = {0};

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void
rv_progress_show(RvProgress *progress, guint done, guint due, guint silent)
{
    gint64 now_ms = rv_clock_monotonic_ms();
    g_autofree char *numbers = NULL;
    guint room, width, filled;

    if (!progress->terminal || due == 0 || now_ms - progress->drawn_ms < EVERY_MS)
        return;
    progress->drawn_ms = now_ms;
    numbers = g_strdup_printf(" %u/%u, %u silent, %" G_GINT64_FORMAT " s", done, due, silent,
                              (now_ms - progress->start_ms) / 1000);
    room = columns();
    width = room > strlen(numbers) + 12 ? room - (guint)strlen(numbers) - 3 : 0;
    width = MIN(width, WIDEST);
    filled = width * done / due;
    fputs("\r[", stderr);
    for (guint i = 0; i < width; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "]%s\033[K", numbers);
    fflush(stderr);
}
