#include "conf/inventory-file.h"

#include <string.h>

#include "base/text.h"

typedef struct {
    RvReader *reader;
    const GPtrArray *declared; /* RvDeclared* */
    GHashTable *by_name;       /* name → const RvDeclared*, the first of that name */
    GHashTable *told;          /* nodes that were complained about: shared ones once */
    const RvInventoryTerms *terms;
} Check;

static gboolean
is_told(Check *check, const RvYamlNode *node)
{
    return node == NULL || !g_hash_table_add(check->told, (gpointer)node);
}

static const RvYamlNode *
node_or(const RvYamlNode *node, const RvDeclared *declared)
{
    return node != NULL ? node : declared->node;
}

static char *
suggest_of(GHashTable *names, const char *word)
{
    g_autofree const char **all = (const char **)g_hash_table_get_keys_as_array(names, NULL);
    const char *near = rv_text_nearest(word, all);

    return near != NULL ? g_strdup_printf("; did you mean '%s'?", near) : g_strdup("");
}

/* ---- names and addresses ---- */

static void
check_name(Check *check, const RvDeclared *declared)
{
    const RvDeclared *first = g_hash_table_lookup(check->by_name, declared->device->name);

    if (first == NULL)
        g_hash_table_insert(check->by_name, declared->device->name, (gpointer)declared);
    else
        rv_yaml_problem(node_or(rv_yaml_get(declared->node, "name"), declared),
                        check->reader->problems, "device '%s' is in %s:%u already",
                        declared->device->name, first->device->file, first->device->line);
}

static void
check_asked(Check *check, const RvDeclared *declared)
{
    const RvDevice *device = declared->device;
    const RvYamlNode *node = declared->node;
    gboolean placed = rv_yaml_get(node, "address") != NULL;

    if (device->snmp == NULL && device->ipmi == NULL) {
        if (!is_told(check, node))
            rv_yaml_problem(node, check->reader->problems,
                            "device '%s' is asked neither by SNMP nor by IPMI; give it, or its "
                            "group, 'snmp' or 'ipmi'",
                            device->name);
        return;
    }
    if (!placed &&
        ((device->snmp != NULL && rv_yaml_get(rv_yaml_get(node, "snmp"), "address") == NULL) ||
         (device->ipmi != NULL && rv_yaml_get(rv_yaml_get(node, "ipmi"), "address") == NULL))) {
        if (!is_told(check, node))
            rv_yaml_problem(node, check->reader->problems, "device '%s' needs 'address'",
                            device->name);
    }
}

/* Simulators and proxies answer for many at one address, told apart by port, context or credential.
 */
static void
check_address(Check *check, GHashTable *places, const RvDeclared *declared, const char *protocol,
              const char *address, guint port, const char *context, const char *credential)
{
    const RvDeclared *first;
    char *place;

    if (address == NULL)
        return;
    place = g_strdup_printf("%s %s %u %s %s", protocol, address, port,
                            context != NULL ? context : "", credential != NULL ? credential : "");
    first = g_hash_table_lookup(places, place);
    if (first == NULL) {
        g_hash_table_insert(places, place, (gpointer)declared);
        return;
    }
    g_free(place);
    if (strcmp(first->device->name, declared->device->name) != 0)
        rv_yaml_problem(node_or(rv_yaml_get(declared->node, "address"), declared),
                        check->reader->problems, "%s has the address %s, port %u, already (%s:%u)",
                        first->device->name, address, port, first->device->file,
                        first->device->line);
}

static void
check_addresses(Check *check)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < check->declared->len; i++) {
        const RvDeclared *declared = g_ptr_array_index(check->declared, i);
        const RvSnmpAccess *snmp = declared->device->snmp;
        const RvIpmiAccess *ipmi = declared->device->ipmi;

        if (snmp != NULL)
            check_address(check, places, declared, "snmp", snmp->address, snmp->port, snmp->context,
                          declared->device->snmp_credential);
        if (ipmi != NULL)
            check_address(check, places, declared, "ipmi", ipmi->address, ipmi->port, NULL,
                          declared->device->ipmi_credential);
    }
}

/* ---- places ---- */

static void
check_site(Check *check, GHashTable *sites, const RvDeclared *declared)
{
    const RvDevice *device = declared->device;
    const RvYamlNode *site = NULL, *racks;
    g_autofree const char **names = NULL;

    if (device->site != NULL) {
        site = g_hash_table_lookup(sites, device->site);
        if (site == NULL && !is_told(check, declared->site)) {
            g_autofree char *suggestion = suggest_of(sites, device->site);

            rv_yaml_problem(declared->site, check->reader->problems, "no site is called '%s'%s",
                            device->site, suggestion);
        }
    }
    racks = rv_yaml_get(site, "racks");
    if (racks == NULL || device->rack == NULL ||
        !rv_yaml_texts(racks, "racks", &names, check->reader->problems))
        return;
    if (!g_strv_contains(names, device->rack) && !is_told(check, declared->rack)) {
        g_autofree char *suggestion = rv_yaml_suggest(device->rack, names);

        rv_yaml_problem(declared->rack, check->reader->problems, "site '%s' has no rack '%s'%s",
                        device->site, device->rack, suggestion);
    }
}

static void
check_class(Check *check, const RvDeclared *declared)
{
    const RvServicePlan *plan = check->terms->plan;
    const RvYamlNode *node = declared->service_class;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *suggestion = NULL;

    if (plan == NULL || node == NULL ||
        rv_service_plan_class(plan, declared->device->service_class) != NULL ||
        is_told(check, node))
        return;
    for (guint i = 0; i < plan->classes->len; i++)
        g_ptr_array_add(names, ((RvServiceClass *)g_ptr_array_index(plan->classes, i))->id);
    g_ptr_array_add(names, NULL);
    suggestion =
        rv_yaml_suggest(declared->device->service_class, (const char *const *)names->pdata);
    rv_yaml_problem(node, check->reader->problems, "the service plan has no class '%s'%s",
                    declared->device->service_class, suggestion);
}

/* ---- parents ---- */

static void
check_parents(Check *check, const RvDeclared *declared)
{
    for (char **parent = declared->device->parents; *parent != NULL; parent++) {
        g_autofree char *suggestion = NULL;

        if (g_hash_table_contains(check->by_name, *parent) || is_told(check, declared->parents))
            continue;
        suggestion = suggest_of(check->by_name, *parent);
        rv_yaml_problem(declared->parents, check->reader->problems, "no device is called '%s'%s",
                        *parent, suggestion);
    }
}

typedef enum { NOT_VISITED, ON_THE_WAY, VISITED } Visit;

typedef struct {
    const RvDeclared *declared;
    guint next; /* parent to go to */
} Step;

static void
tell_circle(Check *check, const GArray *way, const RvDeclared *closing)
{
    g_autoptr(GString) circle = g_string_new(NULL);
    guint from = way->len;

    while (from > 0 && g_array_index(way, Step, from - 1).declared != closing)
        from--;
    for (guint i = from > 0 ? from - 1 : 0; i < way->len && circle->len < 400; i++)
        g_string_append_printf(circle, "%s, ", g_array_index(way, Step, i).declared->device->name);
    g_string_append(circle, closing->device->name);
    if (!is_told(check, closing->parents))
        rv_yaml_problem(closing->parents, check->reader->problems, "parents go in a circle: %s",
                        circle->str);
}

/* Depth first, without recursion: a chain of parents may be as long as the inventory. */
static void
look_for_circles(Check *check, GHashTable *visits, const RvDeclared *start)
{
    g_autoptr(GArray) way = g_array_new(FALSE, FALSE, sizeof(Step));
    Step first = {start, 0};

    if (GPOINTER_TO_INT(g_hash_table_lookup(visits, start)) != NOT_VISITED)
        return;
    g_hash_table_insert(visits, (gpointer)start, GINT_TO_POINTER(ON_THE_WAY));
    g_array_append_val(way, first);
    while (way->len > 0) {
        Step *step = &g_array_index(way, Step, way->len - 1);
        const char *name = step->declared->device->parents[step->next];
        const RvDeclared *parent = name != NULL ? g_hash_table_lookup(check->by_name, name) : NULL;
        Visit visit;

        if (name == NULL) {
            g_hash_table_insert(visits, (gpointer)step->declared, GINT_TO_POINTER(VISITED));
            g_array_set_size(way, way->len - 1);
            continue;
        }
        step->next++;
        if (parent == NULL)
            continue;
        visit = (Visit)GPOINTER_TO_INT(g_hash_table_lookup(visits, parent));
        if (visit == ON_THE_WAY) {
            tell_circle(check, way, parent);
        } else if (visit == NOT_VISITED) {
            Step next = {parent, 0};

            g_hash_table_insert(visits, (gpointer)parent, GINT_TO_POINTER(ON_THE_WAY));
            g_array_append_val(way, next);
        }
    }
}

/* ---- credentials ---- */

/* A credential that a group names is complained about once, not once a device. */
static void
use_credential(Check *check, const RvDeclared *declared, const char *name, const RvYamlNode *node,
               gboolean snmp)
{
    RvReader reader = *check->reader;
    g_autoptr(RvProblems) unheard = rv_problems_new();
    guint before = rv_problems_count(reader.problems);
    const RvCredential *credential;

    if (g_hash_table_contains(check->told, node))
        reader.problems = unheard;
    credential = rv_credentials_find(&reader, check->terms->credentials, name, node);
    if (credential != NULL && snmp)
        rv_credential_use_snmp(&reader, credential, node, declared->device->snmp);
    else if (credential != NULL)
        rv_credential_use_ipmi(&reader, credential, node, declared->device->ipmi);
    if (rv_problems_count(check->reader->problems) > before)
        g_hash_table_add(check->told, (gpointer)node);
    check->reader->too_open |= reader.too_open;
}

static void
use_credentials(Check *check, const RvDeclared *declared)
{
    const RvDevice *device = declared->device;
    const struct {
        const char *protocol, *credential;
        const RvYamlNode *node;
        gboolean asked;
    } rows[] = {
        {"snmp", device->snmp_credential, declared->snmp_credential, device->snmp != NULL},
        {"ipmi", device->ipmi_credential, declared->ipmi_credential, device->ipmi != NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!rows[i].asked)
            continue;
        if (rows[i].credential == NULL) {
            if (!is_told(check, declared->node))
                rv_yaml_problem(declared->node, check->reader->problems,
                                "device '%s' needs 'credential' in its '%s', or in its group's",
                                device->name, rows[i].protocol);
        } else if (check->terms->credentials != NULL) {
            use_credential(check, declared, rows[i].credential, rows[i].node, i == 0);
        }
    }
}

void
rv_inventory_check(RvReader *reader, const GPtrArray *declared, GHashTable *site_nodes,
                   const RvInventoryTerms *terms)
{
    Check check = {
        .reader = reader,
        .declared = declared,
        .by_name = g_hash_table_new(g_str_hash, g_str_equal),
        .told = g_hash_table_new(g_direct_hash, g_direct_equal),
        .terms = terms,
    };
    g_autoptr(GHashTable) visits = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (guint i = 0; i < declared->len; i++)
        check_name(&check, g_ptr_array_index(declared, i));
    for (guint i = 0; i < declared->len; i++) {
        const RvDeclared *one = g_ptr_array_index(declared, i);

        check_asked(&check, one);
        check_site(&check, site_nodes, one);
        check_class(&check, one);
        check_parents(&check, one);
        look_for_circles(&check, visits, one);
        use_credentials(&check, one);
    }
    check_addresses(&check);
    g_hash_table_unref(check.by_name);
    g_hash_table_unref(check.told);
}
