#include "ipmi/habits.h"

#include <string.h>

#define GROUP "bmc"

static const struct {
    const char *key;
    size_t offset;
    int unknown;
} fields[] = {
    {"cipher", offsetof(RvIpmiHabits, cipher), -1},
    {"record-read", offsetof(RvIpmiHabits, record_read), 0},
    {"header-first", offsetof(RvIpmiHabits, header_first), 0},
    {"fru-read", offsetof(RvIpmiHabits, fru_read), 0},
    {"no-dcmi", offsetof(RvIpmiHabits, no_dcmi), 0},
    {"no-sdr-repository", offsetof(RvIpmiHabits, no_sdr_info), 0},
};

static int *
field(RvIpmiHabits *habits, guint index)
{
    return (int *)((char *)habits + fields[index].offset);
}

void
rv_ipmi_habits_load(const char *path, RvIpmiHabits *habits)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    gboolean there = g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autoptr(GError) error = NULL;
        int value = there ? g_key_file_get_integer(file, GROUP, fields[i].key, &error) : 0;

        *field(habits, i) =
            there && error == NULL && value >= -1 && value <= 255 ? value : fields[i].unknown;
    }
}

void
rv_ipmi_habits_store(const char *path, const RvIpmiHabits *habits, const RvIpmiHabits *before)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *text = NULL;
    RvIpmiHabits now = *habits, then = *before;
    gboolean differs = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        differs |= *field(&now, i) != *field(&then, i);
        g_key_file_set_integer(file, GROUP, fields[i].key, *field(&now, i));
    }
    if (!differs)
        return;
    text = g_key_file_to_data(file, NULL, NULL);
    (void)g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}
