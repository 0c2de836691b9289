/* The operator's files: rackvitals.yaml and what it names, read strictly, all problems in one run.
 *
 * Paths in a file are relative to that file. Secrets come from the credentials file alone, which is
 * refused where others can read it. rackvitals.yaml(5), rackvitals-inventory(5),
 * rackvitals-credentials(5), rackvitals-service-plan(5). */
#pragma once

#include "inventory/device.h"
#include "plan/channel.h"
#include "plan/service-plan.h"

#define RV_CONFIGURATION_DEFAULT_PATH "/etc/rackvitals/rackvitals.yaml"

typedef struct {
    char *path; /* of rackvitals.yaml, absolute; NULL: built-in defaults */
    char *inventory_path, *credentials_path, *service_plan_path; /* absolute; NULL: not given */
    char *state_folder;                /* absolute; default /var/lib/rackvitals */
    char *rrd_templates, *ipmi_states; /* folder, file; NULL: the shipped ones */
    char **profile_folders;            /* the site's own, after the shipped ones; never NULL */
    guint spool_mib;                   /* what may wait in the spool; 0: no end */
    char *rrdcached_socket;            /* NULL: RRD files are written directly */
    char *database;          /* PostgreSQL connection string without password; NULL: SQLite */
    char *database_password; /* where it is: file:, env: or systemd:; may be NULL */
    char *language;          /* "zh_CN" or "en"; default "en" */
    gint64 reachability_ms, health_ms, census_ms; /* 60 s, 5 min, 24 h */
    gint64 deadline_ms;                           /* of one poll run; 50 s */
    guint workers;            /* processes that ask; 0: one for each core, at most the need */
    guint max_devices;        /* in flight at once; 0: the default */
    guint packets_per_second; /* 0: no limit */
    guint ipmi_threads;       /* 0: default */
    gint64 device_budget_ms;  /* 0: default of the run */
    gint64 retention_ms;      /* of closed history in state.db; 0: kept for ever */
    char *html_folder;        /* pages written after each round; NULL: none */
    char *openmetrics_file;   /* textfile written after each round; NULL: none */
    char *uplink;             /* address whose silence means that we are cut off; NULL: none */
    GPtrArray *policies;      /* RvPolicyLimit*: the site's own limits */
    GPtrArray *channels;      /* RvChannel* */
    RvInventory *inventory;   /* with credentials resolved; never NULL, may be empty */
    RvServicePlan *plan;      /* never NULL */
} RvConfiguration;

typedef enum {
    RV_CONFIGURATION_SITE = 0,             /* rackvitals.yaml alone */
    RV_CONFIGURATION_INVENTORY = 1 << 0,   /* the inventory, without secrets */
    RV_CONFIGURATION_CREDENTIALS = 1 << 1, /* and the secrets (implies INVENTORY) */
    RV_CONFIGURATION_SERVICE_PLAN = 1 << 2,
    RV_CONFIGURATION_ALL = (1 << 3) - 1,
} RvConfigurationParts;

/* `path` NULL: RACKVITALS_CONFIG in the environment, else the default place; where nothing is there
 * the built-in defaults hold (RV_ERROR_NO_INPUT only for a path that was named). Errors:
 * RV_ERROR_CONFIG with every problem of every file, a line each; RV_ERROR_PERMISSION. */
RvConfiguration *rv_configuration_load(const char *path, RvConfigurationParts parts,
                                       GError **error);
void rv_configuration_free(RvConfiguration *configuration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvConfiguration, rv_configuration_free)

/* The password of `database`, read now; NULL and no error where the site names none. */
RvSecret *rv_configuration_database_password(const RvConfiguration *configuration, GError **error);

/* Fills `snmp` or `ipmi` (either may be NULL) from the credential of that name in a credentials
 * file; for ad-hoc targets. */
gboolean rv_configuration_credential(const char *credentials_path, const char *name,
                                     RvSnmpAccess *snmp, RvIpmiAccess *ipmi, GError **error);
