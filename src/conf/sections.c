#include "conf/sections.h"

#include "conf/channel-fields.h"
#include "conf/inventory-file.h"
#include "conf/policy-fields.h"
#include "conf/service-plan-file.h"
#include "conf/site-file.h"

static const struct {
    const char *name;
    const RvField *fields;
} sections[] = {
    {"site", rv_site_fields},
    {"site intervals", rv_intervals_fields},
    {"site poll", rv_poll_fields},
    {"site limit", rv_policy_fields},
    {"site channel", rv_channel_fields},
    {"inventory", rv_inventory_fields},
    {"inventory site", rv_site_of_inventory_fields},
    {"inventory group", rv_group_fields},
    {"inventory device", rv_device_fields},
    {"inventory snmp", rv_snmp_fields},
    {"inventory ipmi", rv_ipmi_fields},
    {"credential", rv_credential_fields},
    {"plan", rv_plan_fields},
    {"plan calendar", rv_calendar_fields},
    {"plan class", rv_class_fields},
    {"plan redundant-group", rv_redundant_fields},
    {"plan faults", rv_faults_fields},
    {"plan level", rv_level_fields},
    {"plan rule", rv_rule_fields},
    {"plan duties", rv_duties_fields},
    {"plan duty", rv_duty_fields},
    {"plan report", rv_report_fields},
    {"plan sign-off", rv_sign_off_fields},
    {"plan firmware", rv_firmware_fields},
    {"plan prices", rv_prices_fields},
    {"plan exclusion", rv_exclusion_fields},
};

const char *
rv_conf_section_name(guint section)
{
    return section < G_N_ELEMENTS(sections) ? sections[section].name : NULL;
}

const char *
rv_conf_section_key(guint section, guint n)
{
    const RvField *field = sections[section].fields;

    while (field->key != NULL && n > 0) {
        field++;
        n--;
    }
    return field->key;
}
