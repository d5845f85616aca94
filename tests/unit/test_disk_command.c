/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The gate: which commands may leave for a disk. Whatever could change a drive must not; all that the checks need must. */
#include "core/disk_command.h"
#include "core/rng.h"
#include "tests/test.h"

static struct disk_command ata(uint8_t command, uint16_t feature, uint16_t count, uint64_t lba,
	enum ata_protocol protocol, bool ext, uint32_t bytes)
{
	return (struct disk_command){.language = DISK_ATA,
		.u.ata = {command, feature, count, lba, 0x40, ext, protocol},
		.bytes = bytes};
}

static struct disk_command nvme(
	enum disk_language queue, uint8_t opcode, uint32_t cdw10, uint32_t cdw12, uint32_t bytes)
{
	return (struct disk_command){.language = queue,
		.u.nvme = {.opcode = opcode, .nsid = 1, .cdw10 = cdw10, .cdw12 = cdw12},
		.bytes = bytes};
}

static struct disk_command scsi(uint8_t opcode, uint8_t byte1, uint8_t cdb_bytes, uint32_t bytes)
{
	return (struct disk_command){.language = DISK_SCSI,
		.u.scsi = {.cdb = {opcode, byte1}, .cdb_bytes = cdb_bytes},
		.bytes = bytes};
}

static void test_reads_pass(void)
{
	const struct disk_command good[] = {
		ata(0xec, 0, 1, 0, ATA_PIO_IN, false, 512),
		ata(0xb0, 0xd0, 1, 0xc24f00, ATA_PIO_IN, false, 512),
		ata(0xb0, 0xd5, 2, 0xc24f06, ATA_PIO_IN, false, 1024),
		ata(0xb0, 0xda, 0, 0xc24f00, ATA_NO_DATA, false, 0),
		ata(0x2f, 0, 1, 0x0304, ATA_PIO_IN, true, 512),
		ata(0x25, 0, 1, UINT64_C(0xffffffffffff), ATA_DMA_IN, true, 4096),
		ata(0xc8, 0, 8, 0xfffffff, ATA_DMA_IN, false, 4096),
		ata(0x42, 0, 256, 0, ATA_NO_DATA, true, 0),
		nvme(DISK_NVME_ADMIN, 0x06, 1, 0, 4096),
		nvme(DISK_NVME_ADMIN, 0x02, 0x007f8002, 0, 512),
		nvme(DISK_NVME_IO, 0x02, 77, 7, 4096),
		scsi(0x12, 1, 6, 255),
		scsi(0x4d, 0, 10, 512),
		scsi(0x9e, 0x10, 16, 32),
		scsi(0x28, 0x18, 10, 512),
		scsi(0x2f, 0x10, 10, 0),
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CHECK(disk_command_is_read_only(&good[i]), "row %zu", i);
		CHECK(!disk_command_is_self_test(&good[i]), "row %zu", i);
	}
}

/* Each is one step away from a command that passes. */
static void test_the_rest_does_not(void)
{
	const struct disk_command bad[] = {
		ata(0x35, 0, 1, 0, ATA_DMA_IN, true, 512),            /* WRITE DMA EXT */
		ata(0xca, 0, 1, 0, ATA_DMA_IN, false, 512),           /* WRITE DMA */
		ata(0x92, 0, 1, 0, ATA_PIO_IN, false, 512),           /* DOWNLOAD MICROCODE */
		ata(0xef, 2, 0, 0, ATA_NO_DATA, false, 0),            /* SET FEATURES */
		ata(0xf4, 0, 1, 0, ATA_PIO_IN, false, 512),           /* SECURITY ERASE UNIT */
		ata(0xb4, 0x11, 0, 0, ATA_NO_DATA, true, 0),          /* SANITIZE */
		ata(0x06, 1, 1, 0, ATA_NO_DATA, true, 0),             /* DATA SET MANAGEMENT */
		ata(0xe0, 0, 0, 0, ATA_NO_DATA, false, 0),            /* STANDBY IMMEDIATE */
		ata(0xb0, 0xd6, 1, 0xc24f06, ATA_PIO_IN, false, 512), /* SMART WRITE LOG */
		ata(0xb0, 0xd8, 0, 0xc24f00, ATA_NO_DATA, false, 0),  /* SMART ENABLE */
		ata(0xb0, 0xd9, 0, 0xc24f00, ATA_NO_DATA, false, 0),  /* SMART DISABLE */
		ata(0xb0, 0xd0, 1, 0, ATA_PIO_IN, false, 512),        /* no signature */
		ata(0x2f, 1, 1, 0x11, ATA_PIO_IN, true, 512),         /* clears the PHY counters */
		ata(0x2f, 0, 2, 0x04, ATA_PIO_IN, true, 512), /* more than was made room for */
		ata(0xec, 0, 1, 0, ATA_NO_DATA, false, 512),
		ata(0x20, 0, 1, UINT64_C(1) << 28, ATA_PIO_IN, false, 512),
		ata(0x20, 0, 0, 0, ATA_PIO_IN, false, 512),          /* 0 means 256 */
		ata(0xb0, 0xd4, 0, 0xc24f81, ATA_NO_DATA, false, 0), /* captive self-test */
		nvme(DISK_NVME_IO, 0x01, 0, 7, 4096),                /* Write */
		nvme(DISK_NVME_IO, 0x08, 0, 7, 0),                   /* Write Zeroes */
		nvme(DISK_NVME_IO, 0x09, 0, 0, 4096),                /* Dataset Management */
		nvme(DISK_NVME_ADMIN, 0x80, 0, 0, 0),                /* Format NVM */
		nvme(DISK_NVME_ADMIN, 0x84, 0, 0, 0),                /* Sanitize */
		nvme(DISK_NVME_ADMIN, 0x09, 6, 0, 0),                /* Set Features */
		nvme(DISK_NVME_ADMIN, 0x11, 0, 0, 4096),             /* Firmware Image Download */
		nvme(DISK_NVME_ADMIN, 0x02, 0x007f0107, 0, 512),     /* creates telemetry data */
		nvme(DISK_NVME_ADMIN, 0x02, 0x00ff8002, 0, 512), /* more than was made room for */
		nvme(DISK_NVME_ADMIN, 0x06, 1, 0, 512),
		nvme(DISK_NVME_IO, 0x02, 0, 8, 512),
		nvme(DISK_NVME_IO, 0x06, 1, 0, 4096), /* on the I/O queue it is another command */
		scsi(0x2a, 0, 10, 512),               /* WRITE(10) */
		scsi(0x8a, 0, 16, 512),               /* WRITE(16) */
		scsi(0x04, 0, 6, 0),                  /* FORMAT UNIT */
		scsi(0x48, 1, 10, 0),                 /* SANITIZE */
		scsi(0x42, 0, 10, 0),                 /* UNMAP */
		scsi(0x15, 0x10, 6, 0),               /* MODE SELECT */
		scsi(0x3b, 5, 10, 0),                 /* WRITE BUFFER */
		scsi(0x4c, 0, 10, 0),                 /* LOG SELECT */
		scsi(0x4d, 1, 10, 512),               /* LOG SENSE, saving parameters */
		scsi(0x1b, 0, 6, 0),                  /* START STOP UNIT */
		scsi(0x5e, 0, 10, 512),               /* PERSISTENT RESERVE IN belongs to others */
		scsi(0x85, 8, 16, 512),               /* ATA inside: only the port wraps it */
		scsi(0x2f, 0x02, 10, 0),              /* VERIFY with data going out */
		scsi(0x28, 0, 6, 512),
		scsi(0x12, 0, 6, 0),
		{.language = (enum disk_language)9},
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK(!disk_command_is_read_only(&bad[i]), "row %zu", i);
		CHECK(!disk_command_is_self_test(&bad[i]), "row %zu", i);
	}
}

static unsigned sent;

static enum disk_result count_sent(void *ctx, const struct disk_command *c, struct disk_answer *ret)
{
	(void)ctx;
	(void)c;
	(void)ret;
	sent++;
	return DISK_OK;
}

static void test_self_tests_need_leave(void)
{
	struct disk disk = {.speaks = DISK_SPEAKS_ATA | DISK_SPEAKS_NVME | DISK_SPEAKS_SCSI,
		.command = count_sent,
		.buffer_bytes = 1 << 20};
	const struct disk_command tests[] = {
		ata(0xb0, 0xd4, 0, 0xc24f01, ATA_NO_DATA, false, 0),
		ata(0xb0, 0xd4, 0, 0xc24f7f, ATA_NO_DATA, false, 0),
		nvme(DISK_NVME_ADMIN, 0x14, 1, 0, 0),
		scsi(0x1d, 0x20, 6, 0),
	};
	struct disk_answer answer;

	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		disk.self_test_allowed = false;
		CHECK(!disk_command_is_read_only(&tests[i]), "row %zu", i);
		CHECK_U64(disk_command(&disk, &tests[i], &answer), DISK_REFUSED);
		disk.self_test_allowed = true;
		CHECK_U64(disk_command(&disk, &tests[i], &answer), DISK_OK);
		CHECK_U64(sent, i + 1);
	}
}

static void test_language_and_room(void)
{
	struct disk disk = {.speaks = DISK_SPEAKS_ATA, .command = count_sent, .buffer_bytes = 512};
	struct disk_command identify = ata(0xec, 0, 1, 0, ATA_PIO_IN, false, 512);
	struct disk_command large = ata(0x2f, 0, 2, 4, ATA_PIO_IN, true, 1024);
	struct disk_answer answer;

	sent = 0;
	CHECK_U64(disk_command(&disk, &identify, &answer), DISK_OK);
	CHECK_U64(disk_command(&disk, &large, &answer), DISK_REFUSED);
	disk.speaks = DISK_SPEAKS_SCSI;
	CHECK_U64(disk_command(&disk, &identify, &answer), DISK_REFUSED);
	CHECK_U64(sent, 1);
}

/* Whatever the other fields hold, only opcodes that read get through. */
static void test_only_known_opcodes(void)
{
	static const uint8_t ata_reads[] = {
		0xec, 0xe5, 0x20, 0x24, 0xc8, 0x25, 0x40, 0x42, 0x2f, 0x47, 0xb0};
	struct rng rng = {1};

	for (unsigned i = 0; i < 2000000; i++) {
		struct disk_command c = ata((uint8_t)rng_next(&rng), 0, 1,
			0xc24f00 | (rng_next(&rng) & 0xff), (enum ata_protocol)(i % 3), i % 2,
			i % 5 == 0 ? 0 : 512);

		if (c.u.ata.command == 0xb0)
			c.u.ata.feature = (uint16_t)(rng_next(&rng) & 0xff);
		if (disk_command_is_read_only(&c))
			CHECK(memchr(ata_reads, c.u.ata.command, sizeof(ata_reads)) != NULL, "%02x",
				c.u.ata.command);
	}
}

int main(void)
{
	test_reads_pass();
	test_the_rest_does_not();
	test_self_tests_need_leave();
	test_language_and_room();
	test_only_known_opcodes();
	return test_end(__FILE__);
}
