/* Numbers as the table of IPMI states writes them: decimal, or 0x and hexadecimal. */
#pragma once

#include "yaml/node.h"

/* No more than `most`; else a problem that calls it `what`. */
gboolean rv_ipmi_number(const RvYamlNode *node, const char *what, guint64 most, guint64 *value,
                        RvProblems *problems);
/* One, or a list of them, appended as guint32. */
void rv_ipmi_numbers(const RvYamlNode *row, const char *key, guint64 most, GArray *into,
                     RvProblems *problems);
/* TRUE for an empty list: it asks for nothing. */
gboolean rv_ipmi_numbers_contain(const GArray *numbers, guint32 number);
