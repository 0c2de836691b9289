/* service-plan.yaml. Private to this room. */
#pragma once

#include "conf/fields.h"
#include "plan/service-plan.h"

/* Lays what stands in the file over `plan`. */
void rv_service_plan_file_read(RvReader *reader, const char *path, RvServicePlan *plan);

extern const RvField rv_plan_fields[], rv_calendar_fields[], rv_class_fields[],
    rv_redundant_fields[], rv_faults_fields[], rv_level_fields[], rv_rule_fields[],
    rv_duties_fields[], rv_duty_fields[], rv_report_fields[], rv_sign_off_fields[],
    rv_firmware_fields[], rv_prices_fields[], rv_exclusion_fields[];
