#include "collect/interpret.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "collect/collecting.h"
#include "collect/interfaces.h"
#include "collect/standard.h"

#define TRAIL_CEILING 200000

/* ---- notes and trail ---- */

void
rv_collecting_note(RvCollecting *collecting, const char *format, ...)
{
    va_list arguments;
    char *text;
    guint count;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    count = GPOINTER_TO_UINT(g_hash_table_lookup(collecting->notes, text));
    g_hash_table_replace(collecting->notes, text, GUINT_TO_POINTER(count + 1));
}

void
rv_collecting_trail(RvCollecting *collecting, const char *format, ...)
{
    va_list arguments;

    if (collecting->trail == NULL || collecting->trail->len >= TRAIL_CEILING)
        return;
    va_start(arguments, format);
    g_ptr_array_add(collecting->trail, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void
settle_notes(RvCollecting *collecting)
{
    g_autoptr(GList) texts = g_hash_table_get_keys(collecting->notes);

    texts = g_list_sort(texts, (GCompareFunc)strcmp);
    for (GList *at = texts; at != NULL; at = at->next) {
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(collecting->notes, at->data));

        if (count > 1)
            rv_observation_note(collecting->observation, "%s (%u rows)", (char *)at->data, count);
        else
            rv_observation_note(collecting->observation, "%s", (char *)at->data);
    }
}

/* ---- who it is ---- */

static const RvVarbind *
system_cell(const RvSnmpAnswers *answers, guint32 column)
{
    guint32 ids[] = {1, 3, 6, 1, 2, 1, 1, column, 0};
    RvOid oid = {ids, G_N_ELEMENTS(ids)};

    return rv_snmp_answers_get(answers, &oid);
}

static char *
system_text(const RvSnmpAnswers *answers, guint32 column)
{
    const RvVarbind *varbind = system_cell(answers, column);

    return varbind != NULL ? rv_varbind_text(varbind) : NULL;
}

void
rv_self_read(const RvSnmpAnswers *answers, RvSelf *self)
{
    const RvVarbind *varbind = system_cell(answers, 2);

    self->object_id = (RvOid){NULL, 0};
    if (varbind != NULL && varbind->type == RV_SNMP_OID)
        self->object_id = rv_oid_copy(&varbind->object);
    self->descr = system_text(answers, 1);
}

void
rv_self_clear(RvSelf *self)
{
    rv_oid_clear(&self->object_id);
    g_clear_pointer((char **)&self->descr, g_free);
}

/* sysUpTime wraps after 497 days; snmpEngineTime (RFC 3411) counts seconds and does not. */
static void
read_uptime(const RvSnmpAnswers *answers, RvDeviceIdentity *device)
{
    guint32 ids[] = {1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0};
    RvOid oid = {ids, G_N_ELEMENTS(ids)};
    const RvVarbind *ticks = system_cell(answers, 3), *engine = rv_snmp_answers_get(answers, &oid);
    gint64 seconds;

    if (ticks == NULL || !rv_varbind_integer(ticks, &device->uptime_ticks) ||
        device->uptime_ticks < 0)
        return;
    device->uptime_seconds = device->uptime_ticks / 100;
    if (engine != NULL && rv_varbind_integer(engine, &seconds) &&
        seconds > device->uptime_seconds + G_MAXUINT32 / 100 / 2 && seconds < G_MAXINT32)
        device->uptime_seconds = seconds;
}

static void
keep(char **field, char *text)
{
    if (*field != NULL)
        g_free(text);
    else
        *field = text;
}

static void
read_system(const RvSnmpAnswers *answers, RvDeviceIdentity *device)
{
    keep(&device->sys_descr, system_text(answers, 1));
    keep(&device->sys_object_id, system_text(answers, 2));
    keep(&device->sys_contact, system_text(answers, 4));
    keep(&device->sys_name, system_text(answers, 5));
    keep(&device->sys_location, system_text(answers, 6));
    read_uptime(answers, device);
}

static void
identify(const RvCollecting *collecting, const RvProfile *profile)
{
    RvDeviceIdentity *device = &collecting->observation->device;
    RvRow row = {collecting->ground, NULL, 0, NULL};
    const RvMapEntry *model = NULL;

    if (device->vendor == NULL)
        device->vendor = rv_source_text(profile->vendor, &row);
    if (device->os == NULL)
        device->os = rv_source_text(profile->os, &row);
    if (device->model == NULL)
        device->model = rv_source_text(profile->model, &row);
    if (device->model == NULL && profile->models != NULL && device->sys_object_id != NULL)
        model = rv_map_find(profile->models, device->sys_object_id);
    if (model != NULL)
        device->model = g_strdup(model->value);
    if (device->os_version == NULL)
        device->os_version = rv_source_text(profile->version, &row);
    if (device->serial == NULL)
        device->serial = rv_source_text(profile->serial, &row);
}

/* ---- the whole ---- */

static gboolean
answers_have(const RvOid *oid, gpointer user_data)
{
    guint count = 0;

    rv_snmp_answers_below(user_data, oid, &count);
    return count > 0;
}

/* The profiles that serve, compiled; problems become notes. */
static GPtrArray *
choose(RvProfiles *profiles, const RvSnmpAnswers *answers, const char *forced,
       RvObservation *observation, GPtrArray *trail, RvFrameRecorder *recorder)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GPtrArray) heads = NULL;
    GPtrArray *chosen = g_ptr_array_new();
    RvSelf self;
    RvOid base;

    rv_self_read(answers, &self);
    heads = rv_profiles_choose(profiles, &self, forced, answers_have, (gpointer)answers, trail);
    base = rv_profiles_base(heads, &self);
    rv_self_clear(&self);
    for (guint i = 0; i < heads->len; i++) {
        const RvProfileHead *head = g_ptr_array_index(heads, i);
        const RvProfile *profile = rv_profiles_get(profiles, head->name, &base, problems);

        if (profile != NULL)
            g_ptr_array_add(chosen, (gpointer)profile);
        if (head->role == RV_ROLE_FAMILY && observation->device.profile == NULL)
            observation->device.profile = g_strdup(head->name);
    }
    if (recorder != NULL)
        rv_frame_recorder_set_profiles(recorder, chosen, &base);
    rv_oid_clear(&base);
    if (forced != NULL && rv_profiles_find(profiles, forced) == NULL)
        rv_observation_note(observation, "there is no profile '%s'", forced);
    for (guint i = 0; i < rv_problems_count(problems) && i < 10; i++)
        rv_observation_note(observation, "%s", rv_problems_get(problems, i));
    return chosen;
}

/* Columns are read relative to their row; identity reads the first row. */
static void
collect_all(RvCollecting *collecting, const GPtrArray *profiles)
{
    gboolean interfaces = TRUE;

    for (guint i = 0; i < profiles->len; i++) {
        const RvProfile *profile = g_ptr_array_index(profiles, i);

        collecting->by_descr = collecting->by_descr || profile->name_by_descr;
        interfaces = interfaces && !profile->no_interfaces;
        identify(collecting, profile);
    }
    rv_frame_recorder_turn(collecting->recorder, RV_READS_FREELY);
    if (interfaces) {
        rv_collect_interfaces(rv_ground_answers(collecting->ground), collecting->by_descr,
                              collecting->observation);
        rv_interfaces_note_types(rv_ground_answers(collecting->ground), collecting->observation);
    }
    rv_frame_recorder_turn(collecting->recorder, RV_READS_STILL);
    rv_entity_components(collecting->tree, collecting->observation);
    for (guint i = 0; i < profiles->len; i++) {
        rv_frame_recorder_turn(collecting->recorder, RV_READS_STILL);
        rv_collect_components(collecting, g_ptr_array_index(profiles, i));
        rv_frame_recorder_turn(collecting->recorder, RV_READS_MOVING);
        rv_collect_sensors(collecting, g_ptr_array_index(profiles, i));
    }
}

static void
begin(RvCollecting *collecting, const RvSnmpAnswers *answers)
{
    collecting->ground = rv_ground_new(answers);
    collecting->given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    collecting->notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    read_system(answers, &collecting->observation->device);
}

static void
end(RvCollecting *collecting)
{
    g_hash_table_unref(collecting->notes);
    g_hash_table_unref(collecting->given);
    rv_entity_tree_free(collecting->tree);
    rv_ground_free(collecting->ground);
}

void
rv_interpret_snmp(RvProfiles *profiles, const RvSnmpAnswers *answers, const char *forced,
                  RvObservation *observation, GPtrArray *trail)
{
    RvCollecting collecting = {.observation = observation, .trail = trail};
    g_autoptr(GPtrArray) chosen = choose(profiles, answers, forced, observation, trail, NULL);

    begin(&collecting, answers);
    collecting.tree = rv_entity_tree_new(answers);
    collect_all(&collecting, chosen);
    rv_collect_transceivers(observation);
    settle_notes(&collecting);
    end(&collecting);
}

/* ---- with a frame ---- */

/* Whatever is there already did not come from these answers. */
static gboolean
is_empty(const RvObservation *observation)
{
    const RvDeviceIdentity *device = &observation->device;

    return observation->sensors->len == 0 && observation->interfaces->len == 0 &&
           observation->components->len == 0 && device->vendor == NULL && device->model == NULL &&
           device->os == NULL && device->os_version == NULL && device->serial == NULL &&
           device->profile == NULL;
}

void
rv_interpret_recorded(RvProfiles *profiles, const RvSnmpAnswers *answers, const char *forced,
                      RvObservation *observation, RvFrameRecorder *recorder)
{
    RvCollecting collecting = {.observation = observation, .recorder = recorder};
    gboolean empty = is_empty(observation);
    guint notes = observation->notes->len;
    g_autoptr(GPtrArray) chosen = choose(profiles, answers, forced, observation, NULL, recorder);

    if (!empty || observation->notes->len > notes)
        rv_frame_recorder_refuse(recorder);
    begin(&collecting, answers);
    rv_frame_recorder_turn(recorder, RV_READS_STILL);
    collecting.tree = rv_entity_tree_new(answers);
    collect_all(&collecting, chosen);
    rv_frame_recorder_turn(recorder, RV_READS_FREELY);
    rv_collect_transceivers(observation);
    settle_notes(&collecting);
    end(&collecting);
}

static GPtrArray *
profiles_of(RvProfiles *profiles, const RvFrame *frame)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();

    for (const char *const *name = rv_frame_profiles(frame); *name != NULL; name++) {
        const RvProfile *profile = rv_profiles_get(profiles, *name, rv_frame_base(frame), problems);

        if (profile == NULL)
            return NULL;
        g_ptr_array_add(chosen, (gpointer)profile);
    }
    return rv_problems_count(problems) == 0 ? g_steal_pointer(&chosen) : NULL;
}

static gboolean
fill(RvCollecting *collecting, const GPtrArray *profiles, const RvColumnPlan *plan,
     RvSnmpAnswers *answers, guint first_interface)
{
    const GPtrArray *interfaces = collecting->observation->interfaces;

    rv_frame_add_still(collecting->frame, collecting->observation);
    for (guint i = first_interface; i < interfaces->len; i++)
        rv_interface_read_moving(answers, g_ptr_array_index(interfaces, i));
    if (interfaces->len > first_interface)
        rv_interfaces_note_types(answers, collecting->observation);
    rv_frame_begin(collecting->frame, plan, answers);
    for (guint i = 0; i < profiles->len; i++)
        rv_collect_sensors(collecting, g_ptr_array_index(profiles, i));
    return rv_frame_end(collecting->frame, answers);
}

gboolean
rv_interpret_framed(RvProfiles *profiles, RvFrame *frame, const RvColumnPlan *plan,
                    RvSnmpAnswers *answers, RvObservation *observation)
{
    RvCollecting collecting = {.observation = observation, .frame = frame};
    g_autoptr(GPtrArray) chosen = profiles_of(profiles, frame);
    guint sensors = observation->sensors->len, interfaces = observation->interfaces->len,
          components = observation->components->len;
    gboolean fits;

    if (chosen == NULL)
        return FALSE;
    begin(&collecting, answers);
    fits = fill(&collecting, chosen, plan, answers, interfaces);
    if (fits) {
        rv_frame_identify(frame, &observation->device);
        settle_notes(&collecting);
    } else {
        g_ptr_array_set_size(observation->sensors, (gint)sensors);
        g_ptr_array_set_size(observation->interfaces, (gint)interfaces);
        g_ptr_array_set_size(observation->components, (gint)components);
    }
    end(&collecting);
    return fits;
}

void
rv_interpret_system(const RvSnmpAnswers *answers, RvObservation *observation)
{
    read_system(answers, &observation->device);
}
