/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The peers of the scripted network: what they answer, and what they say unasked.
 *
 * Hardware: none. They use the same parsers and builders as the program, so both ends must agree with the RFCs, which
 * the parsers' own tests see to.
 */
#ifndef KIRIWAKE_HOST_SIM_PEER_H
#define KIRIWAKE_HOST_SIM_PEER_H

#include "host/sim_nic.h"

/* Reads "gateway=10.0.2.2 after 5s" into *ret. False, *ret untouched, if no kind of peer is meant or it is not right. */
bool sim_peer_read(struct text spec, struct sim_peer *ret);

/* Lets the peer answer a frame that a card sent. */
void sim_peer_hear(struct sim_net *net, const struct sim_peer *peer, struct span frame);

/* Lets the peer say what is due. */
void sim_peer_tick(struct sim_net *net, struct sim_peer *peer, uint64_t now_ns);

#endif
