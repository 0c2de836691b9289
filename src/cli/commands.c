#include "cli/commands.h"

/* Built twice. What an engineer waits for at a terminal stands in the program itself; what draws,
 * mails and keeps series needs some sixty shared libraries more, and stands in the full program
 * that the first one turns into. */
#ifdef RV_LIGHT
#define FULL(run) NULL
#else
#define FULL(run) run
#endif

const RvCommand rv_commands[] = {
    {"check", rv_cmd_check, "TARGET…", "ask devices now, judge and print; stores nothing"},
    {"db", rv_cmd_db, "show|copy", "where the state is, and moving it"},
    {"doctor", FULL(rv_cmd_doctor), "", "looks at what a round stands on, and says what to do"},
    {"fault", FULL(rv_cmd_fault), "list|show|open|ack|note|plan|resolve|report",
     "the fault ledger and its clocks"},
    {"graph", FULL(rv_cmd_graph), "SERIES…", "a graph of what was stored"},
    {"html", FULL(rv_cmd_html), "", "static pages of the estate as it is now"},
    {"openmetrics", rv_cmd_openmetrics, "", "the last answers of all devices, for Prometheus"},
    {"sla", rv_cmd_sla, "explain DEVICE", "every interval that made an availability"},
    {"inventory", rv_cmd_inventory, "check|list|show|census|diff|accept|import",
     "what is declared, and what was found of it"},
    {"notify", FULL(rv_cmd_notify), "list|test", "the channels that tell people of faults"},
    {"plan", rv_cmd_plan, "status", "rounds and reports that are due, done, overdue"},
    {"maintenance", rv_cmd_maintenance, "add|list|end", "planned windows"},
    {"poll", FULL(rv_cmd_poll), "", "one round of what is due, stored and judged"},
    {"probe", rv_cmd_probe, "TARGET", "find how a device wants to be asked"},
    {"profile", rv_cmd_profile, "list|lint|test|explain|learn", "the device profiles"},
    {"report", FULL(rv_cmd_report), "[--period KIND]",
     "the report of a period, a device or a round"},
    {"rrd", FULL(rv_cmd_rrd), "size|orphans|migrate", "the files of the time series"},
    {"walk", rv_cmd_walk, "TARGET [OID]", "print every value of an SNMP agent, or record it"},
    {NULL},
};
