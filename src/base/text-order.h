/* The order in which people look names up. */
#pragma once

#include <glib.h>

/* As strcmp(), but that digits count as a number: "Fan 2" before "Fan 10", "1/2/9" before "1/2/10".
 * Numbers of any length; of equal ones ("7", "07") the bytes decide at the end, so that only equal
 * texts compare equal. */
int rv_text_compare(const char *left, const char *right);
