#include "conf/device-fields.h"

#include <string.h>

#include "conf/policy-fields.h"

static const char *const kinds[] = {"switch", "router",  "firewall", "loadbalancer",
                                    "server", "storage", "ups",      "pdu",
                                    "sensor", "other",   NULL};

/* ---- snmp ---- */

RV_FIELD_PARSE(parse_snmp_version, RvSnmpVersion, rv_snmp_version_parse)
RV_FIELD_PARSE(parse_ipmi_version, RvIpmiVersion, rv_ipmi_version_parse)
RV_FIELD_PARSE(parse_privilege, RvIpmiPrivilege, rv_ipmi_privilege_parse)

static const char *const snmp_versions[] = {"1", "2c", "3", NULL};
static const char *const ipmi_versions[] = {"1.5", "2.0", NULL};
static const char *const privileges[] = {"user", "operator", "admin", NULL};

#define AT(member) offsetof(RvSnmpAccess, member)

const RvField rv_snmp_fields[] = {
    {"version", RV_FIELD_PARSED, AT(version), .words = snmp_versions, .parse = parse_snmp_version},
    {"credential", RV_FIELD_ELSEWHERE},
    {"address", RV_FIELD_ELSEWHERE},
    {"port", RV_FIELD_PORT, AT(port)},
    {"context", RV_FIELD_TEXT, AT(context)},
    {"timeout", RV_FIELD_SHORT_TIME, AT(timeout_ms), 50, 60000},
    {"retries", RV_FIELD_COUNT, AT(retries), 0, 10},
    {"max-repetitions", RV_FIELD_COUNT, AT(max_repetitions), 1, 1000},
    {"max-in-flight", RV_FIELD_COUNT, AT(max_in_flight), 1, 64},
    {NULL},
};

#undef AT
#define AT(member) offsetof(RvIpmiAccess, member)

/* The suites of IPMI 2.0 table 22-20. */
const RvField rv_ipmi_fields[] = {
    {"version", RV_FIELD_PARSED, AT(version), .words = ipmi_versions, .parse = parse_ipmi_version},
    {"credential", RV_FIELD_ELSEWHERE},
    {"address", RV_FIELD_ELSEWHERE},
    {"port", RV_FIELD_PORT, AT(port)},
    {"privilege", RV_FIELD_PARSED, AT(privilege), .words = privileges, .parse = parse_privilege},
    {"cipher", RV_FIELD_COUNT, AT(cipher), 0, 19},
    {"workarounds", RV_FIELD_TEXTS, AT(workarounds)},
    {"timeout", RV_FIELD_SHORT_TIME, AT(timeout_ms), 100, 120000},
    {"retransmission", RV_FIELD_SHORT_TIME, AT(retransmission_ms), 50, 60000},
    {NULL},
};

/* "none" where a group says how, and this device is not asked so. */
static gboolean
is_none(const RvYamlNode *node)
{
    return node->kind == RV_YAML_TEXT && strcmp(node->text, "none") == 0;
}

/* The two keys of a block that do not belong to the access itself; the address is taken where the
 * device's ranges are (inventory-file.c). */
static void
read_credential(RvReader *reader, const RvYamlNode *block, char **credential,
                const RvYamlNode **credential_node)
{
    const RvYamlNode *address = rv_yaml_get(block, "address");
    const char *text;

    if (rv_yaml_get_text(block, "credential", &text, reader->problems)) {
        g_free(*credential);
        *credential = g_strdup(text);
        *credential_node = rv_yaml_get(block, "credential");
    }
    if (address != NULL && reader->for_a_group)
        rv_yaml_problem(address, reader->problems,
                        "an address belongs to a device, not to a group");
}

static void
read_snmp(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvDeclared *declared = target;
    RvDevice *device = declared->device;

    if (is_none(node)) {
        g_clear_pointer(&device->snmp, rv_snmp_access_free);
        return;
    }
    if (device->snmp == NULL)
        device->snmp = rv_snmp_access_new();
    if (rv_fields_read(reader, node, "snmp", rv_snmp_fields, device->snmp))
        read_credential(reader, node, &device->snmp_credential, &declared->snmp_credential);
}

static void
read_ipmi(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvDeclared *declared = target;
    RvDevice *device = declared->device;

    if (is_none(node)) {
        g_clear_pointer(&device->ipmi, rv_ipmi_access_free);
        return;
    }
    if (device->ipmi == NULL)
        device->ipmi = rv_ipmi_access_new();
    if (rv_fields_read(reader, node, "ipmi", rv_ipmi_fields, device->ipmi))
        read_credential(reader, node, &device->ipmi_credential, &declared->ipmi_credential);
}

/* ---- device ---- */

static void
read_expected(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    rv_expected_read(reader, node, ((RvDeclared *)target)->device->expected);
}

static void
read_limits(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    rv_policies_read(reader, node, ((RvDeclared *)target)->device->policies);
}

/* Texts of the device that somebody asks for by node later. */
#define TEXT_FIELD(function, key, member, node_member)                                             \
    static void function(RvReader *reader, const RvYamlNode *node, gpointer target)                \
    {                                                                                              \
        RvDeclared *declared = target;                                                             \
        const char *text;                                                                          \
                                                                                                   \
        if (!rv_yaml_text(node, key, &text, reader->problems))                                     \
            return;                                                                                \
        g_free(declared->device->member);                                                          \
        declared->device->member = g_strdup(text);                                                 \
        declared->node_member = node;                                                              \
    }

TEXT_FIELD(read_site, "site", site, site)
TEXT_FIELD(read_rack, "rack", rack, rack)
TEXT_FIELD(read_service_class, "service-class", service_class, service_class)

static void
read_parents(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvDeclared *declared = target;
    g_autofree const char **texts = NULL;

    if (!rv_yaml_texts(node, "parents", &texts, reader->problems))
        return;
    g_strfreev(declared->device->parents);
    declared->device->parents = g_strdupv((char **)texts);
    declared->parents = node;
}

#undef AT
#define AT(member) offsetof(RvDevice, member)

/* Those that need nothing but the device. */
static const RvField plain_fields[] = {
    {"kind", RV_FIELD_ONE_OF, AT(kind), .words = kinds},
    {"owner", RV_FIELD_TEXT, AT(owner)},
    {"contract", RV_FIELD_TEXT, AT(contract)},
    {"profile", RV_FIELD_TEXT, AT(profile)},
    {"serial", RV_FIELD_TEXT, AT(serial)},
    {"budget", RV_FIELD_SHORT_TIME, AT(budget_ms), 1000, 600000},
    {NULL},
};

#define SHARED_FIELDS                                                                              \
    {"group", RV_FIELD_ELSEWHERE}, {"kind", RV_FIELD_ELSEWHERE}, {"owner", RV_FIELD_ELSEWHERE},    \
        {"contract", RV_FIELD_ELSEWHERE}, {"profile", RV_FIELD_ELSEWHERE},                         \
        {"budget", RV_FIELD_ELSEWHERE}, {"site", RV_FIELD_OTHER, .read = read_site},               \
        {"rack", RV_FIELD_OTHER, .read = read_rack},                                               \
        {"service-class", RV_FIELD_OTHER, .read = read_service_class},                             \
        {"parents", RV_FIELD_OTHER, .read = read_parents},                                         \
        {"snmp", RV_FIELD_OTHER, .read = read_snmp}, {"ipmi", RV_FIELD_OTHER, .read = read_ipmi},  \
        {"expected", RV_FIELD_OTHER, .read = read_expected},                                       \
    {                                                                                              \
        "limits", RV_FIELD_OTHER, .read = read_limits                                              \
    }

const RvField rv_group_fields[] = {SHARED_FIELDS, {NULL}};
const RvField rv_device_fields[] = {
    {"name", RV_FIELD_ELSEWHERE, .required = TRUE},
    {"address", RV_FIELD_ELSEWHERE},
    {"serial", RV_FIELD_ELSEWHERE},
    SHARED_FIELDS,
    {NULL},
};

#undef AT
#define AT(member) offsetof(RvSite, member)

const RvField rv_site_of_inventory_fields[] = {
    {"name", RV_FIELD_TEXT, AT(name)},
    {"time-zone", RV_FIELD_TEXT, AT(time_zone)},
    {"racks", RV_FIELD_ELSEWHERE},
    {NULL},
};

void
rv_declared_apply(RvReader *reader, const RvYamlNode *map, const char *what, const RvField *fields,
                  RvDeclared *declared)
{
    if (!rv_fields_check(reader, map, what, fields))
        return;
    rv_fields_values(reader, map, plain_fields, declared->device);
    rv_fields_values(reader, map, fields, declared);
}
