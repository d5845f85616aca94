# SPDX-License-Identifier: BSD-2-Clause-Patent
"""make run: boots the stick image in QEMU as a person would, and shows what it wrote to its log volume.

Exit status 0 if a verdict was reached, whichever it is.
"""

import sys

import media
from machine import BUILD, Machine, Run

TIMEOUT_S = 300


def show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    run = Run(BUILD / "qemu" / "run", Machine())
    print(f"Booting {run.image} as a USB stick: GRUB starts the quick test after 5 s.\n", flush=True)
    result = run.boot(TIMEOUT_S, live=show)
    print("\x1b[0m")
    if result.verdict is None:
        print(f"No verdict within {TIMEOUT_S} s: QEMU ended with {result.exit_code}, see {run.directory}/serial.log")
        return 1
    for name in ([result.run_directory / "log.txt"] if result.run_directory else []) + [result.log / "LATEST.TXT"]:
        if name.is_file():
            print(f"==== {name.relative_to(result.log)}, read back from the FAT partition ====\n")
            print(name.read_text("ascii", "replace"))
    where = media.volume(run.image, "KIRIWAKELOG")
    print(f"Verdict {result.verdict} after {result.seconds:.0f} s (exit code {result.exit_code}).")
    print(f"All files of the log volume: {result.log}/; screenshot: {run.directory}/screen.png")
    if where:
        print(f"The volume itself: mdir -/ -i {run.image}@@{where.offset} ::/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
