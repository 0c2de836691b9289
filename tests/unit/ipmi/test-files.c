#include <string.h>

#include <glib/gstdio.h>

#include "base/clock.h"
#include "ipmi/boards.h"
#include "ipmi/habits.h"
#include "ipmi/lock.h"
#include "ipmi/sdr-image.h"
#include "ipmi/sdr.h"
#include "ipmi/workaround.h"

typedef struct {
    char *folder, *path;
} Place;

static void
place_make(Place *place, gconstpointer data)
{
    place->folder = g_dir_make_tmp("rackvitals-test-XXXXXX", NULL);
    place->path = g_build_filename(place->folder, "file", NULL);
}

static void
place_remove(Place *place, gconstpointer data)
{
    g_unlink(place->path);
    g_rmdir(place->folder);
    g_free(place->folder);
    g_free(place->path);
}

/* A compact record: sensor `number` of type 08h named "PS". */
static RvSdrRecord *
record_new(guint16 id, guint8 number)
{
    static const guint8 body[] = {0x20, 0, 0, 10,   1, 0x67, 0x40, 8, 0x6F, 15, 0, 0,    0,   15, 0,
                                  0xC0, 0, 0, 0x03, 0, 0,    0,    0, 0,    0,  0, 0xC2, 'P', 'S'};
    RvSdrRecord *record = g_new0(RvSdrRecord, 1);

    record->bytes[0] = (guint8)id;
    record->bytes[1] = (guint8)(id >> 8);
    record->bytes[2] = 0x51;
    record->bytes[3] = 0x02;
    record->bytes[4] = sizeof body;
    memcpy(record->bytes + 5, body, sizeof body);
    record->bytes[7] = number;
    record->length = 5 + sizeof body;
    return record;
}

static RvSdr *
sdr_new(void)
{
    RvSdr *sdr = rv_sdr_new();
    RvSdrRecord *second = record_new(0x0102, 9);

    sdr->key = (RvSdrKey){.guid = {1, 2, 3},
                          .manufacturer_id = 674,
                          .product_id = 256,
                          .firmware_major = 2,
                          .firmware_minor = 0x30,
                          .version = 0x51,
                          .count = 2,
                          .added = 800,
                          .erased = 7};
    second->has_thresholds = TRUE;
    memcpy(second->thresholds, "\x1B\x05\x02\x00\x28\x2D\x00", 7);
    second->siblings = 6;
    g_ptr_array_add(sdr->records, record_new(1, 4));
    g_ptr_array_add(sdr->records, second);
    return sdr;
}

static void
test_cache(Place *place, gconstpointer data)
{
    g_autoptr(RvSdr) sdr = sdr_new();
    g_autoptr(RvSdr) loaded = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_null(rv_sdr_load(place->path));
    g_assert_true(rv_sdr_store(sdr, place->path, &error));
    loaded = rv_sdr_load(place->path);
    g_assert_nonnull(loaded);
    g_assert_true(rv_sdr_key_equal(&loaded->key, &sdr->key));
    g_assert_cmpuint(loaded->records->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const RvSdrRecord *a = g_ptr_array_index(sdr->records, i);
        const RvSdrRecord *b = g_ptr_array_index(loaded->records, i);

        g_assert_cmpmem(a->bytes, a->length, b->bytes, b->length);
        g_assert_cmpmem(a->thresholds, 7, b->thresholds, 7);
        g_assert_cmpint(a->has_thresholds, ==, b->has_thresholds);
        g_assert_cmpuint(a->siblings, ==, b->siblings);
    }
}

/* Whatever byte is damaged and wherever the file ends, it is refused. */
static void
test_damage(Place *place, gconstpointer data)
{
    g_autoptr(RvSdr) sdr = sdr_new();
    g_autofree char *whole = NULL;
    gsize length;

    g_assert_true(rv_sdr_store(sdr, place->path, NULL));
    g_assert_true(g_file_get_contents(place->path, &whole, &length, NULL));
    for (gsize i = 0; i < length; i += 7) {
        whole[i] ^= 0x10;
        g_assert_true(g_file_set_contents(place->path, whole, (gssize)length, NULL));
        g_assert_null(rv_sdr_load(place->path));
        whole[i] ^= 0x10;
        g_assert_true(g_file_set_contents(place->path, whole, (gssize)i, NULL));
        g_assert_null(rv_sdr_load(place->path));
    }
}

static void
test_key(void)
{
    const RvSdrKey key = {.count = 5, .added = 1};
    RvSdrKey others[] = {key, key, key, key, key};

    others[0].guid[15] = 1;
    others[1].firmware_minor = 1;
    others[2].count = 6;
    others[3].added = 2;
    others[4].erased = 1;
    g_assert_true(rv_sdr_key_equal(&key, &(RvSdrKey){.count = 5, .added = 1}));
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(rv_sdr_key_equal(&key, &others[i]));
}

/* libfreeipmi takes our image: without it log entries have no names. */
static void
test_image(void)
{
    g_autoptr(RvSdr) sdr = sdr_new();
    g_auto(RvSdrImage) image = {.sdr = sdr};
    ipmi_sdr_ctx_t context = rv_sdr_image_context(&image);
    char name[64] = "";

    g_assert_nonnull(context);
    g_assert_cmpint(ipmi_sdr_cache_search_sensor(context, 9, 0x20), ==, 0);
    g_assert_cmpint(ipmi_sdr_parse_id_string(context, NULL, 0, name, sizeof name - 1), ==, 2);
    g_assert_cmpstr(name, ==, "PS");
    g_assert_true(rv_sdr_image_context(&image) == context);
}

static void
test_habits(Place *place, gconstpointer data)
{
    RvIpmiHabits unknown, habits;

    rv_ipmi_habits_load(place->path, &unknown);
    g_assert_cmpint(unknown.cipher, ==, -1);
    g_assert_cmpint(unknown.record_read, ==, 0);
    habits = unknown;
    rv_ipmi_habits_store(place->path, &habits, &unknown);
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS)); /* nothing new, nothing written */
    habits.cipher = 3;
    habits.fru_read = 34;
    habits.no_dcmi = TRUE;
    rv_ipmi_habits_store(place->path, &habits, &unknown);
    rv_ipmi_habits_load(place->path, &unknown);
    g_assert_cmpint(unknown.cipher, ==, 3);
    g_assert_cmpint(unknown.fru_read, ==, 34);
    g_assert_true(unknown.no_dcmi);
    g_assert_true(g_file_set_contents(place->path, "[bmc]\ncipher=9999\nfru-read=x\n", -1, NULL));
    rv_ipmi_habits_load(place->path, &unknown);
    g_assert_cmpint(unknown.cipher, ==, -1);
    g_assert_cmpint(unknown.fru_read, ==, 0);
}

static void
test_lock(Place *place, gconstpointer data)
{
    gint go_on = 0, stop = 1;
    gint64 now = rv_clock_monotonic_ms();
    int first = rv_ipmi_lock_take(place->path, 0, now + 1000, &go_on);

    g_assert_cmpint(first, >=, 0);
    g_assert_cmpint(rv_ipmi_lock_take(place->path, 0, now, &go_on), ==, -1);
    g_assert_cmpint(rv_ipmi_lock_take(place->path, 0, now + 60000, &stop), ==, -1);
    rv_ipmi_lock_release(first);
    first = rv_ipmi_lock_take(place->path, 0, now, &go_on);
    g_assert_cmpint(first, >=, 0);
    rv_ipmi_lock_release(first);
}

static void
test_workarounds(void)
{
    const char *unknown = NULL;
    RvIpmiWorkarounds found;

    g_assert_true(rv_ipmi_workarounds_parse(NULL, &found, &unknown));
    g_assert_cmpuint(found.outofband_2_0, ==, 0);
    g_assert_true(rv_ipmi_workarounds_parse(
        (const char *const[]){"opensesspriv", "AuthCap", "skipchecks", NULL}, &found, &unknown));
    g_assert_cmphex(found.outofband_2_0, ==, 0x11);
    g_assert_cmphex(found.outofband, ==, 0x01);
    g_assert_cmphex(found.quirks, ==, RV_IPMI_QUIRK_SKIP_CHECKSUMS);
    g_assert_false(rv_ipmi_workarounds_parse((const char *const[]){"authcap", "nosuch", NULL},
                                             &found, &unknown));
    g_assert_cmpstr(unknown, ==, "nosuch");
    for (guint i = 0; rv_ipmi_workaround_name(i) != NULL; i++)
        g_assert_true(rv_ipmi_workarounds_parse(
            (const char *const[]){rv_ipmi_workaround_name(i), NULL}, &found, &unknown));
}

static void
test_boards(void)
{
    static const struct {
        guint32 manufacturer;
        guint16 product;
        const char *name;
    } rows[] = {
        {674, 256, "Dell PowerEdge with iDRAC"},
        {674, 9999, "Dell"},
        {343, 111, "Intel S2600KP"},
        {343, 1, "Intel"},
        {999999, 1, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const RvIpmiBoard *board = rv_ipmi_board_find(rows[i].manufacturer, rows[i].product);

        g_assert_cmpstr(board != NULL ? board->name : NULL, ==, rows[i].name);
        if (board != NULL && board->workarounds != NULL) {
            g_auto(GStrv) names = g_strsplit(board->workarounds, ",", -1);
            RvIpmiWorkarounds found;

            g_assert_true(rv_ipmi_workarounds_parse((const char *const *)names, &found, NULL));
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/ipmi/sdr-cache: comes back as it was", Place, NULL, place_make, test_cache,
               place_remove);
    g_test_add("/ipmi/sdr-cache: damage is refused", Place, NULL, place_make, test_damage,
               place_remove);
    g_test_add_func("/ipmi/sdr-cache: true for one BMC, firmware and SDR", test_key);
    g_test_add_func("/ipmi/sdr-image: libfreeipmi takes it", test_image);
    g_test_add("/ipmi/habits", Place, NULL, place_make, test_habits, place_remove);
    g_test_add("/ipmi/lock: one at a time", Place, NULL, place_make, test_lock, place_remove);
    g_test_add_func("/ipmi/workarounds by FreeIPMI's names", test_workarounds);
    g_test_add_func("/ipmi/boards", test_boards);
    return g_test_run();
}
