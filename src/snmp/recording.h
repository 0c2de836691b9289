/* Recordings: walks kept in files, as answers.
 *
 * Reads snmpsim's .snmprec (OID|tag[x]|value) and the output of snmpwalk -On/-OnU ("… = TYPE:
 * value"). Unsorted lines, repeated OIDs and leading zeros are accepted. Writes .snmprec. */
#pragma once

#include "snmp/answers.h"

/* RV_ERROR_NO_INPUT; RV_ERROR_DATA only when no line at all could be read. Lines that cannot be
 * read are counted in *skipped (may be NULL). */
RvSnmpAnswers *rv_snmp_recording_load(const char *path, guint *skipped, GError **error);
/* The same from memory; never fails, may be empty. */
RvSnmpAnswers *rv_snmp_recording_parse(const char *text, gsize length, guint *skipped);
gboolean rv_snmp_recording_save(const RvSnmpAnswers *answers, const char *path, GError **error);
