/* Names: devices and series to file names and back.
 *
 * A device's files lie in FOLDER/<2 hex digits>/<device>/, the digits from a hash of its name, so
 * that a folder of many thousand devices stays browsable. Letters, digits, '-', '_', '.' stand for
 * themselves, '/' is
 * '+', every other byte %XX; a leading dot is %2E. What grows beyond 160 bytes is cut and gets '~'
 * and 32 hex digits of the SHA-256 of the whole; a file of that name with ".name" beside it holds
 * the whole name. */
#pragma once

#include <glib.h>

/* Longest device name or series key; longer is refused. */
#define RV_RRD_NAME_CEILING 4096

/* One path component for any bytes but "", which gives NULL, as do names over the ceiling. */
char *rv_rrd_name_encode(const char *name);
/* The same at the end of `text`; FALSE, and nothing is appended, where it would be NULL. */
gboolean rv_rrd_name_append(GString *text, const char *name);
/* The inverse; NULL where `component` was cut (contains '~') or was not made by us. */
char *rv_rrd_name_decode(const char *component);
/* True where the component was cut: its whole name is in the ".name" file. */
gboolean rv_rrd_name_is_cut(const char *component);

/* "3f/core-sw-01": relative to the store's folder; NULL as above. */
char *rv_rrd_name_device_folder(const char *device);
