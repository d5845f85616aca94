/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* hw.setup: is our own house in order? Options understood, log volume writable, last run ended. */
#ifndef KIRIWAKE_SUITE_SETUP_H
#define KIRIWAKE_SUITE_SETUP_H

#include "core/check.h"

extern const struct check hw_setup_check;

#endif
