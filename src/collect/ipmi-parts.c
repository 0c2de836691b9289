#include "collect/ipmi-parts.h"

#include <string.h>

#include "base/text.h"

/* Entities (IPMI 2.0 table 43-13) that are parts. */
static const struct {
    guint8 id;
    const char *place, *class;
} entities[] = {
    {0x03, "cpu", "cpu"},
    {0x04, "disk", "disk"},
    {0x07, "system-board", "module"},
    {0x08, "memory", "memory"},
    {0x0A, "psu", "psu"},
    {0x0B, "card", "module"},
    {0x0F, "drive-backplane", "module"},
    {0x10, "expansion-board", "module"},
    {0x13, "power-unit", "module"},
    {0x17, "chassis", "chassis"},
    {0x1A, "disk-bay", "module"},
    {0x1C, "memory", "memory"},
    {0x1D, "fan", "fan"},
    {0x1E, "fan-domain", "fan"},
    {0x20, "dimm", "memory"},
    {0x28, "battery", "battery"},
};

/* Sensor types whose group their class does not tell. */
static const struct {
    guint8 type;
    const char *group;
} groups[] = {
    {0x01, "temperature"}, {0x04, "fan"},    {0x05, "enclosure"}, {0x07, "cpu"},  {0x08, "psu"},
    {0x09, "power"},       {0x0A, "fan"},    {0x0C, "memory"},    {0x0D, "disk"}, {0x10, "log"},
    {0x15, "module"},      {0x21, "module"}, {0x29, "battery"},
};

char *
rv_ipmi_place(guint8 entity_id, guint8 instance)
{
    guint number = instance >= 0x60 ? instance - 0x60u : instance;

    for (guint i = 0; i < G_N_ELEMENTS(entities); i++)
        if (entities[i].id == entity_id)
            return g_strdup_printf("%s-%u", entities[i].place, number);
    return NULL;
}

const char *
rv_ipmi_type_group(guint8 sensor_type)
{
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
        if (groups[i].type == sensor_type)
            return groups[i].group;
    return NULL;
}

static const char *
component_class(const RvIpmiFru *fru)
{
    if (fru->device_id == 0)
        return "chassis";
    for (guint i = 0; i < G_N_ELEMENTS(entities); i++)
        if (entities[i].id == fru->entity_id)
            return entities[i].class;
    return "other";
}

/* ---- identity ---- */

const RvIpmiFru *
rv_ipmi_main_fru(const RvIpmiAnswers *answers)
{
    for (guint i = 0; i < answers->frus->len; i++) {
        const RvIpmiFru *fru = g_ptr_array_index(answers->frus, i);

        if (fru->device_id == 0)
            return fru;
    }
    return NULL;
}

/* Makers fill fields that they do not use with dots, zeros or the like. */
static gboolean
says_something(const char *text)
{
    if (text == NULL)
        return FALSE;
    for (; *text != '\0'; text++)
        if (strchr(". -_*#xX0", *text) == NULL)
            return TRUE;
    return FALSE;
}

static const char *
first_of(const char *a, const char *b, const char *c)
{
    return says_something(a) ? a : says_something(b) ? b : says_something(c) ? c : NULL;
}

static void
set_unless_known(char **field, const char *text)
{
    if (*field == NULL && text != NULL)
        *field = g_strdup(text);
}

void
rv_ipmi_fru_identity(const RvIpmiFru *fru, RvDeviceIdentity *device)
{
    set_unless_known(&device->vendor,
                     first_of(fru->product_manufacturer, fru->board_manufacturer, NULL));
    set_unless_known(&device->model, first_of(fru->product_name, fru->board_product, NULL));
    set_unless_known(&device->serial,
                     first_of(fru->product_serial, fru->chassis_serial, fru->board_serial));
}

/* ---- components ---- */

static void
set(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text != NULL ? text : "");
}

typedef struct {
    const char *suffix; /* of the key */
    const char *vendor, *model, *part, *serial, *version, *asset_tag;
} Area;

static RvComponent *
add_area(const RvIpmiFru *fru, const Area *area, RvObservation *observation)
{
    g_autofree char *slug = rv_text_slug(fru->name != NULL ? fru->name : "fru");
    RvComponent *component = rv_observation_add_component(observation);

    g_free(component->key);
    component->key = g_strdup_printf("ipmi/fru-%u-%s%s", fru->device_id, slug, area->suffix);
    component->index = fru->device_id;
    set(&component->class, component_class(fru));
    set(&component->name, fru->name);
    set(&component->vendor, area->vendor);
    set(&component->model, area->model);
    set(&component->part_number, area->part);
    set(&component->serial, says_something(area->serial) ? area->serial : "");
    set(&component->hardware, area->version);
    set(&component->asset_tag, says_something(area->asset_tag) ? area->asset_tag : "");
    return component;
}

/* The product is the part; board and chassis stand beside it where they have numbers of their own.
 */
static void
add_fru(const RvIpmiFru *fru, RvObservation *observation)
{
    const Area areas[] = {
        {"", fru->product_manufacturer, fru->product_name, fru->product_part, fru->product_serial,
         fru->product_version, fru->asset_tag},
        {"/board", fru->board_manufacturer, fru->board_product, fru->board_part, fru->board_serial,
         NULL, NULL},
        {"/chassis", NULL, fru->chassis_type, fru->chassis_part, fru->chassis_serial, NULL, NULL},
    };
    RvComponent *first = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(areas); i++) {
        Area area = areas[i];
        RvComponent *component;

        if (!says_something(area.serial) && (first != NULL || !says_something(area.model)))
            continue;
        if (first != NULL && g_strcmp0(first->serial, area.serial) == 0)
            continue;
        if (first == NULL)
            area.suffix = "";
        component = add_area(fru, &area, observation);
        if (first != NULL) {
            component->parent = g_strdup(first->key);
            if (i > 0)
                set(&component->class, i == 1 ? "module" : "chassis");
        } else {
            first = component;
        }
    }
    if (fru->problem != NULL)
        rv_observation_note(observation, "FRU %s: %s", fru->name != NULL ? fru->name : "?",
                            fru->problem);
}

static void
add_bmc(const RvIpmiAnswers *answers, RvObservation *observation)
{
    RvComponent *component;

    if (!answers->has_device_id)
        return;
    component = rv_observation_add_component(observation);
    set(&component->key, "ipmi/bmc");
    set(&component->class, "bmc");
    set(&component->name, "BMC");
    set(&component->vendor, answers->manufacturer);
    set(&component->model, answers->board);
    set(&component->asset_tag, answers->asset_tag);
    g_free(component->firmware);
    component->firmware =
        g_strdup_printf("%u.%02u", answers->firmware_major, answers->firmware_minor);
}

void
rv_ipmi_add_components(const RvIpmiAnswers *answers, RvObservation *observation)
{
    add_bmc(answers, observation);
    for (guint i = 0; i < answers->frus->len; i++)
        add_fru(g_ptr_array_index(answers->frus, i), observation);
}
