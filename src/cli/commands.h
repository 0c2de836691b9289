/* The commands, one file each: cmd-<name>.c. */
#pragma once

#include "cli/command.h"
