/* What one BMC said in one session. Plain values, by libfreeipmi's reading of them (IPMI 2.0). */
#pragma once

#include "observation/observation.h"

#define RV_IPMI_SEL_BYTES 16 /* of a log entry (§32) */

/* One row of what ipmi-sensors prints. */
typedef struct {
    guint16 record_id;
    guint8 number, owner_id, owner_lun, type, event_type; /* IPMI 2.0 §42, tables 42-1 … 42-3 */
    guint8 entity_id, entity_instance;
    char *name;         /* with entity, where FreeIPMI would add it to make it unique */
    char *entity;       /* "Power Supply 1" */
    gboolean readable;  /* FALSE: N/A */
    gboolean analog;    /* `value` holds */
    double value;       /* in `unit`, NAN where there is none */
    char *unit;         /* IPMI unit as FreeIPMI abbreviates it: C, RPM, V, A, W, %, CFM … */
    guint8 base_unit;   /* its code (table 43-15): C and F are coulombs and farads, too */
    gboolean satellite; /* not readable because another controller owns it, and bridging is off */
    guint16 events;     /* sensor event bitmask, as read */
    guint16 possible;   /* discrete: the states that the sensor can tell at all; 0: not said */
    gboolean has_events;
    char **event_words; /* the words of the bits set, NULL-terminated */
    double lower_nonrecoverable, lower_critical, lower_noncritical; /* NAN: not readable */
    double upper_noncritical, upper_critical, upper_nonrecoverable;
    double hysteresis_positive, hysteresis_negative; /* in `unit`; 0: none */
} RvIpmiSensor;

typedef struct {
    guint16 record_id;
    gint64 time; /* Unix seconds; 0: not set, or since the BMC's start */
    guint8 record_type, sensor_type, sensor_number, event_type;
    guint8 data[3];
    guint8 bytes[RV_IPMI_SEL_BYTES]; /* as the BMC has it */
    gboolean asserted;
    char *sensor; /* name, by the SDR */
    char *text;   /* decoded event */
    guint8 offset;
    guint32 manufacturer_id; /* the BMC's, or whom an OEM record names */
} RvIpmiSelEntry;

typedef struct {
    guint8 device_id;
    char *name; /* from the SDR's FRU locator, or "Builtin FRU Device" */
    char *chassis_type, *chassis_part, *chassis_serial;
    char *board_manufacturer, *board_product, *board_serial, *board_part;
    char *board_file_id;
    gint64 board_made; /* Unix seconds; 0: not given */
    char *product_manufacturer, *product_name, *product_part, *product_version, *product_serial,
        *product_file_id, *asset_tag;
    GPtrArray *custom;     /* char*: custom fields of chassis, board and product, in that order */
    guint supply_capacity; /* W, of a power supply's own record; 0: not given */
    guint8 entity_id, entity_instance;
    char *problem; /* broken checksum and the like; NULL */
} RvIpmiFru;       /* strings NULL where not given */

typedef struct {
    RvReachability state;
    RvReason reason;
    char *detail;
    gboolean partial;
    gint64 duration_ms;
    guint requests, retries;
    int cipher; /* RMCP+ cipher suite of the session; -1: none, or IPMI 1.5 */
    gboolean has_device_id;
    guint8 device_id, device_revision, firmware_major, firmware_minor; /* minor is BCD decoded */
    guint8 ipmi_major, ipmi_minor;                                     /* of the specification */
    guint32 manufacturer_id;
    guint16 product_id;
    char *manufacturer; /* by IANA number; NULL: not known */
    char *board;        /* by manufacturer and product id; NULL: not one we know */
    guint8 guid[16];
    gboolean has_guid;
    gboolean has_chassis, power_on, power_fault, intrusion, drive_fault, cooling_fault;
    double dcmi_power_w; /* NAN: not offered */
    char *asset_tag;     /* DCMI; NULL */
    guint sel_entries, sel_free_bytes;
    gboolean has_sel_info, sel_overflow;
    gboolean has_sel_clock;   /* asked where there are entries, or with the FRU data */
    gboolean sel_clock_set;   /* FALSE: it counts from the BMC's start */
    gint64 sel_clock_ahead_s; /* of this host's clock; negative: behind */
    gboolean sel_restarted;   /* the log was cleared or wrapped since the record asked after */
    GPtrArray *sensors;       /* RvIpmiSensor* */
    GPtrArray *sel;           /* RvIpmiSelEntry*, in record order */
    GPtrArray *frus;          /* RvIpmiFru* */
    gboolean frus_whole;      /* asked for, and all that the BMC has came */
    GPtrArray *notes;         /* char* */
} RvIpmiAnswers;

#define RV_IPMI_NOTES_CEILING 100

RvIpmiAnswers *rv_ipmi_answers_new(void);
void rv_ipmi_answers_free(RvIpmiAnswers *answers);
RvIpmiSensor *rv_ipmi_sensor_new(void);
void rv_ipmi_sensor_free(RvIpmiSensor *sensor);
RvIpmiSelEntry *rv_ipmi_sel_entry_new(void);
RvIpmiFru *rv_ipmi_fru_new(void);
void rv_ipmi_answers_note(RvIpmiAnswers *answers, const char *format, ...) G_GNUC_PRINTF(2, 3);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvIpmiAnswers, rv_ipmi_answers_free)
