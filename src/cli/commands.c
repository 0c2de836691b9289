#include "cli/commands.h"

const RvCommand rv_commands[] = {
    {NULL},
};
