# SPDX-License-Identifier: BSD-2-Clause-Patent
"""One machine in QEMU: described as data, booted from a copy of the real medium, watched until it ends.

Everything about a run stays in its own directory: serial.log, screen.png, the image with the log it wrote,
log/ (that log, read back), the disks, qemu.log with the command line.
"""

import contextlib
import hashlib
import os
import re
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import media
import smbios
from nbd import NbdDisk, Region
from peer import Behaviour, Peer
from qmp import Qmp
from ram import Node, Ram
from result import END_MARK, Result
from serial_line import SerialLine
from watchpoints import Watchpoints

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("KIRIWAKE_BUILD", ROOT / "build"))
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")

SCREENSHOT_EVERY_S = 10.0
END_WAIT_S = 30  # for QEMU to be gone, once it has closed the serial line
ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]")
CUT_SEQUENCE = re.compile(r"\x1b(\[[0-9;?=]*)?$")


@dataclass(frozen=True)
class Disk:
    """A patient. `bus` is one of the keys of DISK_DEVICES."""

    bus: str = "nvme"
    mib: int = 64
    bad_sectors: tuple[int, ...] = ()  # of 512 bytes; reads of them fail with EIO
    make: Callable[[Path, int], None] | None = None  # fills the file; random content otherwise
    driver: str | None = None  # a block driver of QEMU's, with {file} for the file, instead of one that reads it
    regions: tuple[Region, ...] = ()  # slow or bad places: the file is served over NBD


@dataclass(frozen=True)
class Nic:
    model: str = "virtio-net-pci,romfile="  # without option ROM: the firmware's own driver
    lan: Callable[[], list[Behaviour]] | None = None  # who is behind the cable; None: QEMU's own user network
    mac: str = "52:54:00:12:34:56"
    tap: str = ""  # instead: an interface of the host's
    hub: int | None = None  # number of a hub that joins this card with others; then nobody else is there


@dataclass(frozen=True)
class Machine:
    memory_mib: int = 512
    nodes: tuple[Node, ...] = ()  # instead of memory_mib
    dimms: tuple[smbios.Dimm, ...] = ()  # what SMBIOS says; QEMU's own tables if empty
    nvdimm_mib: int = 0  # persistent memory
    cpus: int = 2
    board: str = "q35"  # QEMU's name for it
    firmware: str = "ovmf"  # a key of FIRMWARES
    medium: str = "usb"  # a key of BOOT_DEVICES
    image: str = "kiriwake.img"
    log_stick: bool = False  # a second stick: the log is expected there
    disks: tuple[Disk, ...] = (Disk(),)
    nics: tuple[Nic, ...] = (Nic(),)
    options: dict[str, str] = field(default_factory=dict)  # by SMBIOS; on_finish=qemu-exit unless given
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class When:
    """Once `text` has been seen on the serial line, behind what the event before it waited for: do it."""

    text: str
    action: Callable[["Run"], None]


# Without a TPM there is nothing where one would be, which QEMU reads as 0 and OVMF as a TPM that it has to wait for: nearly
# two seconds of every start. Until the firmware sets up PCI itself, ones from a controller's ROM lie there: no TPM.
TPM_AT = 0xFED40000
NO_TPM = b"\xff" * 4096
PCI_ADDRESS, PCI_DATA, PCI_ENABLE = 0xCF8, 0xCFC, 1 << 31
PCI_COMMAND, PCI_COMMAND_MEMORY = 0x04, 0x2
PCI_ROM, PCI_ROM_ENABLE = 0x30, 0x1

FIRMWARES = {
    "ovmf": [
        *("-drive", "if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd"),
        *("-drive", "if=pflash,format=raw,unit=1,file={variables}"),
    ],
    "uboot": ["-bios", "/usr/lib/u-boot/qemu-x86_64/u-boot.rom"],  # takes no SMBIOS from QEMU
}

BOOT_DEVICES = {
    "usb": ["-device", "usb-storage,bus=xhci.0,drive=stick,removable=on,bootindex=0"],
    "disk": ["-device", "virtio-blk-pci,drive=stick,bootindex=0"],
    "sata": ["-device", "ide-hd,bus=ide.5,drive=stick,bootindex=0"],
    "cdrom": ["-device", "ide-cd,bus=ide.5,drive=stick,bootindex=0"],
}

DISK_DEVICES = {
    "nvme": ["-device", "nvme,drive={drive},serial={serial}"],
    "nvme4k": ["-device", "nvme,drive={drive},serial={serial},logical_block_size=4096,physical_block_size=4096"],
    "virtio4k": [
        *("-device", "virtio-blk-pci,drive={drive},serial={serial},logical_block_size=4096,physical_block_size=4096"),
    ],
    "virtio": ["-device", "virtio-blk-pci,drive={drive},serial={serial}"],
    "sata": ["-device", "ide-hd,bus=ide.{index},drive={drive},serial={serial}"],
    "scsi": ["-device", "virtio-scsi-pci,id=scsi{index}", "-device", "scsi-hd,id=patient{index},bus=scsi{index}.0,drive={drive},serial={serial}"],
    "scsi-gap": [
        *("-device", "virtio-scsi-pci,id=scsi{index}"),
        *("-device", "scsi-hd,bus=scsi{index}.0,scsi-id=3,lun=5,drive={drive},serial={serial}"),
    ],
    "ide": ["-device", "ide-hd,bus=ide.0,drive={drive},serial={serial}"],  # of the board pc
    "usb-xhci": ["-device", "usb-storage,bus=xhci.0,drive={drive},serial={serial}"],
    "usb": ["-device", "usb-ehci,id=ehci{index}", "-device", "usb-storage,bus=ehci{index}.0,drive={drive},serial={serial}"],
}


def digest(file: Path) -> str:
    """Of what is there: holes are passed over, or a sparse disk of 2 TiB would take the night."""
    sums = hashlib.sha256(str(file.stat().st_size).encode())
    with file.open("rb") as content, contextlib.suppress(OSError):  # no more data
        at = 0
        while True:
            start = os.lseek(content.fileno(), at, os.SEEK_DATA)
            at = os.lseek(content.fileno(), start, os.SEEK_HOLE)
            content.seek(start)
            sums.update(str(start).encode())
            while content.tell() < at:
                sums.update(content.read(min(at - content.tell(), 1 << 20)))
    return sums.hexdigest()


def smbios_arguments(options: dict[str, str]) -> list[str]:
    """Options as OEM strings, SMBIOS type 11. QEMU wants commas doubled."""
    arguments = []
    for key, value in options.items():
        text = f"kiriwake:{key}={value}".replace(",", ",,")
        arguments += ["-smbios", f"type=11,value={text}"]
    return arguments


def blockdev(node: str, file: Path, bad_sectors: tuple[int, ...] = (), read_only: bool = False) -> str:
    """A raw image, with every read of some sectors failing if asked for."""
    text = f"driver=raw,node-name={node},read-only={'on' if read_only else 'off'}"
    if not bad_sectors:
        return f"{text},file.driver=file,file.filename={file}"
    text += f",file.driver=blkdebug,file.image.driver=file,file.image.filename={file}"
    for index, sector in enumerate(bad_sectors):
        rule = f"file.inject-error.{index}"
        text += f",{rule}.event=none,{rule}.iotype=read,{rule}.errno=5,{rule}.sector={sector}"
    return text


class Run:
    """The machine's files in `directory`, made afresh; boot() may be called again and again on them."""

    def __init__(self, directory: Path, machine: Machine):
        self.directory = directory
        self.machine = machine
        self.image = directory / machine.image
        self.log_image = directory / "log-stick.img" if machine.log_stick else self.image
        self.ram: Ram | None = None  # while the machine runs; written to behind its back by faults.py
        self.peers: list[Peer] = []
        self.served: list[NbdDisk] = []  # disks behind NBD, of this boot
        self.serial = ""  # what came so far, without escape sequences
        self._cut_text = ""  # an escape sequence that has not come whole yet
        self._seen = 0  # events look behind this position
        self._sockets: Path | None = None  # while the machine runs
        self._qmp: Qmp | None = None
        self._process: subprocess.Popen | None = None
        self._serial_line: SerialLine | None = None
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        media.copy(BUILD / machine.image, self.image)
        if machine.log_stick:
            media.copy(BUILD / "kiriwake.img", self.log_image)
        shutil.copyfile(VARIABLES, directory / "variables.fd")
        self.no_tpm_file.write_bytes(NO_TPM)
        for index, disk in enumerate(machine.disks):
            make = disk.make or (lambda path, mib: media.random_disk(path, mib, path.name))
            make(self.disk_file(index), disk.mib)
        if machine.nvdimm_mib:
            media.random_disk(self.nvdimm_file, machine.nvdimm_mib, "nvdimm")
        self.untouchable = {file.name: digest(file) for file in self._patients()}  # what nobody may write to

    def written_to(self) -> list[str]:
        """The files among the untouchable that are not any more what they were."""
        return [file.name for file in self._patients() if digest(file) != self.untouchable[file.name]]

    def _patients(self) -> list[Path]:
        disks = [self.disk_file(index) for index in range(len(self.machine.disks))]
        return disks + ([self.nvdimm_file] if self.machine.nvdimm_mib else [])

    def tidy(self, keep: bool) -> None:
        """Removes what is big and can be made again, unless somebody has to look at it."""
        if not keep:
            captures = self.directory.glob("nic*.pcap")
            for file in [self.image, self.log_image, *self._patients(), *captures, self.directory / "variables.fd", self.no_tpm_file]:
                file.unlink(missing_ok=True)

    def disk_file(self, index: int) -> Path:
        return self.directory / f"disk{index}.img"

    def capture(self, nic: int, name: str) -> Path:
        """Frames that the card sent ("sent") or that reached it ("heard"), as QEMU saw them."""
        return self.directory / f"nic{nic}-{name}.pcap"

    @property
    def no_tpm_file(self) -> Path:
        return self.directory / "no-tpm.rom"

    @property
    def nvdimm_file(self) -> Path:
        return self.directory / "nvdimm.img"

    # ---- what an action may do while the machine runs ----

    def press(self, *keys: str) -> None:
        """Keys on the machine's own keyboard, by QEMU's names: "f", "ret", "esc"."""
        for key in keys:
            self.monitor("send-key", keys=[{"type": "qcode", "data": key}])

    def type_serial(self, text: str) -> None:
        self._serial_line.type(text)

    def monitor(self, command: str, /, **arguments) -> object:
        return self._qmp.command(command, **arguments)

    def watchpoints(self) -> Watchpoints:
        """On the guest's memory. One at a time; the guest stands still until it is let go."""
        socket = self._sockets / "gdb"
        self.monitor("human-monitor-command", **{"command-line": f"gdbserver unix:{socket},server=on,wait=off"})
        return Watchpoints(socket)

    def write_port(self, port: int, value: int) -> None:
        """32 bits to an I/O port, as if a CPU had written them."""
        self.monitor("human-monitor-command", **{"command-line": f"o/w {port:#x} {value:#x}"})

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def cut_power(self) -> None:
        self._process.kill()

    # ---- one boot ----

    def boot(self, timeout_s: float, events: Iterable[When] = (), live: Callable[[str], None] | None = None) -> Result:
        """Runs the machine until QEMU ends or the time is over, and reads back what it left behind."""
        self.serial, self._cut_text, self._seen = "", "", 0
        self.peers, self.served = [], []
        timed_out = True  # unless it ends by itself
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="kiriwake-") as sockets:
            self._sockets = Path(sockets)
            try:
                self._start(self._sockets)
                timed_out = self._watch(started + timeout_s, list(events), live)
            finally:
                exit_code = self._stop(0 if timed_out else END_WAIT_S)
        seconds = time.monotonic() - started
        # QEMU's own copy is whole; of the line we listened to, the last words may be unread when the time is over.
        self.serial = ESCAPE_SEQUENCE.sub("", (self.directory / "serial.log").read_text("ascii", "replace"))
        log = self.directory / "log"
        shutil.rmtree(log, ignore_errors=True)
        media.extract(self.log_image, "KIRIWAKELOG", log)
        return Result(self.directory, exit_code, timed_out, seconds, self.serial, log)

    def _start(self, sockets: Path) -> None:
        self._serial_line = SerialLine(sockets / "serial")
        self.ram = Ram(self.machine.memory_mib, self.machine.nodes)
        command = self._command(sockets)
        log = (self.directory / "qemu.log").open("w")
        log.write(" ".join(command) + "\n")
        log.flush()
        with log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=self.ram.descriptors
            )
        self._qmp = self._until_ready(lambda: Qmp(sockets / "qmp"))
        self._serial_line.connected()
        for peer in self.peers:
            peer.start()
        self._show_no_tpm()
        self.monitor("cont")

    def _show_no_tpm(self) -> None:
        devices = (device for bus in self.monitor("query-pci") for device in bus["devices"])
        slot = next(device["slot"] for device in devices if device["qdev_id"] == "xhci")
        for register, value in ((PCI_ROM, TPM_AT | PCI_ROM_ENABLE), (PCI_COMMAND, PCI_COMMAND_MEMORY)):
            self.write_port(PCI_ADDRESS, PCI_ENABLE | slot << 11 | register)
            self.write_port(PCI_DATA, value)

    def _until_ready(self, attempt: Callable):
        """What attempt() gives, as soon as QEMU is far enough."""
        while True:
            try:
                return attempt()
            except (TimeoutError, FileNotFoundError, ConnectionRefusedError):
                if not self.running:
                    raise RuntimeError((self.directory / "qemu.log").read_text()) from None
                time.sleep(0.05)

    def _command(self, sockets: Path) -> list[str]:
        m = self.machine
        command = ["qemu-system-x86_64", "-machine", m.board, "-accel", "tcg,thread=multi"]
        command += ["-cpu", "max", "-smp", str(m.cpus)]
        command += self._memory_arguments()
        command += ["-nodefaults", "-vga", "std", "-display", "none", "-no-reboot", "-no-user-config", "-S"]
        command += [word.format(variables=self.directory / "variables.fd") for word in FIRMWARES[m.firmware]]
        command += ["-chardev", f"pipe,id=serial,path={sockets / 'serial'},logfile={self.directory / 'serial.log'}"]
        command += ["-serial", "chardev:serial", "-qmp", f"unix:{sockets / 'qmp'},server=on,wait=off"]
        command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        command += ["-device", f"qemu-xhci,id=xhci,romfile={self.no_tpm_file}"]
        command += ["-blockdev", blockdev("stick", self.image, read_only=m.medium == "cdrom")]
        command += BOOT_DEVICES[m.medium]
        if m.log_stick:
            command += ["-blockdev", blockdev("logstick", self.log_image)]
            command += ["-device", "usb-storage,bus=xhci.0,drive=logstick,removable=on"]
        for index, disk in enumerate(m.disks):
            command += ["-blockdev", self._disk_backend(index, disk, sockets)]
            names = {"drive": f"disk{index}", "serial": f"PATIENT{index}", "index": index}
            command += [word.format(**names) for word in DISK_DEVICES[disk.bus]]
        for index, nic in enumerate(m.nics):
            command += self._nic_arguments(index, nic, sockets)
        command += smbios_arguments({"on_finish": "qemu-exit"} | m.options)
        return command + list(m.extra)

    def _disk_backend(self, index: int, disk: Disk, sockets: Path) -> str:
        node, file = f"disk{index}", self.disk_file(index)
        if disk.driver is not None:
            return f"node-name={node},{disk.driver.format(file=file)}"
        if not disk.regions:
            return blockdev(node, file, disk.bad_sectors)
        self.served.append(NbdDisk(file, sockets / node, disk.regions))
        self.served[-1].start()
        return f"driver=nbd,node-name={node},server.type=unix,server.path={sockets / node}"

    def _memory_arguments(self) -> list[str]:
        m = self.machine
        slots = f",slots=1,maxmem={self.ram.bytes // media.MIB + m.nvdimm_mib}M" if m.nvdimm_mib else ""
        arguments = self.ram.arguments(m.cpus, slots)
        if m.nvdimm_mib:
            file = f"mem-path={self.nvdimm_file},size={m.nvdimm_mib}M,share=on"
            arguments += ["-machine", "nvdimm=on", "-object", f"memory-backend-file,id=pmem,{file}"]
            arguments += ["-device", "nvdimm,id=nvdimm0,memdev=pmem"]
        return arguments + smbios.arguments(m.dimms, self.directory)

    def _nic_arguments(self, index: int, nic: Nic, sockets: Path) -> list[str]:
        if nic.hub is not None:
            backend = f"hubport,id=net{index},hubid={nic.hub}"
        elif nic.tap:
            backend = f"tap,id=net{index},ifname={nic.tap},script=no,downscript=no,vnet_hdr=off"
        elif nic.lan is None:
            backend = f"user,id=net{index}"
        else:
            ours, theirs = sockets / f"peer{index}", sockets / f"nic{index}"
            backend = f"dgram,id=net{index},local.type=unix,local.path={theirs},remote.type=unix,remote.path={ours}"
            self.peers.append(Peer(ours, theirs, nic.mac, nic.lan(), self.peers))
        arguments = ["-netdev", backend, "-device", f"{nic.model},netdev=net{index},mac={nic.mac}"]
        for name, queue in (("sent", "rx"), ("heard", "tx")):  # as the backend sees it
            file = self.capture(index, name)
            arguments += ["-object", f"filter-dump,id={name}{index},netdev=net{index},queue={queue},file={file}"]
        return arguments

    def _watch(self, deadline: float, events: list[When], live: Callable[[str], None] | None) -> bool:
        """Reads the serial line until QEMU closes it. True if the time was over first."""
        next_screenshot = time.monotonic() + SCREENSHOT_EVERY_S
        ended = False
        while time.monotonic() < deadline:
            readable, _, _ = select.select([self._serial_line], [], [], 0.2)
            if readable:
                chunk = self._serial_line.read()
                if not chunk:
                    return False
                self._hear(chunk, events, live)
            if not ended and (END_MARK in self.serial or time.monotonic() >= next_screenshot):
                ended = END_MARK in self.serial
                self._screenshot(hold=ended)
                next_screenshot = time.monotonic() + SCREENSHOT_EVERY_S
        return True

    def _hear(self, text: str, events: list[When], live: Callable[[str], None] | None) -> None:
        if live is not None:
            live(text)
        text = self._cut_text + text
        cut = CUT_SEQUENCE.search(text)
        self._cut_text = text[cut.start() :] if cut else ""
        self.serial += ESCAPE_SEQUENCE.sub("", text[: cut.start()] if cut else text)
        while events and (at := self.serial.find(events[0].text, self._seen)) >= 0:
            event = events.pop(0)
            self._seen = at + len(event.text)
            event.action(self)

    def _screenshot(self, hold: bool) -> None:
        """Keeps the screen as it is now; `hold` stops the machine meanwhile, which is about to switch itself off."""
        target = self.directory / "screen.png"
        partial = target.with_suffix(".part")
        try:
            if hold:
                self.monitor("stop")
            self.monitor("screendump", filename=str(partial), format="png")
            partial.replace(target)
        except (OSError, RuntimeError):
            pass  # no screen, or the machine ended meanwhile: the picture before this one stays
        if hold:
            with contextlib.suppress(OSError, RuntimeError):
                self.monitor("cont")

    def _stop(self, patience_s: float) -> int:
        for peer in self.peers:
            peer.stop()
        if self._qmp is not None:
            self._qmp.close()
            self._qmp = None
        if self._serial_line is not None:
            self._serial_line.close()
            self._serial_line = None
        if self._process is None:
            raise RuntimeError("QEMU was not started")
        try:
            self._process.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
        exit_code = self._process.wait()
        for disk in self.served:
            disk.stop()
        self.ram.close()
        return exit_code
