#include "rrd/quick.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rrd/head.h"
#include "rrd/number.h"

typedef enum { AVERAGE, MINIMUM, MAXIMUM, LAST } Function;

typedef struct {
    RvRrdHead head;
    Function functions[RV_RRD_ARCHIVES_CEILING];
} File;

/* ---- reading ---- */

static gboolean
has_sources(const File *file, const RvRrdTemplate *template)
{
    gboolean same = file->head.fixed.ds_cnt == template->sources->len;

    for (guint i = 0; same && i < template->sources->len; i++)
        same = strncmp(file->head.sources[i].ds_nam,
                       g_array_index(template->sources, RvRrdSource, i).name, DS_NAM_SIZE) == 0 &&
               strcmp(file->head.sources[i].dst, "GAUGE") == 0;
    return same;
}

static gboolean
has_functions(File *file)
{
    static const char *const words[] = {"AVERAGE", "MIN", "MAX", "LAST"};

    for (guint i = 0; i < file->head.fixed.rra_cnt; i++) {
        const rra_def_t *archive = &file->head.archives[i];
        guint function = 0;

        while (function < G_N_ELEMENTS(words) && strcmp(archive->cf_nam, words[function]) != 0)
            function++;
        if (function == G_N_ELEMENTS(words))
            return FALSE;
        file->functions[i] = (Function)function;
    }
    return TRUE;
}

static gboolean
has_size(const File *file, gint64 size)
{
    guint64 rows = 0;

    for (guint i = 0; i < file->head.fixed.rra_cnt; i++)
        rows += file->head.archives[i].row_cnt;
    return size == (gint64)(file->head.end + rows * file->head.fixed.ds_cnt * sizeof(rrd_value_t));
}

static gboolean
read_head(int fd, const RvRrdTemplate *template, File *file)
{
    struct stat status;
    gsize expected = rv_rrd_head_bytes(template->sources->len, template->archives->len);

    return rv_rrd_head_read(fd, &file->head, expected) && has_sources(file, template) &&
           has_functions(file) && fstat(fd, &status) == 0 && has_size(file, status.st_size);
}

/* ---- one sample, as librrd's rrd_update.c has it ---- */

typedef struct {
    double interval;                      /* seconds since the last sample */
    double before;                        /* of these, until the last step that has ended */
    double after;                         /* and in the one that was begun */
    gulong steps;                         /* that have ended */
    double ended[RV_RRD_SOURCES_CEILING]; /* their values: one for all of them */
} Sample;

/* A value as librrd reads it from its text; NAN where it does not count. */
static double
take_value(const ds_def_t *source, pdp_prep_t *step, double value, double interval)
{
    double least = source->par[DS_min_val].u_val, most = source->par[DS_max_val].u_val;
    char text[RV_RRD_NUMBER_SIZE];
    gsize length;

    memset(step->last_ds, 0, sizeof step->last_ds);
    if (!isfinite(value)) {
        step->last_ds[0] = 'U';
        return NAN;
    }
    if (!rv_rrd_number_put(text, value, &length))
        value = g_ascii_strtod(text, NULL);
    memcpy(step->last_ds, text, MIN(length, sizeof step->last_ds - 1));
    if ((double)source->par[DS_mrhb_cnt].u_cnt < interval)
        return NAN;
    if ((!isnan(most) && value > most) || (!isnan(least) && value < least))
        return NAN;
    return value;
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

/* The value of the steps that have ended; the next one is begun. */
static double
end_step(const ds_def_t *source, pdp_prep_t *step, double amount, const Sample *sample,
         gulong step_s)
{
    double length = (double)(sample->steps * step_s);
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
        (double)step_s / 2.0 < (double)(glong)scratch[PDP_unkn_sec_cnt].u_cnt)
        value = NAN;
    else
        value =
            scratch[PDP_val].u_val / (length - (double)scratch[PDP_unkn_sec_cnt].u_cnt - unknown);
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

/* What `n` steps of one value make of a row. */
static double
join_many(Function function, double row, double value, gulong n)
{
    double all = function == AVERAGE ? value * (double)n : value;

    return isnan(row) ? all : join(function, row, all);
}

/* The row's value, with the `n` steps that it still wanted. */
static double
value_of_row(const rra_def_t *archive, const unival *scratch, Function function, double value,
             gulong n)
{
    double row = scratch[CDP_val].u_val, unknown = (double)scratch[CDP_unkn_pdp_cnt].u_cnt;

    if (unknown > (double)archive->pdp_cnt * archive->par[RRA_cdp_xff_val].u_val)
        return NAN;
    if (function == LAST)
        return value;
    row = isnan(row) ? neutral(function) : row;
    value = isnan(value) ? neutral(function) : value;
    row = join(function, row, function == AVERAGE ? value * (double)n : value);
    return function == AVERAGE ? row / ((double)archive->pdp_cnt - unknown) : row;
}

/* `wanted` steps end the row; those beyond whole rows begin the next one. Rows between have the
 * value itself. */
static void
end_rows(const rra_def_t *archive, unival *scratch, Function function, double value, gulong steps,
         gulong wanted)
{
    gulong over = (steps - wanted) % archive->pdp_cnt;

    if (isnan(value))
        scratch[CDP_unkn_pdp_cnt].u_cnt += wanted;
    scratch[CDP_secondary_val].u_val = value;
    scratch[CDP_primary_val].u_val = value_of_row(archive, scratch, function, value, wanted);
    scratch[CDP_val].u_val = over == 0 || isnan(value) ? neutral(function)
                             : function == AVERAGE     ? value * (double)over
                                                       : value;
    scratch[CDP_unkn_pdp_cnt].u_cnt = isnan(value) ? over : 0;
}

static void
add_to_row(unival *scratch, Function function, double value, gulong steps)
{
    if (isnan(value))
        scratch[CDP_unkn_pdp_cnt].u_cnt += steps;
    else
        scratch[CDP_val].u_val = join_many(function, scratch[CDP_val].u_val, value, steps);
}

/* Steps that the row in work still wants after step `number` since 1970, which was the last that
 * had been begun. */
static gulong
steps_wanted(const rra_def_t *archive, gulong number)
{
    return archive->pdp_cnt - number % archive->pdp_cnt;
}

/* Rows that end with this sample. */
static gulong
rows_ended(const rra_def_t *archive, const Sample *sample, gulong number)
{
    gulong wanted = steps_wanted(archive, number);

    return sample->steps < wanted ? 0 : (sample->steps - wanted) / archive->pdp_cnt + 1;
}

/* A row of one step; the second and further steps of a gap have the other value. */
static void
put_single(unival *scratch, double value, gulong steps)
{
    scratch[CDP_primary_val].u_val = value;
    if (steps > 1)
        scratch[CDP_secondary_val].u_val = value;
}

static void
consolidate(File *file, guint n, const Sample *sample, gulong number)
{
    const rra_def_t *archive = &file->head.archives[n];

    for (guint i = 0; i < file->head.fixed.ds_cnt; i++) {
        unival *scratch = file->head.rows[n * file->head.fixed.ds_cnt + i].scratch;

        if (archive->pdp_cnt == 1)
            put_single(scratch, sample->ended[i], sample->steps);
        else if (rows_ended(archive, sample, number) > 0)
            end_rows(archive, scratch, file->functions[n], sample->ended[i], sample->steps,
                     steps_wanted(archive, number));
        else
            add_to_row(scratch, file->functions[n], sample->ended[i], sample->steps);
    }
}

/* ---- writing ---- */

/* The first row that ends has its own value, those after it the one of all their steps. A gap
 * longer than the archive writes each row once. */
static gboolean
write_rows_of(int fd, File *file, guint n, gsize begin, gulong rows)
{
    gsize sources = file->head.fixed.ds_cnt;
    gsize bytes = sources * sizeof(rrd_value_t);
    gulong count = file->head.archives[n].row_cnt;
    gulong *row = &file->head.places[n].cur_row;

    rows = MIN(rows, count);
    for (gulong r = 0; r < rows; r++) {
        rrd_value_t values[RV_RRD_SOURCES_CEILING];
        guint which = r == 0 ? CDP_primary_val : CDP_secondary_val;

        for (gsize i = 0; i < sources; i++)
            values[i] = file->head.rows[n * sources + i].scratch[which].u_val;
        *row = (*row + 1) % count;
        if (pwrite(fd, values, bytes, (off_t)(begin + *row * bytes)) != (gssize)bytes)
            return FALSE;
    }
    return TRUE;
}

/* Rows first: until the head says so they are not there. */
static gboolean
write_rows(int fd, File *file, const Sample *sample, gulong number)
{
    gsize begin = file->head.end;

    for (guint n = 0; sample->steps > 0 && n < file->head.fixed.rra_cnt; n++) {
        const rra_def_t *archive = &file->head.archives[n];
        gulong rows = rows_ended(archive, sample, number);

        consolidate(file, n, sample, number);
        if (rows > 0 && !write_rows_of(fd, file, n, begin, rows))
            return FALSE;
        begin += archive->row_cnt * file->head.fixed.ds_cnt * sizeof(rrd_value_t);
    }
    return TRUE;
}

static gboolean
write_head(int fd, const File *file)
{
    gsize begin = (gsize)((const guint8 *)file->head.live - file->head.bytes);
    gsize bytes = file->head.end - begin;

    return pwrite(fd, file->head.live, bytes, (off_t)begin) == (gssize)bytes;
}

static Sample
sample_between(gint64 last_s, gint64 time_s, gint64 step)
{
    Sample sample = {.interval = (double)(time_s - last_s),
                     .steps = (gulong)(time_s / step - last_s / step)};

    sample.before = sample.steps > 0 ? (double)(time_s - time_s % step - last_s) : sample.interval;
    sample.after = sample.steps > 0 ? (double)(time_s % step) : 0;
    return sample;
}

/* `rates`: NAN where not known. */
static gboolean
advance(int fd, File *file, gint64 time_s, const double *rates)
{
    gint64 last_s = file->head.live->last_up;
    Sample sample = sample_between(last_s, time_s, (gint64)file->head.fixed.pdp_step);

    for (guint i = 0; i < file->head.fixed.ds_cnt; i++) {
        double amount = rates[i] * sample.interval;

        if (sample.steps > 0)
            sample.ended[i] = end_step(&file->head.sources[i], &file->head.steps[i], amount,
                                       &sample, file->head.fixed.pdp_step);
        else
            go_on(&file->head.steps[i], amount, sample.interval);
    }
    file->head.live->last_up = (time_t)time_s;
    return write_rows(fd, file, &sample, (gulong)last_s / file->head.fixed.pdp_step);
}

/* A gap is taken in two: to the end of the step that was begun, if one was, and the rest. */
static gboolean
update(int fd, File *file, gint64 time_s, const double *values)
{
    gint64 step = (gint64)file->head.fixed.pdp_step, last_s = file->head.live->last_up;
    gint64 end_s = (last_s / step + 1) * step;
    double rates[RV_RRD_SOURCES_CEILING];

    if (time_s <= last_s || file->head.live->last_up_usec != 0)
        return FALSE;
    for (guint i = 0; i < file->head.fixed.ds_cnt; i++)
        rates[i] = take_value(&file->head.sources[i], &file->head.steps[i], values[i],
                              (double)(time_s - last_s));
    if (last_s % step != 0 && time_s / step - last_s / step > 1 && !advance(fd, file, end_s, rates))
        return FALSE;
    return advance(fd, file, time_s, rates) && write_head(fd, file);
}

gboolean
rv_rrd_quick_update(int folder, const char *path, const RvRrdTemplate *template, gint64 time_s,
                    const double *values)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET}; /* as librrd's */
    const char *name = folder >= 0 ? strrchr(path, '/') + 1 : path;
    int fd = openat(folder >= 0 ? folder : AT_FDCWD, name, O_RDWR | O_CLOEXEC);
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
