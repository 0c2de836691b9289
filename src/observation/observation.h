/* Observation: everything one device said in one round. The waist of the program.
 *
 * Plain values; strings are owned, clean UTF-8 (rv_text_clean), never NULL where the comment
 * does not allow it. Left of it only protocols are known; right of it nobody knows what SNMP
 * or IPMI is. Its JSON form (observation/json.h) is stable. */
#pragma once

#include <glib.h>

typedef enum {
    RV_VERDICT_OK,
    RV_VERDICT_WARNING,
    RV_VERDICT_CRITICAL,
    RV_VERDICT_UNKNOWN
} RvVerdict;

typedef enum {
    RV_PRESENCE_PRESENT,
    RV_PRESENCE_ABSENT,  /* an empty bay: no alarm */
    RV_PRESENCE_MISSING, /* was seen, or is expected, and is gone: critical */
} RvPresence;

typedef enum {
    RV_CLASS_TEMPERATURE,   /* °C */
    RV_CLASS_FAN,           /* rpm, or % where the device gives no speed */
    RV_CLASS_VOLTAGE,       /* V */
    RV_CLASS_CURRENT,       /* A */
    RV_CLASS_POWER,         /* W */
    RV_CLASS_ENERGY,        /* kWh */
    RV_CLASS_HUMIDITY,      /* % */
    RV_CLASS_OPTICAL_POWER, /* dBm */
    RV_CLASS_FREQUENCY,     /* Hz */
    RV_CLASS_PERCENT,       /* % */
    RV_CLASS_CHARGE,        /* % */
    RV_CLASS_RUNTIME,       /* s */
    RV_CLASS_AIRFLOW,       /* CFM */
    RV_CLASS_COUNT,         /* a number of things, unit "" */
    RV_CLASS_STATE,         /* of a component: raw is the device's number, state its name */
} RvClass;
#define RV_CLASSES (RV_CLASS_STATE + 1)

typedef enum {
    RV_LIMITS_NONE,
    RV_LIMITS_DEVICE,  /* the device's own */
    RV_LIMITS_PROFILE, /* from the profile's constants */
    RV_LIMITS_POLICY,  /* the site's */
} RvLimitsSource;

/* A limit of NAN is not there. Same unit as the value. */
typedef struct {
    double low_critical, low_warning, high_warning, high_critical;
} RvLimits;
#define RV_LIMITS_EMPTY ((RvLimits){NAN, NAN, NAN, NAN})

typedef struct {
    char *key; /* unique in its device and stable, e.g. "chassis/slot-0/psu-1/temperature" */
    RvClass class;
    char *name;      /* what a person reads */
    char *component; /* key of the component it sits on or short place ("psu-1"); may be NULL */
    char *group;  /* kind of part for state sensors and reports: fan, psu, temperature, disk, array,
                   * battery, module, power, memory, cpu, optics, enclosure, log, other; NULL: from
                   * the class */
    char *oid;    /* instance read, no leading dot; NULL for IPMI */
    int sdr_id;   /* IPMI record id; -1 otherwise */
    char *entity; /* IPMI entity ("power supply 1"); may be NULL */
    double value; /* NAN: no value (state sensors, or the device gave none) */
    gint64 raw;   /* the device's own integer */
    gboolean has_raw;
    char *raw_text; /* the device's own text where it is no integer; may be NULL */
    char *unit;     /* "°C", "rpm", "%", …; "" for states */
    char *state;    /* the device's word for its state; may be NULL */
    RvPresence presence;
    RvVerdict
        device_verdict; /* what the state means by profile; RV_VERDICT_OK where it says nothing */
    gboolean has_device_verdict;
    RvLimits limits;
    RvLimitsSource limits_source;
    double hysteresis; /* distance back inside a limit before it counts as left; 0: none */
    RvVerdict status;  /* set by health/ */
    char *reason;      /* why `status`, one sentence in English; set by health/; may be NULL */
    char *source;      /* "profile-id: table.column", for --explain; may be NULL */
} RvSensor;

typedef enum { RV_ADMIN_UNKNOWN, RV_ADMIN_UP, RV_ADMIN_DOWN, RV_ADMIN_TESTING } RvAdminStatus;
typedef enum { /* RFC 2863 ifOperStatus */
               RV_OPER_UNKNOWN_TO_US,
               RV_OPER_UP,
               RV_OPER_DOWN,
               RV_OPER_TESTING,
               RV_OPER_UNKNOWN,
               RV_OPER_DORMANT,
               RV_OPER_NOT_PRESENT,
               RV_OPER_LOWER_LAYER_DOWN,
} RvOperStatus;

/* A counter that the device did not give is G_MAXUINT64. */
#define RV_COUNTER_NONE G_MAXUINT64
typedef struct {
    guint32 index;                          /* ifIndex: of today only, the key is what lasts */
    char *key;                              /* stable: from name */
    char *name, *description, *alias, *mac; /* mac may be NULL */
    int type;                               /* IANAifType; 0 unknown */
    RvAdminStatus admin_status;
    RvOperStatus oper_status;
    gint64 speed_bps; /* -1: not known */
    char *duplex;     /* "full", "half"; NULL: not known */
    int mtu;
    guint64 in_octets, out_octets, in_errors, out_errors, in_discards, out_discards;
    guint64 in_unicast, out_unicast;
    gboolean counters_64bit;    /* octets are Counter64 */
    gint64 discontinuity_ticks; /* ifCounterDiscontinuityTime; -1: not given */
    gint64 last_change_ticks;   /* ifLastChange, sysUpTime at the change; -1: not given */
} RvInterface;

typedef struct {
    char *key;   /* unique in its device: place in the containment tree */
    int index;   /* entPhysicalIndex or FRU device id; -1 where there is none */
    char *class; /* chassis, module, psu, fan, disk, memory, cpu, battery, transceiver, stack, bmc,
                    other */
    char *name, *model, *serial, *part_number, *vendor, *firmware, *hardware,
        *asset_tag; /* "" where not given */
    char *parent;   /* key; may be NULL */
} RvComponent;

typedef struct {
    gint64 time_ms; /* Unix; 0: the device's clock was not set */
    gint64 record_id;
    char *sensor; /* name of the sensor it is about; "" where none */
    char *text;
    gboolean asserted; /* FALSE: the condition went away */
    RvVerdict severity;
    gboolean ended; /* asserted, and a later entry says that it is over: pairs.h */
} RvEvent;

typedef enum {
    RV_STATE_UP,
    RV_STATE_DOWN,        /* asked and did not answer, or refused us: see detail */
    RV_STATE_UNREACHABLE, /* a parent is down */
    RV_STATE_BLIND,       /* we ourselves were cut off */
    RV_STATE_NOT_ASKED,
} RvReachability;

/* Why a protocol is not up. */
typedef enum {
    RV_REASON_NONE,
    RV_REASON_NO_ANSWER, /* time-out, all retries used */
    RV_REASON_REFUSED,   /* ICMP port unreachable */
    RV_REASON_NO_ROUTE,
    RV_REASON_NAME,          /* host name does not resolve */
    RV_REASON_CREDENTIALS,   /* wrong user, password, community view, key */
    RV_REASON_PRIVILEGE,     /* IPMI: privilege level too low */
    RV_REASON_CIPHER,        /* IPMI: cipher suite refused; SNMPv3: security level */
    RV_REASON_NO_SESSIONS,   /* IPMI: BMC is out of sessions */
    RV_REASON_PROTOCOL,      /* answered, but not validly */
    RV_REASON_LOOP,          /* repeats OIDs or never ends */
    RV_REASON_BUDGET,        /* our time for this device ran out */
    RV_REASON_CONFIGURATION, /* not asked: credential missing or wrong */
} RvReason;

typedef struct {
    char *name; /* "snmp", "ipmi" */
    RvReachability state;
    RvReason reason;
    char *detail;     /* one sentence for a person; NULL when up and whole */
    gboolean partial; /* up, but not everything came: detail says what */
    gint64 duration_ms;
    guint requests, answers, retries; /* PDUs or commands */
} RvProtocol;

typedef struct {
    char *host, *name, *kind, *site; /* kind and site "" where the inventory gives none */
    char *vendor, *model, *os, *os_version, *serial;                         /* NULL: not known */
    char *sys_object_id, *sys_descr, *sys_name, *sys_location, *sys_contact; /* NULL: not given */
    char *profile;                                                           /* NULL: none chosen */
    gint64 uptime_seconds;                                                   /* -1: not known */
    gint64 uptime_ticks; /* sysUpTime as given, hundredths; -1: not known */
    char *power_state;   /* chassis power by IPMI: "on", "off"; NULL: not known */
} RvDeviceIdentity;

typedef struct {
    gint64 taken_at_ms;
    RvDeviceIdentity device;
    RvVerdict status;      /* worst of what is below; set by health/ */
    GPtrArray *protocols;  /* RvProtocol* */
    GPtrArray *sensors;    /* RvSensor* */
    GPtrArray *interfaces; /* RvInterface* */
    GPtrArray *components; /* RvComponent* */
    GPtrArray *events;     /* RvEvent*, oldest first */
    GPtrArray *notes;      /* char*: what was dropped and why, odd behaviour, partial tables */
} RvObservation;

RvObservation *rv_observation_new(void);
void rv_observation_free(RvObservation *observation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvObservation, rv_observation_free)

/* Each makes an empty element (strings "", numbers "not known"), appends it and returns it,
 * borrowed. */
RvSensor *rv_observation_add_sensor(RvObservation *observation, RvClass class);
RvInterface *rv_observation_add_interface(RvObservation *observation, guint32 index);
RvComponent *rv_observation_add_component(RvObservation *observation);
RvEvent *rv_observation_add_event(RvObservation *observation);
RvProtocol *rv_observation_add_protocol(RvObservation *observation, const char *name);
void rv_observation_note(RvObservation *observation, const char *format, ...) G_GNUC_PRINTF(2, 3);

void rv_sensor_free(RvSensor *sensor);
void rv_interface_free(RvInterface *interface);
void rv_component_free(RvComponent *component);
void rv_event_free(RvEvent *event);
void rv_protocol_free(RvProtocol *protocol);

/* Sorts sensors and components by key (rv_text_compare), interfaces by index; gives sensors of
 * equal key "-2", "-3" … in that order. Call once, when everything is in. */
void rv_observation_settle(RvObservation *observation);

const RvProtocol *rv_observation_protocol(const RvObservation *observation, const char *name);
/* Of its device, by which it is stored: the host's where it has none. */
const char *rv_observation_name(const RvObservation *observation);
/* About how much memory it takes. */
gsize rv_observation_bytes(const RvObservation *observation);
/* up when any protocol is up. */
RvReachability rv_observation_reachability(const RvObservation *observation);
