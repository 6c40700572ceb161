/* SPDX-License-Identifier: MIT */
/*
 * The command line: one file a command, cli/NAME.c with `int command_NAME(int argc, char **argv)`; argv[0] is the
 * command's name. Exit codes: 0 done, 1 something was refused or failed, 2 the call or the configuration is wrong.
 * Messages go to standard error, records to standard output. Commands are listed in commands.def.
 */
#pragma once

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

#define COMMAND(name, arguments, help) int command_##name(int argc, char **argv);
#include "commands.def"
#undef COMMAND
