#include "conf/inventory-file.h"

#include <glob.h>
#include <string.h>

#include "conf/address.h"
#include "conf/policy-fields.h"
#include "conf/range.h"

#define FILES_CEILING 10000
#define DEVICES_CEILING 100000
#define GROUPS_DEEP 16
#define NAME_CEILING 64

const RvField rv_inventory_fields[] = {
    {"include", RV_FIELD_ELSEWHERE},
    {"sites", RV_FIELD_ELSEWHERE},
    {"groups", RV_FIELD_ELSEWHERE},
    {"devices", RV_FIELD_ELSEWHERE},
    {NULL},
};

typedef struct {
    RvReader *reader;
    RvInventory *inventory;
    const RvInventoryTerms *terms;
    GPtrArray *roots;       /* const RvYamlNode*: one a file */
    GHashTable *seen;       /* paths that were read */
    GHashTable *sites;      /* id → const RvYamlNode* */
    GHashTable *groups;     /* name → const RvYamlNode* */
    GPtrArray *group_names; /* const char*, NULL-terminated when complete */
    GPtrArray *declared;    /* RvDeclared* */
    RvProblems *unheard;    /* what was told already */
} Inventory;

/* ---- files ---- */

static void add_file(Inventory *inventory, const char *path);

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_folder(Inventory *inventory, const char *folder)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) entries = g_dir_open(folder, 0, &error);
    const char *entry;

    if (entries == NULL) {
        rv_problems_add(inventory->reader->problems, folder, 0, 0, "cannot be read: %s",
                        error->message);
        return;
    }
    while ((entry = g_dir_read_name(entries)) != NULL)
        if (g_str_has_suffix(entry, ".yaml") && entry[0] != '.')
            g_ptr_array_add(files, g_build_filename(folder, entry, NULL));
    g_ptr_array_sort(files, compare_texts);
    if (files->len == 0)
        rv_problems_add(inventory->reader->problems, folder, 0, 0, "holds no inventory (*.yaml)");
    for (guint i = 0; i < files->len; i++)
        add_file(inventory, g_ptr_array_index(files, i));
}

static void
add_include(Inventory *inventory, const RvYamlNode *node)
{
    g_autofree char *path = NULL;
    const char *text;
    glob_t found = {0};

    if (!rv_yaml_text(node, "include", &text, inventory->reader->problems))
        return;
    path = rv_fields_path(node, text);
    if (strpbrk(text, "*?") == NULL) {
        add_file(inventory, path);
        return;
    }
    if (glob(path, 0, NULL, &found) != 0)
        rv_yaml_problem(node, inventory->reader->problems, "no file is called '%s'", text);
    for (gsize i = 0; i < found.gl_pathc; i++)
        add_file(inventory, found.gl_pathv[i]);
    globfree(&found);
}

/* A file is read once, whoever includes it: there are no circles. */
static void
add_file(Inventory *inventory, const char *path)
{
    char *real = realpath(path, NULL);
    const RvYamlNode *root, *include;

    if (real != NULL && g_file_test(real, G_FILE_TEST_IS_DIR) &&
        g_hash_table_size(inventory->seen) < FILES_CEILING &&
        g_hash_table_add(inventory->seen, g_strdup(real))) {
        add_folder(inventory, path);
        free(real);
        return;
    }
    if (real != NULL && !g_hash_table_add(inventory->seen, g_strdup(real))) {
        free(real);
        return;
    }
    free(real);
    if (g_hash_table_size(inventory->seen) > FILES_CEILING) {
        rv_problems_add(inventory->reader->problems, path, 0, 0, "more than %d files",
                        FILES_CEILING);
        return;
    }
    root = rv_reader_load(inventory->reader, path);
    if (root == NULL ||
        !rv_fields_check(inventory->reader, root, "an inventory", rv_inventory_fields))
        return;
    g_ptr_array_add(inventory->roots, (gpointer)root);
    include = rv_yaml_get(root, "include");
    for (guint i = 0; i < rv_yaml_count(include); i++)
        add_include(inventory, rv_yaml_item(include, i));
}

/* ---- sites ---- */

static gboolean
is_free(Inventory *inventory, GHashTable *names, const char *what, const RvYamlNode *key,
        const RvYamlNode *value)
{
    const RvYamlNode *first = g_hash_table_lookup(names, key->text);

    if (first == NULL) {
        g_hash_table_insert(names, (gpointer)key->text, (gpointer)value);
        return TRUE;
    }
    /* within one file the key stood twice, and that was told */
    if (first->yaml != key->yaml)
        rv_yaml_problem(key, inventory->reader->problems, "%s '%s' is in %s:%u already", what,
                        key->text, rv_yaml_file(first), first->line);
    return FALSE;
}

static void
read_site(Inventory *inventory, const RvYamlNode *key, const RvYamlNode *value)
{
    const RvYamlNode *zone_node = rv_yaml_get(value, "time-zone");
    RvSite *site;

    if (!is_free(inventory, inventory->sites, "site", key, value))
        return;
    site = g_new0(RvSite, 1);
    site->id = g_strdup(key->text);
    site->name = g_strdup(key->text);
    g_ptr_array_add(inventory->inventory->sites, site);
    rv_fields_read(inventory->reader, value, "a site", rv_site_of_inventory_fields, site);
    if (site->time_zone != NULL) {
        GTimeZone *zone = rv_fields_zone(inventory->reader, zone_node, site->time_zone);

        g_clear_pointer(&zone, g_time_zone_unref);
    }
}

static void
read_sites(Inventory *inventory, const RvYamlNode *sites)
{
    if (sites == NULL || !rv_yaml_is_map(sites, "sites", inventory->reader->problems))
        return;
    for (guint i = 0; i < sites->size; i++)
        read_site(inventory, sites->keys[i], sites->items[i]);
}

/* ---- groups ---- */

static void
collect_groups(Inventory *inventory, const RvYamlNode *groups)
{
    if (groups == NULL || !rv_yaml_is_map(groups, "groups", inventory->reader->problems))
        return;
    for (guint i = 0; i < groups->size; i++)
        if (is_free(inventory, inventory->groups, "group", groups->keys[i], groups->items[i]))
            g_ptr_array_add(inventory->group_names, (gpointer)groups->keys[i]->text);
}

/* The node of the group that `map` says it is in; NULL: in none, or in one that is not there. */
static const RvYamlNode *
group_of(Inventory *inventory, const RvYamlNode *map, RvProblems *problems)
{
    g_autofree char *suggestion = NULL;
    const RvYamlNode *group;
    const char *name;

    if (!rv_yaml_get_text(map, "group", &name, problems))
        return NULL;
    group = g_hash_table_lookup(inventory->groups, name);
    if (group != NULL)
        return group;
    suggestion = rv_yaml_suggest(name, (const char *const *)inventory->group_names->pdata);
    rv_yaml_problem(rv_yaml_get(map, "group"), problems, "no group is called '%s'%s", name,
                    suggestion);
    return NULL;
}

/* A group is checked once, by itself, so that its mistakes are told once. */
static void
check_group(Inventory *inventory, const char *name)
{
    const RvYamlNode *node = g_hash_table_lookup(inventory->groups, name), *outer = node;
    g_autoptr(RvDevice) scratch = rv_device_new(name);
    RvDeclared declared = {.device = scratch, .node = node};
    guint depth = 0;

    inventory->reader->for_a_group = TRUE;
    rv_declared_apply(inventory->reader, node, name, rv_group_fields, &declared);
    inventory->reader->for_a_group = FALSE;
    while (outer != NULL && depth <= GROUPS_DEEP) {
        outer = group_of(inventory, outer,
                         depth == 0 ? inventory->reader->problems : inventory->unheard);
        depth++;
        if (outer == node) {
            rv_yaml_problem(rv_yaml_get(node, "group"), inventory->reader->problems,
                            "group '%s' is within itself", name);
            return;
        }
    }
    if (depth > GROUPS_DEEP)
        rv_yaml_problem(node, inventory->reader->problems, "group '%s' lies in more than %d others",
                        name, GROUPS_DEEP);
}

/* ---- devices ---- */

/* An entry of the list: one device, or a range of them. */
typedef struct {
    const RvYamlNode *node;
    char **names;
    guint count;
    char **addresses, **snmp_addresses, **ipmi_addresses, **racks; /* one each; NULL: not given */
} Entry;

static void
entry_clear(Entry *entry)
{
    g_strfreev(entry->names);
    g_strfreev(entry->addresses);
    g_strfreev(entry->snmp_addresses);
    g_strfreev(entry->ipmi_addresses);
    g_strfreev(entry->racks);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Entry, entry_clear)

static gboolean
is_name(const char *name)
{
    gsize length = strlen(name);

    if (length == 0 || length > NAME_CEILING || !g_ascii_isalnum(*name))
        return FALSE;
    for (; *name != '\0'; name++)
        if (!g_ascii_isalnum(*name) && strchr("._-", *name) == NULL)
            return FALSE;
    return TRUE;
}

static char **
expand(const RvYamlNode *node, const char *what, RvProblems *problems)
{
    const char *text, *problem = NULL;
    char **texts;

    if (node == NULL || !rv_yaml_text(node, what, &text, problems))
        return NULL;
    texts = rv_range_expand(text, &problem);
    if (texts == NULL)
        rv_yaml_problem(node, problems, "'%s': '%s' is %s", what, text, problem);
    return texts;
}

/* As many as there are names; without brackets the same for all, where `shared` allows that. */
static char **
expand_beside(const Entry *entry, const RvYamlNode *node, const char *what, gboolean shared,
              RvProblems *problems)
{
    char **texts = expand(node, what, problems);
    guint count = texts != NULL ? g_strv_length(texts) : 0;

    if (texts == NULL || count == entry->count)
        return texts;
    if (count == 1 && shared && !rv_range_is(node->text)) {
        GPtrArray *same = g_ptr_array_new();

        for (guint i = 0; i < entry->count; i++)
            g_ptr_array_add(same, g_strdup(texts[0]));
        g_ptr_array_add(same, NULL);
        g_strfreev(texts);
        return (char **)g_ptr_array_free(same, FALSE);
    }
    rv_yaml_problem(node, problems, "%u name%s and %u of '%s'; there must be as many", entry->count,
                    entry->count == 1 ? "" : "s", count, what);
    g_strfreev(texts);
    return NULL;
}

static void
check_addresses(const RvYamlNode *node, char **addresses, RvProblems *problems)
{
    for (char **address = addresses; address != NULL && *address != NULL; address++) {
        const char *problem = rv_address_problem(*address);

        if (problem != NULL) {
            rv_yaml_problem(node, problems, "'%s' is %s", *address, problem);
            return; /* of a range, the first says enough */
        }
    }
}

static gboolean
read_entry(Entry *entry, const RvYamlNode *node, RvProblems *problems)
{
    const RvYamlNode *address = rv_yaml_get(node, "address"), *rack = rv_yaml_get(node, "rack");
    const RvYamlNode *snmp = rv_yaml_get(rv_yaml_get(node, "snmp"), "address");
    const RvYamlNode *ipmi = rv_yaml_get(rv_yaml_get(node, "ipmi"), "address");

    entry->node = node;
    entry->names = expand(rv_yaml_get(node, "name"), "name", problems);
    if (entry->names == NULL)
        return FALSE;
    for (; entry->names[entry->count] != NULL; entry->count++) {
        if (is_name(entry->names[entry->count]))
            continue;
        rv_yaml_problem(rv_yaml_get(node, "name"), problems,
                        "'%s' is no name: 1 to %d letters, digits, '.', '-' and '_', a letter or "
                        "digit first",
                        entry->names[entry->count], NAME_CEILING);
        return FALSE;
    }
    entry->addresses = expand_beside(entry, address, "address", FALSE, problems);
    entry->snmp_addresses = expand_beside(entry, snmp, "address", FALSE, problems);
    entry->ipmi_addresses = expand_beside(entry, ipmi, "address", FALSE, problems);
    entry->racks = rack != NULL && rack->kind == RV_YAML_TEXT && rv_range_is(rack->text)
                       ? expand_beside(entry, rack, "rack", TRUE, problems)
                       : NULL;
    check_addresses(address, entry->addresses, problems);
    check_addresses(snmp, entry->snmp_addresses, problems);
    check_addresses(ipmi, entry->ipmi_addresses, problems);
    return TRUE;
}

/* From the outermost group inwards, then the device itself: what is nearer wins. */
static void
apply_groups(Inventory *inventory, const RvYamlNode *map, RvDeclared *declared)
{
    const RvYamlNode *chain[GROUPS_DEEP];
    RvReader quiet = *inventory->reader;
    guint depth = 0;

    quiet.problems = inventory->unheard;
    quiet.for_a_group = TRUE;
    while (depth < GROUPS_DEEP && (map = group_of(inventory, map, inventory->unheard)) != NULL)
        chain[depth++] = map;
    while (depth > 0)
        rv_declared_apply(&quiet, chain[--depth], "a group", rv_group_fields, declared);
}

static void
set_text(char **place, const char *text)
{
    if (text == NULL)
        return;
    g_free(*place);
    *place = g_strdup(text);
}

static void
place_device(const Entry *entry, guint n, RvDevice *device)
{
    const char *address = entry->addresses != NULL ? entry->addresses[n] : NULL;
    const char *snmp = entry->snmp_addresses != NULL ? entry->snmp_addresses[n] : address;
    const char *ipmi = entry->ipmi_addresses != NULL ? entry->ipmi_addresses[n] : address;

    set_text(&device->address, address != NULL ? address : snmp != NULL ? snmp : ipmi);
    set_text(&device->rack, entry->racks != NULL ? entry->racks[n] : NULL);
    if (device->snmp != NULL)
        set_text(&device->snmp->address, snmp);
    if (device->ipmi != NULL)
        set_text(&device->ipmi->address, ipmi);
    device->file = rv_yaml_file(entry->node);
    device->line = entry->node->line;
}

/* Of a range, the first device tells the mistakes of all. */
static void
declare(Inventory *inventory, const Entry *entry, guint n)
{
    RvReader reader = *inventory->reader;
    RvDeclared *declared = g_new0(RvDeclared, 1);
    RvDevice *device = rv_device_new(entry->names[n]);
    const char *group = NULL;

    if (n > 0)
        reader.problems = inventory->unheard;
    declared->device = device;
    declared->node = entry->node;
    apply_groups(inventory, entry->node, declared);
    rv_declared_apply(&reader, entry->node, "a device", rv_device_fields, declared);
    if (group_of(inventory, entry->node, reader.problems) != NULL &&
        rv_yaml_get_text(entry->node, "group", &group, inventory->unheard))
        device->group = g_strdup(group);
    if (inventory->terms->site_limits != NULL) {
        GPtrArray *limits = g_ptr_array_new();

        reader.problems = inventory->unheard;
        rv_policies_read(&reader, inventory->terms->site_limits, limits);
        g_ptr_array_extend_and_steal(device->policies, limits);
    }
    place_device(entry, n, device);
    g_ptr_array_add(inventory->declared, declared);
    g_ptr_array_add(inventory->inventory->devices, device);
}

static void
read_devices(Inventory *inventory, const RvYamlNode *devices)
{
    RvProblems *problems = inventory->reader->problems;

    if (devices == NULL || !rv_yaml_is_list(devices, "devices", problems))
        return;
    for (guint i = 0; i < devices->size; i++) {
        g_auto(Entry) entry = {0};
        const RvYamlNode *node = devices->items[i];

        if (!rv_yaml_is_map(node, "devices", problems))
            continue;
        if (!read_entry(&entry, node, problems)) {
            /* what else is wrong with it is told all the same */
            g_autoptr(RvDevice) scratch = rv_device_new("");
            RvDeclared declared = {.device = scratch, .node = node};

            rv_declared_apply(inventory->reader, node, "a device", rv_device_fields, &declared);
            continue;
        }
        if (inventory->declared->len + entry.count > DEVICES_CEILING) {
            rv_yaml_problem(node, problems, "more than %d devices", DEVICES_CEILING);
            return;
        }
        for (guint n = 0; n < entry.count; n++)
            declare(inventory, &entry, n);
    }
}

/* ---- all of it ---- */

static void
read_all(Inventory *inventory, const char *path)
{
    add_file(inventory, path);
    for (guint i = 0; i < inventory->roots->len; i++) {
        const RvYamlNode *root = g_ptr_array_index(inventory->roots, i);

        read_sites(inventory, rv_yaml_get(root, "sites"));
        collect_groups(inventory, rv_yaml_get(root, "groups"));
    }
    g_ptr_array_add(inventory->group_names, NULL);
    for (guint i = 0; i + 1 < inventory->group_names->len; i++)
        check_group(inventory, g_ptr_array_index(inventory->group_names, i));
    for (guint i = 0; i < inventory->roots->len; i++)
        read_devices(inventory, rv_yaml_get(g_ptr_array_index(inventory->roots, i), "devices"));
    rv_inventory_check(inventory->reader, inventory->declared, inventory->sites, inventory->terms);
}

void
rv_inventory_file_read(RvReader *reader, const char *path, const RvInventoryTerms *terms,
                       RvInventory *inventory)
{
    Inventory reading = {
        .reader = reader,
        .inventory = inventory,
        .terms = terms,
        .roots = g_ptr_array_new(),
        .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .sites = g_hash_table_new(g_str_hash, g_str_equal),
        .groups = g_hash_table_new(g_str_hash, g_str_equal),
        .group_names = g_ptr_array_new(),
        .declared = g_ptr_array_new_with_free_func(g_free),
        .unheard = rv_problems_new(),
    };

    read_all(&reading, path);
    g_ptr_array_unref(reading.roots);
    g_hash_table_unref(reading.seen);
    g_hash_table_unref(reading.sites);
    g_hash_table_unref(reading.groups);
    g_ptr_array_unref(reading.group_names);
    g_ptr_array_unref(reading.declared);
    rv_problems_free(reading.unheard);
}
