#include "internal.h"

// Small files beside the databases, in the steps that the platform's own code takes, and locks between processes.

int fault_disk_exists(fault_disk *disk, const char *path) {
  char full[PATH_BYTES_MAX];
  if (path_normalise(path, full, sizeof full) < 0) return 0;
  verdict fate = call_begin(disk, CALL_ACCESS, disk->process);
  if (fate.code) return 0;
  int exists = strcmp(full, "/") == 0 || names_find(&disk->now, full) != NULL;
  return call_end(disk, fate, CALL_ACCESS, SQLITE_OK) ? 0 : exists;
}

static int sync_folder_of(fault_disk *disk, const char *full) {
  char *folder = folder_of(full);
  if (!folder) return SQLITE_IOERR_NOMEM;
  int code = disk_sync_folder(disk, disk->process, folder);
  free(folder);
  return code;
}

int fault_disk_make_folder(fault_disk *disk, const char *path) {
  char full[PATH_BYTES_MAX];
  int length = path_normalise(path, full, sizeof full);
  if (length < 0) return SQLITE_CANTOPEN;
  // Each one above it first.
  for (int end = 1; end <= length; end++) {
    if (end < length && full[end] != '/') continue;
    char parent[PATH_BYTES_MAX];
    memcpy(parent, full, (size_t)end);
    parent[end] = 0;
    if (end == 1) continue;
    verdict fate = call_begin(disk, CALL_OPEN, disk->process);
    if (fate.code) return fate.code;
    content *found = names_find(&disk->now, parent);
    int code = found && !found->is_folder ? SQLITE_CANTOPEN_ISDIR : SQLITE_OK;
    if (!found) {
      content *folder = content_create();
      if (folder) folder->is_folder = 1;
      code = folder ? names_change(disk, NULL, parent, folder) : SQLITE_IOERR_NOMEM;
      content_release(folder);
    }
    code = call_end(disk, fate, CALL_OPEN, code);
    if (!code && !found) code = sync_folder_of(disk, parent);
    if (code) return code;
  }
  return SQLITE_OK;
}

/// A file that is there.
static int find_file(const fault_disk *disk, const char *full, content **file) {
  *file = names_find(&disk->now, full);
  if (!*file) return SQLITE_NOTFOUND;
  return (*file)->is_folder ? SQLITE_MISUSE : SQLITE_OK;
}

int fault_disk_size(fault_disk *disk, const char *path, int64_t *size) {
  char full[PATH_BYTES_MAX];
  *size = 0;
  if (path_normalise(path, full, sizeof full) < 0) return SQLITE_CANTOPEN;
  verdict fate = call_begin(disk, CALL_OPEN, disk->process);
  if (fate.code) return fate.code;
  content *file;
  int code = find_file(disk, full, &file);
  if (!code) *size = file->now.size;
  return call_end(disk, fate, CALL_OPEN, code);
}

int fault_disk_read(fault_disk *disk, const char *path, void *bytes, int64_t count) {
  char full[PATH_BYTES_MAX];
  if (path_normalise(path, full, sizeof full) < 0) return SQLITE_CANTOPEN;
  verdict fate = call_begin(disk, CALL_READ, disk->process);
  if (fate.code) return fate.code;
  content *file;
  int code = find_file(disk, full, &file);
  if (!code && file->now.size < count) code = SQLITE_IOERR_SHORT_READ;
  if (!code && count > 0) memcpy(bytes, file->now.bytes, (size_t)count);
  return call_end(disk, fate, CALL_READ, code);
}

static int disk_rename(fault_disk *disk, const char *from, const char *to) {
  verdict fate = call_begin(disk, CALL_RENAME, disk->process);
  if (fate.code) return fate.code;
  content *file = names_find(&disk->now, from);
  content *target = names_find(&disk->now, to);
  int code = file && !(target && target->is_folder) ? SQLITE_OK : SQLITE_IOERR;
  if (!code) code = names_change(disk, from, to, file);
  return call_end(disk, fate, CALL_RENAME, code);
}

int fault_disk_replace(fault_disk *disk, const char *path, const void *bytes, int64_t count) {
  static const char suffix[] = ".new";
  char full[PATH_BYTES_MAX], temporary[PATH_BYTES_MAX];
  int length = path_normalise(path, full, sizeof full - sizeof suffix);
  if (length < 0) return SQLITE_CANTOPEN;
  memcpy(temporary, full, (size_t)length);
  memcpy(temporary + length, suffix, sizeof suffix);
  // That it is not there is as good as removed, and one that cannot be removed shows at once.
  disk_remove(disk, temporary);
  content *file;
  int made;
  int code = disk_open(disk, temporary, 1, 1, &file, &made);
  if (code) return code;
  if (count > 0) code = disk_write(disk, disk->process, file, 0, bytes, count);
  if (!code) code = disk_sync(disk, disk->process, file);
  content_release(file);
  if (!code) code = disk_rename(disk, temporary, full);
  if (code) {
    disk_remove(disk, temporary);
    return code;
  }
  return sync_folder_of(disk, full);
}

int fault_disk_move(fault_disk *disk, const char *path, const char *target) {
  char from[PATH_BYTES_MAX], to[PATH_BYTES_MAX];
  if (path_normalise(path, from, sizeof from) < 0 || path_normalise(target, to, sizeof to) < 0) return SQLITE_CANTOPEN;
  int code = disk_rename(disk, from, to);
  if (!code) code = sync_folder_of(disk, to);
  if (!code) code = sync_folder_of(disk, from);
  return code;
}

int fault_disk_remove(fault_disk *disk, const char *path) {
  char full[PATH_BYTES_MAX];
  if (path_normalise(path, full, sizeof full) < 0) return SQLITE_CANTOPEN;
  int code = disk_remove(disk, full);
  return code == SQLITE_IOERR_DELETE_NOENT ? SQLITE_OK : code;
}

int fault_disk_sync_folder(fault_disk *disk, const char *path) {
  char full[PATH_BYTES_MAX];
  if (path_normalise(path, full, sizeof full) < 0) return SQLITE_CANTOPEN;
  return disk_sync_folder(disk, disk->process, full);
}

fault_lock *fault_lock_open(fault_disk *disk, const char *path, int *code) {
  char full[PATH_BYTES_MAX];
  content *file;
  int made;
  *code = path_normalise(path, full, sizeof full) < 0 ? SQLITE_CANTOPEN : SQLITE_OK;
  if (!*code) *code = disk_open(disk, full, 1, 0, &file, &made);
  if (*code) return NULL;
  fault_lock *lock = calloc(1, sizeof *lock);
  if (!lock) {
    content_release(file);
    *code = SQLITE_IOERR_NOMEM;
    return NULL;
  }
  lock->disk = disk;
  lock->file = file;
  lock->process = disk->process;
  lock->next = disk->locks;
  disk->locks = lock;
  disk->references++;
  return lock;
}

void fault_lock_close(fault_lock *lock) {
  if (!lock) return;
  fault_lock **link = &lock->disk->locks;
  while (*link != lock) link = &(*link)->next;
  *link = lock->next;
  content_release(lock->file);
  disk_release(lock->disk);
  free(lock);
}

int fault_lock_try(fault_lock *lock) {
  fault_disk *disk = lock->disk;
  verdict fate = call_begin(disk, CALL_LOCK, lock->process);
  if (fate.code) return fate.code;
  int code = SQLITE_OK;
  for (fault_lock *other = disk->locks; other; other = other->next) {
    if (other != lock && other->file == lock->file && other->is_held) code = SQLITE_BUSY;
  }
  if (!code) lock->is_held = 1;
  return call_end(disk, fate, CALL_LOCK, code);
}

int fault_lock_wait(fault_lock *lock, int64_t timeout_milliseconds) {
  int code = fault_lock_try(lock);
  // Nobody else runs meanwhile, so nobody lets go of it.
  if (code == SQLITE_BUSY && timeout_milliseconds > 0) lock->disk->slept += timeout_milliseconds * 1000;
  return code;
}

void fault_lock_unlock(fault_lock *lock) { lock->is_held = 0; }

void fault_lock_write_holder(fault_lock *lock, const void *bytes, int64_t count) {
  // A note that cannot be made is no failure of the lock.
  if (disk_truncate(lock->disk, lock->process, lock->file, 0)) return;
  disk_write(lock->disk, lock->process, lock->file, 0, bytes, count);
}

int64_t fault_lock_read_holder(fault_lock *lock, void *bytes, int64_t count) {
  verdict fate = call_begin(lock->disk, CALL_READ, lock->process);
  if (fate.code) return 0;
  if (count > lock->file->now.size) count = lock->file->now.size;
  if (count > 0) memcpy(bytes, lock->file->now.bytes, (size_t)count);
  return call_end(lock->disk, fate, CALL_READ, SQLITE_OK) ? 0 : count;
}
