/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a stranger's frame tells: handed from layer to layer by tables of handlers.
 *
 * Pure over struct nic: the only frame sent from here is the answer to who asks for our address.
 * Trust. None: every parser may refuse what it gets.
 */
#ifndef KIRIWAKE_NICPROBE_HEAR_H
#define KIRIWAKE_NICPROBE_HEAR_H

#include "nicprobe/pump.h"

void hear_stranger(struct run *run, const struct heard *h);

#endif
