/* What agents take in one request, remembered by family. */
#include "snmp/families.h"

#include <glib/gstdio.h>
#include <string.h>

#define DAY 86400
#define NOW 1800000000
#define FAMILY 0x1234abcdu

/* ---- one size ---- */

static void
test_ceiling(void)
{
    static const struct {
        const char *words;
        RvSizeSeen seen[3]; /* one after the other */
        guint ceiling;
    } rows[] = {
        {"nothing is known: no limit", {{0}}, 65536},
        {"half of what was refused", {{.refused = 900}}, 450},
        {"but no less than was answered", {{.refused = 900, .answered = 600}}, 600},
        {"refused twice: the lesser", {{.refused = 900}, {.refused = 450}}, 225},
        {"as much was answered later: no limit", {{.refused = 900}, {.answered = 900}}, 65536},
        {"one silence is a loss", {{.silent = 900, .silences = 1}}, 65536},
        {"two are believed",
         {{.silent = 900, .silences = 1}, {.silent = 1000, .silences = 1}},
         450},
        {"not where about as much was answered between them",
         {{.silent = 900, .silences = 1}, {.answered = 800}, {.silent = 900, .silences = 1}},
         65536},
        {"less that was answered refutes nothing",
         {{.silent = 900, .silences = 1}, {.answered = 700}, {.silent = 900, .silences = 1}},
         700},
        {"an answer lifts what two silences had lowered",
         {{.silent = 900, .silences = 2}, {.answered = 900}},
         65536},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvSizeSeen seen = {0};

        g_test_message("%s", rows[i].words);
        for (guint k = 0; k < G_N_ELEMENTS(rows[i].seen); k++)
            rv_size_add(&seen, &rows[i].seen[k]);
        g_assert_cmpuint(rv_size_ceiling(RV_SIZE_BYTES, &seen), ==, rows[i].ceiling);
    }
}

/* ---- one agent ---- */

static void
test_capacity(void)
{
    RvCapacity capacity;
    guint most[RV_SIZES] = {8, 20, 500, 1};

    rv_capacity_init(&capacity, TRUE, 0);
    g_assert_true(rv_capacity_has_bulk(&capacity));
    rv_capacity_expect(&capacity, most);
    g_assert_false(rv_capacity_has_bulk(&capacity));
    g_assert_cmpuint(capacity.most[RV_SIZE_BYTES], ==, 500);
    rv_capacity_refused(&capacity, RV_SIZE_BYTES, 400);
    g_assert_cmpuint(capacity.most[RV_SIZE_BYTES], ==, 200);
    /* what it refused itself it does not take because its family does */
    rv_capacity_expect(&capacity, most);
    g_assert_cmpuint(capacity.most[RV_SIZE_BYTES], ==, 200);
    for (guint i = 0; i < 40; i++)
        rv_capacity_refused(&capacity, RV_SIZE_CELLS, capacity.most[RV_SIZE_CELLS]);
    g_assert_cmpuint(capacity.most[RV_SIZE_CELLS], ==, 1);

    /* who says how many rows are asked for is obeyed */
    rv_capacity_init(&capacity, TRUE, 30);
    rv_capacity_expect(&capacity, most);
    g_assert_true(rv_capacity_has_bulk(&capacity));
    g_assert_cmpuint(capacity.repetitions, ==, 30);
    g_assert_cmpuint(capacity.most[RV_SIZE_CELLS], ==, rv_size_unlimited(RV_SIZE_CELLS));
    g_assert_cmpuint(capacity.most[RV_SIZE_VARBINDS], ==, 8);

    /* SNMPv1 has no GETBULK, whatever the family has */
    rv_capacity_init(&capacity, FALSE, 0);
    most[RV_SIZE_BULK] = 2;
    rv_capacity_expect(&capacity, most);
    g_assert_false(rv_capacity_has_bulk(&capacity));
}

/* ---- families ---- */

static void
set_system(RvSnmpAnswers *answers, const char *description, guint32 product)
{
    RvVarbind text = {.oid = rv_oid_from((guint32[]){1, 3, 6, 1, 2, 1, 1, 1, 0}, 9),
                      .type = RV_SNMP_OCTETS,
                      .octets = (guint8 *)g_strdup(description),
                      .size = strlen(description)};
    RvVarbind object = {.oid = rv_oid_from((guint32[]){1, 3, 6, 1, 2, 1, 1, 2, 0}, 9),
                        .type = RV_SNMP_OID,
                        .object = rv_oid_from(&product, 1)};

    g_assert_true(rv_snmp_answers_add(answers, &text));
    g_assert_true(rv_snmp_answers_add(answers, &object));
}

static void
test_key(void)
{
    static const struct {
        const char *description;
        guint32 product;
    } devices[] = {{"switch, 1.0", 7}, {"switch, 1.1", 7}, {"switch, 1.0", 8}};
    g_autoptr(RvSnmpAnswers) none = rv_snmp_answers_new();
    guint64 keys[G_N_ELEMENTS(devices)];

    g_assert_cmpuint(rv_family_of(none), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_autoptr(RvSnmpAnswers) answers = rv_snmp_answers_new(), twin = rv_snmp_answers_new();

        set_system(answers, devices[i].description, devices[i].product);
        set_system(twin, devices[i].description, devices[i].product);
        keys[i] = rv_family_of(answers);
        g_assert_cmpuint(rv_family_of(twin), ==, keys[i]);
        g_assert_cmpuint(keys[i], !=, 0);
        for (guint k = 0; k < i; k++)
            g_assert_cmpuint(keys[k], !=, keys[i]);
    }
}

static guint
bytes_of(RvFamilies *families, guint64 family, gint64 now_s)
{
    guint most[RV_SIZES];

    rv_families_find(families, family, now_s, most);
    return most[RV_SIZE_BYTES];
}

static void
learn(RvFamilies *families, guint64 family, gint64 now_s, RvSizeSeen bytes)
{
    const RvSizeSeen seen[RV_SIZES] = {[RV_SIZE_BYTES] = bytes};

    rv_families_learn(families, family, now_s, seen);
}

static void
test_upward(void)
{
    g_autoptr(RvFamilies) families = rv_families_new();

    learn(families, FAMILY, NOW, (RvSizeSeen){.refused = 1000, .answered = 400});
    g_assert_cmpuint(bytes_of(families, FAMILY, NOW + DAY - 1), ==, 500);
    g_assert_cmpuint(bytes_of(families, FAMILY + 1, NOW), ==, 65536);
    /* after a day one device is asked for more, one alone */
    g_assert_cmpuint(bytes_of(families, FAMILY, NOW + DAY), ==, 750);
    g_assert_cmpuint(bytes_of(families, FAMILY, NOW + DAY), ==, 500);
    /* in vain: again in a day, and not as much */
    learn(families, FAMILY, NOW + DAY, (RvSizeSeen){.refused = 740, .answered = 500});
    g_assert_cmpuint(bytes_of(families, FAMILY, NOW + DAY + 5), ==, 500);
    g_assert_cmpuint(bytes_of(families, FAMILY, NOW + 2 * DAY), ==, 620);
    /* it went well: the next one is asked for still more, until there is no limit */
    learn(families, FAMILY, NOW + 2 * DAY, (RvSizeSeen){.answered = 600});
    g_assert_cmpuint(bytes_of(families, FAMILY, NOW + 2 * DAY + 1), ==, 1200);
    learn(families, FAMILY, NOW + 2 * DAY + 1, (RvSizeSeen){.answered = 1100});
    g_assert_cmpuint(bytes_of(families, FAMILY, NOW + 2 * DAY + 2), ==, 65536);
}

/* ---- the file ---- */

typedef struct {
    char *folder, *path;
} Place;

static void
place_init(Place *place)
{
    place->folder = g_dir_make_tmp("rackvitals-XXXXXX", NULL);
    place->path = g_build_filename(place->folder, "families", NULL);
}

static void
place_clear(Place *place)
{
    g_autofree char *lock = g_strconcat(place->path, ".lock", NULL);

    g_unlink(place->path);
    g_unlink(lock);
    g_rmdir(place->folder);
    g_free(place->path);
    g_free(place->folder);
}

static RvFamilies *
loaded(const Place *place, gint64 now_s)
{
    RvFamilies *families = rv_families_new();

    rv_families_load(families, place->path, now_s);
    return families;
}

static void
save(RvFamilies *families, const Place *place, gint64 now_s)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(rv_families_save(families, place->path, now_s, &error));
    g_assert_no_error(error);
}

/* Two processes, of which each saw one silence and one refusal of another family. */
static void
test_shared(void)
{
    Place place;

    place_init(&place);
    {
        g_autoptr(RvFamilies) first = loaded(&place, NOW), second = loaded(&place, NOW);

        learn(first, 1, NOW, (RvSizeSeen){.silent = 1000, .silences = 1});
        learn(first, 2, NOW, (RvSizeSeen){.refused = 800});
        learn(second, 1, NOW, (RvSizeSeen){.silent = 1000, .silences = 1});
        learn(second, 3, NOW, (RvSizeSeen){.refused = 600});
        g_assert_cmpuint(bytes_of(first, 1, NOW), ==, 65536);
        save(first, &place, NOW);
        save(second, &place, NOW);
        /* what was saved is not added once more */
        learn(first, 4, NOW, (RvSizeSeen){.refused = 400});
        save(first, &place, NOW);
    }
    {
        g_autoptr(RvFamilies) both = loaded(&place, NOW + 1);
        g_autoptr(RvFamilies) late = loaded(&place, NOW + 31 * DAY);

        for (guint i = 1; i <= 4; i++)
            g_assert_cmpuint(bytes_of(both, i, NOW + 1), ==, 600 - 100 * i);
        g_assert_cmpuint(bytes_of(late, 2, NOW + 31 * DAY), ==, 65536);
    }
    place_clear(&place);
}

static void
test_writes(void)
{
    Place place;
    g_autoptr(RvFamilies) families = rv_families_new();

    place_init(&place);
    /* no limit is no news */
    learn(families, 1, NOW, (RvSizeSeen){.answered = 1000});
    save(families, &place, NOW);
    g_assert_false(g_file_test(place.path, G_FILE_TEST_EXISTS));
    learn(families, 1, NOW, (RvSizeSeen){.refused = 4000});
    save(families, &place, NOW);
    g_assert_true(g_file_test(place.path, G_FILE_TEST_EXISTS));
    /* some bytes more are none either; that it still lives is, once a day */
    g_unlink(place.path);
    learn(families, 1, NOW + 60, (RvSizeSeen){.answered = 1010});
    save(families, &place, NOW + 60);
    g_assert_false(g_file_test(place.path, G_FILE_TEST_EXISTS));
    learn(families, 1, NOW + DAY + 120, (RvSizeSeen){.answered = 1010});
    save(families, &place, NOW + DAY + 120);
    g_assert_true(g_file_test(place.path, G_FILE_TEST_EXISTS));
    place_clear(&place);
}

/* Cut anywhere, or with a byte changed, the file is forgotten or says what it said; nothing worse.
 */
static void
test_damage(void)
{
    Place place;
    g_autofree char *text = NULL;
    gsize size;

    place_init(&place);
    {
        g_autoptr(RvFamilies) families = rv_families_new();

        learn(families, FAMILY, NOW, (RvSizeSeen){.refused = 800});
        save(families, &place, NOW);
    }
    g_assert_true(g_file_get_contents(place.path, &text, &size, NULL));
    for (gsize i = 0; i < size; i++) {
        g_autofree char *other = g_memdup2(text, size);
        g_autoptr(RvFamilies) cut = NULL, changed = NULL;

        g_assert_true(g_file_set_contents(place.path, text, (gssize)i, NULL));
        cut = loaded(&place, NOW);
        g_assert_cmpuint(bytes_of(cut, FAMILY, NOW), ==, 65536);
        other[i] = 'x';
        g_assert_true(g_file_set_contents(place.path, other, (gssize)size, NULL));
        changed = loaded(&place, NOW);
        g_assert_true(bytes_of(changed, FAMILY, NOW) == 65536 ||
                      bytes_of(changed, FAMILY, NOW) == 400); /* "0x12" is 012 */
    }
    place_clear(&place);
}

/* Agents that are each of a family of their own fill neither memory nor the file; a family whose
 * limit is known is not lost to those that have none. */
static void
test_bounds(void)
{
    Place place;
    g_autoptr(RvFamilies) families = rv_families_new();
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    place_init(&place);
    learn(families, FAMILY, NOW, (RvSizeSeen){.refused = 800});
    for (guint i = 0; i < 2 * RV_FAMILIES_CEILING; i++)
        learn(families, G_GUINT64_CONSTANT(1) << 40 | i, NOW + 1, (RvSizeSeen){.answered = 100});
    g_assert_cmpuint(bytes_of(families, FAMILY, NOW + 1), ==, 400);
    for (guint i = 0; i < 2 * RV_FAMILIES_CEILING; i++)
        learn(families, G_GUINT64_CONSTANT(1) << 41 | i, NOW + 2, (RvSizeSeen){.refused = 100});
    save(families, &place, NOW + 2);
    g_assert_true(g_file_get_contents(place.path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, RV_FAMILIES_CEILING + 2);
    place_clear(&place);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/families/of what was seen the ceiling follows", test_ceiling);
    g_test_add_func("/families/an agent knows its family, itself and its orders", test_capacity);
    g_test_add_func("/families/firmware and product are a family", test_key);
    g_test_add_func("/families/once a day more is tried", test_upward);
    g_test_add_func("/families/processes share the file", test_shared);
    g_test_add_func("/families/it is written where something changed", test_writes);
    g_test_add_func("/families/a damaged file is forgotten", test_damage);
    g_test_add_func("/families/many families are bounded", test_bounds);
    return g_test_run();
}
