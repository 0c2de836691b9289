/* The file behind the nodes. Private to this room. */
#pragma once

#include "yaml/node.h"

struct RvYaml {
    const char *file;  /* interned */
    gboolean secret;   /* messages do not repeat what stands in it */
    GPtrArray *blocks; /* Block*: memory of nodes and texts */
    const RvYamlNode *root;
};
