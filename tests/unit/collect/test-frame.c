/* Frames: whatever values move, a frame gives what interpreting everything gives, or says that it
 * does not fit. Over the recorded devices, and those of the corpus where there is one. */
#include "collect/frame.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "collect/interpret.h"
#include "collect/kept.h"
#include "observation/json.h"
#include "snmp/recording.h"

#define NOW_MS G_GINT64_CONSTANT(1800000000000)
#define GROUND 7
#define CORPUS_EACH 25 /* one of so many recordings; RACKVITALS_FRAMES=all: each */

static const char *profile_folder, *device_folder;
static char *state_folder;

typedef struct {
    RvSnmpAnswers *answers; /* all that was recorded */
    RvProfiles *profiles;
    const RvColumnPlan *plan;
    RvKept *kept;
} Device;

typedef enum { SAME, DRIFTING, WILD, WAYS } Way;

/* ---- a device ---- */

static gboolean
answers_have(const RvOid *oid, gpointer user_data)
{
    guint count = 0;

    rv_snmp_answers_below(user_data, oid, &count);
    return count > 0;
}

static void
keep(Device *device, RvColumnPlans *plans)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GPtrArray) heads = NULL, chosen = g_ptr_array_new();
    g_autoptr(GArray) probes = NULL;
    RvSelf self;
    RvOid base;

    rv_self_read(device->answers, &self);
    heads = rv_profiles_choose(device->profiles, &self, NULL, answers_have, device->answers, NULL);
    base = rv_profiles_base(heads, &self);
    for (guint i = 0; i < heads->len; i++) {
        const RvProfileHead *head = g_ptr_array_index(heads, i);

        g_ptr_array_add(chosen,
                        (gpointer)rv_profiles_get(device->profiles, head->name, &base, problems));
    }
    device->plan = rv_column_plans_get(plans, chosen);
    probes = rv_profiles_probes(device->profiles, &self);
    rv_kept_save(state_folder, "device", device->answers, device->plan, probes, NULL, NOW_MS);
    device->kept = rv_kept_load(state_folder, "device");
    rv_oid_clear(&base);
    rv_self_clear(&self);
}

/* ---- what moves, moved ---- */

static void
move(RvVarbind *cell, Way way, GRand *random)
{
    gint64 by = 0;

    if (way == SAME || cell->octets != NULL || cell->object.length > 0 || !isnan(cell->real))
        return;
    if (way == DRIFTING && (cell->integer > 20 || cell->integer < -20))
        by = g_rand_int_range(random, -2, 3);
    else if (way == WILD && g_rand_int_range(random, 0, 10) == 0)
        by = g_rand_int_range(random, 0, 12) - cell->integer;
    cell->integer += by;
    cell->counter += (guint64)by;
}

static void
add_below(RvSnmpAnswers *into, const Device *device, const RvOid *root, Way way, GRand *random)
{
    guint count = 0;
    const RvVarbind *cells = rv_snmp_answers_below(device->answers, root, &count);

    for (guint i = 0; i < count; i++) {
        RvVarbind cell = cells[i];

        move(&cell, way, random);
        rv_snmp_answers_add_copy(into, &cell);
    }
}

/* What a round asks. The same for the same seed. */
static RvSnmpAnswers *
asked(const Device *device, Way way, guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    RvSnmpAnswers *answers = rv_snmp_answers_new();
    const RvOid system = {(guint32[]){1, 3, 6, 1, 2, 1, 1}, 7};
    guint count;
    const RvOid *signs = rv_kept_signs(&count);

    add_below(answers, device, &system, SAME, random);
    for (guint i = 0; i < count; i++)
        add_below(answers, device, &signs[i], SAME, random);
    for (guint i = 0; i < device->plan->moving->len; i++)
        add_below(answers, device, &g_array_index(device->plan->moving, RvOid, i), way, random);
    return answers;
}

static char *
line_of(RvObservation *observation)
{
    rv_observation_settle(observation);
    return rv_observation_to_json_line(observation);
}

static char *
whole(const Device *device, Way way, guint32 seed)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autoptr(RvSnmpAnswers) answers = asked(device, way, seed);

    g_assert_true(rv_kept_add_to(device->kept, answers));
    rv_interpret_snmp(device->profiles, answers, NULL, observation, NULL);
    return line_of(observation);
}

/* NULL: it does not fit. */
static char *
framed(const Device *device, Way way, guint32 seed)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autoptr(RvSnmpAnswers) answers = asked(device, way, seed);
    g_autoptr(RvFrame) frame = rv_frame_load(state_folder, "device", GROUND);

    if (!rv_interpret_framed(device->profiles, frame, device->plan, answers, observation)) {
        g_assert_cmpint(observation->sensors->len + observation->interfaces->len +
                            observation->components->len,
                        ==, 0);
        return NULL;
    }
    return line_of(observation);
}

/* FALSE: the frame is not to be kept. */
static gboolean
record(const Device *device)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autoptr(RvSnmpAnswers) answers = asked(device, SAME, 0);
    g_autoptr(RvFrameRecorder) recorder = NULL;
    g_autoptr(RvFrame) frame = NULL;
    g_autofree char *path = g_build_filename(state_folder, "agents", "device.frame", NULL);

    g_remove(path);
    g_assert_true(rv_kept_add_to(device->kept, answers));
    recorder = rv_frame_recorder_new(answers, device->plan);
    rv_interpret_recorded(device->profiles, answers, NULL, observation, recorder);
    rv_frame_recorder_save(recorder, observation, state_folder, "device", GROUND);
    frame = rv_frame_load(state_folder, "device", GROUND);
    return frame != NULL;
}

/* ---- all of them ---- */

typedef struct {
    guint devices, kept, fitted[WAYS], tried[WAYS];
} Count;

static void
try_way(const Device *device, const char *path, Way way, guint32 seed, Count *count)
{
    g_autofree char *with = framed(device, way, seed), *without = NULL;

    count->tried[way]++;
    if (with == NULL)
        return;
    count->fitted[way]++;
    without = whole(device, way, seed);
    if (strcmp(with, without) != 0)
        g_test_message("%s, way %d, seed %u", path, way, seed);
    g_assert_cmpstr(with, ==, without);
}

static void
try_device(RvProfiles *profiles, const char *path, Count *count)
{
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_recording_load(path, NULL, NULL);
    g_autoptr(RvColumnPlans) plans = rv_column_plans_new(FALSE);
    Device device = {.answers = answers, .profiles = profiles};

    if (answers == NULL)
        return;
    keep(&device, plans);
    g_assert_nonnull(device.kept);
    count->devices++;
    if (record(&device)) {
        count->kept++;
        for (guint n = 0; n < 6; n++)
            try_way(&device, path, n == 0 ? SAME : n < 3 ? DRIFTING : WILD, n, count);
    }
    rv_kept_free(device.kept);
}

static void
say(const Count *count)
{
    g_test_message("%u devices, %u frames; fitted: same %u/%u, drifting %u/%u, wild %u/%u",
                   count->devices, count->kept, count->fitted[SAME], count->tried[SAME],
                   count->fitted[DRIFTING], count->tried[DRIFTING], count->fitted[WILD],
                   count->tried[WILD]);
    g_assert_cmpuint(count->fitted[SAME], ==, count->tried[SAME]);
    g_assert_cmpuint(count->kept, >=, count->devices * 3 / 4);
    g_assert_cmpuint(count->fitted[DRIFTING], >=, count->tried[DRIFTING] / 2);
    g_assert_cmpuint(count->fitted[WILD], <, count->tried[WILD]); /* states were ignored, too */
}

static RvProfiles *
open_profiles(void)
{
    const char *const folders[] = {profile_folder, NULL};
    g_autoptr(RvProblems) problems = rv_problems_new();
    RvProfiles *profiles = rv_profiles_open(folders, NULL, problems);

    g_assert_cmpuint(rv_problems_count(problems), ==, 0);
    return profiles;
}

static void
test_devices(void)
{
    g_autoptr(RvProfiles) profiles = open_profiles();
    g_autoptr(GDir) dir = g_dir_open(device_folder, 0, NULL);
    const char *name;
    Count count = {0};

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(device_folder, name, "agent.walk", NULL);

        try_device(profiles, path, &count);
    }
    say(&count);
}

static void
test_corpus(void)
{
    const char *corpus = g_getenv("RACKVITALS_CORPUS");
    gboolean all = g_strcmp0(g_getenv("RACKVITALS_FRAMES"), "all") == 0;
    g_autofree char *folder =
        corpus != NULL ? g_build_filename(corpus, "snmp", "recordings", NULL) : NULL;
    g_autoptr(GDir) dir = folder != NULL ? g_dir_open(folder, 0, NULL) : NULL;
    g_autoptr(RvProfiles) profiles = NULL;
    const char *name;
    Count count = {0};

    if (dir == NULL) {
        g_test_skip("RACKVITALS_CORPUS is not set");
        return;
    }
    profiles = open_profiles();
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_str_has_suffix(name, ".snmprec") && (all || g_str_hash(name) % CORPUS_EACH == 0))
            try_device(profiles, path, &count);
    }
    say(&count);
}

/* ---- files that are not to be used ---- */

static void
test_ground(void)
{
    g_autofree char *path = g_build_filename(state_folder, "agents", "device.frame", NULL);
    g_autofree char *walk = g_build_filename(device_folder, "adva-fsp3000r7", "agent.walk", NULL);
    g_autofree char *bytes = NULL;
    g_autoptr(RvProfiles) profiles = open_profiles();
    Count count = {0};
    gsize size = 0;

    try_device(profiles, walk, &count);
    g_assert_cmpuint(count.kept, ==, 1);
    g_assert_null(rv_frame_load(state_folder, "device", GROUND + 1));
    g_assert_null(
        rv_frame_load(state_folder, "Device", GROUND)); /* the same file, another device */
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    for (gsize i = 0; i < size; i += 97) {
        bytes[i] ^= 4;
        g_assert_true(g_file_set_contents_full(path, bytes, (gssize)size, G_FILE_SET_CONTENTS_NONE,
                                               0600, NULL));
        g_assert_null(rv_frame_load(state_folder, "device", GROUND));
        bytes[i] ^= 4;
    }
    for (gsize i = 0; i < size; i += 131) {
        g_assert_true(
            g_file_set_contents_full(path, bytes, (gssize)i, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
        g_assert_null(rv_frame_load(state_folder, "device", GROUND));
    }
}

static void
remove_state(void)
{
    static const char *const names[] = {"agents/device.frame", "agents/device.kept", "agents", ""};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(state_folder, names[i], NULL);

        g_remove(path);
    }
    g_free(state_folder);
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    profile_folder = argv[1];
    device_folder = argv[2];
    state_folder = g_dir_make_tmp("frame-XXXXXX", NULL);
    g_test_add_func("/frame/devices: with and without are the same", test_devices);
    g_test_add_func("/frame/corpus: with and without are the same", test_corpus);
    g_test_add_func("/frame/another ground, a damaged file: none", test_ground);
    status = g_test_run();
    remove_state();
    return status;
}
