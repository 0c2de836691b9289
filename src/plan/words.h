/* The field's words as people read them, in both languages: one table for terminals, messages,
 * pages and reports. (The words of files and formats are those of observation/words.h.) */
#pragma once

#include "base/language.h"
#include "plan/availability.h"
#include "plan/calendar.h"
#include "plan/duty.h"
#include "plan/fault.h"

const char *rv_say_verdict(RvLanguage language, RvVerdict verdict);
const char *rv_say_reachability(RvLanguage language, RvReachability state);
const char *rv_say_reason(RvLanguage language, RvReason reason);
const char *rv_say_class(RvLanguage language, RvClass class);
const char *rv_say_limits_source(RvLanguage language, RvLimitsSource source); /* "the device" */
/* Of parts: "psu", "fan" …; one that is not known is said as it is. */
const char *rv_say_group(RvLanguage language, const char *group);
const char *rv_say_kind(RvLanguage language, const char *device_kind);
/* Why an interval is not up, in a few words; "" where nothing is known. In English its detail. */
const char *rv_say_interval(RvLanguage language, const RvInterval *interval);
const char *rv_say_promise(RvLanguage language, RvPromise promise);
const char *rv_say_piece(RvLanguage language, RvPieceKind kind);
const char *rv_say_clock(RvLanguage language, RvClockKind kind);
/* Of the levels that there are without a service plan; a site's own name is said as it is. */
const char *rv_say_fault_level(RvLanguage language, const char *name);
const char *rv_say_fault_kind(RvLanguage language, RvFaultKind kind);
const char *rv_say_fault_action(RvLanguage language, const char *action);
const char *rv_say_period_kind(RvLanguage language, RvPeriodKind kind);
/* "round" "month" …, where a whole line is about one. */
const char *rv_say_duty(RvLanguage language, RvPeriodKind kind);
const char *rv_say_duty_state(RvLanguage language, RvDutyState state);
/* "prepared" "reviewed" "approved" "customer"; another role is said as it is. */
const char *rv_say_role(RvLanguage language, const char *role);
