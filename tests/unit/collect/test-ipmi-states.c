#include <freeipmi/freeipmi.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "collect/ipmi-states.h"
#include "observation/words.h"

static RvIpmiStates *states;

static RvIpmiMeaning
read_state(guint32 manufacturer, guint8 event_type, guint8 type, guint16 events, guint16 possible)
{
    const RvIpmiSensor sensor = {
        .event_type = event_type, .type = type, .events = events, .possible = possible};
    RvIpmiMeaning meaning;

    rv_ipmi_states_read(states, manufacturer, 0, &sensor, &meaning);
    return meaning;
}

static void
test_rows(void)
{
    static const struct {
        const char *what;
        guint32 manufacturer;
        guint8 event_type, type;
        guint16 events, possible;
        const char *verdict, *words;
        gboolean absent, unknown;
    } rows[] = {
        {"a supply that is there", 0, 0x6F, 0x08, 0x01, 0x0F, "ok", "present", FALSE},
        {"an empty supply bay", 0, 0x6F, 0x08, 0x00, 0x0F, "ok", NULL, TRUE},
        {"a supply whose sensor cannot tell presence", 0, 0x6F, 0x08, 0x00, 0x0E, "ok", NULL,
         FALSE},
        {"a supply without input", 0, 0x6F, 0x08, 0x09, 0x0F, "critical", "present, input lost",
         FALSE},
        {"a supply that fails without telling presence", 0, 0x6F, 0x08, 0x02, 0x0F, "critical",
         "failed", FALSE},
        {"a bit that no one knows", 0, 0x6F, 0x0D, 0x0801, 0x1FF, NULL, "present", FALSE,
         .unknown = TRUE},
        {"the reserved highest bit", 0, 0x6F, 0x0D, 0x8001, 0x1FF, "ok", "present", FALSE},
        {"past lower critical by the BMC", 0, 0x01, 0x01, 0x0003, 0, "critical",
         "at or below lower non-critical, at or below lower critical", FALSE},
        {"reserved bits of a threshold sensor", 0, 0x01, 0x01, 0x00C0, 0, "ok", NULL, FALSE},
        {"a type of nobody", 0, 0x6F, 0xC0, 0x0001, 0, NULL, NULL, FALSE, .unknown = TRUE},
        {"Dell's of that type, well", 674, 0x6F, 0xC0, 0x0001, 0, NULL, "good", FALSE},
        {"Dell's of that type", 674, 0x6F, 0xC0, 0x0040, 0, "critical",
         "halted, system power exceeds capacity", FALSE},
        {"Supermicro's level 7", 10876, 0x70, 0xC0, 0x0007, 0, NULL, "not installed", TRUE},
        {"Supermicro's level 4", 47488, 0x70, 0xC0, 0x0004, 0, "critical", "overheat", FALSE},
        {"Supermicro's level 4 by Peppercon's number", 10437, 0x70, 0xC0, 0x0004, 0, "critical",
         "overheat", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvIpmiMeaning meaning = read_state(rows[i].manufacturer, rows[i].event_type, rows[i].type,
                                           rows[i].events, rows[i].possible);

        g_test_message("%s", rows[i].what);
        g_assert_cmpstr(meaning.judged ? rv_verdict_word(meaning.verdict) : NULL, ==,
                        rows[i].verdict);
        g_assert_cmpstr(meaning.words, ==, rows[i].words);
        g_assert_cmpint(meaning.absent, ==, rows[i].absent);
        g_assert_cmpint(meaning.known, ==, !rows[i].unknown);
        g_free(meaning.words);
    }
}

/* Every standard state for which FreeIPMI has a default means the same here. */
static void
test_freeipmi(void)
{
    static const char *const words[] = {"ok", "warning", "critical", NULL};
    ipmi_interpret_ctx_t interpret = ipmi_interpret_ctx_create();
    guint compared = 0;

    for (guint event_type = 1; event_type <= 0x6F; event_type++)
        for (guint type = 0; type < 0x2D; type++)
            for (guint bit = 0; bit <= 15; bit++) {
                guint16 events = bit < 15 ? (guint16)(1 << bit) : 0;
                unsigned int theirs = IPMI_INTERPRET_STATE_UNKNOWN;
                RvIpmiMeaning ours;

                if (event_type == 0x6F && type == 0x2C && bit == 0)
                    continue; /* FRU not installed: an empty bay is no alarm */
                if (ipmi_interpret_sensor(interpret, (guint8)event_type, (guint8)type, events,
                                          &theirs) < 0 ||
                    theirs == IPMI_INTERPRET_STATE_UNKNOWN)
                    continue;
                ours = read_state(0, (guint8)event_type, (guint8)type, events, 0);
                if (!ours.judged || strcmp(rv_verdict_word(ours.verdict), words[theirs]) != 0)
                    g_error("event type %02Xh, sensor type %02Xh, bit %u: FreeIPMI %s, we %s",
                            event_type, type, bit, words[theirs],
                            ours.judged ? rv_verdict_word(ours.verdict) : "nothing");
                g_free(ours.words);
                compared++;
            }
    ipmi_interpret_ctx_destroy(interpret);
    g_test_message("%u states", compared);
    g_assert_cmpuint(compared, >, 500);
}

/* Every state of IPMI 2.0 tables 42-2 and 42-3 that has a name there has a word here, as a state
 * and, with a verdict or info, as a log entry. */
static void
test_complete(void)
{
    char name[256];
    guint standard = 0;

    for (guint type = 0; type <= 0x2C; type++)
        for (guint event_type = 2; event_type <= 0x6F; event_type++)
            for (guint offset = 0; offset < 15; offset++) {
                gboolean specific = event_type == 0x6F;
                int length = specific
                                 ? ipmi_get_sensor_type_message((guint8)type, offset, name, 256)
                                 : ipmi_get_generic_event_message((guint8)event_type,
                                                                  (guint8)offset, name, 256);
                const RvIpmiSelEntry entry = {.event_type = (guint8)event_type,
                                              .sensor_type = (guint8)type,
                                              .offset = (guint8)offset,
                                              .asserted = TRUE};
                RvIpmiMeaning meaning;

                if (length <= 0)
                    continue;
                meaning =
                    read_state(0, (guint8)event_type, (guint8)type, (guint16)(1 << offset), 0);
                if (meaning.words == NULL ||
                    rv_ipmi_states_severity(states, 0, 0, &entry) == RV_VERDICT_UNKNOWN)
                    g_error("event type %02Xh, sensor type %02Xh, offset %u (%s) has no row",
                            event_type, type, offset, name);
                g_free(meaning.words);
                standard++;
            }
    g_test_message("%u states", standard);
    g_assert_cmpuint(standard, >, 2000);
}

/* States that FreeIPMI names for a maker's own sensor types, and does not call reserved. */
static void
test_makers(void)
{
    static const struct {
        guint32 manufacturer;
        guint16 product; /* one that FreeIPMI knows */
        guint8 type;
    } rows[] = {
        {674, 256, 0xC0},   {674, 256, 0xC1},   {674, 256, 0xC2},   {674, 256, 0xC3},
        {674, 256, 0xC4},   {10368, 512, 0xC0}, {10368, 512, 0xDD}, {10368, 512, 0xE1},
        {10368, 512, 0xE3}, {10368, 512, 0xE4}, {10368, 512, 0xE8}, {10368, 512, 0xE9},
        {10368, 512, 0xEC}, {10368, 512, 0xEF},
    };
    char name[256];

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint found = 0;

        for (guint offset = 0; offset < 15; offset++) {
            RvIpmiMeaning meaning;

            if (ipmi_get_oem_sensor_type_message(rows[i].manufacturer, rows[i].product,
                                                 rows[i].type, 0, offset, name, sizeof name) <= 0 ||
                strcmp(name, "Reserved") == 0 || strcmp(name, "undocumented") == 0)
                continue;
            found++;
            meaning =
                read_state(rows[i].manufacturer, 0x6F, rows[i].type, (guint16)(1 << offset), 0);
            if (meaning.words == NULL)
                g_error("maker %u, sensor type %02Xh, offset %u (%s) has no row",
                        rows[i].manufacturer, rows[i].type, offset, name);
            g_free(meaning.words);
        }
        if (found == 0)
            g_error("FreeIPMI names no state of maker %u, type %02Xh", rows[i].manufacturer,
                    rows[i].type);
    }
}

static void
test_severity(void)
{
    static const struct {
        const char *what;
        RvIpmiSelEntry entry;
        RvVerdict severity;
    } rows[] = {
        {"upper non-critical, going high",
         {.event_type = 1, .sensor_type = 1, .offset = 7, .asserted = TRUE},
         RV_VERDICT_WARNING},
        {"upper critical, going high",
         {.event_type = 1, .sensor_type = 1, .offset = 9, .asserted = TRUE},
         RV_VERDICT_CRITICAL},
        {"the same, gone away", {.event_type = 1, .sensor_type = 1, .offset = 9}, RV_VERDICT_OK},
        {"a supply's input lost",
         {.event_type = 0x6F, .sensor_type = 8, .offset = 3, .asserted = TRUE},
         RV_VERDICT_CRITICAL},
        {"log almost full",
         {.event_type = 0x6F, .sensor_type = 0x10, .offset = 5, .asserted = TRUE},
         RV_VERDICT_WARNING},
        {"an OEM record", {.record_type = 0xC1, .asserted = TRUE}, RV_VERDICT_UNKNOWN},
        {"an offset of nobody",
         {.event_type = 0x6F, .sensor_type = 8, .offset = 14, .asserted = TRUE},
         RV_VERDICT_UNKNOWN},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].what);
        g_assert_cmpint(rv_ipmi_states_severity(states, 0, 0, &rows[i].entry), ==,
                        rows[i].severity);
    }
}

/* Makers' own records and data: what the list `log` says of their bytes. */
static void
test_log(void)
{
    static const struct {
        const char *what;
        guint32 manufacturer; /* of the BMC */
        guint8 bytes[RV_IPMI_SEL_BYTES];
        const char *word;
        RvVerdict severity;
    } rows[] = {
        {"Lenovo: a firmware update that failed, of slot 2",
         19046,
         {1, 0, 0xD0, 0, 0, 0, 0x60, 0x66, 0x4A, 0, 5, 0x10, 1, 2, 0, 0},
         "firmware update failed",
         RV_VERDICT_CRITICAL},
        {"Lenovo's record in another maker's log",
         674,
         {1, 0, 0xD0, 0, 0, 0, 0x60, 0x66, 0x4A, 0, 1, 1, 1, 2, 0, 0},
         "firmware update succeeded",
         RV_VERDICT_OK},
        {"the same record of another maker",
         674,
         {1, 0, 0xD0, 0, 0, 0, 0x60, 0xA2, 2, 0, 1, 1, 1, 2, 0, 0},
         NULL,
         RV_VERDICT_UNKNOWN},
        {"Lenovo: a value of nobody",
         19046,
         {1, 0, 0xD2, 0, 0, 0, 0x60, 0x66, 0x4A, 0, 7, 0, 0, 0, 0, 0},
         NULL,
         RV_VERDICT_UNKNOWN},
        {"Intel's management engine in anybody's server",
         37945,
         {1, 0, 2, 0, 0, 0, 0x60, 0x2C, 0, 4, 0xDC, 0x17, 0x75, 0xA0, 8, 0},
         "ME flash storage is not intact",
         RV_VERDICT_CRITICAL},
        {"its flash: the third byte says more",
         7244,
         {1, 0, 2, 0, 0, 0, 0x60, 0x2C, 0, 4, 0xDC, 0x17, 0x75, 0xA0, 3, 1},
         "ME flash has reached its erase limit",
         RV_VERDICT_CRITICAL},
        {"its flash in a state of nobody",
         7244,
         {1, 0, 2, 0, 0, 0, 0x60, 0x2C, 0, 4, 0xDC, 0x17, 0x75, 0xA0, 3, 9},
         "ME flash state",
         RV_VERDICT_WARNING},
        {"what it said has gone",
         343,
         {1, 0, 2, 0, 0, 0, 0x60, 0x2C, 0, 4, 0xDC, 0x17, 0xF5, 0xA0, 8, 0},
         "ME flash storage is not intact",
         RV_VERDICT_OK},
        {"its node manager: by the state",
         343,
         {1, 0, 2, 0, 0, 0, 0x60, 0x2C, 0, 4, 0xDC, 0x18, 0x72, 0xA8, 1, 2},
         NULL,
         RV_VERDICT_WARNING},
        {"IBM: a link that went down",
         20301,
         {1, 0, 2, 0, 0, 0, 0x60, 0x20, 0, 4, 0xC1, 0x30, 0x6F, 0xA0, 3, 0},
         "scalability link down",
         RV_VERDICT_WARNING},
        {"the same bytes of another maker",
         343,
         {1, 0, 2, 0, 0, 0, 0x60, 0x20, 0, 4, 0xC1, 0x30, 0x6F, 0xA0, 3, 0},
         NULL,
         RV_VERDICT_UNKNOWN},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const guint8 *bytes = rows[i].bytes;
        gboolean event = bytes[2] == 2;
        RvIpmiSelEntry entry = {.record_type = bytes[2],
                                .manufacturer_id = rows[i].manufacturer,
                                .asserted = !event || (bytes[12] & 0x80) == 0};

        memcpy(entry.bytes, bytes, sizeof entry.bytes);
        if (event) {
            entry.sensor_type = bytes[10];
            entry.event_type = bytes[12] & 0x7F;
            entry.offset = bytes[13] & 0x0F;
        } else {
            entry.manufacturer_id = bytes[7] | (guint32)bytes[8] << 8;
        }
        g_test_message("%s", rows[i].what);
        g_assert_cmpstr(rv_ipmi_states_log_word(states, rows[i].manufacturer, 0, &entry), ==,
                        rows[i].word);
        g_assert_cmpint(rv_ipmi_states_severity(states, rows[i].manufacturer, 0, &entry), ==,
                        rows[i].severity);
    }
}

static void
test_mistakes(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"state: []\n", ":1:1: unknown key 'state'; did you mean 'states'?"},
        {"states:\n  - { event-type: 0x80 }\n", ":2:19: event-type is a number"},
        {"states:\n  - { states: { 15: { verdict: ok } } }\n", "an offset is a number"},
        {"states:\n  - { states: { 1: { word: x } } }\n", "needs a verdict"},
        {"states:\n  - { states: { 1: { verdict: crit } } }\n", "critical"},
        {"states:\n  - { sensor-type: [1, x] }\n", "sensor-type is a number"},
        {"states: []\nlog:\n  - { entries: {} }\n", ":3:5: a row of the log needs a 'byte'"},
        {"states: []\nlog:\n  - { byte: 17, entries: {} }\n", "17"},
        {"states: []\nlog:\n  - { byte: 15 }\n", "needs 'entries'"},
        {"states: []\nlog:\n  - { byte: 15, entries: { 256: { verdict: ok, word: x } } }\n",
         "a value is a number from 0 to 0xFF"},
        {"states: []\nlog:\n  - { byte: 15, entries: { 1: { verdict: ok } } }\n",
         "an entry needs a verdict and a word"},
        {"states: []\nlog:\n  - { byte: 15, when: { 14: 300 }, entries: {} }\n",
         "a byte is a number"},
    };
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "rackvitals-states-XXXXXX", NULL);
    int file = g_mkstemp(path);

    g_assert_cmpint(file, >=, 0);
    g_close(file, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(g_file_set_contents(path, rows[i].text, -1, NULL));
        g_assert_null(rv_ipmi_states_load(path, &error));
        g_assert_error(error, RV_ERROR, RV_ERROR_CONFIG);
        if (strstr(error->message, rows[i].message) == NULL)
            g_error("%s is not in: %s", rows[i].message, error->message);
    }
    g_unlink(path);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int result;

    g_test_init(&argc, &argv, NULL);
    states = rv_ipmi_states_load(argv[1], &error);
    g_assert_no_error(error);
    g_test_add_func("/collect/ipmi-states: what states mean", test_rows);
    g_test_add_func("/collect/ipmi-states: FreeIPMI's defaults", test_freeipmi);
    g_test_add_func("/collect/ipmi-states: every standard state", test_complete);
    g_test_add_func("/collect/ipmi-states: states of makers' own", test_makers);
    g_test_add_func("/collect/ipmi-states: log entries", test_severity);
    g_test_add_func("/collect/ipmi-states: makers' own records and data", test_log);
    g_test_add_func("/collect/ipmi-states: mistakes with line and column", test_mistakes);
    result = g_test_run();
    rv_ipmi_states_free(states);
    return result;
}
