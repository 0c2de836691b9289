/* Firmware: the order of versions as vendors write them, and the site's rules. */
#include <string.h>

#include "plan/firmware.h"

/* Ascending. */
static const char *const ascending[][2] = {
    /* VRP */
    {"V200R010C00SPC600", "V200R011C10SPC500"},
    {"V200R010C00SPC600", "V200R010C00SPC3000"},
    {"V200R010C00SPC600", "V200R010C00SPC600PWR2"},
    {"V200R019C10", "V200R019C10SPC500"},
    {"V200R019C10SPC500", "V200R021C00"},
    {"V500R007C61", "V600R001C00"},
    {"200R019C00", "V200R019C10"},
    /* IOS and its kin */
    {"15.2(4)E9", "15.2(4)E10"},
    {"15.2(4)E", "15.2(4)E1"},
    {"15.2(4)E10", "15.2(7)E"},
    {"15.2(7)E", "15.2(7a)E0b"},
    {"15.2(7)E0a", "15.2(7)E0b"},
    {"12.2(55)SE9", "12.2(55)SE12"},
    {"12.2(55)SE12", "15.0(2)SE"},
    {"16.12.5", "16.12.5b"},
    {"16.12.5b", "16.12.10"},
    {"17.09.04", "17.9.4a"},
    {"03.16.04.S", "03.16.04b.S"},
    {"9.3(5)", "9.3(5)I42"},
    {"9.3(5)", "9.3(10)"},
    {"7.0(3)I7(9)", "7.0(3)I7(10)"},
    {"7.0(3)I7(10)", "9.2(1)"},
    {"9.8(4)", "9.8(4)20"},
    {"9.8(4)3", "9.8(4)20"},
    /* Junos */
    {"18.4R2", "18.4R2-S3"},
    {"18.4R2-S3", "18.4R3"},
    {"18.4R3", "20.1R1"},
    {"21.4R3", "21.4R3.15"},
    {"21.4R3.15", "21.4R3-S5.4"},
    {"21.4R3-S5", "21.4R3-S5.4"},
    {"21.4R3-S5.4", "21.4R3-S10"},
    {"21.4R3-S10.13", "22.1R1.10"},
    {"15.1X49-D90", "15.1X49-D210.4"},
    {"21.4r3", "21.4R3-s5"},
    /* Comware */
    {"Release 6126P9", "Release 6126P20"},
    {"Release 6126", "Release 6126P20"},
    {"Feature 6318P01", "Release 6327"},
    {"7.1.070, Release 6126P20", "Release 6127"},
    {"R6126P09", "7.1.070, Release 6126P20"},
    {"7.1.045, Release 2432P06", "7.1.070, Release 2432P03"},
    {"7.1.070, Release 6520P10", "7.1.071"},
    {"V3.03.02s168p9", "V3.03.02s168p15"},
    /* PAN-OS, FortiOS, Check Point */
    {"10.1.6", "10.1.6-h3"},
    {"10.1.6-h3", "10.1.6-h10"},
    {"10.1.6-h10", "10.1.7"},
    {"10.1.9", "10.1.10"},
    {"v7.0.12 build0500", "v7.0.12 build0523"},
    {"v7.0.9 build0523", "v7.0.12 build0444"},
    {"7.0.11", "v7.0.12,build0523,230606 (GA.F)"},
    {"v7.0.12,build0523,230606 (GA.F)", "7.0.13"},
    {"R80.40", "R81"},
    {"R81.10 Take 87", "R81.10 Take 110"},
    /* storage */
    {"DSM 7.1-42661", "DSM 7.1-42661 Update 4"},
    {"DSM 7.1-42661 Update 4", "DSM 7.1-42661 Update 10"},
    {"DSM 7.1-42661 Update 4", "DSM 7.1.1-42962"},
    {"7.0", "DSM 7.1-42661 Update 4"},
    {"9.11.1RC1", "9.11.1"},
    {"9.11.1", "9.11.1P8"},
    {"9.11.1P8", "9.11.1P10"},
    {"9.11.1P8", "9.11.1P8D2"},
    {"9.11.1P10", "9.12.1RC1"},
    {"GL225R003", "GL225R004"},
    {"v8.2.3", "v8.2.3c"},
    {"v8.2.3c", "v8.2.3c1"},
    {"v8.2.3c1", "v9.0.0"},
    /* BMCs and servers */
    {"2.72 Feb 23 2022", "2.78 Apr 28 2023"},
    {"2.78 Oct 28 2022", "2.81 Feb 03 2023"},
    {"U30 v2.10 (05/21/2019)", "U30 v2.36 (07/16/2020)"},
    {"4.40.10.00", "6.10.30.00"},
    /* others */
    {"NS12.1: Build 50.28.nc", "NS12.1: Build 65.15.nc"},
    {"16.1.3 Build 0.0.12", "16.1.3.1 Build 0.0.11"},
    {"FL.10.10.1050", "FL.10.11.0001"},
    {"2.9.10.10", "2.10.10.10"},
    {"1.2", "1.2.1"},
    {"1.2-rc1", "1.2"},
    {"1.2-beta3", "1.2-rc1"},
    {"1.2-rc1", "1.2-rc2"},
    {"7.0.3", "7.0.10"},
    {"7.0.1-5095", "7.0.1-5100"},
    {"", "0"},
    {"99999999999999999998", "99999999999999999999"},
    {"8.4.1a", "8.4.1b"},
};

static const char *const equal[][2] = {
    {"1.2.3", "1.2.3"},
    {"01.02", "1.2"},
    {"V200R010", "v200r10"},
    {"17.09.04a", "17.9.4a"},
    {"9.8(4)", "9.8.4"},
    {"v7.0.12", "7.0.12"},
    {"Release 6126P20", "6126P20"},
    {"R6126P20", "7.1.070, Release 6126P20"},
    {"2.78 Apr 28 2023", "2.78"},
    {"6.49.10 (long-term)", "6.49.10"},
    {"DSM 7.1-42661 Update 4", "7.1-42661 update 4"},
    {"", ""},
};

/* The same scheme of another line: which is newer does not matter, they are not the same. */
static const char *const different[][2] = {
    {"GL225R003", "VL225R003"},
    {"21.4R3-S5.4", "21.4R3-S5.4-EVO"},
    {"1.2.3a", "1.2.3-a"},
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
    for (gsize i = 0; i < G_N_ELEMENTS(different); i++)
        g_assert_cmpint(rv_version_compare(different[i][0], different[i][1]), !=, 0);
}

static void
test_both_ways(void)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(ascending); i++) {
        g_ptr_array_add(all, (gpointer)ascending[i][0]);
        g_ptr_array_add(all, (gpointer)ascending[i][1]);
    }
    for (guint i = 0; i < all->len; i++) {
        for (guint j = 0; j < all->len; j++) {
            const char *a = g_ptr_array_index(all, i), *b = g_ptr_array_index(all, j);

            g_assert_cmpint(rv_version_compare(a, b), ==, -rv_version_compare(b, a));
        }
    }
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
    g_test_add_func("/plan/firmware/either way round the same", test_both_ways);
    g_test_add_func("/plan/firmware/the site's rules", test_rules);
    return g_test_run();
}
