#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/data-folder.h"
#include "poll/doctor.h"

static const char *const words[] = {"ok", "note", "PROBLEM"};

static void
print(RvDoctorLevel level, const char *check, const char *what, const char *todo)
{
    g_autofree char *clean = rv_text_clean(what, -1, 8192);

    printf("%-8s %-13s %s\n", words[level], check, clean);
    if (todo != NULL)
        printf("%-22s -> %s\n", "", todo);
}

/* Everything that is wrong with the files, a line each; nothing else can be looked at then. */
static void
print_error(const GError *error)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);

    for (char **line = lines; *line != NULL; line++)
        print(RV_DOCTOR_PROBLEM, "configuration", *line, NULL);
    printf("%-22s -> %s\n", "", "mend the files; the rest is looked at when they are right");
}

static guint
print_all(const GPtrArray *findings)
{
    guint problems = 0;

    for (guint i = 0; i < findings->len; i++) {
        const RvDoctorFinding *finding = g_ptr_array_index(findings, i);

        problems += finding->level == RV_DOCTOR_PROBLEM;
        if (finding->level == RV_DOCTOR_PROBLEM || rv_log_level() != RV_LOG_CRITICAL)
            print(finding->level, finding->check, finding->what, finding->todo);
    }
    return problems;
}

static RvConfiguration *
load(const RvCliContext *context, const char *state, GError **error)
{
    RvConfiguration *configuration =
        rv_configuration_load(context->config, RV_CONFIGURATION_ALL, error);

    if (configuration != NULL && state != NULL) {
        g_free(configuration->state_folder);
        configuration->state_folder = g_canonicalize_filename(state, NULL);
    }
    return configuration;
}

int
rv_cmd_doctor(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_autofree char *state = NULL;
    const GOptionEntry entries[] = {
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &state, "state folder (default from the site file)",
         "FOLDER"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("- looks at what a round stands on, and says what to do");
    g_autofree char *shipped = rv_cli_data_folder("rrd-templates");
    g_autoptr(RvConfiguration) configuration = NULL;
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(GError) wrong = NULL;
    RvDoctorOptions options = {.now_ms = rv_clock_now_ms()};
    guint problems;

    g_option_context_add_main_entries(parser, entries, NULL);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc > 1) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "doctor takes no arguments");
        return EX_USAGE;
    }
    configuration = load(context, state, &wrong);
    if (configuration == NULL) {
        print_error(wrong);
        return 1;
    }
    if (rv_log_level() != RV_LOG_CRITICAL)
        print(RV_DOCTOR_WELL, "configuration",
              configuration->path != NULL ? configuration->path : "built-in defaults, no site file",
              NULL);
    options.configuration = configuration;
    options.template_folder =
        configuration->rrd_templates != NULL ? configuration->rrd_templates : shipped;
    findings = rv_doctor_examine(&options);
    problems = print_all(findings);
    if (problems > 0)
        printf("%u problem%s\n", problems, problems == 1 ? "" : "s");
    return problems > 0 ? 1 : EX_OK;
}
