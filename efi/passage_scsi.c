/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands through SCSI I/O, and ATA commands wrapped for a translation layer. See passage.h.
 *
 * Trust. Drivers may call a check condition a success or an error: the unit's status and sense data decide.
 */
#include "core/sat.h"
#include "efi/passage.h"

#define UNWRITTEN 0xffu

static EFI_STATUS send_scsi(struct scsi_io *io, const struct scsi_request *r, UINT64 timeout_100ns,
	void *data, uint32_t bytes, struct disk_answer *ret)
{
	static UINT8 sense[SCSI_SENSE_BYTES] __attribute__((aligned(64)));
	static UINT8 cdb[SCSI_CDB_BYTES] __attribute__((aligned(64)));
	struct scsi_packet packet = {.timeout_100ns = timeout_100ns,
		.in = bytes > 0 ? data : NULL,
		.sense = sense,
		.cdb = cdb,
		.in_bytes = bytes,
		.cdb_bytes = r->cdb_bytes,
		.direction = SCSI_DATA_IN,
		.adapter_status = UNWRITTEN,
		.target_status = UNWRITTEN,
		.sense_bytes = sizeof(sense)};
	EFI_STATUS result;

	memset(sense, 0, sizeof(sense));
	memcpy(cdb, r->cdb, sizeof(cdb));
	result = io->execute(io, &packet, NULL);
	ret->bytes = packet.in_bytes;
	ret->answered = result != EFI_TIMEOUT && packet.target_status != UNWRITTEN;
	ret->u.scsi.host = packet.adapter_status;
	ret->u.scsi.target = packet.target_status;
	if (packet.target_status == SCSI_CHECK_CONDITION && packet.sense_bytes <= sizeof(sense)) {
		ret->u.scsi.sense_bytes = packet.sense_bytes;
		memcpy(ret->u.scsi.sense, sense, packet.sense_bytes);
	}
	return result;
}

static EFI_STATUS send(
	struct passage *passage, const struct disk_command *c, void *data, struct disk_answer *ret)
{
	struct disk_answer outer = {0};
	struct scsi_request wrapped;
	EFI_STATUS result;

	if (c->language == DISK_SCSI)
		return send_scsi(
			passage->protocol, &c->u.scsi, passage_timeout(c), data, c->bytes, ret);
	sat_wrap(&c->u.ata, &wrapped);
	result = send_scsi(passage->protocol, &wrapped, passage_timeout(c), data, c->bytes, &outer);
	sat_unwrap(&outer, ret);
	return result == EFI_DEVICE_ERROR && disk_answer_good(c, ret) ? EFI_SUCCESS : result;
}

bool scsi_passage(EFI_HANDLE handle, struct passage *ret)
{
	struct scsi_io *io = protocol_on(handle, &guid_scsi_io);

	*ret = (struct passage){.call = "ScsiIo.ExecuteScsiCommand", .send = send, .protocol = io};
	return io != NULL;
}
