# SPDX-License-Identifier: BSD-2-Clause-Patent
# Kiriwake: one Makefile, no recursion. Everything made goes to build/.
#
#   make run     build, boot the image in QEMU, show the report      make help    the rest
#
# The pure rooms are compiled three times from the same sources ("flavours"):
#   efi   freestanding, position independent, for build/kiriwake.efi
#   host  native, for build/kiriwake: the same program on simulated hardware
#   asan  native with AddressSanitizer and UBSan, for the unit tests

B      := build
VERSION := 0.1.0
CC     ?= gcc
CLANG  ?= clang
PYTHON ?= /usr/bin/python3
export PYTHON
export SOURCE_DATE_EPOCH ?= 1704067200

PURE_ROOMS := core memtest nicprobe diskbench evidence report suite
PURE  := $(wildcard $(PURE_ROOMS:%=%/*.c))
EFI   := $(wildcard efi/*.c)
HOST  := $(filter-out host/main.c,$(wildcard host/*.c))
TESTS := $(wildcard tests/unit/test_*.c)
FUZZ  := $(wildcard tests/fuzz/fuzz_*.c)
BENCH := $(wildcard tests/bench/*.c)

WARN   := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
BASE   := -std=c11 -O2 -g $(WARN) -I. -MMD -MP -DKIRIWAKE_VERSION='"$(VERSION)"' -ffile-prefix-map=$(CURDIR)=.

# No red zone: interrupts use our stack. MS ABI: EFIAPI calls become plain C calls. No -g: debug data has no place in a PE.
CFLAGS.efi  := $(BASE) -g0 -ffreestanding -fpic -fvisibility=hidden -fshort-wchar -mno-red-zone \
	-fno-stack-protector -fno-strict-aliasing -fno-asynchronous-unwind-tables \
	$(if $(findstring clang,$(CC)),,-maccumulate-outgoing-args) -DGNU_EFI_USE_MS_ABI -isystem /usr/include/efi -isystem /usr/include/efi/x86_64
CFLAGS.host := $(BASE) -D_GNU_SOURCE
CFLAGS.asan := $(BASE) -D_GNU_SOURCE -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS.fuzz := $(BASE) -D_GNU_SOURCE -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
# Of single files: what they contain is only called on CPUs that can.
CFLAGS.memtest/kernels_avx2.c   := -mavx2
CFLAGS.memtest/kernels_avx512.c := -mavx512f

CC.efi  := $(CC)
CC.host := $(CC)
CC.asan := $(CC)
CC.fuzz := $(CLANG)

.PHONY: all help image run sample test unit bench fuzz layers format docs clean clang qemu-test packages
.DELETE_ON_ERROR:

all: $(B)/kiriwake.efi $(B)/kiriwake

help:
	@echo 'make run        build the image, boot it in QEMU headless, print the log from its FAT partition'
	@echo 'make test       everything: unit tests, fuzzers (short), layers, documents, images, QEMU cases'
	@echo 'make all        build/kiriwake.efi and build/kiriwake (the same program on simulated hardware)'
	@echo 'make image      build/kiriwake.img (USB stick) and build/kiriwake.iso (virtual CD)'
	@echo 'make unit       unit tests under ASan and UBSan'
	@echo 'make qemu-test  the QEMU cases alone; CASES="name name" picks some;'
	@echo '                MATRIX=1 plays every scenario of the network on every card (a quarter of an hour more)'
	@echo 'make fuzz       every fuzzer for FUZZ_SECONDS (default 20) each'
	@echo 'make bench      memory kernels against the memory limit measured in the same run'
	@echo 'make layers     who may include whom, and what pure code may call'
	@echo 'make docs       regenerate the documents that come from the code (checks, findings, options, fault coverage)'
	@echo 'make sample     boot the case of the README: docs/screenshot.png and docs/sample-report.txt'
	@echo 'make format     clang-format all C files;  make clang: compile everything with clang as well'
	@echo 'make clean      remove build/'

# Debian packages, installed once when missing (root or sudo).
$(B)/packages.ok: tests/install-packages.sh
	@mkdir -p $(B)
	@sh tests/install-packages.sh
	@touch $@
packages: $(B)/packages.ok

# Who holds which MAC addresses, from Debian's ieee-data.
$(B)/vendors.bin: nicprobe/pack_vendors.py | $(B)/packages.ok
	@$(PYTHON) nicprobe/pack_vendors.py /usr/share/ieee-data $@

# define one flavour: $(1) its name
define flavour
$(B)/$(1)/%.o: %.c Makefile | $(B)/packages.ok
	@mkdir -p $$(@D)
	@echo '  CC $(1) $$<'
	@$$(CC.$(1)) $$(CFLAGS.$(1)) $$(CFLAGS.$$<) $$(if $$(filter $$(PURE),$$<),-ffreestanding) -c $$< -o $$@
$(B)/$(1)/nicprobe/vendor_table.o: nicprobe/vendor_table.S $(B)/vendors.bin
	@mkdir -p $$(@D)
	@$$(CC.$(1)) -DVENDORS='"$(B)/vendors.bin"' -c $$< -o $$@
$(B)/$(1)/pure.a: $$(PURE:%.c=$(B)/$(1)/%.o) $(B)/$(1)/nicprobe/vendor_table.o
	@rm -f $$@
	@ar rcsD $$@ $$^
$(B)/$(1)/host.a: $$(HOST:%.c=$(B)/$(1)/%.o)
	@rm -f $$@
	@ar rcsD $$@ $$^
endef
$(foreach f,efi host asan fuzz,$(eval $(call flavour,$(f))))

# ---- the UEFI program ----
# --no-undefined: without it a missing symbol links silently and jumps to nothing.
$(B)/kiriwake.so: $(EFI:%.c=$(B)/efi/%.o) $(B)/efi/pure.a
	@echo '  LD $@'
	@ld -nostdlib -znocombreloc -T /usr/lib/elf_x86_64_efi.lds -shared -Bsymbolic --no-undefined \
		-z noexecstack --build-id=none -o $@ /usr/lib/crt0-efi-x86_64.o $^ /usr/lib/libgnuefi.a

$(B)/kiriwake.efi: $(B)/kiriwake.so
	@objcopy -j .text -j .sdata -j .data -j .rodata -j .dynamic -j .dynsym -j .rel -j .rela -j '.rel.*' \
		-j '.rela.*' -j .reloc --target efi-app-x86_64 --subsystem=10 $< $@

# ---- the same program on simulated hardware ----
$(B)/kiriwake: $(B)/host/host/main.o $(B)/host/host.a $(B)/host/pure.a
	@echo '  LD $@'
	@$(CC) -o $@ $^ -pthread

# ---- media ----
image: $(B)/kiriwake.img $(B)/kiriwake.iso
$(B)/kiriwake.img $(B)/kiriwake.iso &: $(B)/kiriwake.efi $(wildcard iso/*) LICENSE
	sh iso/mkimage.sh $(B)/kiriwake.efi $(B)

run: image
	$(PYTHON) qemu-tests/run.py

# The picture and the report that the README shows.
sample: image
	$(PYTHON) qemu-tests/sample.py

# ---- tests ----
$(B)/tests/%: $(B)/asan/tests/unit/%.o $(B)/asan/host.a $(B)/asan/pure.a
	@mkdir -p $(@D)
	@$(CC) -fsanitize=address,undefined -o $@ $^ -pthread

unit: $(TESTS:tests/unit/%.c=$(B)/tests/%) $(B)/kiriwake
	@sh tests/run-unit.sh $(TESTS:tests/unit/%.c=$(B)/tests/%)

$(B)/fuzz/%: $(B)/fuzz/tests/fuzz/%.o $(B)/fuzz/pure.a
	@mkdir -p $(@D)
	@$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $^

FUZZ_SECONDS ?= 20
fuzz: $(FUZZ:tests/fuzz/%.c=$(B)/fuzz/%)
	@sh tests/run-fuzz.sh $(FUZZ_SECONDS) $^

layers: $(B)/host/pure.a
	@sh tests/layers.sh $(B)/host/pure.a

qemu-test: image $(B)/kiriwake
	KIRIWAKE_MATRIX=$(MATRIX) sh tests/run-qemu.sh $(if $(CASES),-k '$(subst $() , or ,$(CASES))')

test: | $(B)/packages.ok
	@$(MAKE) --no-print-directory -j$$(nproc) all image
	@sh tests/run-all.sh

bench: $(B)/bench
	$(B)/bench
$(B)/bench: $(BENCH:%.c=$(B)/host/%.o) $(B)/host/host.a $(B)/host/pure.a
	$(CC) -o $@ $^ -pthread

docs: $(B)/kiriwake
	$(B)/kiriwake docs checks > docs/CHECKS.md
	$(B)/kiriwake docs findings > docs/FINDINGS.md
	$(B)/kiriwake docs triage > docs/TRIAGE.md
	$(B)/kiriwake docs options > docs/OPTIONS.md
	$(B)/kiriwake docs coverage > docs/FAULT-COVERAGE.md

format: | $(B)/packages.ok
	clang-format -i $(wildcard */*.c */*.h tests/*/*.c tests/*/*.h)

# Everything once more with the other compiler, to keep both clean; the pure rooms for a hosted system are the fuzzers'.
clang: | $(B)/packages.ok
	@$(MAKE) --no-print-directory B=$(B)/clang CC="$(CLANG)" $(B)/clang/kiriwake.efi $(B)/clang/host/host/main.o $(B)/clang/host/host.a

clean:
	rm -rf $(B)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
