/* Mail as bytes (RFC 5322, RFC 2045, RFC 2047). Private to this room. */
#pragma once

#include "notify/delivery.h"

/* The whole message with CRLF line ends. Blind copies are in no header. Caller frees. */
char *rv_mime_message(const RvDelivery *delivery);

/* A header's value: as it is where that is plain ASCII, else in encoded words, folded. */
char *rv_mime_header(const char *value);

/* "Name <user@host>" → "<user@host>"; caller frees. */
char *rv_mime_bare_address(const char *address);
