/* Facts of a fault: what was seen when it was opened, as data, so that its title can be written in
 * any language when it is read. Pure.
 *
 * One JSON object, as the ledger keeps it: of a part {"name","group","class","status","presence",
 * "state","value","unit","limit","side","source"}, of silence {"silence":"no_answer","detail"}, of
 * a device that is silent behind the one of the fault {"behind":"acc-sw-07"}. What is not known is
 * left out. */
#pragma once

#include "base/language.h"
#include "observation/observation.h"

/* Of a judged sensor; caller frees. */
char *rv_fault_facts_of_sensor(const RvSensor *sensor);
/* Of a device that does not answer; `detail` may be NULL. */
char *rv_fault_facts_of_silence(RvReason reason, const char *detail);

char *rv_fault_facts_of_child(const char *device);

/* One sentence; caller frees. NULL where `facts` is NULL or no such object: the title that was
 * stored has to do. What a device or a library said in English is left out of Chinese titles; see
 * rv_fault_facts_detail. */
char *rv_fault_facts_say(const char *facts, RvLanguage language);
/* What is known of a silence beyond the title, word for word, in English; NULL: nothing. Caller
 * frees. */
char *rv_fault_facts_detail(const char *facts);
