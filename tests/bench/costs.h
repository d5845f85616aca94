/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What each memory check costs, and which kernels this machine can run. */
#ifndef KIRIWAKE_TESTS_BENCH_COSTS_H
#define KIRIWAKE_TESTS_BENCH_COSTS_H

#include "memtest/kernels.h"

/* Number i of the instances that this CPU has; NULL after the last. */
const struct kernels *bench_kernels(size_t i);

/* Prints seconds per GiB on one CPU for each check and for the profiles quick and full. `words`: 64 MiB. */
void costs_print(const struct kernels *kernels, uint64_t *words);

#endif
