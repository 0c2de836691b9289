/* Firmware: the order of versions as vendors write them, and the site's rules. */
#include <string.h>

#include "plan/firmware.h"

/* Ascending. */
static const char *const ascending[][2] = {
    {"V200R010C00SPC600", "V200R011C10SPC500"},
    {"V200R010C00SPC600", "V200R010C00SPC3000"},
    {"V200R010C00SPC600", "V200R010C00SPC600PWR2"},
    {"15.2(4)E9", "15.2(4)E10"},
    {"15.2(4)E", "15.2(7)E"},
    {"18.4R2", "18.4R2-S3"},
    {"18.4R2-S3", "18.4R3"},
    {"18.4R3", "20.1R1"},
    {"2.9.10.10", "2.10.10.10"},
    {"1.2", "1.2.1"},
    {"1.2-rc1", "1.2"},
    {"1.2-beta3", "1.2-rc1"},
    {"1.2-rc1", "1.2-rc2"},
    {"9.3(5)", "9.3(5)I42"},
    {"7.0.3", "7.0.10"},
    {"", "0"},
    {"99999999999999999998", "99999999999999999999"},
    {"8.4.1a", "8.4.1b"},
};

static const char *const equal[][2] = {
    {"1.2.3", "1.2.3"}, {"01.02", "1.2"}, {"V200R010", "v200r10"}, {"1.2.3", "1-2-3"}, {"", ""},
};

static void
test_order(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ascending); i++) {
        g_test_message("%s before %s", ascending[i][0], ascending[i][1]);
        g_assert_cmpint(rv_version_compare(ascending[i][0], ascending[i][1]), <, 0);
        g_assert_cmpint(rv_version_compare(ascending[i][1], ascending[i][0]), >, 0);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(equal); i++)
        g_assert_cmpint(rv_version_compare(equal[i][0], equal[i][1]), ==, 0);
}

static GPtrArray *
rules(void)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)rv_firmware_rule_free);
    RvFirmwareRule *bmc = rv_firmware_rule_new(), *huawei = rv_firmware_rule_new(),
                   *fixed = rv_firmware_rule_new();

    bmc->parts = g_strdup("bmc");
    bmc->min = g_strdup("4.40");
    bmc->deny = g_strsplit("4.41*", " ", -1);
    bmc->why = g_strdup("loses its log");
    huawei->models = g_strdup("S5720-*");
    huawei->min = g_strdup("V200R019C10");
    fixed->models = g_strdup("MSA*");
    fixed->exact = g_strdup("GL225R003");
    g_ptr_array_add(all, bmc);
    g_ptr_array_add(all, huawei);
    g_ptr_array_add(all, fixed);
    return all;
}

static void
test_rules(void)
{
    static const struct {
        const char *what, *model, *part, *class, *version, *verdict, *sentence;
    } rows[] = {
        {"as it should be", "S5720-56C", NULL, NULL, "V200R019C10SPC500", "fine", NULL},
        {"too old", "S5720-56C", NULL, NULL, "V200R010C00SPC600", "old",
         "V200R010C00SPC600 is older than V200R019C10"},
        {"not given", "S5720-56C", NULL, NULL, "", "unknown", "the version is not given"},
        {"of no rule", "S6720-30C", NULL, NULL, "V200R010C00", "no_rule", NULL},
        {"a part is not the device", "S5720-56C", "slot-1", "module", "1", "no_rule", NULL},
        {"a part by its class", "R740", "mc", "bmc", "4.22", "old", "4.22 is older than 4.40"},
        {"denied", "R740", "mc", "bmc", "4.41.10", "denied",
         "4.41.10 is not to be run: loses its log"},
        {"newer is not exact", "MSA 2050", NULL, NULL, "GL225R004", "differs",
         "GL225R004 where the site runs GL225R003"},
    };
    g_autoptr(GPtrArray) all = rules();

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const RvFirmwareOf firmware = {rows[i].model, rows[i].part, rows[i].class, rows[i].version};
        g_autofree char *sentence = NULL;

        g_test_message("%s", rows[i].what);
        g_assert_cmpstr(rv_firmware_verdict_word(rv_firmware_judge(all, &firmware, &sentence)), ==,
                        rows[i].verdict);
        g_assert_cmpstr(sentence, ==, rows[i].sentence);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/firmware/versions in their vendors' order", test_order);
    g_test_add_func("/plan/firmware/the site's rules", test_rules);
    return g_test_run();
}
