#include "cli/cli.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/subcommand.h"
#include "cli/version.h"

/* Options whose value is a secret: wiped from the argument list that ps(1) shows, as soon as we
 * have it. */
static const char *const secret_options[] = {"--snmp-community"};

static void
hide_secrets(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(secret_options); j++) {
            gsize length = strlen(secret_options[j]);

            if (!g_str_has_prefix(argv[i], secret_options[j]))
                continue;
            if (argv[i][length] == '=')
                memset(argv[i] + length + 1, '*', strlen(argv[i] + length + 1));
            else if (argv[i][length] == '\0' && i + 1 < argc)
                memset(argv[i + 1], '*', strlen(argv[i + 1]));
        }
    }
}

/* Protocol libraries copy keys where we cannot reach them: no core file of ours is ever written. */
static void
forbid_core_files(void)
{
    struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}

static void
print_help(void)
{
    g_print(
        "rackvitals - does the rounds of a machine room over SNMP and IPMI\n\n"
        "Usage: rackvitals [--config FILE] [--lang zh_CN|en] [-v|-q] COMMAND ...\n\nCommands:\n");
    for (const RvCommand *command = rv_commands; command->name != NULL; command++)
        g_print("  %-12s %s\n", command->name, command->summary);
    g_print(
        "\nOptions:\n"
        "  --config FILE     site file (default /etc/rackvitals/rackvitals.yaml)\n"
        "  --lang LANGUAGE   zh_CN or en; default from the site file\n"
        "  -v, --verbose     say more; twice: for programmers\n"
        "  -q, --quiet       only what stops us\n"
        "  --version, --help\n\n"
        "`rackvitals COMMAND --help` shows the options of a command, rackvitals(1) the rest.\n");
}

static const RvCommand *
find_command(const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *nearest;

    for (const RvCommand *command = rv_commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0)
            return command;
        g_ptr_array_add(names, (gpointer)command->name);
    }
    g_ptr_array_add(names, NULL);
    nearest = rv_text_nearest(name, (const char *const *)names->pdata);
    g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                "no command '%s'%s%s%s; rackvitals --help lists them", name,
                nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "'?" : "");
    return NULL;
}

typedef struct {
    char *config, *language;
    gboolean quiet, version, help;
    int verbose;
} Globals;

static gboolean
count_verbose(const char *name, const char *value, gpointer data, GError **error)
{
    ((Globals *)data)->verbose++;
    return TRUE;
}

static gboolean
parse_globals(Globals *globals, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &globals->config, NULL, NULL},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &globals->language, NULL, NULL},
        {"verbose", 'v', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, count_verbose, NULL, NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &globals->quiet, NULL, NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &globals->version, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &globals->help, NULL, NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    GOptionGroup *group = g_option_group_new("main", "", "", globals, NULL);

    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_strict_posix(context, TRUE);
    if (!g_option_context_parse(context, argc, argv, error))
        return FALSE;
    if (globals->language != NULL && strcmp(globals->language, "zh_CN") != 0 &&
        strcmp(globals->language, "en") != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "--lang %s: there are zh_CN and en",
                    globals->language);
        return FALSE;
    }
    return TRUE;
}

/* "rackvitals poll -q" is what people type first. */
static void
advise_on_option(const char *message)
{
    static const char *const globals[] = {"-q",       "--quiet", "-v",       "--verbose",
                                          "--config", "--lang",  "--version"};
    const char *option = strrchr(message, ' ');

    for (gsize i = 0; option != NULL && i < G_N_ELEMENTS(globals); i++)
        if (g_str_has_prefix(option + 1, globals[i]) &&
            strchr("=", option[1 + strlen(globals[i])]) != NULL)
            fprintf(stderr,
                    "rackvitals: %s is an option of the program and stands before the command: "
                    "rackvitals %s COMMAND …\n",
                    globals[i], globals[i]);
}

/* Messages may have several lines (all that is wrong in a file): each is printed on its own. */
static int
report(const GError *error)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *clean = rv_text_clean(*line, -1, 8192);

        fprintf(stderr, "rackvitals: %s\n", clean);
    }
    if (g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
        advise_on_option(error->message);
    return error->domain == G_OPTION_ERROR ? EX_USAGE : rv_error_exit_status(error);
}

/* Becomes the full program, with the arguments as ps(1) may see them; comes back only on error. */
static int
become_full(char **shown, GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    gboolean built = self != NULL && g_str_has_prefix(self, RV_BUILD_ROOT "/");
    g_autofree char *folder = built ? g_path_get_dirname(self) : g_strdup(RV_LIBEXECDIR);
    g_autofree char *path = g_build_filename(folder, "rackvitals-full", NULL);

    execv(path, shown);
    g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE, "%s: %s; install rackvitals again", path,
                g_strerror(errno));
    return EX_UNAVAILABLE;
}

static int
run(int argc, char **argv, char **shown, GError **error)
{
    g_autofree char *config = NULL;
    g_autofree char *language = NULL;
    Globals globals = {0};
    RvCliContext context = {.program = argv[0]};
    const RvCommand *command;

    if (!parse_globals(&globals, &argc, &argv, error))
        return EX_USAGE;
    context.config = config = globals.config;
    context.language = language = globals.language;
    rv_log_set_level(globals.quiet          ? RV_LOG_CRITICAL
                     : globals.verbose >= 2 ? RV_LOG_DEBUG
                     : globals.verbose == 1 ? RV_LOG_INFO
                                            : RV_LOG_WARNING);
    if (globals.version) {
        g_print("rackvitals %s\n", RV_VERSION);
        return 0;
    }
    if (globals.help || (argc > 1 && strcmp(argv[1], "help") == 0)) {
        print_help();
        return 0;
    }
    if (argc < 2) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "no command given; rackvitals --help lists them");
        return EX_USAGE;
    }
    command = find_command(argv[1], error);
    if (command == NULL)
        return EX_USAGE;
    if (command->run == NULL)
        return become_full(shown, error);
    rv_command_name_usage("rackvitals", command->name);
    return command->run(&context, argc - 1, argv + 1, error);
}

/* Whether nobody reads standard output any longer, as when head(1) has seen enough. */
static gboolean
is_unread(void)
{
    struct pollfd end = {.fd = STDOUT_FILENO};

    return poll(&end, 1, 0) == 1 && (end.revents & (POLLERR | POLLHUP)) != 0;
}

/* The one place that tells when what was printed did not arrive. Without a reader we end as any
 * program in a pipe does, but only now: a round is not left in the middle for want of one. */
static int
end_output(int status)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    if (is_unread()) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    fputs("rackvitals: standard output: cannot be written\n", stderr);
    return status == 0 ? EX_IOERR : status;
}

int
rv_cli_main(int argc, char **argv)
{
    g_auto(GStrv) arguments = NULL;
    g_autofree char **parsed =
        NULL; /* the parser takes strings out of it, `arguments` keeps them */
    g_autoptr(GError) error = NULL;
    int status;

    forbid_core_files();
    signal(SIGPIPE, SIG_IGN);
    setlocale(LC_CTYPE, "C.UTF-8");
    arguments = g_new0(char *, argc + 1);
    for (int i = 0; i < argc; i++)
        arguments[i] = g_strdup(argv[i]);
    parsed = g_memdup2(arguments, (gsize)(argc + 1) * sizeof *arguments);
    hide_secrets(argc, argv);
    status = run(argc, parsed, argv, &error);
    for (int i = 0; i < argc; i++)
        memset(arguments[i], 0, strlen(arguments[i]));
    if (error != NULL)
        status = report(error);
    return end_output(status);
}
