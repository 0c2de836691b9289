#include "plan/firmware.h"

#include <string.h>

#include "base/text.h"

/* ---- order ---- */

/* Ascending by age where two versions are the same so far. */
typedef enum {
    PART_PRERELEASE, /* 1.2-rc1 */
    PART_END,        /* 1.2 */
    PART_BUILD,      /* 7.1-42661: a number behind a number, but not of its row */
    PART_WORD,       /* 10.1.6-h3 */
    PART_REBUILD,    /* 16.12.5b: letters that stand at the number */
    PART_NUMBER,     /* 1.2.1 */
    PART_SERVICE,    /* 21.4R3-S5 of Junos, newer than the builds 21.4R3.15 that it replaces */
} PartKind;

typedef struct {
    PartKind kind;
    const char *text;
    gsize length;
} Part;

typedef struct {
    const char *at, *end;
    Part last;        /* what was read before */
    gboolean release; /* the word before that was "R" */
} Reading;

static gboolean
is_one_of(const char *const *words, const char *text, gsize length)
{
    for (; *words != NULL; words++) {
        if (length == strlen(*words) && g_ascii_strncasecmp(text, *words, length) == 0)
            return TRUE;
    }
    return FALSE;
}

static gsize
span(const Reading *reading, gboolean (*is)(char))
{
    const char *at = reading->at;

    while (at < reading->end && is(*at))
        at++;
    return (gsize)(at - reading->at);
}

static gboolean
is_digit(char letter)
{
    return g_ascii_isdigit(letter);
}

static gboolean
is_letter(char letter)
{
    return g_ascii_isalpha(letter);
}

static gboolean
is_separator(char letter)
{
    return !g_ascii_isalnum(letter);
}

static gboolean
has_any(const char *text, gsize length, const char *letters)
{
    for (gsize i = 0; i < length; i++) {
        if (strchr(letters, text[i]) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* `gap`: the punctuation before it. */
static PartKind
kind_of_number(const Reading *reading, const char *gap, gsize gap_length)
{
    gboolean behind_number = reading->last.kind == PART_NUMBER || reading->last.kind == PART_BUILD;

    return behind_number && !has_any(gap, gap_length, ".(") ? PART_BUILD : PART_NUMBER;
}

static PartKind
kind_of_word(const Reading *reading, const Part *word, gsize gap_length)
{
    static const char *const prereleases[] = {"rc",  "beta",     "alpha", "pre",
                                              "dev", "snapshot", NULL};
    gboolean digit_follows = reading->at < reading->end && g_ascii_isdigit(*reading->at);

    if (is_one_of(prereleases, word->text, word->length))
        return PART_PRERELEASE;
    if (reading->release && gap_length > 0 && word->length == 1 &&
        g_ascii_toupper(*word->text) == 'S' && digit_follows)
        return PART_SERVICE;
    return gap_length == 0 && reading->last.kind == PART_NUMBER ? PART_REBUILD : PART_WORD;
}

static Part
next_part(Reading *reading)
{
    const char *gap = reading->at;
    gsize gap_length = span(reading, is_separator);
    gboolean digits;
    Part part = {PART_END, NULL, 0};

    reading->at += gap_length;
    if (reading->at == reading->end)
        return part;
    digits = g_ascii_isdigit(*reading->at);
    while (digits && *reading->at == '0' && reading->at + 1 < reading->end &&
           g_ascii_isdigit(reading->at[1]))
        reading->at++;
    part.text = reading->at;
    part.length = span(reading, digits ? is_digit : is_letter);
    reading->at += part.length;
    part.kind = digits ? kind_of_number(reading, gap, gap_length)
                       : kind_of_word(reading, &part, gap_length);
    if (!digits)
        reading->release = part.length == 1 && g_ascii_toupper(*part.text) == 'R';
    reading->last = part;
    return part;
}

static int
compare_words(const char *a, gsize a_length, const char *b, gsize b_length)
{
    int order = g_ascii_strncasecmp(a, b, MIN(a_length, b_length));

    if (order != 0)
        return order < 0 ? -1 : 1;
    return a_length < b_length ? -1 : a_length > b_length;
}

static int
compare_parts(const Part *a, const Part *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == PART_END)
        return 0;
    if (g_ascii_isdigit(*a->text) && a->length != b->length) /* no leading zeros: longer is more */
        return a->length < b->length ? -1 : 1;
    return compare_words(a->text, a->length, b->text, b->length);
}

static int
compare_readings(Reading a, Reading b)
{
    for (;;) {
        Part left = next_part(&a), right = next_part(&b);
        int order = compare_parts(&left, &right);

        if (order != 0 || left.kind == PART_END)
            return order;
    }
}

/* Without what stands behind it: when it was built ("2.78 Apr 28 2023"), what kind it is
 * ("6.49.10 (long-term)"). */
static Reading
read_version(const char *text)
{
    static const char pattern[] = "(\\s+\\([^()]*\\)"
                                  "|\\s+(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
                                  "\\s+\\d{1,2},?\\s+\\d{4})+\\s*$";
    static GRegex *remark;
    static gsize made;
    g_autoptr(GMatchInfo) match = NULL;
    Reading reading = {text, text + strlen(text), {PART_END, NULL, 0}, FALSE};
    int begin = 0;

    if (g_once_init_enter(&made)) {
        remark = g_regex_new(pattern, G_REGEX_RAW, 0, NULL);
        g_once_init_leave(&made, 1);
    }
    if (g_regex_match(remark, text, 0, &match) && g_match_info_fetch_pos(match, 0, &begin, NULL) &&
        begin > 0)
        reading.end = text + begin;
    return reading;
}

/* Its words before the first digit, "v" or "Release " or "GL". */
static Reading
take_lead(Reading *reading)
{
    Reading lead = *reading;

    while (reading->at < reading->end && !g_ascii_isdigit(*reading->at))
        reading->at++;
    lead.end = reading->at;
    return lead;
}

/* Past the words that say nothing but "version". */
static Part
next_name(Reading *lead)
{
    static const char *const empty[] = {"v",       "ver",      "version", "r", "rel",
                                        "release", "f",        "feature", "e", "ess",
                                        "fw",      "firmware", NULL};
    Part part = next_part(lead);

    while (part.kind != PART_END && is_one_of(empty, part.text, part.length))
        part = next_part(lead);
    return part;
}

/* Names that only one of them gives say nothing. */
static int
compare_leads(Reading a, Reading b)
{
    Part left = next_name(&a), right = next_name(&b);

    if (left.kind == PART_END || right.kind == PART_END)
        return 0;
    return compare_words(left.text, left.length, right.text, right.length);
}

/* Comware gives "7.1.070, Release 6520P10", people the release alone. Gives where that begins, or
 * NULL. */
static const char *
find_release(const Reading *version)
{
    static const char *const words[] = {"release", "feature", "ess", NULL};
    Reading reading = *version;
    Part part;

    while ((part = next_part(&reading)).kind != PART_END) {
        if (is_one_of(words, part.text, part.length) && reading.at < reading.end)
            return reading.at;
    }
    return NULL;
}

static gboolean
is_release_alone(const Reading *version)
{
    return !has_any(version->at, (gsize)(version->end - version->at), ".");
}

int
rv_version_compare(const char *a, const char *b)
{
    Reading left = read_version(a), right = read_version(b);
    Reading left_lead = take_lead(&left), right_lead = take_lead(&right);
    const char *left_release = find_release(&left), *right_release = find_release(&right);
    int order;

    if (left_release != NULL && right_release == NULL && is_release_alone(&right))
        left.at = left_release;
    if (right_release != NULL && left_release == NULL && is_release_alone(&left))
        right.at = right_release;
    order = compare_readings(left, right);
    return order != 0 ? order : compare_leads(left_lead, right_lead);
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

const RvFirmwareRule *
rv_firmware_rule(const GPtrArray *rules, const RvFirmwareOf *firmware)
{
    for (guint i = 0; i < rules->len; i++)
        if (names(g_ptr_array_index(rules, i), firmware))
            return g_ptr_array_index(rules, i);
    return NULL;
}

RvFirmwareVerdict
rv_firmware_judge(const GPtrArray *rules, const RvFirmwareOf *firmware, char **sentence)
{
    const RvFirmwareRule *rule = rv_firmware_rule(rules, firmware);
    g_autofree char *text = NULL;
    RvFirmwareVerdict verdict =
        rule != NULL ? judge(rule, firmware->version, &text) : RV_FIRMWARE_NO_RULE;

    if (sentence != NULL)
        *sentence = g_steal_pointer(&text);
    return verdict;
}
