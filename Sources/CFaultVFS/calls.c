#include "internal.h"

// What SQLite's files and small files have in common: counted, failing, crashing calls on contents and names.

int disk_write(fault_disk *disk, int process, content *file, int64_t offset, const void *bytes, int64_t count) {
  verdict fate = call_begin(disk, CALL_WRITE, process);
  if (fate.code && !fate.partly) return fate.code;
  int code = fate.code;
  int64_t most = count;
  int64_t growth = offset + count - file->now.size;
  if (disk->capacity >= 0 && growth > 0) {
    int64_t left = disk->capacity - fault_disk_used(disk);
    if (left < 0) left = 0;
    if (growth > left) {
      if (!code) disk->faults[FAULT_CAPACITY]++;
      if (!code) code = SQLITE_FULL;
      most = count - growth + left;
      if (most < 0) most = 0;
    }
  }
  // A call that fails or is cut off leaves some whole sectors from its beginning. Power loss tears the write by itself.
  if (code || (fate.crashes && disk->crash_mode != FAULT_POWER)) {
    int64_t sectors = draw_below(disk, count / SECTOR_BYTES + 2);
    if (sectors * SECTOR_BYTES < most) most = sectors * SECTOR_BYTES;
  }
  int failed = content_write(file, offset, bytes, most);
  return call_end(disk, fate, CALL_WRITE, code ? code : failed);
}

int disk_truncate(fault_disk *disk, int process, content *file, int64_t size) {
  verdict fate = call_begin(disk, CALL_TRUNCATE, process);
  if (fate.code) return fate.code;
  return call_end(disk, fate, CALL_TRUNCATE, content_truncate(file, size));
}

int disk_sync(fault_disk *disk, int process, content *file) {
  verdict fate = call_begin(disk, CALL_SYNC, process);
  if (fate.code) {
    if (fate.partly) content_sync_failed(disk, file);
    return fate.code;
  }
  int code = SQLITE_OK;
  if (disk->is_lying) {
    disk->faults[FAULT_LIE]++;
  } else {
    code = content_sync(file);
    if (!code) code = names_sync_file(disk, file);
  }
  return call_end(disk, fate, CALL_SYNC, code);
}

int disk_sync_folder(fault_disk *disk, int process, const char *folder) {
  verdict fate = call_begin(disk, CALL_SYNC, process);
  if (fate.code) return fate.code;
  int code = SQLITE_OK;
  if (disk->is_lying) disk->faults[FAULT_LIE]++;
  else code = names_sync_folder(disk, folder);
  return call_end(disk, fate, CALL_SYNC, code);
}

int disk_remove(fault_disk *disk, const char *path) {
  verdict fate = call_begin(disk, CALL_REMOVE, disk->process);
  if (fate.code) return fate.code;
  content *file = names_find(&disk->now, path);
  int code = !file ? SQLITE_IOERR_DELETE_NOENT : file->is_folder ? SQLITE_IOERR_DELETE : SQLITE_OK;
  if (!code) code = names_change(disk, path, NULL, file);
  return call_end(disk, fate, CALL_REMOVE, code);
}

int disk_open(fault_disk *disk, const char *path, int create, int exclusive, content **file, int *made) {
  *file = NULL;
  *made = 0;
  verdict fate = call_begin(disk, CALL_OPEN, disk->process);
  if (fate.code) return fate.code;
  int code = SQLITE_OK;
  content *found = names_find(&disk->now, path);
  if (found) {
    if (found->is_folder) code = SQLITE_CANTOPEN_ISDIR;
    else if (create && exclusive) code = SQLITE_CANTOPEN;
    else *file = content_retain(found);
  } else if (create && names_have_folder(disk, path)) {
    content *fresh = content_create();
    code = fresh ? names_change(disk, NULL, path, fresh) : SQLITE_IOERR_NOMEM;
    if (code) content_release(fresh);
    else *file = fresh;
    *made = !code;
  } else {
    code = SQLITE_CANTOPEN;
  }
  code = call_end(disk, fate, CALL_OPEN, code);
  if (code) {
    content_release(*file);
    *file = NULL;
  }
  return code;
}
