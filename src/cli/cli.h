/* The command line: global options, the table of commands, and how errors end. */
#pragma once

int rv_cli_main(int argc, char **argv);
