/* The uplink: whether an address beyond our own network still answers. */
#pragma once

#include <glib.h>

/* Blocks, at most some seconds. An ICMP echo where the system lets us send one, else a TCP
 * connection, whose refusal is an answer too. */
gboolean rv_uplink_answers(const char *address);
