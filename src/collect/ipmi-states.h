/* What the states of IPMI sensors and the entries of a BMC's log mean: the interpretation table,
 * which is data (rackvitals-ipmi-states(5)). Pure once loaded. */
#pragma once

#include "ipmi/answers.h"

typedef struct RvIpmiStates RvIpmiStates;

/* RV_ERROR_CONFIG with every problem, or RV_ERROR_NO_INPUT where the file is not there. */
RvIpmiStates *rv_ipmi_states_load(const char *path, GError **error);
void rv_ipmi_states_free(RvIpmiStates *states);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvIpmiStates, rv_ipmi_states_free)

typedef struct {
    gboolean judged;   /* FALSE: it says nothing about health */
    gboolean known;    /* all that it says is in the table, about health or not */
    RvVerdict verdict; /* worst of the states set */
    gboolean absent;   /* the part is not fitted */
    const char *group; /* of RvSensor; NULL: the row says none */
    char *words;       /* of the states set, joined by ", "; NULL where none is; caller frees */
} RvIpmiMeaning;

/* `sensor->events` by the first row that fits. A bit that is set and not in that row makes it not
 * judged. */
void rv_ipmi_states_read(const RvIpmiStates *states, guint32 manufacturer_id, guint16 product_id,
                         const RvIpmiSensor *sensor, RvIpmiMeaning *meaning);

/* Of one log entry: what went away is RV_VERDICT_OK, what no row knows is RV_VERDICT_UNKNOWN. */
RvVerdict rv_ipmi_states_severity(const RvIpmiStates *states, guint32 manufacturer_id,
                                  guint16 product_id, const RvIpmiSelEntry *entry);

/* What the list `log` says of the entry beyond its state: makers' own records and data. Interned;
 * NULL: nothing. */
const char *rv_ipmi_states_log_word(const RvIpmiStates *states, guint32 manufacturer_id,
                                    guint16 product_id, const RvIpmiSelEntry *entry);
