#include "rrd/quick.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#define RRD_EXPORT_DEPRECATED /* for the types of the file's header; no function of that part is   \
                                 called */
#include <rrd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_CEILING 8192
#define SOURCES_CEILING 16
#define ARCHIVES_CEILING 16

typedef enum { AVERAGE, MINIMUM, MAXIMUM, LAST } Function;

/* The file's head, as it lies on disk. */
typedef struct {
    union {
        guint8 bytes[HEAD_CEILING];
        stat_head_t head;
    };
    gsize length;
    ds_def_t *sources;
    rra_def_t *archives;
    live_head_t *live; /* from here on it changes with each sample */
    pdp_prep_t *steps;
    cdp_prep_t *rows; /* by archive, then by source */
    rra_ptr_t *places;
    gsize end; /* of the head: the first archive's rows begin here */
    Function functions[ARCHIVES_CEILING];
} File;

/* ---- reading ---- */

static gboolean
is_ours(const stat_head_t *head)
{
    return memcmp(head->cookie, RRD_COOKIE, sizeof head->cookie) == 0 &&
           strcmp(head->version, RRD_VERSION3) == 0 && head->float_cookie == FLOAT_COOKIE &&
           head->ds_cnt > 0 && head->ds_cnt <= SOURCES_CEILING && head->rra_cnt > 0 &&
           head->rra_cnt <= ARCHIVES_CEILING && head->pdp_step > 0;
}

static gboolean
lay_out(File *file)
{
    gsize sources = file->head.ds_cnt, archives = file->head.rra_cnt;

    file->sources = (ds_def_t *)(void *)(file->bytes + sizeof file->head);
    file->archives = (rra_def_t *)(void *)(file->sources + sources);
    file->live = (live_head_t *)(void *)(file->archives + archives);
    file->steps = (pdp_prep_t *)(void *)(file->live + 1);
    file->rows = (cdp_prep_t *)(void *)(file->steps + sources);
    file->places = (rra_ptr_t *)(void *)(file->rows + sources * archives);
    file->end = (gsize)((guint8 *)(file->places + archives) - file->bytes);
    return file->end <= file->length;
}

static gboolean
has_sources(const File *file, const RvRrdTemplate *template)
{
    gboolean same = file->head.ds_cnt == template->sources->len;

    for (guint i = 0; same && i < template->sources->len; i++)
        same = strncmp(file->sources[i].ds_nam,
                       g_array_index(template->sources, RvRrdSource, i).name, DS_NAM_SIZE) == 0 &&
               strcmp(file->sources[i].dst, "GAUGE") == 0;
    return same;
}

static gboolean
has_functions(File *file)
{
    static const char *const words[] = {"AVERAGE", "MIN", "MAX", "LAST"};

    for (guint i = 0; i < file->head.rra_cnt; i++) {
        const rra_def_t *archive = &file->archives[i];
        guint function = 0;

        while (function < G_N_ELEMENTS(words) && strcmp(archive->cf_nam, words[function]) != 0)
            function++;
        if (function == G_N_ELEMENTS(words) || archive->pdp_cnt == 0 || archive->row_cnt == 0 ||
            file->places[i].cur_row >= archive->row_cnt)
            return FALSE;
        file->functions[i] = (Function)function;
    }
    return TRUE;
}

static gboolean
has_size(const File *file, gint64 size)
{
    guint64 rows = 0;

    for (guint i = 0; i < file->head.rra_cnt; i++)
        rows += file->archives[i].row_cnt;
    return size == (gint64)(file->end + rows * file->head.ds_cnt * sizeof(rrd_value_t));
}

static gboolean
read_head(int fd, const RvRrdTemplate *template, File *file)
{
    struct stat status;
    gssize length = pread(fd, file->bytes, sizeof file->bytes, 0);

    file->length = (gsize)MAX(length, 0);
    return length >= (gssize)sizeof file->head && is_ours(&file->head) && lay_out(file) &&
           has_sources(file, template) && has_functions(file) && fstat(fd, &status) == 0 &&
           has_size(file, status.st_size);
}

/* ---- one sample, as librrd's rrd_update.c has it ---- */

typedef struct {
    double interval;               /* seconds since the last sample */
    double before;                 /* of these, in the step that was begun */
    double after;                  /* and in the next one */
    gboolean step;                 /* a step has ended */
    double ended[SOURCES_CEILING]; /* its values */
} Sample;

/* A value as librrd reads it from its text, times the interval; NAN where it does not count. */
static double
take_value(const ds_def_t *source, pdp_prep_t *step, double value, double interval)
{
    double least = source->par[DS_min_val].u_val, most = source->par[DS_max_val].u_val;
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    memset(step->last_ds, 0, sizeof step->last_ds);
    if (!isfinite(value)) {
        step->last_ds[0] = 'U';
        return NAN;
    }
    g_ascii_formatd(text, sizeof text, "%.15g", value);
    memcpy(step->last_ds, text, MIN(strlen(text), sizeof step->last_ds - 1));
    if ((double)source->par[DS_mrhb_cnt].u_cnt < interval)
        return NAN;
    value = g_ascii_strtod(text, NULL);
    if ((!isnan(most) && value > most) || (!isnan(least) && value < least))
        return NAN;
    return value * interval;
}

static void
go_on(pdp_prep_t *step, double amount, double interval)
{
    if (isnan(amount))
        step->scratch[PDP_unkn_sec_cnt].u_cnt += (gulong)floor(interval);
    else if (isnan(step->scratch[PDP_val].u_val))
        step->scratch[PDP_val].u_val = amount;
    else
        step->scratch[PDP_val].u_val += amount;
}

/* The value of the step that has ended; the next one is begun. */
static double
end_step(const ds_def_t *source, pdp_prep_t *step, double amount, const Sample *sample,
         gulong length)
{
    unival *scratch = step->scratch;
    double unknown = 0, value;

    if (isnan(amount)) {
        unknown = sample->before;
    } else {
        if (isnan(scratch[PDP_val].u_val))
            scratch[PDP_val].u_val = 0;
        scratch[PDP_val].u_val += amount / sample->interval * sample->before;
    }
    if (sample->interval > (double)source->par[DS_mrhb_cnt].u_cnt ||
        (double)length / 2.0 < (double)(glong)scratch[PDP_unkn_sec_cnt].u_cnt)
        value = NAN;
    else
        value =
            scratch[PDP_val].u_val / ((double)(length - scratch[PDP_unkn_sec_cnt].u_cnt) - unknown);
    if (isnan(amount)) {
        scratch[PDP_unkn_sec_cnt].u_cnt = (gulong)floor(sample->after);
        scratch[PDP_val].u_val = NAN;
    } else {
        scratch[PDP_unkn_sec_cnt].u_cnt = 0;
        scratch[PDP_val].u_val = amount / sample->interval * sample->after;
    }
    return value;
}

/* What a row begins with, and what an unknown counts as in it. */
static double
neutral(Function function)
{
    switch (function) {
    case AVERAGE:
        return 0;
    case MINIMUM:
        return HUGE_VAL;
    case MAXIMUM:
        return -HUGE_VAL;
    case LAST:
        return NAN;
    }
    return NAN;
}

static double
join(Function function, double row, double value)
{
    switch (function) {
    case AVERAGE:
        return row + value;
    case MINIMUM:
        return value < row ? value : row;
    case MAXIMUM:
        return value > row ? value : row;
    case LAST:
        return value;
    }
    return NAN;
}

static double
or_neutral(Function function, double value)
{
    return isnan(value) ? neutral(function) : value;
}

/* The last step of a row of several: its value is ready, the next row begins empty. */
static void
end_row(const rra_def_t *archive, unival *scratch, Function function, double value)
{
    gulong unknown = scratch[CDP_unkn_pdp_cnt].u_cnt + (isnan(value) ? 1 : 0);
    double whole;

    if ((double)unknown > (double)archive->pdp_cnt * archive->par[RRA_cdp_xff_val].u_val)
        whole = NAN;
    else if (function == LAST)
        whole = value;
    else
        whole = join(function, or_neutral(function, scratch[CDP_val].u_val),
                     or_neutral(function, value));
    if (function == AVERAGE)
        whole /= (double)(archive->pdp_cnt - unknown);
    scratch[CDP_primary_val].u_val = whole;
    scratch[CDP_secondary_val].u_val = value;
    scratch[CDP_val].u_val = neutral(function);
    scratch[CDP_unkn_pdp_cnt].u_cnt = 0;
}

static void
add_to_row(unival *scratch, Function function, double value)
{
    if (isnan(value))
        scratch[CDP_unkn_pdp_cnt].u_cnt++;
    else if (isnan(scratch[CDP_val].u_val))
        scratch[CDP_val].u_val = value;
    else
        scratch[CDP_val].u_val = join(function, scratch[CDP_val].u_val, value);
}

/* Whether the step that has ended, number `number` since 1970, is the last of its row. */
static gboolean
ends_row(const rra_def_t *archive, gulong number)
{
    return (number + 1) % archive->pdp_cnt == 0;
}

static void
consolidate(File *file, guint n, const Sample *sample, gulong number)
{
    const rra_def_t *archive = &file->archives[n];

    for (guint i = 0; i < file->head.ds_cnt; i++) {
        unival *scratch = file->rows[n * file->head.ds_cnt + i].scratch;

        if (archive->pdp_cnt == 1)
            scratch[CDP_primary_val].u_val = sample->ended[i];
        else if (ends_row(archive, number))
            end_row(archive, scratch, file->functions[n], sample->ended[i]);
        else
            add_to_row(scratch, file->functions[n], sample->ended[i]);
    }
}

/* ---- writing ---- */

static gboolean
write_row(int fd, File *file, guint n, gsize begin)
{
    gsize sources = file->head.ds_cnt;
    rrd_value_t values[SOURCES_CEILING];
    gsize bytes = sources * sizeof *values;
    gulong row = (file->places[n].cur_row + 1) % file->archives[n].row_cnt;

    for (guint i = 0; i < sources; i++)
        values[i] = file->rows[n * sources + i].scratch[CDP_primary_val].u_val;
    file->places[n].cur_row = row;
    return pwrite(fd, values, bytes, (off_t)(begin + row * bytes)) == (gssize)bytes;
}

/* Rows first: until the head says so they are not there. */
static gboolean
write_rows(int fd, File *file, const Sample *sample, gulong number)
{
    gsize begin = file->end;

    for (guint n = 0; sample->step && n < file->head.rra_cnt; n++) {
        const rra_def_t *archive = &file->archives[n];

        consolidate(file, n, sample, number);
        if (ends_row(archive, number) && !write_row(fd, file, n, begin))
            return FALSE;
        begin += archive->row_cnt * file->head.ds_cnt * sizeof(rrd_value_t);
    }
    return TRUE;
}

static gboolean
write_head(int fd, const File *file)
{
    gsize begin = (gsize)((const guint8 *)file->live - file->bytes);
    gsize bytes = file->end - begin;

    return pwrite(fd, file->live, bytes, (off_t)begin) == (gssize)bytes;
}

/* FALSE where it is not the plain case. */
static gboolean
begin_sample(const File *file, gint64 time_s, Sample *sample)
{
    gint64 step = (gint64)file->head.pdp_step, last = file->live->last_up;
    gint64 steps = time_s / step - last / step;

    if (time_s <= last || file->live->last_up_usec != 0 || steps > 1)
        return FALSE;
    sample->interval = (double)(time_s - last);
    sample->step = steps == 1;
    sample->before = sample->step ? (double)(time_s - time_s % step - last) : sample->interval;
    sample->after = sample->step ? (double)(time_s % step) : 0;
    return TRUE;
}

static gboolean
update(int fd, File *file, gint64 time_s, const double *values)
{
    gulong number = (gulong)file->live->last_up / file->head.pdp_step;
    Sample sample;

    if (!begin_sample(file, time_s, &sample))
        return FALSE;
    for (guint i = 0; i < file->head.ds_cnt; i++) {
        double amount = take_value(&file->sources[i], &file->steps[i], values[i], sample.interval);

        if (sample.step)
            sample.ended[i] =
                end_step(&file->sources[i], &file->steps[i], amount, &sample, file->head.pdp_step);
        else
            go_on(&file->steps[i], amount, sample.interval);
    }
    file->live->last_up = (time_t)time_s;
    return write_rows(fd, file, &sample, number) && write_head(fd, file);
}

gboolean
rv_rrd_quick_update(const char *path, const RvRrdTemplate *template, gint64 time_s,
                    const double *values)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET}; /* as librrd's */
    int fd = open(path, O_RDWR | O_CLOEXEC);
    gboolean done = FALSE;
    File file;

    if (fd < 0)
        return FALSE;
    errno = 0;
    if (fcntl(fd, F_SETLK, &lock) == 0 && read_head(fd, template, &file))
        done = update(fd, &file, time_s, values);
    close(fd);
    errno = 0;
    return done;
}
