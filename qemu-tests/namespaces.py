# SPDX-License-Identifier: BSD-2-Clause-Patent
"""A network of real Linux hosts instead of a scripted one: two that hold one address and both serve DHCP, on one bridge.

Works in network and mount namespaces of its own, so that nothing of it is left behind: make() starts this file again inside
them, where main() lays the cables, boots the case and prints what is wrong with the outcome, one problem a line.
"""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from judge import Case, including, judge, play
from machine import BUILD, Machine, Nic
from segment import CAMERA_MAC, GATEWAY_IP, NETWORK, OWN_ADDRESS, ROUTER_MAC, SERVER_IP

NAME = "real-hosts"
TAP, BRIDGE = "tap0", "bridge0"
UNSHARE = ("unshare", "--net", "--mount")
HOSTS = {"alpha": (CAMERA_MAC, GATEWAY_IP, 50), "beta": (ROUTER_MAC, "192.168.77.2", 60)}  # address, first of ten to lease
LEASES = frozenset(f"192.168.77.{first + i}" for _, _, first in HOSTS.values() for i in range(10))

CASE = Case(
    NAME,
    Machine(disks=(), nics=(Nic(tap=TAP),), options=NETWORK | OWN_ADDRESS),
    verdict="FAIL",
    findings=(
        {"code": "net-duplicate-ip", "ip": SERVER_IP, "macs": including(CAMERA_MAC, ROUTER_MAC)},
        {"code": "net-rogue-dhcp", "count": 2, "macs": including(CAMERA_MAC, ROUTER_MAC)},
    ),
    passed=("net.listen", "net.gateway", "net.ping"),
    speaks_from=LEASES,
)


def missing() -> str:
    """What this machine lacks for the bench; empty: nothing."""
    for command in ("unshare", "ip", "dnsmasq"):
        if shutil.which(command, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            return f"no {command} command"
    parts = ("type bridge", "type veth peer name other")
    words = " && ".join(["mount -t tmpfs tmpfs /run", *(f"ip link add part{i} {part}" for i, part in enumerate(parts))])
    words += f" && ip tuntap add {TAP} mode tap && mkdir /run/netns && ip netns add host"
    attempt = subprocess.run([*UNSHARE, "sh", "-c", words], capture_output=True, text=True, check=False)
    return f"no network namespaces: {attempt.stderr.strip()}" if attempt.returncode else ""


def run(words: str) -> None:
    subprocess.run(words.split(), check=True)


def lay_cables() -> None:
    run("mount -t tmpfs tmpfs /run")
    Path("/run/netns").mkdir()
    run(f"ip link add {BRIDGE} type bridge stp_state 0 forward_delay 0 group_fwd_mask 0x4000")  # LLDP passes
    run(f"ip tuntap add {TAP} mode tap")
    for name, (mac, ip, _) in HOSTS.items():
        run(f"ip netns add {name}")
        run(f"ip link add {name} type veth peer name eth0 netns {name}")
        run(f"ip -n {name} link set eth0 address {mac}")
        for address in (ip, SERVER_IP):
            run(f"ip -n {name} address add {address}/24 dev eth0")
        run(f"ip -n {name} link set lo up")
        run(f"ip -n {name} link set eth0 up")
    for port in (TAP, *HOSTS):
        run(f"ip link set {port} master {BRIDGE} up")
    run(f"ip link set {BRIDGE} up")


@contextlib.contextmanager
def dhcp_servers() -> Iterator[None]:
    servers = []
    for name, (_, ip, first) in HOSTS.items():
        words = f"ip netns exec {name} dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --port=0"
        words += f" --bind-interfaces --interface=eth0 --no-ping --leasefile-ro --pid-file= --dhcp-option=3,{ip}"
        words += f" --dhcp-range=192.168.77.{first},192.168.77.{first + 9},255.255.255.0"
        servers.append(subprocess.Popen(words.split(), stderr=subprocess.DEVNULL))
    try:
        yield
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def make(timeout_s: float) -> subprocess.CompletedProcess:
    """Plays the case inside its namespaces; standard output has the problems."""
    command = [*UNSHARE, sys.executable, __file__]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)


def main() -> int:
    lay_cables()
    with dhcp_servers():
        machine, result = play(CASE, BUILD / "qemu" / NAME)
    problems = judge(CASE, machine, result)
    machine.tidy(keep=bool(problems))
    print("\n".join(problems))
    return len(problems)


if __name__ == "__main__":
    sys.exit(main())
