/* Addresses as people write them. Pure: nothing is resolved. */
#pragma once

#include <glib.h>

/* NULL where `text` is an address of one host, IPv4, IPv6 (also with %zone) or a name; else what is
 * wrong with it, static. */
const char *rv_address_problem(const char *text);
