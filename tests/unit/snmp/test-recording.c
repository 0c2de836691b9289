#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "snmp/recording.h"

typedef struct {
    const char *words, *text;
    const char *printed; /* every varbind as rv_varbind_print has it, in order, joined by '\n' */
    guint skipped;
} Row;

static const Row rows[] = {
    {"snmpsim: a number", "1.3.6.1.2.1.1.7.0|2|-72\n", "1.3.6.1.2.1.1.7.0 INTEGER: -72", 0},
    {"snmpsim: text with bars and spaces", "1.3.1|4|a|b  \n", "1.3.1 STRING: \"a|b  \"", 0},
    {"snmpsim: bytes in hex", "1.3.1|4x|00ff7f\n", "1.3.1 Hex-STRING: 00 FF 7F", 0},
    {"snmpsim: text in hex is text", "1.3.1|4x|4142\n", "1.3.1 STRING: \"AB\"", 0},
    {"snmpsim: escaped bytes", "1.3.1|4e|\\x07\\xe4\\x08\\t(\\\\\n",
     "1.3.1 Hex-STRING: 07 E4 08 09 28 5C", 0},
    {"snmpsim: addresses, dotted and in hex", "1.3.1|64|10.0.0.255\n1.3.2|64x|c0a80001\n",
     "1.3.1 IpAddress: 10.0.0.255\n1.3.2 IpAddress: 192.168.0.1", 0},
    {"snmpsim: the unsigned types",
     "1.3.1|65|4294967295\n1.3.2|66|7\n1.3.3|70|18446744073709551615\n",
     "1.3.1 Counter32: 4294967295\n1.3.2 Gauge32: 7\n1.3.3 Counter64: 18446744073709551615", 0},
    {"snmpsim: time", "1.3.1|67|8640101\n", "1.3.1 Timeticks: (8640101) 1:00:00:01.01", 0},
    {"snmpsim: object identifiers, with and without a dot", "1.3.1|6|.1.3.6.1\n1.3.2|6|1.3\n",
     "1.3.1 OID: .1.3.6.1\n1.3.2 OID: .1.3", 0},
    {"a float in Opaque", "1.3.1|68x|9f780442f6e979\n", "1.3.1 Opaque: Float: 123.456001", 0},
    {"lines out of order are ordered by number", "1.3.10|2|1\n1.3.9|2|2\n",
     "1.3.9 INTEGER: 2\n1.3.10 INTEGER: 1", 0},
    {"of a repeated OID the first stays", "1.3.9|2|1\n1.3.1|2|3\n1.3.9|2|2\n",
     "1.3.1 INTEGER: 3\n1.3.9 INTEGER: 1", 0},
    {"leading zeros do not count", "1.03.06.0000|2|1\n", "1.3.6.0 INTEGER: 1", 0},
    {"DOS line ends", "1.3.1|4|abc\r\n1.3.2|2|5\r\n", "1.3.1 STRING: \"abc\"\n1.3.2 INTEGER: 5", 0},
    {"comments and empty lines are neither values nor mistakes", "# taken today\n\n1.3.1|2|5",
     "1.3.1 INTEGER: 5", 0},
    {"what cannot be read is counted",
     "1.3.1|66|<private>\nx\n1.3.2|4:delay|a\n1.3.3|9|1\n1.3.4|2|5\n1.3.4294967296|2|1\n",
     "1.3.4 INTEGER: 5", 5},
    {"snmpwalk: usual types",
     ".1.3.1 = STRING: \"a \\\"b\\\"\"\n.1.3.2 = INTEGER: up(1)\n.1.3.3 = INTEGER: -5\n.1.3.4 = "
     "Gauge32: 12 seconds\n"
     ".1.3.5 = Timeticks: (42) 0:00:00.42\n.1.3.6 = OID: .1.3.6\n.1.3.7 = IpAddress: 1.2.3.4\n",
     "1.3.1 STRING: \"a \\\"b\\\"\"\n1.3.2 INTEGER: 1\n1.3.3 INTEGER: -5\n1.3.4 Gauge32: 12\n"
     "1.3.5 Timeticks: (42) 0:00:00:00.42\n1.3.6 OID: .1.3.6\n1.3.7 IpAddress: 1.2.3.4",
     0},
    {"snmpwalk without -On but without MIBs", "iso.3.6.1.2.1.1.2.0 = OID: iso.3.6.1.4.1.9\n",
     "1.3.6.1.2.1.1.2.0 OID: .1.3.6.1.4.1.9", 0},
    {"snmpwalk: a string over two lines",
     ".1.3.1 = STRING: \"Cisco IOS\nVersion 15\"\n.1.3.2 = INTEGER: 1\n",
     "1.3.1 STRING: \"Cisco IOS\\nVersion 15\"\n1.3.2 INTEGER: 1", 0},
    {"snmpwalk: hex wrapped over lines",
     ".1.3.1 = Hex-STRING: 00 01 02 \n03 04 \n.1.3.2 = INTEGER: 1\n",
     "1.3.1 Hex-STRING: 00 01 02 03 04\n1.3.2 INTEGER: 1", 0},
    {"snmpwalk: a MAC address under a display hint", ".1.3.1 = STRING: 0:1b:2c:3d:4e:5f\n",
     "1.3.1 Hex-STRING: 00 1B 2C 3D 4E 5F", 0},
    {"snmpwalk: bits", ".1.3.1 = BITS: 80 00 other(0)\n", "1.3.1 Hex-STRING: 80 00", 0},
    {"snmpwalk: floats", ".1.3.1 = Opaque: Float: 1.500000\n", "1.3.1 Opaque: Float: 1.5", 0},
    {"snmpwalk: empty text", ".1.3.1 = \"\"\n.1.3.2 = STRING: \"\"\n",
     "1.3.1 STRING: \"\"\n1.3.2 STRING: \"\"", 0},
    {"snmpwalk: what is not there is no value and no mistake",
     ".1.3.1 = No Such Object available on this agent at this OID\n.1.3.2 = INTEGER: 1\n",
     "1.3.2 INTEGER: 1", 0},
    {"snmpwalk: a type its MIB did not expect",
     ".1.3.1 = Wrong Type (should be INTEGER): Gauge32: 7\n", "1.3.1 Gauge32: 7", 0},
};

static char *
print_all(const RvSnmpAnswers *answers)
{
    guint32 one = 1;
    RvOid root = {.ids = &one, .length = 1};
    GString *out = g_string_new(NULL);
    guint count;
    const RvVarbind *varbinds = rv_snmp_answers_below(answers, &root, &count);

    for (guint i = 0; i < count; i++) {
        g_autofree char *oid = rv_oid_format(&varbinds[i].oid);

        g_string_append_printf(out, "%s%s ", i > 0 ? "\n" : "", oid);
        rv_varbind_print(&varbinds[i], out);
    }
    return g_string_free(out, FALSE);
}

static void
test_lines(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        guint skipped;
        g_autoptr(RvSnmpAnswers) answers =
            rv_snmp_recording_parse(row->text, strlen(row->text), &skipped);
        g_autofree char *printed = print_all(answers);

        g_test_message("%s", row->words);
        g_assert_cmpstr(printed, ==, row->printed);
        g_assert_cmpuint(skipped, ==, row->skipped);
    }
}

/* What is saved is what is loaded, whatever bytes it holds. */
static void
test_round_trip(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("rackvitals-XXXXXX", &error);
    g_autofree char *path = g_build_filename(folder, "a.snmprec", NULL);

    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvSnmpAnswers) before =
            rv_snmp_recording_parse(rows[i].text, strlen(rows[i].text), NULL);
        g_autoptr(RvSnmpAnswers) after = NULL;
        g_autofree char *printed = NULL;
        guint skipped;

        g_assert_true(rv_snmp_recording_save(before, path, &error));
        after = rv_snmp_recording_load(path, &skipped, &error);
        g_assert_no_error(error);
        printed = print_all(after);
        g_assert_cmpstr(printed, ==, rows[i].printed);
        g_assert_cmpuint(skipped, ==, 0);
    }
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_errors(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvSnmpAnswers) none = rv_snmp_answers_new();
    g_autofree char *folder = g_dir_make_tmp("rackvitals-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.snmprec", NULL);

    g_assert_null(rv_snmp_recording_load(path, NULL, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_NO_INPUT);
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, "hello\n", -1, NULL));
    g_assert_null(rv_snmp_recording_load(path, NULL, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
    g_clear_error(&error);
    g_assert_false(rv_snmp_recording_save(none, "/nowhere/at/all", &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_CREATE);
    g_unlink(path);
    g_rmdir(folder);
}

/* A file of some megabytes in reverse order: sorted once, not at each line. */
static void
test_large(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(RvSnmpAnswers) answers = NULL;
    RvOid oid;

    for (guint i = 100000; i > 0; i--)
        g_string_append_printf(text, "1.3.6.1.2.1.2.2.1.10.%u|65|%u\n", i, i);
    answers = rv_snmp_recording_parse(text->str, text->len, NULL);
    g_assert_cmpuint(rv_snmp_answers_count(answers), ==, 100000);
    g_assert_true(rv_oid_parse("1.3.6.1.2.1.2.2.1.10.77777", &oid));
    g_assert_cmpuint(rv_snmp_answers_get(answers, &oid)->counter, ==, 77777);
    rv_oid_clear(&oid);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/snmp/recording/lines", test_lines);
    g_test_add_func("/snmp/recording/round-trip", test_round_trip);
    g_test_add_func("/snmp/recording/errors", test_errors);
    g_test_add_func("/snmp/recording/large", test_large);
    return g_test_run();
}
