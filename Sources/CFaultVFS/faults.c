#include "internal.h"

// What happens instead of a call, before it and in the middle of it.

void fault_disk_arm(fault_disk *disk, fault_crash mode, int64_t calls) {
  disk->crash_in = calls;
  disk->crash_mode = mode;
}

void fault_disk_reseed(fault_disk *disk, uint64_t seed) {
  disk->fate = seed;
  disk->randomness = seed ^ 0x9e3779b97f4a7c15;
}

void fault_disk_fail(fault_disk *disk, fault_kind kind, int64_t nth) {
  if ((int)kind >= 0 && kind < FAULT_KINDS) disk->fail_in[kind] = nth;
}

int fault_disk_is_armed(const fault_disk *disk, fault_kind kind) {
  return (int)kind >= 0 && kind < FAULT_KINDS && disk->fail_in[kind] > 0;
}

int64_t fault_disk_fails_in(const fault_disk *disk, fault_kind kind) {
  return (int)kind >= 0 && kind < FAULT_KINDS ? disk->fail_in[kind] : 0;
}

void fault_disk_set_sheltered(fault_disk *disk, int sheltered) { disk->is_sheltered = sheltered; }

void fault_disk_disarm(fault_disk *disk) {
  disk->crash_in = 0;
  memset(disk->fail_in, 0, sizeof disk->fail_in);
}

int64_t fault_disk_faults(const fault_disk *disk, fault_kind kind) {
  return (int)kind >= 0 && kind < FAULT_KINDS ? disk->faults[kind] : 0;
}

static void crash(fault_disk *disk, fault_crash mode, int process) {
  disk->crashes++;
  disk->crash_in = 0;
  disk->faults[mode == FAULT_POWER ? FAULT_POWER_LOST : FAULT_KILLED]++;
  if (mode == FAULT_KILL_PROCESS) disk->dead[process - 1] = 1;
  else memset(disk->dead, 1, (size_t)disk->process_count);
  locks_bury(disk);
  if (mode == FAULT_POWER) names_lose_power(disk);
}

void fault_disk_crash(fault_disk *disk, fault_crash mode) { crash(disk, mode, disk->process); }

int call_error(call_kind kind) {
  switch (kind) {
    case CALL_OPEN: return SQLITE_CANTOPEN;
    case CALL_READ: return SQLITE_IOERR_READ;
    case CALL_WRITE: return SQLITE_IOERR_WRITE;
    case CALL_TRUNCATE: return SQLITE_IOERR_TRUNCATE;
    case CALL_SYNC: return SQLITE_IOERR_FSYNC;
    case CALL_REMOVE: return SQLITE_IOERR_DELETE;
    case CALL_ACCESS: return SQLITE_IOERR_ACCESS;
    case CALL_LOCK: return SQLITE_IOERR_LOCK;
    case CALL_SHM: return SQLITE_IOERR_SHMMAP;
    case CALL_RENAME: break;
  }
  return SQLITE_IOERR;
}

/// Counts one call down; whether it is the one.
static int strikes(fault_disk *disk, fault_kind kind) {
  if (disk->fail_in[kind] <= 0 || --disk->fail_in[kind] > 0) return 0;
  disk->faults[kind]++;
  return 1;
}

static int failure(fault_disk *disk, call_kind kind) {
  switch (kind) {
    case CALL_OPEN: return strikes(disk, FAULT_OPEN) ? SQLITE_CANTOPEN : SQLITE_OK;
    case CALL_READ: return strikes(disk, FAULT_READ) ? SQLITE_IOERR_READ : SQLITE_OK;
    case CALL_WRITE: {
      // Both count every write.
      int full = strikes(disk, FAULT_FULL), failed = strikes(disk, FAULT_WRITE);
      return full ? SQLITE_FULL : failed ? SQLITE_IOERR_WRITE : SQLITE_OK;
    }
    case CALL_TRUNCATE: return strikes(disk, FAULT_TRUNCATE) ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
    case CALL_SYNC: return strikes(disk, FAULT_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    case CALL_REMOVE: return strikes(disk, FAULT_REMOVE) ? SQLITE_IOERR_DELETE : SQLITE_OK;
    case CALL_RENAME: return strikes(disk, FAULT_RENAME) ? SQLITE_IOERR : SQLITE_OK;
    case CALL_LOCK: return strikes(disk, FAULT_BUSY) ? SQLITE_BUSY : SQLITE_OK;
    case CALL_ACCESS:
    case CALL_SHM: break;
  }
  return SQLITE_OK;
}

verdict call_begin(fault_disk *disk, call_kind kind, int process) {
  if (disk_is_dead(disk, process)) return (verdict){call_error(kind), 0, 0};
  if (disk->is_sheltered) return (verdict){SQLITE_OK, 0, 0};
  disk->calls++;
  if (disk->crash_in > 0 && --disk->crash_in == 0) {
    if (draw_below(disk, 2)) return (verdict){SQLITE_OK, process, 1};
    crash(disk, disk->crash_mode, process);
    return (verdict){call_error(kind), 0, 0};
  }
  int code = failure(disk, kind);
  return (verdict){code, 0, code != SQLITE_OK};
}

int call_end(fault_disk *disk, verdict fate, call_kind kind, int code) {
  if (!fate.crashes) return code;
  crash(disk, disk->crash_mode, fate.crashes);
  return call_error(kind);
}
