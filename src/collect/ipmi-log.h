/* What single bytes of a log entry mean, where neither the specification nor libfreeipmi says it:
 * makers' own records, and makers' own data in events. The list `log` of the table of states
 * (rackvitals-ipmi-states(5)). Pure once loaded. */
#pragma once

#include "ipmi/answers.h"
#include "yaml/node.h"

typedef struct RvIpmiLog RvIpmiLog;

RvIpmiLog *rv_ipmi_log_new(void);
void rv_ipmi_log_free(RvIpmiLog *log);
/* `list` may be NULL. */
void rv_ipmi_log_load(RvIpmiLog *log, const RvYamlNode *list, RvProblems *problems);

typedef struct {
    RvVerdict severity;
    const char *word; /* interned */
} RvIpmiLogMeaning;

/* By the first row that fits and knows the value; NULL: none does. `manufacturer_id`: the BMC's;
 * for a record that names another, either will do. */
const RvIpmiLogMeaning *rv_ipmi_log_find(const RvIpmiLog *log, guint32 manufacturer_id,
                                         guint16 product_id, const RvIpmiSelEntry *entry);
