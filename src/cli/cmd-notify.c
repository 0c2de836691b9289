#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/subcommand.h"
#include "conf/configuration.h"
#include "notify/notify.h"

#define TIMEOUT_DEFAULT_S 30

/* Where a channel leads, for a person; no secrets. Caller frees. */
static char *
describe(const RvChannel *channel)
{
    g_autofree char *to = NULL;

    switch (channel->kind) {
    case RV_CHANNEL_MAIL:
        to = g_strjoinv(", ", channel->to[0] != NULL ? channel->to : channel->bcc);
        return g_strdup_printf("mail to %s by %s", to, channel->url);
    case RV_CHANNEL_WEBHOOK:
        return g_strdup_printf("webhook %s", channel->url);
    case RV_CHANNEL_COMMAND:
        return g_strdup_printf("command %s", channel->command[0]);
    case RV_CHANNEL_SYSLOG:
        return g_strdup("the journal, or syslog");
    }
    return NULL;
}

static gboolean
have_channels(const RvConfiguration *site, GError **error)
{
    if (site->channels != NULL && site->channels->len > 0)
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT,
                "%s has no channels: nobody is told of faults; see 'notify' in rackvitals.yaml(5)",
                site->path != NULL ? site->path : "the site");
    return FALSE;
}

static int
run_list(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) parser = g_option_context_new("- the channels, a line each");
    g_autoptr(RvConfiguration) site = NULL;

    if (!g_option_context_parse(parser, &argc, &argv, error) ||
        !rv_cli_takes_no_more(argc, argv, error))
        return EX_USAGE;
    site = rv_configuration_load(context->config, RV_CONFIGURATION_SITE, error);
    if (site == NULL || !have_channels(site, error))
        return EX_CONFIG;
    for (guint i = 0; i < site->channels->len; i++) {
        const RvChannel *channel = g_ptr_array_index(site->channels, i);
        g_autofree char *where = describe(channel);

        g_print("%-16s %s%s%s%s\n", channel->id, where, channel->levels != NULL ? ", levels " : "",
                channel->levels != NULL ? channel->levels : "",
                channel->escalation_only ? ", clocks only" : "");
    }
    return 0;
}

/* TRUE where it was taken. */
static gboolean
test_one(const RvConfiguration *site, const RvChannel *channel, int timeout_s)
{
    const RvNotifyOptions options = {
        .channels = site->channels, .language = site->language, .zone = site->plan->zone};
    g_autofree char *where = describe(channel);
    g_autoptr(GError) why = NULL;
    gboolean taken =
        rv_notify_test(channel, &options, rv_clock_now_ms(), (gint64)timeout_s * 1000, &why);

    if (taken)
        g_print("%s: taken (%s)\n", channel->id, where);
    else
        g_print("%s: not taken (%s): %s\n", channel->id, where, why->message);
    return taken;
}

static int
test_all(const RvConfiguration *site, char *const *ids, int timeout_s, GError **error)
{
    gboolean fine = TRUE;

    for (char *const *id = ids; *id != NULL; id++) {
        if (rv_channel_find(site->channels, *id) == NULL) {
            g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                        "there is no channel '%s'; 'rackvitals notify list' names them", *id);
            return EX_USAGE;
        }
    }
    for (char *const *id = ids; *id != NULL; id++)
        fine = test_one(site, rv_channel_find(site->channels, *id), timeout_s) && fine;
    for (guint i = 0; *ids == NULL && i < site->channels->len; i++)
        fine = test_one(site, g_ptr_array_index(site->channels, i), timeout_s) && fine;
    return fine ? 0 : 1;
}

static int
run_test(const RvCliContext *context, int argc, char **argv, GError **error)
{
    int timeout_s = TIMEOUT_DEFAULT_S;
    const GOptionEntry entries[] = {
        {"timeout", 0, 0, G_OPTION_ARG_INT, &timeout_s, "for each channel (default 30)", "SECONDS"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser = g_option_context_new(
        "[CHANNEL…] - send a marked test message now; all channels by default");
    g_autoptr(RvConfiguration) site = NULL;

    g_option_context_add_main_entries(parser, entries, NULL);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (timeout_s < 1 || timeout_s > 600) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "--timeout takes 1 to 600 seconds");
        return EX_USAGE;
    }
    site = rv_configuration_load(context->config, RV_CONFIGURATION_ALL, error);
    if (site == NULL || !have_channels(site, error))
        return EX_CONFIG;
    return test_all(site, argv + 1, timeout_s, error);
}

int
rv_cmd_notify(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"list", run_list, "", "the channels, a line each"},
        {"test", run_test, "[CHANNEL…]",
         "send a marked test message now, and say what became of it"},
        {NULL},
    };

    return rv_subcommand_run("notify", rows, context, argc, argv, error);
}
