#include "plan/firmware.h"

#include <string.h>

#include "base/text.h"

/* ---- order ---- */

typedef struct {
    enum { PART_PRERELEASE, PART_END, PART_WORD, PART_NUMBER } kind; /* ascending by age */
    const char *text;
    gsize length;
} Part;

static gboolean
is_prerelease(const Part *part)
{
    static const char *const words[] = {"rc", "beta", "alpha", "pre", "dev", "snapshot"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (part->length == strlen(words[i]) &&
            g_ascii_strncasecmp(part->text, words[i], part->length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Moves *at past the part that it gives. */
static Part
next_part(const char **at)
{
    gboolean digits;
    Part part;

    while (**at != '\0' && !g_ascii_isalnum(**at))
        (*at)++;
    if (**at == '\0')
        return (Part){PART_END, *at, 0};
    digits = g_ascii_isdigit(**at);
    while (digits && (*at)[0] == '0' && g_ascii_isdigit((*at)[1]))
        (*at)++;
    part = (Part){digits ? PART_NUMBER : PART_WORD, *at, 0};
    while (digits ? g_ascii_isdigit(**at) : g_ascii_isalpha(**at))
        (*at)++;
    part.length = (gsize)(*at - part.text);
    if (!digits && is_prerelease(&part))
        part.kind = PART_PRERELEASE;
    return part;
}

static int
compare_parts(const Part *a, const Part *b)
{
    int order;

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == PART_NUMBER && a->length != b->length) /* no leading zeros: longer is more */
        return a->length < b->length ? -1 : 1;
    order = g_ascii_strncasecmp(a->text, b->text, MIN(a->length, b->length));
    if (order != 0)
        return order < 0 ? -1 : 1;
    return a->length < b->length ? -1 : a->length > b->length;
}

int
rv_version_compare(const char *a, const char *b)
{
    for (;;) {
        Part left = next_part(&a), right = next_part(&b);
        int order = compare_parts(&left, &right);

        if (order != 0 || left.kind == PART_END)
            return order;
    }
}

/* ---- rules ---- */

static const char *const verdict_words[] = {"no_rule", "fine",    "unknown",
                                            "old",     "differs", "denied"};

const char *
rv_firmware_verdict_word(RvFirmwareVerdict verdict)
{
    return verdict_words[verdict];
}

RvFirmwareRule *
rv_firmware_rule_new(void)
{
    return g_new0(RvFirmwareRule, 1);
}

void
rv_firmware_rule_free(RvFirmwareRule *rule)
{
    if (rule == NULL)
        return;
    g_free(rule->models);
    g_free(rule->parts);
    g_free(rule->min);
    g_free(rule->exact);
    g_strfreev(rule->deny);
    g_free(rule->why);
    g_free(rule);
}

static gboolean
names(const RvFirmwareRule *rule, const RvFirmwareOf *firmware)
{
    if (rule->models != NULL && !rv_text_glob(rule->models, firmware->model))
        return FALSE;
    if (rule->parts == NULL)
        return firmware->part == NULL;
    return firmware->part != NULL &&
           (rv_text_glob(rule->parts, firmware->part) ||
            (firmware->class != NULL && rv_text_glob(rule->parts, firmware->class)));
}

static gboolean
is_denied(const RvFirmwareRule *rule, const char *version)
{
    for (char **glob = rule->deny; glob != NULL && *glob != NULL; glob++) {
        if (rv_text_glob(*glob, version))
            return TRUE;
    }
    return FALSE;
}

static RvFirmwareVerdict
judge(const RvFirmwareRule *rule, const char *version, char **sentence)
{
    if (version == NULL || version[0] == '\0') {
        *sentence = g_strdup("the version is not given");
        return RV_FIRMWARE_UNKNOWN;
    }
    if (is_denied(rule, version)) {
        *sentence =
            g_strdup_printf("%s is not to be run%s%s", version, rule->why != NULL ? ": " : "",
                            rule->why != NULL ? rule->why : "");
        return RV_FIRMWARE_DENIED;
    }
    if (rule->exact != NULL && rv_version_compare(version, rule->exact) != 0) {
        *sentence = g_strdup_printf("%s where the site runs %s", version, rule->exact);
        return RV_FIRMWARE_DIFFERS;
    }
    if (rule->min != NULL && rv_version_compare(version, rule->min) < 0) {
        *sentence = g_strdup_printf("%s is older than %s", version, rule->min);
        return RV_FIRMWARE_OLD;
    }
    return RV_FIRMWARE_FINE;
}

RvFirmwareVerdict
rv_firmware_judge(const GPtrArray *rules, const RvFirmwareOf *firmware, char **sentence)
{
    for (guint i = 0; i < rules->len; i++) {
        const RvFirmwareRule *rule = g_ptr_array_index(rules, i);
        g_autofree char *text = NULL;
        RvFirmwareVerdict verdict;

        if (!names(rule, firmware))
            continue;
        verdict = judge(rule, firmware->version, &text);
        if (sentence != NULL)
            *sentence = g_steal_pointer(&text);
        return verdict;
    }
    if (sentence != NULL)
        *sentence = NULL;
    return RV_FIRMWARE_NO_RULE;
}
