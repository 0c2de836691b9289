#include "observation/pairs.h"

#define EVENTS_MAX 6
#define MANY 20000

typedef struct {
    const char *sensor, *text;
    gboolean asserted, ended;
} Entry;

static void
add(RvObservation *observation, const Entry *entry)
{
    RvEvent *event = rv_observation_add_event(observation);

    g_free(event->sensor);
    g_free(event->text);
    event->sensor = g_strdup(entry->sensor);
    event->text = g_strdup(entry->text);
    event->asserted = entry->asserted;
}

static void
test_rows(void)
{
    static const struct {
        const char *what;
        Entry entries[EVENTS_MAX];
    } rows[] = {
        {"came alone: stands", {{"PS1", "Power Supply input lost (AC/DC)", TRUE, FALSE}}},
        {"came and went",
         {{"PS1", "Power Supply input lost (AC/DC)", TRUE, TRUE},
          {"PS1", "Power Supply input lost (AC/DC)", FALSE, FALSE}}},
        {"came, went, came: the last stands",
         {{"PS1", "Failure detected", TRUE, TRUE},
          {"PS1", "Failure detected", FALSE, FALSE},
          {"PS1", "Failure detected", TRUE, FALSE}}},
        {"came twice, went once: both are over",
         {{"PS1", "Failure detected", TRUE, TRUE},
          {"PS1", "Failure detected", TRUE, TRUE},
          {"PS1", "Failure detected", FALSE, FALSE}}},
        {"went before it came: stands",
         {{"PS1", "Failure detected", FALSE, FALSE}, {"PS1", "Failure detected", TRUE, FALSE}}},
        {"another sensor's",
         {{"PS1", "Failure detected", TRUE, FALSE}, {"PS2", "Failure detected", FALSE, FALSE}}},
        {"another state's",
         {{"PS1", "Failure detected", TRUE, FALSE}, {"PS1", "Presence detected", FALSE, FALSE}}},
        {"readings differ, the state is the same",
         {{"Temp", "Upper Critical - going high ; Sensor Reading = 45.00 C ; Threshold = 40.00 C",
           TRUE, TRUE},
          {"Temp", "Upper Critical - going high ; Sensor Reading = 30.00 C ; Threshold = 40.00 C",
           FALSE, FALSE}}},
        {"of two limits, one is left",
         {{"Temp", "Upper Non-critical - going high ; Sensor Reading = 42.00 C", TRUE, FALSE},
          {"Temp", "Upper Critical - going high ; Sensor Reading = 45.00 C", TRUE, TRUE},
          {"Temp", "Upper Critical - going high ; Sensor Reading = 43.00 C", FALSE, FALSE}}},
        {"another memory module's",
         {{"ECC", "Uncorrectable memory error ; Memory module = 3", TRUE, FALSE},
          {"ECC", "Uncorrectable memory error ; Memory module = 4", FALSE, FALSE}}},
        {"well again excludes what was",
         {{"PSU", "Redundancy Lost", TRUE, TRUE},
          {"PSU", "Fully Redundant (formerly \"Redundancy Regained\")", TRUE, FALSE}}},
        {"back to OK from either",
         {{"CPU", "transition to Non-Critical from OK", TRUE, TRUE},
          {"CPU", "transition to Critical from less severe", TRUE, TRUE},
          {"CPU", "transition to OK", TRUE, FALSE}}},
        {"well that comes first ends nothing later",
         {{"PSU", "Fully Redundant (formerly \"Redundancy Regained\")", TRUE, FALSE},
          {"PSU", "Redundancy Lost", TRUE, FALSE}}},
        {"what is well went: nothing is ended",
         {{"PSU", "Redundancy Lost", TRUE, FALSE},
          {"PSU", "Fully Redundant (formerly \"Redundancy Regained\")", FALSE, FALSE}}},
        {"well of another kind",
         {{"Slot", "Device Removed/Device Absent", TRUE, FALSE},
          {"Slot", "State Deasserted", TRUE, FALSE}}},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = rv_observation_new();

        g_test_message("%s", rows[i].what);
        for (guint j = 0; j < EVENTS_MAX && rows[i].entries[j].text != NULL; j++)
            add(observation, &rows[i].entries[j]);
        rv_events_pair(observation->events);
        rv_events_pair(observation->events); /* again: the same */
        for (guint j = 0; j < observation->events->len; j++) {
            const RvEvent *event = g_ptr_array_index(observation->events, j);

            g_assert_cmpint(event->ended, ==, rows[i].entries[j].ended);
        }
    }
}

/* A log of noise stays quick, and a long run of one state ends at once. */
static void
test_many(void)
{
    static const Entry noise = {"", "transition to Critical from less severe", TRUE, FALSE},
                       well = {"", "transition to OK", TRUE, FALSE};
    g_autoptr(RvObservation) observation = rv_observation_new();

    for (guint i = 0; i < MANY; i++)
        add(observation, &noise);
    add(observation, &well);
    rv_events_pair(observation->events);
    for (guint i = 0; i <= MANY; i++)
        g_assert_cmpint(((RvEvent *)g_ptr_array_index(observation->events, i))->ended, ==,
                        i < MANY);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pairs/rows", test_rows);
    g_test_add_func("/pairs/many", test_many);
    return g_test_run();
}
