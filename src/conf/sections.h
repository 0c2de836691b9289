/* Every block of every file with its keys: what the man pages and the tests are held against. */
#pragma once

#include <glib.h>

/* "site", "site poll", "inventory device", …; NULL behind the last. */
const char *rv_conf_section_name(guint section);
/* The n-th key of a block; NULL behind the last. */
const char *rv_conf_section_key(guint section, guint n);
