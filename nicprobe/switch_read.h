/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside switch_port: one reader per protocol.
 *
 * Pure. Each takes what stands behind the headers and adds what it says to *port; fields it does not speak of stay. False:
 * it is not even the beginning of such a frame, and *port is untouched.
 */
#ifndef KIRIWAKE_NICPROBE_SWITCH_READ_H
#define KIRIWAKE_NICPROBE_SWITCH_READ_H

#include "nicprobe/switch_port.h"

bool lldp_read(struct span pdu, struct switch_port *port);
bool cdp_read(struct span pdu, struct switch_port *port);
bool stp_read(struct span pdu, struct switch_port *port);

#endif
