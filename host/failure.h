/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* build/kiriwake code: what a failure code says. */
#ifndef KIRIWAKE_HOST_FAILURE_H
#define KIRIWAKE_HOST_FAILURE_H

/* Prints to stdout. `serial` NULL: not asked. Exit code: 0 it is a code (and fits the serial number), 1 it does not
 * fit, 64 it is none. */
int failure_print(const char *typed, const char *serial);

#endif
