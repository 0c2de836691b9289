/* Ranges in names and addresses: "acc-sw-[01-16]" is sixteen names, "10.1.0.[1-16]" the addresses
 * that go with them. Pure.
 *
 * In brackets stand numbers, single letters, or runs of either, with commas: [1-4,7,a-c]. Zeros in
 * front are kept: the first number's width. With several brackets the last one runs fastest. */
#pragma once

#include <glib.h>

#define RV_RANGE_CEILING 10000

/* True where there are brackets at all. */
gboolean rv_range_is(const char *text);

/* The texts, NULL-terminated; one without brackets gives itself. NULL: *problem says why (static).
 */
char **rv_range_expand(const char *text, const char **problem);
