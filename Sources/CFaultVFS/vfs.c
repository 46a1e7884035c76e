#include "internal.h"

// A disk as SQLite sees it.

static int handle_close(sqlite3_file *file) {
  handle *own = (handle *)file;
  fault_disk *disk = own->disk;
  handle_shm_unmap(file, 0);
  if (own->deleted_on_close && !handle_is_dead(own)) {
    if (names_find(&disk->now, own->deleted_on_close) == own->file) {
      names_change(disk, own->deleted_on_close, NULL, own->file);
    }
  }
  if (own->previous) own->previous->next = own->next;
  else disk->handles = own->next;
  if (own->next) own->next->previous = own->previous;
  free(own->deleted_on_close);
  free(own->unsynced_folder);
  content_release(own->file);
  disk_release(disk);
  return SQLITE_OK;
}

static int handle_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  handle *own = (handle *)file;
  verdict fate = call_begin(own->disk, CALL_READ, own->process);
  if (fate.code) return fate.code;
  int64_t there = own->file->now.size - offset;
  if (there > count) there = count;
  if (there > 0) memcpy(bytes, own->file->now.bytes + offset, (size_t)there);
  else there = 0;
  if (there < count) memset((char *)bytes + there, 0, (size_t)(count - there));
  return call_end(own->disk, fate, CALL_READ, there < count ? SQLITE_IOERR_SHORT_READ : SQLITE_OK);
}

static int handle_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  handle *own = (handle *)file;
  if (own->is_read_only) return SQLITE_READONLY;
  return disk_write(own->disk, own->process, own->file, offset, bytes, count);
}

static int handle_truncate(sqlite3_file *file, sqlite3_int64 size) {
  handle *own = (handle *)file;
  if (own->is_read_only) return SQLITE_READONLY;
  return disk_truncate(own->disk, own->process, own->file, size);
}

static int handle_sync(sqlite3_file *file, int flags) {
  (void)flags;
  handle *own = (handle *)file;
  int code = disk_sync(own->disk, own->process, own->file);
  // The first sync of a journal or log is one of its folder too, as in SQLite's own code for Unix.
  if (!code && own->unsynced_folder) {
    code = disk_sync_folder(own->disk, own->process, own->unsynced_folder);
    free(own->unsynced_folder);
    own->unsynced_folder = NULL;
  }
  return code;
}

static int handle_size(sqlite3_file *file, sqlite3_int64 *size) {
  handle *own = (handle *)file;
  if (handle_is_dead(own)) return SQLITE_IOERR_FSTAT;
  *size = own->file->now.size;
  return SQLITE_OK;
}

static int handle_control(sqlite3_file *file, int operation, void *argument) {
  (void)file, (void)operation, (void)argument;
  return SQLITE_NOTFOUND;
}

// As SQLite's own for Unix: what a write does not name it does not damage, and pages are as large as sectors seem.
static int handle_sector_size(sqlite3_file *file) {
  (void)file;
  return 4096;
}

static int handle_characteristics(sqlite3_file *file) {
  (void)file;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = handle_close,
  .xRead = handle_read,
  .xWrite = handle_write,
  .xTruncate = handle_truncate,
  .xSync = handle_sync,
  .xFileSize = handle_size,
  .xLock = handle_lock,
  .xUnlock = handle_unlock,
  .xCheckReservedLock = handle_check_reserved,
  .xFileControl = handle_control,
  .xSectorSize = handle_sector_size,
  .xDeviceCharacteristics = handle_characteristics,
  .xShmMap = handle_shm_map,
  .xShmLock = handle_shm_lock,
  .xShmBarrier = handle_shm_barrier,
  .xShmUnmap = handle_shm_unmap,
};

static char *copy_text(const char *text) {
  char *copy = malloc(strlen(text) + 1);
  return copy ? strcpy(copy, text) : NULL;
}

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags, int *out_flags) {
  fault_disk *disk = vfs->pAppData;
  handle *own = (handle *)file;
  memset(own, 0, sizeof *own);
  content *opened = NULL;
  int made = 0, code;
  if (path) {
    code = disk_open(disk, path, flags & SQLITE_OPEN_CREATE, flags & SQLITE_OPEN_EXCLUSIVE, &opened, &made);
  } else {
    verdict fate = call_begin(disk, CALL_OPEN, disk->process);
    if (fate.code) return fate.code;
    opened = content_create();
    if (opened) opened->is_volatile = 1;
    code = call_end(disk, fate, CALL_OPEN, opened ? SQLITE_OK : SQLITE_IOERR_NOMEM);
  }
  if (!code && path && flags & SQLITE_OPEN_DELETEONCLOSE) {
    own->deleted_on_close = copy_text(path);
    if (!own->deleted_on_close) code = SQLITE_IOERR_NOMEM;
  }
  enum { BESIDE = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL };
  // Of one that may be new, as there, whether it is or not.
  if (!code && path && flags & SQLITE_OPEN_CREATE && flags & BESIDE) {
    own->unsynced_folder = folder_of(path);
    if (!own->unsynced_folder) code = SQLITE_IOERR_NOMEM;
  }
  if (code) {
    free(own->deleted_on_close);
    content_release(opened);
    return code;
  }
  own->base.pMethods = &methods;
  own->disk = disk;
  own->file = opened;
  own->process = disk->process;
  own->is_read_only = (flags & SQLITE_OPEN_READONLY) != 0;
  own->next = disk->handles;
  if (own->next) own->next->previous = own;
  disk->handles = own;
  disk->references++;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder) {
  fault_disk *disk = vfs->pAppData;
  int code = disk_remove(disk, path);
  if (code || !sync_folder) return code;
  char *folder = folder_of(path);
  if (!folder) return SQLITE_IOERR_NOMEM;
  code = disk_sync_folder(disk, disk->process, folder);
  free(folder);
  return code ? SQLITE_IOERR_DIR_FSYNC : SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
  fault_disk *disk = vfs->pAppData;
  char full[PATH_BYTES_MAX];
  *answer = 0;
  if (path_normalise(path, full, sizeof full) < 0) return SQLITE_CANTOPEN;
  verdict fate = call_begin(disk, CALL_ACCESS, disk->process);
  if (fate.code) return fate.code;
  content *file = names_find(&disk->now, full);
  // As SQLite's own for Unix: an empty file does not "exist".
  if (file) *answer = flags != SQLITE_ACCESS_EXISTS || file->is_folder || file->now.size > 0;
  return call_end(disk, fate, CALL_ACCESS, SQLITE_OK);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int room, char *out) {
  (void)vfs;
  return path_normalise(path, out, room) < 0 ? SQLITE_CANTOPEN_FULLPATH : SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
  fault_disk *disk = vfs->pAppData;
  for (int index = 0; index < count; index++) bytes[index] = (char)draw(&disk->randomness);
  return count;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
  fault_disk *disk = vfs->pAppData;
  disk->slept += microseconds;
  return microseconds;
}

/// Milliseconds of the Julian day on which 1970 began.
static const int64_t unix_epoch = 210866760000000;

static int vfs_time64(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
  *milliseconds = unix_epoch + ((fault_disk *)vfs->pAppData)->time;
  return SQLITE_OK;
}

static int vfs_time(sqlite3_vfs *vfs, double *days) {
  sqlite3_int64 milliseconds;
  vfs_time64(vfs, &milliseconds);
  *days = (double)milliseconds / 86400000.0;
  return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int room, char *text) {
  (void)vfs;
  if (room > 0) text[0] = 0;
  return 0;
}

void vfs_fill(fault_disk *disk) {
  disk->vfs = (sqlite3_vfs){
    .iVersion = 2,
    .szOsFile = sizeof(handle),
    .mxPathname = PATH_BYTES_MAX - 1,
    .zName = disk->name,
    .pAppData = disk,
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_path,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_time,
    .xGetLastError = vfs_last_error,
    .xCurrentTimeInt64 = vfs_time64,
  };
}
