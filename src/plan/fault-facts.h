/* Facts of a fault: what was seen when it was opened, as data, so that its title can be written in
 * any language when it is read. Pure.
 *
 * One JSON object, as the ledger keeps it: of a part {"name","group","class","status","presence",
 * "state","value","unit","limit","side","source"}, of silence {"silence":"no_answer","detail"}.
 * What is not known is left out. */
#pragma once

#include "observation/observation.h"

/* Of a judged sensor; caller frees. */
char *rv_fault_facts_of_sensor(const RvSensor *sensor);
/* Of a device that does not answer; `detail` may be NULL. */
char *rv_fault_facts_of_silence(RvReason reason, const char *detail);

/* One sentence in "zh_CN", or in English for anything else; caller frees. NULL where `facts` is
 * NULL or no such object: the title that was stored has to do. */
char *rv_fault_facts_say(const char *facts, const char *language);
