# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases. For each check one machine in good order, and one for each fault that can be put in from outside."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import media
from faults import cut_power, machine_check, press, pull_cable, stick_bits, type_serial
from judge import AT_ONCE, MENU_IS_UP, Case, containing, hexadecimal, including, word_at
from machine import DISK_DEVICES, Disk, Machine, Nic, Run, When
from memory_cases import (
    LITTLE_MEMORY,
    LITTLE_RANGE,
    MEMORY,
    RAM_ONLY,
    SOME_MEMORY,
    STUCK_ADDRESS,
    STUCK_BIT,
    one_of,
    stuck,
    stuck_bit,
)
from neighbours6 import Owner6, Router6
from peer import (
    Behaviour,
    Crossover,
    DhcpServer,
    Host,
    Owners,
    ProxyArp,
    Reflector,
    Storm,
    announcer,
    prober,
    same_mac,
)
from result import Result, file_problems
from switches import Late, LldpSwitch, cdp_switch, lldp, tagged_chatter

# ---- the network ----

SERVER_IP = "192.168.77.20"
GATEWAY_IP, GATEWAY_MAC = "192.168.77.1", "00:1b:17:00:01:01"
LEASE_IP, SERVICE_IP = "192.168.77.50", "192.168.77.9"
ROUTER_MAC, CAMERA_MAC, SWITCH_MAC = "f4:f2:6d:11:22:33", "00:40:8c:aa:bb:cc", "00:1b:54:01:02:03"


def gateway(**faults) -> Host:
    return Host(GATEWAY_IP, GATEWAY_MAC, **faults)


def dhcp() -> DhcpServer:
    return DhcpServer(GATEWAY_IP, GATEWAY_MAC, LEASE_IP)


def lan(*more: Callable[[], Behaviour]) -> tuple[Nic, ...]:
    """One card on a segment with a gateway that serves DHCP. `more` are functions that make further behaviours."""
    return (Nic(lan=lambda: [gateway(), dhcp()] + [make() for make in more]),)


def bare_lan(*behaviours: Callable[[], Behaviour]) -> tuple[Nic, ...]:
    return (Nic(lan=lambda: [make() for make in behaviours]),)


def changing_lan(*macs: str) -> tuple[Nic, ...]:
    """A segment whose gateway has another MAC address at every boot."""
    boots = iter(macs)

    def make() -> list[Behaviour]:
        mac = next(boots)
        return [Host(GATEWAY_IP, mac), DhcpServer(GATEWAY_IP, mac, LEASE_IP)]

    return (Nic(lan=make),)


OWN_ADDRESS = {"net.ip": f"{SERVER_IP}/24", "net.gateway": GATEWAY_IP}
NETWORK = {"checks": "nic.* net.*"}
FAULTY_NETWORK = {"checks": "nic.* net.* -net.sweep -net.ipv6"}  # these two take their time, and have cases of their own
SPEAKS_FROM_LEASE = frozenset({LEASE_IP})
SPEAKS_FROM_OWN = frozenset({SERVER_IP, LEASE_IP})

# ---- disks ----

BAD_SECTOR = 12345
BAD_BLOCK_4K = 10000
DISK_CHECKS = {"checks": "disk.*"}

# Strings as no maker should write them: control and escape characters, quotes, markup, bytes above ASCII, and long.
HOSTILE_SMBIOS = (
    "-smbios",
    "type=1,manufacturer=A\"\\\x07\x1b[2J,product=<script>\u00e9" + "x" * 90 + ',serial={"a":1}',
    "-smbios",
    'type=17,loc_pfx=DI"MM\x01,bank=<b>\u00e9,manufacturer=' + "M" * 200 + ',serial=0x"\\,part=P&Q\t',
)


def wake_late(run: Run) -> None:
    for behaviour in run.peers[0].behaviours:
        if isinstance(behaviour, Late):
            behaviour.awake = True


def log_says(result: Result, text: str) -> Iterable[str]:
    return () if text in (result.log / "runs" / "0001" / "log.txt").read_text() else [f"the log does not say: {text}"]


def lease_returned(run: Run, _: Result) -> Iterable[str]:
    server = next(b for b in run.peers[0].behaviours if isinstance(b, DhcpServer))
    if server.granted == 0:
        yield "never took a lease"
    if server.released == 0:
        yield "never gave its lease back"


def prefix_readable(run: Run, result: Result) -> Iterable[str]:
    """What the power cut left of the run before is well-formed as far as it goes."""
    return file_problems(result.log / "runs" / "0001" / "results.jsonl", complete=False)


CLEAN = (
    Case(
        "clean",
        Machine(nics=lan()),
        passed=("mem.address", "mem.march-c", "disk.benchmark", "net.gateway", "net.ping", "net.dhcp"),
        speaks_from=SPEAKS_FROM_LEASE,
        events=(),  # the menu's own five seconds count
        inspect=lease_returned,
        within_s=60,
    ),
    Case("clean-own-address", Machine(disks=(), nics=lan(), options=NETWORK | OWN_ADDRESS), speaks_from=SPEAKS_FROM_OWN),
    Case("clean-user-net", Machine(disks=(), nics=(Nic(),), options=NETWORK)),
    *(
        Case(
            f"clean-{model}",
            Machine(disks=(), nics=(replace(lan()[0], model=model),), options=NETWORK),
            speaks_from=SPEAKS_FROM_LEASE,
        )
        for model in ("e1000e", "rtl8139")
    ),
    Case("no-nic", Machine(nics=(), options=LITTLE_RANGE), skipped=("net.ping", "net.duplicate-ip")),
    Case(
        "hostile-smbios",
        replace(RAM_ONLY, extra=HOSTILE_SMBIOS),
        inspect=lambda _, result: () if "<script>" in result.serial else ["the machine's name is not shown"],
    ),
    Case("no-screen", replace(RAM_ONLY, extra=("-vga", "none")), events=()),
)

PLANTED_AT = 0x6000000 + 0x123458  # where LITTLE_RANGE begins, and an offset into it


def planted(kind: str, details: str, check: str = "mem.march-c", **fields: object) -> Case:
    """A fault of mem.inject: found where it is, and not blamed on a DIMM."""
    found = {"code": "mem-bit-error", "address": word_at(PLANTED_AT), "injected": 1} | fields
    return Case(
        f"inject-{kind}",
        replace(
            RAM_ONLY,
            options=LITTLE_RANGE
            | {"checks": check, "mem.fade.time": "1s", "mem.inject": f"{kind}@{PLANTED_AT - 0x6000000:#x}{details}"},
        ),
        verdict="FAIL",
        findings=(found,),
        says=("Planted by mem.inject", "Replace nothing"),
    )


INJECTED = (
    Case(
        "selftest",
        Machine(disks=(), nics=(), options={"profile": "selftest"}),
        passed=("mem.selftest",),
        says=("56 of 56 planted faults were caught",),
    ),
    planted("stuck", ":5:1", xor=hexadecimal(1 << 5)),
    planted("transition", ":63:down", xor=hexadecimal(1 << 63)),
    planted("coupling", ":7:invert:0x200000:9:up", xor=hexadecimal(1 << 7)),
    planted(
        "alias",
        ":0x163458",
        check="mem.address",
        code="mem-address-alias",
        other_address=word_at(PLANTED_AT ^ 0x40000),
    ),
    planted("fade", ":40:0", check="mem.bit-fade", xor=hexadecimal(1 << 40)),
)

# Those of the longer profiles but mem.bit-fade, which rests for four minutes; in the order in which they run.
LONG_TESTS = (
    "mem.bus-stress",
    "mem.block-move",
    "mem.modulo",
    "mem.march-raw",
    "mem.random-inversions",
    "mem.moving-inversions",
    "mem.walking",
)

# Each of them looks closely by itself; where the host is late just when another CPU reads, it looks as if that one were well.
SEEN_SEVEN_TIMES = one_of("stuck", "weak", "cpu-specific")

LONG = (
    *(stuck_bit(f"ram-stuck-bit-{kernel}", SOME_MEMORY | {"mem.kernel": kernel}) for kernel in ("scalar", "sse2", "avx2")),
    Case(
        "ram-long-tests",
        replace(RAM_ONLY, cpus=2, options=LITTLE_RANGE | {"checks": " ".join((*LONG_TESTS, "mem.row-hammer"))}),
        passed=LONG_TESTS,
        skipped=("mem.row-hammer",),  # an emulator has no rows: nothing may be claimed
        says=("no row conflict could be timed",),
        timeout_s=300,
    ),
    Case(
        "ram-long-tests-stuck-bit",
        replace(RAM_ONLY, cpus=2, options=LITTLE_RANGE | {"checks": " ".join(LONG_TESTS)}),
        verdict="FAIL",
        findings=tuple(stuck(STUCK_ADDRESS) | {"in_check": check, "class": SEEN_SEVEN_TIMES} for check in LONG_TESTS),
        events=(*AT_ONCE, When(LONG_TESTS[0], stick_bits(STUCK_ADDRESS, STUCK_BIT))),
        timeout_s=300,
    ),
)

# Statuses: valid, switched on, MISC and ADDR valid, a memory read on a channel; then also uncorrected and recoverable; then
# also fatal, for the CPU's state is lost. MISC: a physical address, known to the page. MCG_STATUS: in progress, can return.
CORRECTED, RECOVERABLE, FATAL = 0x9C00000000000092, 0xBD80000000000092, 0xBF80000000000092
BAD_PAGE, PHYSICAL_PAGE, IN_PROGRESS = 0x6543000, 0x8C, 0x5


def machine_check_case(name: str, status: int, cpu: int = 0, bank: int = 9, when: str = "mem.march-c", **more) -> Case:
    code, verdict = ("mem-corrected-error", "WARN") if status == CORRECTED else ("mem-uncorrected-error", "FAIL")
    finding = {"code": code, "bank": bank, "cpu": cpu, "count": 1, "channel": 2, "status": hexadecimal(status)}
    finding |= {"address": hexadecimal(BAD_PAGE), "in_check": more.pop("in_check", when)}
    mcg_status = 0 if status == CORRECTED else IN_PROGRESS
    fault = machine_check(cpu, bank, status, BAD_PAGE, PHYSICAL_PAGE, mcg_status)
    machine = replace(RAM_ONLY, options=SOME_MEMORY, extra=more.pop("extra", ()))
    more.setdefault("events", (*AT_ONCE, When(when, fault)))
    return Case(name, machine, verdict, (finding, *more.pop("also", ())), **more)


def in_the_menu(run: Run) -> None:
    machine_check(0, 9, CORRECTED, BAD_PAGE, PHYSICAL_PAGE)(run)
    run.press("q")


MACHINE_CHECKS = (
    machine_check_case("machine-check-corrected", CORRECTED, passed=("mem.address", "mem.random", "hw.machine-check")),
    machine_check_case("machine-check-other-cpu", CORRECTED, cpu=1, bank=3),
    machine_check_case("machine-check-before", CORRECTED, in_check="hw.machine-check", events=(When(MENU_IS_UP, in_the_menu),)),
    machine_check_case("machine-check-uncorrected", RECOVERABLE, passed=("mem.random",)),
    machine_check_case("machine-check-uncorrected-other-cpu", RECOVERABLE, cpu=1),
    # The CPU cannot go on: a reset, which the banks survive. The next start, by itself, tells of both.
    machine_check_case(
        "machine-check-fatal",
        FATAL,
        in_check="hw.machine-check",
        also=({"code": "run-interrupted", "check": "mem.march-c"},),
        extra=("-action", "reboot=reset"),
    ),
)


def network_case(name: str, nics: tuple[Nic, ...], code: str = "", verdict: str = "FAIL", **more) -> Case:
    fields = more.pop("fields", {})
    options = FAULTY_NETWORK | more.pop("options", {})
    findings = ({"code": code, **fields},) if code else ()
    more.setdefault("speaks_from", SPEAKS_FROM_LEASE)
    return Case(name, Machine(disks=(), nics=nics, options=options), verdict, findings, **more)


SECOND_MAC = "52:54:00:12:34:57"
PAIR = {"checks": "nic.*"}


def pair(model: str = Nic.model, **fault: float) -> tuple[Nic, ...]:
    """Two cards on one cable; on a hub as long as that has no fault."""
    cards = (Nic(model), Nic(model, mac=SECOND_MAC))
    if not fault:
        return tuple(replace(card, hub=0) for card in cards)
    return tuple(replace(card, lan=lambda: [Crossover(**fault)]) for card in cards)


def pair_case(name: str, nics: tuple[Nic, ...], code: str = "", **more) -> Case:
    more.setdefault("verdict", "FAIL" if code else "PASS")
    more.setdefault("passed", () if code else ("nic.pair",))
    return network_case(name, nics, code, options=PAIR, speaks_from=frozenset(), **more)


LOOPBACK = {"checks": "nic.* net.gateway nic.loopback"}
BMC = ("-device", "ipmi-bmc-sim,id=bmc", "-device", "isa-ipmi-kcs,bmc=bmc")


def stayed_inside(run: Run, result: Result) -> Iterable[str]:
    """No looped frame reached the wire, and the card worked with its driver before, between and after."""
    if any(frame.source == frame.target for frame in run.peers[0].own_frames()):
        yield "a frame to the card itself came out of it"
    text = (result.log / "runs" / "0001" / "log.txt").read_text()
    if len(re.findall(r"end +net.gateway: PASS", text)) != 2:
        yield "the gateway did not answer both before and after the loopback"
    yield from lease_returned(run, result)


def loopback_case(name: str, model: str, tested: bool, extra: tuple[str, ...] = (), **options: str) -> Case:
    wanted = {"passed": ("nic.loopback",)} if tested else {"skipped": ("nic.loopback",)}
    machine = Machine(
        disks=(),
        nics=tuple(replace(nic, model=model) for nic in lan()),
        options=LOOPBACK | {"passes": "2"} | options,
        extra=extra,
    )
    return Case(name, machine, speaks_from=SPEAKS_FROM_LEASE, inspect=stayed_inside, **wanted)


def duplicate(name: str, make, macs: tuple[str, ...]) -> Case:
    fields = {"ip": SERVER_IP, "macs": including(*macs)}
    return network_case(name, lan(make), "net-duplicate-ip", fields=fields, options=OWN_ADDRESS)


NETWORKS = (
    duplicate("duplicate-ip-two-owners", lambda: Owners(SERVER_IP, (ROUTER_MAC, CAMERA_MAC)), (ROUTER_MAC, CAMERA_MAC)),
    duplicate("duplicate-ip-one-owner", lambda: Host(SERVER_IP, ROUTER_MAC), (ROUTER_MAC,)),
    duplicate("duplicate-ip-announced-only", lambda: announcer(SERVER_IP, ROUTER_MAC), (ROUTER_MAC,)),
    duplicate("duplicate-ip-prober", lambda: prober(SERVER_IP, ROUTER_MAC), (ROUTER_MAC,)),
    network_case("duplicate-frames", bare_lan(lambda: gateway(copies=2), dhcp), verdict="PASS"),
    network_case("packet-loss", bare_lan(lambda: gateway(lost=0.3), dhcp), "net-packet-loss"),
    network_case("packet-corrupt", bare_lan(lambda: gateway(corrupt=0.3), dhcp), "net-packet-corrupt", allowed=("net-packet-loss",)),
    network_case(
        "mtu-hole",
        lan(lambda: Host(SERVICE_IP, CAMERA_MAC, longest=1400)),
        "net-mtu-hole",
        fields={"ip": SERVICE_IP, "mtu_passed": 1400},
        options={"checks": "net.ping", "net.peer": SERVICE_IP},
    ),
    network_case(
        "ping-overtaken",
        bare_lan(lambda: gateway(overtaken=True), dhcp),
        verdict="PASS",
        options={"checks": "net.ping", "net.ping.count": "24", "net.ping.pace": "30ms"},
        inspect=lambda _, result: log_says(result, f"echo replies from {GATEWAY_IP} came after the reply to a later request"),
    ),
    network_case("gateway-silent", bare_lan(lambda: gateway(silent_arp=True), dhcp), "net-gateway-silent"),
    network_case(
        "loop", lan(Reflector), "net-loop", allowed=("net-duplicate-ip", "net-duplicate-mac", "net-packet-loss")
    ),
    # Without ping: how many echoes survive a storm depends on how fast the emulator is today.
    network_case("storm", lan(lambda: Storm(CAMERA_MAC)), "net-storm", verdict="WARN", options={"checks": "nic.* net.* -net.ping"}),
    network_case("duplicate-mac", lan(lambda: same_mac(Nic().mac)), "net-duplicate-mac"),
    network_case(
        "rogue-dhcp",
        lan(lambda: DhcpServer("192.168.77.2", ROUTER_MAC, "192.168.77.51"), lambda: Host("192.168.77.2", ROUTER_MAC)),
        "net-rogue-dhcp",
        verdict="WARN",
        speaks_from=frozenset({LEASE_IP, "192.168.77.51"}),
    ),
    network_case("no-dhcp", bare_lan(gateway), "net-no-dhcp", verdict="WARN", speaks_from=frozenset()),
    network_case(
        "sweep-two-owners",
        lan(lambda: Owners(SERVICE_IP, (ROUTER_MAC, CAMERA_MAC))),
        "net-duplicate-ip",
        fields={"ip": SERVICE_IP, "macs": including(ROUTER_MAC, CAMERA_MAC), "in_check": "net.sweep"},
        passed=("net.duplicate-ip", "net.gateway"),
        options=NETWORK,
    ),
    network_case(
        "sweep-proxy-arp",
        lan(lambda: ProxyArp(ROUTER_MAC), lambda: Host(SERVICE_IP, CAMERA_MAC)),
        verdict="PASS",
        options={"checks": "net.sweep"},
        inspect=lambda _, result: log_says(result, f"{ROUTER_MAC} answers for most of the 253 addresses asked for: proxy ARP"),
        speaks_from=frozenset(),
    ),
    network_case(
        "service-open",
        lan(lambda: Host(SERVICE_IP, CAMERA_MAC, open_ports=(2049,))),
        verdict="PASS",
        options={"checks": "net.services", "net.tcp": f"{SERVICE_IP}:2049"},
        passed=("net.services",),
    ),
    network_case(
        "service-refused",
        lan(lambda: Host(SERVICE_IP, CAMERA_MAC, open_ports=(22,))),
        "net-service-unreachable",
        verdict="WARN",
        fields={"ip": SERVICE_IP, "port": 2049, "result": "refused"},
        options={"checks": "net.services", "net.tcp": f"{SERVICE_IP}:22 {SERVICE_IP}:2049"},
    ),
    network_case(
        "stranger-with-web-page",
        lan(lambda: Host(SERVER_IP, ROUTER_MAC, open_ports=(80,))),
        "net-duplicate-ip",
        fields={"ip": SERVER_IP, "mac": ROUTER_MAC, "vendor": containing("TP-LINK")},
        options=OWN_ADDRESS | {"checks": "nic.* net.duplicate-ip"},
        inspect=lambda _, result: log_says(result, "TCP 22 refused, TCP 80 open, TCP 443 refused; time to live 64"),
    ),
    network_case(
        "ipv6-second-owner",
        lan(lambda: Owner6(ROUTER_MAC)),
        "net-duplicate-ip",
        fields={"ip": "fe80::5054:ff:fe12:3456", "mac": ROUTER_MAC, "in_check": "net.ipv6"},
        options={"checks": "nic.* net.ipv6 net.gateway"},
    ),
    network_case(
        "ipv6-two-routers",
        lan(lambda: Router6(GATEWAY_MAC, "2001:db8:1::"), lambda: Router6(ROUTER_MAC, "2001:db8:2::")),
        "net-rogue-ra",
        verdict="WARN",
        fields={"nic": "nic0", "macs": including(GATEWAY_MAC, ROUTER_MAC)},
        options={"checks": "nic.* net.ipv6 net.gateway"},
    ),
    network_case(
        "ipv6-one-router",
        lan(lambda: Router6(GATEWAY_MAC, "2001:db8:1::")),
        verdict="PASS",
        options={"checks": "nic.* net.ipv6 net.gateway"},
        passed=("net.ipv6",),
        inspect=lambda _, result: log_says(result, "as the way out for 1800 s; prefixes 2001:db8:1::/64"),
    ),
    network_case(
        "switch-lldp",
        lan(lambda: LldpSwitch(lldp(SWITCH_MAC, "sw-rack7", "Gi1/0/22", 20, "192.168.77.2", mau=30))),
        verdict="PASS",
        inspect=lambda _, result: log_says(result, "is connected to sw-rack7 port Gi1/0/22 (VLAN 20), by its LLDP"),
    ),
    network_case(
        "expected-gateway-other",
        lan(),
        "net-unexpected",
        verdict="WARN",
        fields={"what": "gateway_mac", "expected": ROUTER_MAC, "actual": GATEWAY_MAC},
        options={"checks": "net.expected", "net.expect_gateway_mac": ROUTER_MAC, "net.expect_dhcp": GATEWAY_IP},
    ),
    network_case(
        "expected-port",
        lan(lambda: LldpSwitch(lldp(SWITCH_MAC, "sw-rack7", "Gi1/0/22", 20, "192.168.77.2", mau=30))),
        verdict="PASS",
        options={"checks": "net.expected", "net.expect_switch": "sw-rack7*/22", "net.expect_vlan": "20"},
        passed=("net.expected",),
    ),
    network_case(
        "changed-gateway",
        changing_lan(GATEWAY_MAC, ROUTER_MAC),
        "net-changed",
        verdict="WARN",
        fields={"what": "gateway_mac", "old": GATEWAY_MAC, "new": ROUTER_MAC},
        options={"checks": "net.gateway net.baseline"},
        earlier_boot=AT_ONCE,
    ),
    network_case(
        "unchanged",
        changing_lan(GATEWAY_MAC, GATEWAY_MAC),
        verdict="PASS",
        options={"checks": "net.gateway net.baseline"},
        earlier_boot=AT_ONCE,
        passed=("net.baseline",),
    ),
    network_case(
        "switch-half-duplex",
        lan(lambda: cdp_switch(SWITCH_MAC, "core1", "Fa0/3", 20, full_duplex=False)),
        "net-duplex-mismatch",
        verdict="WARN",
        fields={"nic": "nic0", "switch_port": containing("core1 port Fa0/3")},
    ),
    # The card's own registers say full: no doubt is left.
    network_case(
        "duplex-mismatch",
        tuple(
            replace(nic, model="e1000e")
            for nic in lan(lambda: cdp_switch(SWITCH_MAC, "core1", "Fa0/3", 20, full_duplex=False))
        ),
        "net-duplex-mismatch",
        fields={"nic": "nic0", "duplex": "half"},
        options={"checks": "nic.* net.listen"},
        inspect=lambda _, result: log_says(result, "nic.link/nic0: speed = 1000 Mb/s"),
        speaks_from=frozenset(),
    ),
    network_case(
        "trunk-port",
        bare_lan(lambda: tagged_chatter(CAMERA_MAC, 20)),
        "net-vlan-mismatch",
        verdict="WARN",
        fields={"nic": "nic0", "vlans": "20"},
        options={"checks": "nic.* net.listen"},
        speaks_from=frozenset(),
    ),
    network_case(
        "duplicate-ip-late",
        lan(lambda: Late(announcer(SERVER_IP, ROUTER_MAC))),
        "net-duplicate-ip",
        fields={"ip": SERVER_IP, "macs": including(ROUTER_MAC)},
        options=SOME_MEMORY | OWN_ADDRESS | {"checks": "nic.* net.duplicate-ip mem.march-c"},
        passed=("net.duplicate-ip", "mem.march-c"),
        events=(*AT_ONCE, When("mem.march-c", wake_late)),
        speaks_from=SPEAKS_FROM_OWN,
    ),
    network_case(
        "link-lost-late",
        lan(),
        "nic-link-flap",
        verdict="WARN",
        fields={"nic": "nic0"},
        options=SOME_MEMORY | {"checks": "nic.* net.listen mem.march-c"},
        events=(*AT_ONCE, When("mem.march-c", pull_cable)),
    ),
    pair_case("pair-virtio", pair()),
    pair_case("pair-e1000e", pair("e1000e")),
    pair_case("pair-rtl8139", pair("rtl8139")),
    pair_case("pair-vmxnet3", pair("vmxnet3")),
    pair_case("pair-apart", (Nic(lan=list), Nic(mac=SECOND_MAC, lan=list)), passed=("nic.link",), skipped=("nic.pair",)),
    pair_case("pair-loss", pair(lost=0.2), "net-packet-loss", fields={"nic": "nic0", "to_nic": "nic1"}),
    pair_case("pair-corrupt", pair(corrupt=0.2), "net-packet-corrupt", fields={"nic": "nic0", "to_nic": "nic1"}),
    loopback_case("loopback-e1000", "e1000", True),
    loopback_case("loopback-e1000e", "e1000e", True),
    loopback_case("loopback-not-known", "rtl8139", False),
    loopback_case("loopback-bmc", "e1000e", False, BMC),
    loopback_case("loopback-bmc-forced", "e1000e", True, BMC, **{"nic.loopback": "force"}),
    network_case("nic-without-driver", (Nic("tulip"),), "nic-no-driver", verdict="WARN"),
)


def bad_disk(bus: str, allowed: tuple[str, ...] = ()) -> Case:
    return Case(
        f"disk-error-{bus}",
        Machine(nics=(), disks=(Disk(bus, bad_sector=BAD_SECTOR),), options=DISK_CHECKS),
        verdict="FAIL",
        findings=({"code": "disk-read-error", "disk": "disk0", "lba": BAD_SECTOR},),
        allowed=allowed,
    )


DISKS = (
    bad_disk("nvme"),
    bad_disk("virtio"),
    bad_disk("sata", allowed=("disk-firmware-lied",)),  # this firmware calls unreadable SATA sectors a success
    bad_disk("scsi"),
    bad_disk("usb", allowed=("disk-timeout",)),
    Case(
        "disk-error-nvme-4k",
        Machine(nics=(), disks=(Disk("nvme4k", bad_sector=8 * BAD_BLOCK_4K),), options=DISK_CHECKS),
        verdict="FAIL",
        findings=({"code": "disk-read-error", "disk": "disk0", "lba": BAD_BLOCK_4K},),
    ),
    # The firmware's own search ends at the first number that is not taken.
    Case(
        "disk-error-scsi-after-gap",
        Machine(nics=(), disks=(Disk("scsi-gap", mib=16, bad_sector=16 * 2048 - 1),), options=DISK_CHECKS),
        verdict="FAIL",
        findings=({"code": "disk-read-error", "disk": "disk0", "lba": 16 * 2048 - 1},),
    ),
    Case(
        "disks-clean",
        Machine(nics=(), disks=tuple(Disk(bus, mib=16) for bus in DISK_DEVICES), options=DISK_CHECKS),
        passed=("disk.inventory", "disk.benchmark"),
    ),
    # Firmware would repair these, that is, write to them, if their drivers were started the usual way.
    Case(
        "disk-damaged-gpt",
        Machine(nics=(), disks=tuple(Disk(bus, mib=16, make=media.damaged_gpt_disk) for bus in DISK_DEVICES), options=DISK_CHECKS),
    ),
)


def without_log(image: Path) -> None:
    media.delete_partition(image, "KIRIWAKELOG")


def options_everywhere(image: Path) -> None:
    media.put_file(image, "KIRIWAKE", "/kiriwake.cfg", "log.keep = 11\nwatchdog = 101\npasses = 2\n")
    media.put_file(image, "KIRIWAKELOG", "/kiriwake.cfg", "watchdog = 102\r\npasses = 3\r\nprofile = disk\r\n")


NO_LOG = {"verdict": "WARN", "has_log": False, "says": ("log-unavailable",)}

MEDIA = (
    Case("log-partition-removed", RAM_ONLY, prepare=without_log, **NO_LOG),
    Case("boot-from-cd", replace(RAM_ONLY, medium="cdrom", image="kiriwake.iso"), **NO_LOG),
    Case("boot-from-cd-log-on-stick", replace(RAM_ONLY, medium="cdrom", image="kiriwake.iso", log_stick=True)),
    Case("log-on-other-stick", replace(RAM_ONLY, log_stick=True), prepare=without_log),
    Case("boot-iso-from-stick", replace(RAM_ONLY, image="kiriwake.iso")),
    Case("boot-from-larger-stick", RAM_ONLY, prepare=lambda image: media.grow(image, 512)),
    Case("boot-from-virtio-disk", replace(RAM_ONLY, medium="disk")),
    Case("boot-from-sata-disk", replace(RAM_ONLY, medium="sata")),
    Case(
        "power-cut-before",
        replace(RAM_ONLY, options=SOME_MEMORY),
        verdict="WARN",
        findings=({"code": "run-interrupted", "check": "mem.march-c"},),
        earlier_boot=(*AT_ONCE, When("mem.march-c", cut_power)),
        inspect=prefix_readable,
    ),
)

OPTIONS = (
    Case(
        "option-unknown",
        replace(RAM_ONLY, options=LITTLE_MEMORY | {"net.pi": "1.2.3.4"}),
        verdict="WARN",
        findings=({"code": "option-unknown", "key": "net.pi", "source": containing("SMBIOS")},),
    ),
    Case(
        "option-bad-value",
        RAM_ONLY,
        verdict="WARN",
        prepare=lambda image: media.put_file(image, "KIRIWAKELOG", "/kiriwake.cfg", "# mine\r\nbudget = soon\r\n"),
        findings=({"code": "option-bad-value", "key": "budget", "value": "soon", "line": 2},),
    ),
    Case(
        "option-precedence",
        Machine(disks=(), nics=(), options={"passes": "1", "profile": "network", "checks": "mem.march-c"} | LITTLE_RANGE),
        prepare=options_everywhere,
        events=(When(MENU_IS_UP, press("m")),),
        parameters={"log.keep": "11", "watchdog": "102s", "passes": "1", "profile": "memory"},
        passed=("mem.march-c",),
    ),
    Case(
        "menu-over-serial",
        Machine(disks=(), nics=(), options=LITTLE_RANGE | {"checks": "mem.march-c"}),
        events=(When(MENU_IS_UP, type_serial("m")),),
        parameters={"profile": "memory"},
        passed=("mem.march-c",),
    ),
)

CONTROL = (
    Case(
        "escape",
        replace(RAM_ONLY, options=SOME_MEMORY),
        skipped=("mem.march-c",),
        complete="no",
        events=(*AT_ONCE, When("mem.march-c", press("esc"))),
    ),
)

CASES = CLEAN + INJECTED + MEMORY + LONG + MACHINE_CHECKS + NETWORKS + DISKS + MEDIA + OPTIONS + CONTROL
