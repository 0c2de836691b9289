/* Floats inside Opaque, as net-snmp and many power devices wrap them: 9F 78 04 … and 9F 79 08 …. */
#pragma once

#include <glib.h>

/* NAN where the bytes are no float or double. */
double rv_opaque_real(const guint8 *bytes, gsize size);
void rv_opaque_encode(GByteArray *out, double value, gboolean as_double);
