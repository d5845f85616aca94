/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The commands of build/kiriwake other than a run: documents, reports, codes, comparisons. */
#ifndef KIRIWAKE_HOST_COMMANDS_H
#define KIRIWAKE_HOST_COMMANDS_H

#include <stdbool.h>

#define EXIT_USAGE 64

/* How the program is called, for people. */
extern const char command_usage[];

/* Runs the command that argv[1] names. *ret_status: the exit code, EXIT_USAGE if its arguments are too few or too many. False: it
 * names none, and what stands there is a machine and its options. */
bool command_run(int argc, char **argv, int *ret_status);

#endif
