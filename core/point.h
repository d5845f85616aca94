/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One point of a curve.
 *
 * Pure.
 */
#ifndef KIRIWAKE_CORE_POINT_H
#define KIRIWAKE_CORE_POINT_H

#include <stdint.h>

struct point {
	uint64_t x, y;
};

#endif
