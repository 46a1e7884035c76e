#include "internal.h"

// What the handles of SQLite hold against each other: the five lock states of a file, and the shared memory of a write-ahead log.

/// Shared memory of those who have one file open. Whoever outlives a crash keeps what it had: its pointers must stay good.
struct shared {
  int references;
  int count;
  int region_bytes;
  void **regions;
};

int handle_is_dead(const handle *file) { return disk_is_dead(file->disk, file->process); }

static int others_hold(const handle *own, int level) {
  for (handle *other = own->disk->handles; other; other = other->next) {
    if (other != own && other->file == own->file && other->lock >= level) return 1;
  }
  return 0;
}

int handle_lock(sqlite3_file *file, int level) {
  handle *own = (handle *)file;
  if (own->lock >= level) return SQLITE_OK;
  verdict fate = call_begin(own->disk, CALL_LOCK, own->process);
  if (fate.code) return fate.code;
  int code = SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED) {
    if (others_hold(own, SQLITE_LOCK_PENDING)) code = SQLITE_BUSY;
    else own->lock = level;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (others_hold(own, SQLITE_LOCK_RESERVED)) code = SQLITE_BUSY;
    else own->lock = level;
  } else if (others_hold(own, SQLITE_LOCK_RESERVED)) {
    code = SQLITE_BUSY;
  } else {
    // No new readers from now on; those that are there must go first.
    own->lock = SQLITE_LOCK_PENDING;
    if (others_hold(own, SQLITE_LOCK_SHARED)) code = SQLITE_BUSY;
    else own->lock = SQLITE_LOCK_EXCLUSIVE;
  }
  return call_end(own->disk, fate, CALL_LOCK, code);
}

int handle_unlock(sqlite3_file *file, int level) {
  handle *own = (handle *)file;
  if (handle_is_dead(own)) return SQLITE_IOERR_UNLOCK;
  if (own->lock > level) own->lock = level;
  return SQLITE_OK;
}

int handle_check_reserved(sqlite3_file *file, int *answer) {
  handle *own = (handle *)file;
  *answer = 0;
  if (handle_is_dead(own)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  *answer = own->lock >= SQLITE_LOCK_RESERVED || others_hold(own, SQLITE_LOCK_RESERVED);
  return SQLITE_OK;
}

static void shared_release(shared *memory) {
  if (!memory || --memory->references > 0) return;
  for (int index = 0; index < memory->count; index++) free(memory->regions[index]);
  free(memory->regions);
  free(memory);
}

static int has_living_user(const fault_disk *disk, const shared *memory) {
  for (handle *one = disk->handles; one; one = one->next) {
    if (one->shared == memory && !handle_is_dead(one)) return 1;
  }
  return 0;
}

int handle_shm_map(sqlite3_file *file, int region, int bytes, int extend, void volatile **out) {
  handle *own = (handle *)file;
  *out = NULL;
  verdict fate = call_begin(own->disk, CALL_SHM, own->process);
  if (fate.code) return fate.code;
  int code = SQLITE_OK;
  if (!own->shared) {
    if (!own->file->shared) own->file->shared = calloc(1, sizeof(shared));
    if (own->file->shared) {
      own->shared = own->file->shared;
      own->shared->references++;
    } else {
      code = SQLITE_IOERR_NOMEM;
    }
  }
  shared *memory = own->shared;
  if (memory && memory->count <= region && extend) {
    void **regions = realloc(memory->regions, ((size_t)region + 1) * sizeof *regions);
    if (regions) memory->regions = regions;
    else code = SQLITE_IOERR_NOMEM;
    while (!code && memory->count <= region) {
      memory->regions[memory->count] = calloc(1, (size_t)bytes);
      if (memory->regions[memory->count]) memory->count++;
      else code = SQLITE_IOERR_NOMEM;
    }
  }
  code = call_end(own->disk, fate, CALL_SHM, code);
  if (!code && memory && region < memory->count) *out = memory->regions[region];
  return code;
}

int handle_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
  handle *own = (handle *)file;
  unsigned mask = ((1u << count) - 1) << offset;
  if (flags & SQLITE_SHM_UNLOCK) {
    if (handle_is_dead(own)) return SQLITE_IOERR_SHMLOCK;
    own->shared_mask &= ~mask;
    own->exclusive_mask &= ~mask;
    return SQLITE_OK;
  }
  verdict fate = call_begin(own->disk, CALL_LOCK, own->process);
  if (fate.code) return fate.code == SQLITE_BUSY ? SQLITE_BUSY : SQLITE_IOERR_SHMLOCK;
  int code = SQLITE_OK;
  for (handle *other = own->disk->handles; other; other = other->next) {
    if (other == own || other->shared != own->shared) continue;
    unsigned taken = flags & SQLITE_SHM_EXCLUSIVE ? other->shared_mask | other->exclusive_mask : other->exclusive_mask;
    if (taken & mask) code = SQLITE_BUSY;
  }
  if (!code && flags & SQLITE_SHM_EXCLUSIVE) own->exclusive_mask |= mask;
  else if (!code) own->shared_mask |= mask;
  return call_end(own->disk, fate, CALL_LOCK, code);
}

// One thread at a time: nothing to order.
void handle_shm_barrier(sqlite3_file *file) { (void)file; }

int handle_shm_unmap(sqlite3_file *file, int remove) {
  (void)remove;
  handle *own = (handle *)file;
  shared *memory = own->shared;
  if (!memory) return SQLITE_OK;
  own->shared = NULL;
  own->shared_mask = own->exclusive_mask = 0;
  if (own->file->shared == memory && !has_living_user(own->disk, memory)) own->file->shared = NULL;
  shared_release(memory);
  return SQLITE_OK;
}

void locks_bury(fault_disk *disk) {
  for (handle *one = disk->handles; one; one = one->next) {
    if (!handle_is_dead(one)) continue;
    one->lock = SQLITE_LOCK_NONE;
    one->shared_mask = one->exclusive_mask = 0;
  }
  for (handle *one = disk->handles; one; one = one->next) {
    shared *memory = one->file->shared;
    // The next to come begins with none, as with a file that the last user has left; the dead keep theirs until they close.
    if (memory && !has_living_user(disk, memory)) one->file->shared = NULL;
  }
  for (fault_lock *one = disk->locks; one; one = one->next) {
    if (disk_is_dead(disk, one->process)) one->is_held = 0;
  }
}
