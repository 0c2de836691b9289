#include "conf/channel-fields.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const languages[] = {"zh_CN", "en", NULL};
/* The key that says what a channel is, in the order of RvChannelKind. */
static const char *const kind_keys[] = {"mail", "webhook", "command", "syslog", NULL};

/* "22:00-07:00": it may go over midnight. */
static void
read_quiet(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvChannel *channel = target;
    int from_hour, from_minute, until_hour, until_minute, end = 0, from, until;
    const char *text;

    if (!rv_yaml_text(node, "quiet", &text, reader->problems))
        return;
    if (sscanf(text, "%2d:%2d-%2d:%2d%n", &from_hour, &from_minute, &until_hour, &until_minute,
               &end) != 4 ||
        text[end] != '\0' || from_hour < 0 || from_hour > 23 || until_hour < 0 || until_hour > 24 ||
        from_minute < 0 || from_minute > 59 || until_minute < 0 || until_minute > 59) {
        rv_yaml_problem(node, reader->problems, "'quiet' must be hours, as 22:00-07:00, not '%s'",
                        text);
        return;
    }
    from = from_hour * 60 + from_minute;
    until = until_hour * 60 + until_minute;
    if (until > 1440 || from == until % 1440) {
        rv_yaml_problem(node, reader->problems,
                        "'quiet' must be hours of a day that leave some to send in, not '%s'",
                        text);
        return;
    }
    channel->quiet_from = from;
    channel->quiet_until = until % 1440;
}

#define AT(member) offsetof(RvChannel, member)

const RvField rv_channel_fields[] = {
    {"mail", RV_FIELD_TEXT, AT(url)},
    {"webhook", RV_FIELD_TEXT, AT(url)},
    {"command", RV_FIELD_TEXTS, AT(command)},
    {"syslog", RV_FIELD_ELSEWHERE},
    {"credential", RV_FIELD_ELSEWHERE},
    {"from", RV_FIELD_TEXT, AT(from)},
    {"to", RV_FIELD_TEXTS, AT(to)},
    {"bcc", RV_FIELD_TEXTS, AT(bcc)},
    {"ca-file", RV_FIELD_PATH, AT(ca_file)},
    {"start-tls", RV_FIELD_BOOLEAN, AT(start_tls)},
    {"levels", RV_FIELD_TEXT, AT(levels)},
    {"language", RV_FIELD_ONE_OF, AT(language), .words = languages},
    {"quiet", RV_FIELD_OTHER, .read = read_quiet},
    {"digest-after", RV_FIELD_COUNT, AT(digest_after), 1, 10000},
    {"escalate-before", RV_FIELD_TIME, AT(escalate_before_ms), 0, G_GINT64_CONSTANT(31) * 86400000},
    {"escalation-only", RV_FIELD_BOOLEAN, AT(escalation_only)},
    {NULL},
};

static gboolean
read_kind(RvReader *reader, const RvYamlNode *node, RvChannel *channel)
{
    guint found = 0;

    for (guint i = 0; kind_keys[i] != NULL; i++) {
        if (rv_yaml_get(node, kind_keys[i]) == NULL)
            continue;
        channel->kind = (RvChannelKind)i;
        found++;
    }
    if (found == 1)
        return TRUE;
    rv_yaml_problem(node, reader->problems,
                    "a channel needs one of 'mail', 'webhook', 'command', 'syslog'");
    return FALSE;
}

static void
check_url(RvReader *reader, const RvYamlNode *node, const char *key, const char *url,
          const char *const *schemes)
{
    g_autofree char *all = g_strjoinv(" or ", (char **)schemes);

    if (url == NULL)
        return;
    for (; *schemes != NULL; schemes++)
        if (g_str_has_prefix(url, *schemes) && url[strlen(*schemes)] != '\0')
            break;
    if (*schemes == NULL)
        rv_yaml_problem(rv_yaml_get(node, key), reader->problems, "'%s' must begin with %s", key,
                        all);
    else if (strchr(url, '@') != NULL)
        rv_yaml_problem(rv_yaml_get(node, key), reader->problems,
                        "'%s' holds a user or password; name a 'credential' instead", key);
}

static void
check_addresses(RvReader *reader, const RvYamlNode *node, const char *key, char **addresses)
{
    for (; addresses != NULL && *addresses != NULL; addresses++) {
        const char *at = strchr(*addresses, '@');

        if (at == NULL || at == *addresses || at[1] == '\0' ||
            strpbrk(*addresses, " <>,;") != NULL || strchr(at + 1, '@') != NULL)
            rv_yaml_problem(rv_yaml_get(node, key), reader->problems,
                            "'%s': '%s' is no mail address; write it as noc@example.com", key,
                            *addresses);
    }
}

static void
check_channel(RvReader *reader, const RvYamlNode *node, RvChannel *channel)
{
    static const char *const mail[] = {"smtp://", "smtps://", NULL};
    static const char *const web[] = {"http://", "https://", NULL};
    char *from[] = {channel->from, NULL};

    switch (channel->kind) {
    case RV_CHANNEL_MAIL:
        check_url(reader, node, "mail", channel->url, mail);
        if (channel->from == NULL || (channel->to[0] == NULL && channel->bcc[0] == NULL))
            rv_yaml_problem(node, reader->problems,
                            "a mail channel needs 'from', and 'to' or "
                            "'bcc'");
        check_addresses(reader, node, "from", from);
        check_addresses(reader, node, "to", channel->to);
        check_addresses(reader, node, "bcc", channel->bcc);
        break;
    case RV_CHANNEL_WEBHOOK:
        check_url(reader, node, "webhook", channel->url, web);
        break;
    case RV_CHANNEL_COMMAND:
        if (channel->command != NULL && channel->command[0] == NULL)
            rv_yaml_problem(node, reader->problems, "'command' is empty");
        else if (channel->command != NULL && channel->command[0][0] != '/')
            rv_yaml_problem(rv_yaml_get(node, "command"), reader->problems,
                            "'command' must begin with the whole path of a program, as "
                            "/usr/local/bin/page");
        break;
    case RV_CHANNEL_SYSLOG:
        break;
    }
}

static RvSecret *
keep(RvSecret *secret)
{
    return secret != NULL ? rv_secret_ref(secret) : NULL;
}

static void
take_secrets(RvReader *reader, const RvYamlNode *node, RvCredentials *credentials,
             RvChannel *channel)
{
    const RvCredential *credential;
    const char *name, *wanted;

    if (!rv_yaml_get_text(node, "credential", &name, reader->problems) || credentials == NULL)
        return;
    node = rv_yaml_get(node, "credential");
    credential = rv_credentials_find(reader, credentials, name, node);
    if (credential == NULL)
        return;
    wanted = channel->kind == RV_CHANNEL_WEBHOOK ? "key" : "password";
    if (!rv_credential_has(credential, wanted)) {
        rv_yaml_problem(node, reader->problems,
                        "credential '%s' has no '%s', which this channel wants", name, wanted);
    } else if (channel->kind == RV_CHANNEL_WEBHOOK) {
        channel->key = keep(rv_credential_key(credential));
    } else {
        channel->user = g_strdup(rv_credential_user(credential));
        channel->password = keep(rv_credential_password(credential));
    }
}

static RvChannel *
read_channel(RvReader *reader, const RvYamlNode *key, const RvYamlNode *node,
             RvCredentials *credentials)
{
    RvChannel *channel = g_new0(RvChannel, 1);

    channel->id = g_strdup(key->text);
    channel->to = g_new0(char *, 1);
    channel->bcc = g_new0(char *, 1);
    channel->quiet_from = channel->quiet_until = -1;
    if (!rv_fields_read(reader, node, key->text, rv_channel_fields, channel) ||
        !read_kind(reader, node, channel))
        return channel;
    check_channel(reader, node, channel);
    take_secrets(reader, node, credentials, channel);
    return channel;
}

void
rv_channels_read(RvReader *reader, const RvYamlNode *map, RvCredentials *credentials,
                 GPtrArray *channels)
{
    if (!rv_yaml_is_map(map, "notify", reader->problems))
        return;
    for (guint i = 0; i < map->size; i++)
        g_ptr_array_add(channels, read_channel(reader, map->keys[i], map->items[i], credentials));
}
