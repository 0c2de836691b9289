/* The commands, one file each: cmd-<name>.c. */
#pragma once

#include "cli/command.h"

int rv_cmd_check(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_db(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_doctor(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_fault(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_graph(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_html(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_openmetrics(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_sla(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_inventory(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_notify(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_plan(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_maintenance(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_poll(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_probe(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_profile(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_report(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_rrd(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_cmd_walk(const RvCliContext *context, int argc, char **argv, GError **error);
