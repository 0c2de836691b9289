#include "cli/report-run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/output.h"
#include "cli/data-folder.h"
#include "cli/progress.h"
#include "cli/version.h"
#include "notify/letter.h"
#include "poll/place.h"
#include "report/pdf.h"
#include "report/sections.h"
#include "report/writers.h"

typedef struct {
    const RvReportOptions *options;
    const RvReportOrder *order;
    RvConfiguration *configuration;
    gboolean secrets;
    GTimeZone *zone;
    RvState *state;
    RvRrdStore *rrd;
    RvProgress *progress;
    RvLanguage language;
    gint64 now_ms;
    RvPeriod period;
    RvReport *report;
    gboolean needs_a_person; /* done, but not as it was meant */
} Work;

void
rv_report_options_clear(RvReportOptions *options)
{
    rv_state_options_clear(&options->state);
    g_free(options->format);
    g_free(options->output);
    g_free(options->table);
    g_free(options->language);
    g_free(options->templates);
    g_free(options->daemon);
}

void
rv_report_options_add(RvReportOptions *options, GOptionContext *context)
{
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "pdf (default), html, csv or json",
         "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         "a file, or - for standard output (default: archived in the state folder)", "FILE"},
        {"table", 0, 0, G_OPTION_ARG_STRING, &options->table,
         "of csv: devices (default), faults, findings, interfaces, series, changes, suspects",
         "NAME"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options->language, "zh_CN or en", "LANGUAGE"},
        {"templates", 0, 0, G_OPTION_ARG_FILENAME, &options->templates, "rrd-templates to use",
         "FOLDER"},
        {"mail", 0, 0, G_OPTION_ARG_NONE, &options->mail,
         "archive it in the languages of the service plan and send it to its list", NULL},
        {"rrdcached", 0, 0, G_OPTION_ARG_FILENAME, &options->daemon, "socket of rrdcached",
         "SOCKET"},
        {NULL},
    };

    g_option_context_add_main_entries(context, entries, NULL);
    rv_state_options_add(&options->state, context);
}

static void
work_clear(Work *work)
{
    rv_report_free(work->report);
    rv_rrd_store_free(work->rrd);
    rv_state_close(work->state);
    rv_progress_free(work->progress);
    rv_configuration_free(work->configuration);
    g_clear_pointer(&work->zone, g_time_zone_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

/* ---- what it is made from ---- */

/* The credentials tell default communities; who may not read them gets the report without. */
static gboolean
load_configuration(Work *work, const RvCliContext *context, GError **error)
{
    g_autoptr(GError) problem = NULL;

    work->configuration = rv_configuration_load(context->config, RV_CONFIGURATION_ALL, &problem);
    work->secrets = work->configuration != NULL;
    if (work->configuration != NULL)
        return TRUE;
    if (!g_error_matches(problem, RV_ERROR, RV_ERROR_PERMISSION) &&
        !g_error_matches(problem, RV_ERROR, RV_ERROR_NO_INPUT)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    work->configuration = rv_configuration_load(
        context->config, RV_CONFIGURATION_INVENTORY | RV_CONFIGURATION_SERVICE_PLAN, error);
    return work->configuration != NULL;
}

/* SOURCE_DATE_EPOCH, as reproducible-builds.org has it, else the clock. */
static gint64
time_of_making(void)
{
    const char *fixed = g_getenv("SOURCE_DATE_EPOCH");
    gint64 s;

    if (fixed != NULL && g_ascii_string_to_signed(fixed, 10, 1, G_MAXINT64 / 2000, &s, NULL))
        return s * 1000;
    return rv_clock_now_ms();
}

static const char *
state_folder(const Work *work)
{
    return work->options->state.folder != NULL ? work->options->state.folder
                                               : work->configuration->state_folder;
}

static gboolean
open_stores(Work *work, gboolean archive, GError **error)
{
    g_autofree char *folder = g_build_filename(state_folder(work), "rrd", NULL);
    g_autofree char *templates =
        work->options->templates != NULL             ? g_strdup(work->options->templates)
        : work->configuration->rrd_templates != NULL ? g_strdup(work->configuration->rrd_templates)
                                                     : rv_cli_data_folder("rrd-templates");
    const RvRrdOptions rrd = {.folder = folder,
                              .template_folder = templates,
                              .daemon_socket = work->options->daemon != NULL
                                                   ? work->options->daemon
                                                   : work->configuration->rrdcached_socket};

    /* reading alone makes no file where there is none */
    work->state =
        rv_place_open(work->configuration, work->options->state.folder, RV_STATE_MODE_READ, error);
    if (work->state != NULL && archive) {
        rv_state_close(work->state);
        work->state = rv_place_open(work->configuration, work->options->state.folder,
                                    RV_STATE_MODE_WRITE, error);
    }
    if (work->state == NULL)
        return FALSE;
    if (g_file_test(folder, G_FILE_TEST_IS_DIR))
        work->rrd = rv_rrd_store_open(&rrd, error);
    return work->rrd != NULL || *error == NULL;
}

static gboolean
fault_period(Work *work, GError **error)
{
    GError *problem = NULL;
    g_autoptr(RvFault) fault = rv_ledger_get(work->state, work->order->fault, &problem);

    if (problem != NULL) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    if (fault == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "there is no fault %" G_GINT64_FORMAT "; `rackvitals fault list` shows them",
                    work->order->fault);
        return FALSE;
    }
    work->period = rv_period_at(RV_PERIOD_MONTH, work->zone, NULL, fault->opened_ms);
    /* one that reaches over the end of a month is looked at whole */
    work->period.until_ms =
        MAX(work->period.until_ms, fault->resolved_ms != 0 ? fault->resolved_ms + 1 : work->now_ms);
    return TRUE;
}

static gboolean
find_period(Work *work, GError **error)
{
    const char *anchor = work->configuration->plan->round_anchor;

    if (work->order->kind == RV_REPORT_FAULT)
        return fault_period(work, error);
    if (work->order->at != NULL)
        return rv_period_parse(work->order->period, work->order->at, work->zone, anchor,
                               &work->period, error);
    work->period = rv_period_at(work->order->period, work->zone, anchor, work->now_ms);
    work->period = rv_period_previous(&work->period, work->zone, anchor);
    return TRUE;
}

static gboolean
find_zone(Work *work, GError **error)
{
    work->zone = work->options->state.zone != NULL
                     ? rv_cli_parse_zone(work->options->state.zone, error)
                     : g_time_zone_ref(work->configuration->plan->zone);
    return work->zone != NULL;
}

/* ---- making ---- */

static void
show_progress(const char *what, double share, gpointer data)
{
    Work *work = data;

    rv_progress_show(work->progress, (guint)(share * 1000), 1000, 0);
}

static gboolean
build(Work *work, guint edition, GError **error)
{
    const RvReportSources sources = {.state = work->state,
                                     .rrd = work->rrd,
                                     .configuration = work->configuration,
                                     .secrets = work->secrets,
                                     .progress = show_progress,
                                     .progress_data = work};
    const RvReportRequest request = {.kind = work->order->kind,
                                     .period = work->period,
                                     .zone = work->zone,
                                     .zone_name = work->options->state.zone,
                                     .device = work->order->device,
                                     .fault = work->order->fault,
                                     .now_ms = work->now_ms,
                                     .edition = edition,
                                     .version = RV_VERSION};

    g_clear_pointer(&work->report, rv_report_free);
    work->report = rv_report_build(&sources, &request, error);
    return work->report != NULL;
}

static GBytes *
take_text(char *text)
{
    return g_bytes_new_take(text, strlen(text));
}

static GBytes *
write_pdf(const Work *work, const RvDocument *document, GError **error)
{
    g_autoptr(GBytes) devices = take_text(rv_report_csv(work->report, "devices"));
    g_autoptr(GBytes) faults = take_text(rv_report_csv(work->report, "faults"));
    g_autoptr(GBytes) json = take_text(rv_report_json(work->report));
    const RvAttachment attachments[] = {
        {"devices.csv", "text/csv",
         RV_SAY(work->language, "Devices of this report", "本报告的设备"), devices},
        {"faults.csv", "text/csv", RV_SAY(work->language, "Faults of this report", "本报告的故障"),
         faults},
        {"report.json", "application/json",
         RV_SAY(work->language, "Every number of this report", "本报告的全部数据"), json},
    };
    g_autofree char *note = NULL;
    GBytes *pdf = rv_pdf_write(document, attachments, G_N_ELEMENTS(attachments), &note, error);

    if (note != NULL)
        rv_warning("report: %s", note);
    return pdf;
}

static GBytes *
write_format(const Work *work, GError **error)
{
    const char *format = work->options->format != NULL ? work->options->format : "pdf";
    g_autoptr(RvDocument) document = NULL;

    if (strcmp(format, "json") == 0)
        return take_text(rv_report_json(work->report));
    if (strcmp(format, "csv") == 0)
        return take_text(rv_report_csv(
            work->report, work->options->table != NULL ? work->options->table : "devices"));
    document = rv_report_document(work->report, work->language);
    if (strcmp(format, "html") == 0)
        return take_text(rv_report_write_html(document));
    return write_pdf(work, document, error);
}

/* ---- where it goes ---- */

static gboolean
is_one_of(const char *word, const char *const *words)
{
    return word == NULL || g_strv_contains(words, word);
}

static gboolean
check_options(const RvReportOptions *options, GError **error)
{
    static const char *const formats[] = {"pdf", "html", "csv", "json", NULL};
    static const char *const languages[] = {"zh_CN", "en", NULL};
    const char *wrong = NULL;

    if (!is_one_of(options->format, formats))
        wrong = "--format takes pdf, html, csv or json";
    else if (!is_one_of(options->language, languages))
        wrong = "--lang takes zh_CN or en";
    else if (!is_one_of(options->table, rv_report_tables))
        wrong = "--table takes devices, faults, findings, interfaces, series, changes, suspects, "
                "periods, causes, recurring or models";
    else if (options->mail && (options->output != NULL ||
                               (options->format != NULL && strcmp(options->format, "pdf") != 0)))
        wrong = "--mail sends what is archived, as pdf; leave out --output and --format";
    else if (options->table != NULL && g_strcmp0(options->format, "csv") != 0)
        wrong = "--table belongs to --format csv";
    if (wrong != NULL)
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, wrong);
    return wrong == NULL;
}

static char *
archive_path(const Work *work)
{
    const char *format = work->options->format != NULL ? work->options->format : "pdf";
    g_autofree char *name =
        g_strdup_printf("%s-%s.%s", work->report->number, rv_language_word(work->language), format);

    for (char *at = name; *at != '\0'; at++)
        if (*at == '/' || (guchar)*at <= ' ')
            *at = '_';
    if (name[0] == '.')
        name[0] = '_';
    return g_build_filename(state_folder(work), "reports", name, NULL);
}

static gboolean
write_file(const char *path, GBytes *bytes, GError **error)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    return rv_output_write(path, data, size, 0640, error);
}

/* The report of a period was made: what the service plan's duties look for. */
static gboolean
note_delivery(Work *work, const char *path, GError **error)
{
    RvDelivery delivery = {.kind = work->period.kind,
                           .from_ms = work->period.from_ms,
                           .until_ms = work->period.until_ms,
                           .done_ms = work->now_ms,
                           .file = (char *)path,
                           .who = (char *)rv_state_options_who(&work->options->state)};

    return work->order->kind != RV_REPORT_PERIOD || work->report->running ||
           rv_state_delivery_add(work->state, &delivery, error);
}

/* Under its number, in an edition of its own: nothing that was handed over is written over. */
static gboolean
archive(Work *work, char **written, GBytes **body, GError **error)
{
    g_autofree char *folder = g_build_filename(state_folder(work), "reports", NULL);
    g_autofree char *path = NULL;
    g_autoptr(GBytes) bytes = NULL;

    if (g_mkdir_with_parents(folder, 0750) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_CREATE, "%s: cannot be made", folder);
        return FALSE;
    }
    path = archive_path(work);
    for (guint edition = 2; g_file_test(path, G_FILE_TEST_EXISTS) && edition < 1000; edition++) {
        if (!build(work, edition, error))
            return FALSE;
        g_free(path);
        path = archive_path(work);
    }
    bytes = write_format(work, error);
    if (bytes == NULL || !write_file(path, bytes, error) || !note_delivery(work, path, error))
        return FALSE;
    g_print("%s\n", path);
    if (written != NULL) {
        *written = g_steal_pointer(&path);
        *body = g_steal_pointer(&bytes);
    }
    return TRUE;
}

/* ---- mail ---- */

#define MAIL_CEILING (20 * 1024 * 1024) /* of all files as they are sent; most servers take it */
#define MAIL_TIMEOUT_MS 120000

static const RvPromisedReport *
promised(const Work *work)
{
    const GPtrArray *reports = work->configuration->plan->reports;

    for (guint i = 0; i < reports->len; i++) {
        const RvPromisedReport *report = g_ptr_array_index(reports, i);

        if (report->kind == work->order->period && report->mail_to[0] != NULL)
            return report;
    }
    return NULL;
}

static const RvChannel *
mail_channel(const Work *work)
{
    for (guint i = 0; i < work->configuration->channels->len; i++) {
        const RvChannel *channel = g_ptr_array_index(work->configuration->channels, i);

        if (channel->kind == RV_CHANNEL_MAIL)
            return channel;
    }
    return NULL;
}

/* In base64, with a line break after each 76 characters: what a server's limit counts. */
static gsize
sent_size(const RvLetterFile *files, guint count)
{
    gsize size = 0;

    for (guint i = 0; i < count; i++)
        size += (g_bytes_get_size(files[i].body) + 2) / 3 * 4;
    return size + size / 76 * 2;
}

/* Where the reports are, for a mail that cannot carry them. */
static char *
text_instead(const Work *work, const char *title, const char *period, const RvLetterFile *files,
             guint count)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(
        text,
        RV_SAY(work->language,
               "%s for %s, number %s, is too large to be mailed. It is archived on %s:\n",
               "%s（%s），编号 %s，超过邮件大小限制，未随信发送。报告已归档于 %s：\n"),
        title, period, work->report->number, g_get_host_name());
    for (guint i = 0; i < count; i++)
        g_string_append_printf(text, "%s/reports/%s\n", state_folder(work), files[i].name);
    return g_string_free(text, FALSE);
}

static gboolean
send_files(Work *work, const RvPromisedReport *to, const RvLetterFile *files, guint count,
           GError **error)
{
    g_autofree char *period = rv_write_period(work->language, &work->period, work->zone);
    const char *title = rv_say_period_kind(work->language, work->period.kind);
    g_autofree char *subject = g_strdup_printf("%s  %s  %s", title, period, work->report->number);
    g_autofree char *text = g_strdup_printf(
        RV_SAY(work->language, "%s for %s, number %s, is attached.\n%s\n",
               "附件为 %s（%s），编号 %s。\n%s\n"),
        title, period, work->report->number,
        work->report->simulated
            ? RV_SAY(work->language, "DEMONSTRATION: simulated clock.", "演示：模拟时钟。")
            : "");
    RvLetter letter = {.channel = mail_channel(work),
                       .recipients = to->mail_to,
                       .subject = subject,
                       .text = text,
                       .files = files,
                       .count = count,
                       .now_ms = work->now_ms,
                       .timeout_ms = MAIL_TIMEOUT_MS};
    g_autofree char *instead = NULL;

    if (sent_size(files, count) <= MAIL_CEILING)
        return rv_letter_send(&letter, error);
    instead = text_instead(work, title, period, files, count);
    letter.text = instead;
    letter.files = NULL;
    letter.count = 0;
    if (!rv_letter_send(&letter, error))
        return FALSE;
    rv_warning("report: %" G_GSIZE_FORMAT " bytes are too many for a mail (%d at most); its "
               "recipients were told where the reports are archived",
               sent_size(files, count), MAIL_CEILING);
    work->needs_a_person = TRUE;
    return TRUE;
}

/* Archived first: what was sent can be shown again. */
static gboolean
archive_and_send(Work *work, GError **error)
{
    const RvPromisedReport *to = promised(work);
    g_autoptr(GArray) files = g_array_new(FALSE, TRUE, sizeof(RvLetterFile));
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) bodies = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    char *const site[] = {(char *)rv_language_word(work->language), NULL};
    char *const *languages;

    if (to == NULL || mail_channel(work) == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_CONFIG, "%s",
                    to == NULL ? "--mail: the service plan has no mail-to for such a report; see "
                                 "rackvitals-service-plan(5), reports"
                               : "--mail: rackvitals.yaml has no channel of mail under notify, "
                                 "which says by which server");
        return FALSE;
    }
    languages = to->languages[0] != NULL ? to->languages : site;
    for (guint i = 0; languages[i] != NULL; i++) {
        g_autofree char *path = NULL;
        GBytes *body = NULL;
        RvLetterFile file;

        work->language = rv_language_parse(languages[i]);
        if (!archive(work, &path, &body, error))
            return FALSE;
        g_ptr_array_add(bodies, body);
        g_ptr_array_add(names, g_path_get_basename(path));
        file = (RvLetterFile){g_ptr_array_index(names, i), "application/pdf", body};
        g_array_append_val(files, file);
    }
    work->language = rv_language_parse(languages[0]);
    return send_files(work, to, (const RvLetterFile *)files->data, files->len, error);
}

static gboolean
put_out(Work *work, GError **error)
{
    g_autoptr(GBytes) bytes = write_format(work, error);
    gsize size;
    const void *data;

    if (bytes == NULL)
        return FALSE;
    if (strcmp(work->options->output, "-") != 0)
        return write_file(work->options->output, bytes, error);
    data = g_bytes_get_data(bytes, &size);
    g_clear_pointer(&work->progress, rv_progress_free);
    fwrite(data, 1, size, stdout);
    return TRUE;
}

int
rv_report_run(const RvCliContext *context, const RvReportOptions *options,
              const RvReportOrder *order, GError **error)
{
    g_auto(Work) work = {.options = options, .order = order, .now_ms = time_of_making()};
    GError *problem = NULL;
    gboolean done;

    if (!check_options(options, error))
        return EX_USAGE;
    work.progress = rv_progress_new(FALSE);
    done = load_configuration(&work, context, &problem) && find_zone(&work, &problem) &&
           open_stores(&work, options->output == NULL, &problem) && find_period(&work, &problem) &&
           build(&work, 1, &problem);
    if (done) {
        work.language =
            rv_language_parse(options->language != NULL   ? options->language
                              : context->language != NULL ? context->language
                                                          : work.configuration->language);
        done = options->mail             ? archive_and_send(&work, &problem)
               : options->output != NULL ? put_out(&work, &problem)
                                         : archive(&work, NULL, NULL, &problem);
    }
    if (!done)
        g_propagate_error(error, problem);
    return !done ? EX_SOFTWARE : work.needs_a_person ? 1 : 0;
}
