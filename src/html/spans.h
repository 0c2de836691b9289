/* What graphs of a device shade: when it was down, and when work on it was planned. */
#pragma once

#include "db/state.h"

/* GArray of RvGraphSpan within the period, for RvGraphRequest.spans. NULL with *error. */
GArray *rv_html_spans(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                      GError **error);
