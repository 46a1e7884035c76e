#include "internal.h"

// What tests do to a disk from outside: past counting, faults and processes, and durable at once.

static content *find(const fault_disk *disk, const char *path) {
  char full[PATH_BYTES_MAX];
  if (path_normalise(path, full, sizeof full) < 0) return NULL;
  content *file = names_find(&disk->now, full);
  return file && !file->is_folder ? file : NULL;
}

const char *fault_disk_list(const fault_disk *disk, int index, int *is_folder) {
  if (index < 0 || index >= disk->now.count) return NULL;
  *is_folder = disk->now.entries[index].file->is_folder;
  return disk->now.entries[index].path;
}

int64_t fault_disk_peek_size(const fault_disk *disk, const char *path) {
  content *file = find(disk, path);
  return file ? file->now.size : -1;
}

int64_t fault_disk_peek(const fault_disk *disk, const char *path, int64_t offset, void *bytes, int64_t count) {
  content *file = find(disk, path);
  if (!file || offset < 0) return 0;
  if (count > file->now.size - offset) count = file->now.size - offset;
  if (count <= 0) return 0;
  memcpy(bytes, file->now.bytes + offset, (size_t)count);
  return count;
}

/// The file, made with its folders if it is not there.
static content *find_or_make(fault_disk *disk, const char *path) {
  char full[PATH_BYTES_MAX];
  if (path_normalise(path, full, sizeof full) < 0) return NULL;
  content *file = names_find(&disk->now, full);
  if (file) return file->is_folder ? NULL : file;
  for (char *slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (!names_find(&disk->now, full)) {
      content *folder = content_create();
      if (!folder) return NULL;
      folder->is_folder = 1;
      int code = names_change(disk, NULL, full, folder);
      content_release(folder);
      if (code) return NULL;
    }
    *slash = '/';
  }
  content *fresh = content_create();
  if (!fresh) return NULL;
  int code = names_change(disk, NULL, full, fresh);
  content_release(fresh);
  return code ? NULL : fresh;
}

static int settle(fault_disk *disk, content *file) {
  int code = content_settle(file);
  return code ? code : names_sync_file(disk, file);
}

int fault_disk_poke(fault_disk *disk, const char *path, int64_t offset, const void *bytes, int64_t count) {
  content *file = offset < 0 || count < 0 ? NULL : find_or_make(disk, path);
  if (!file) return SQLITE_CANTOPEN;
  int code = buffer_write(&file->now, offset, bytes, count);
  return code ? code : settle(disk, file);
}

int fault_disk_truncate(fault_disk *disk, const char *path, int64_t size) {
  content *file = find(disk, path);
  if (!file || size < 0) return SQLITE_NOTFOUND;
  int code = buffer_resize(&file->now, size);
  return code ? code : settle(disk, file);
}

void fault_disk_erase(fault_disk *disk, const char *path) {
  char full[PATH_BYTES_MAX];
  content *file = find(disk, path);
  if (!file || path_normalise(path, full, sizeof full) < 0) return;
  if (names_change(disk, full, NULL, file)) return;
  char *folder = folder_of(full);
  if (folder) names_sync_folder(disk, folder);
  free(folder);
}

int fault_disk_flip(fault_disk *disk, const char *path, int64_t offset, int bit) {
  content *file = find(disk, path);
  if (!file || offset < 0 || offset >= file->now.size) return SQLITE_NOTFOUND;
  unsigned char mask = (unsigned char)(1u << (bit & 7));
  file->now.bytes[offset] ^= mask;
  if (offset < file->durable.size) file->durable.bytes[offset] ^= mask;
  disk->faults[FAULT_FLIP]++;
  return SQLITE_OK;
}

int64_t fault_disk_flip_random(fault_disk *disk, const char *path, int64_t offset, int64_t length) {
  content *file = find(disk, path);
  if (!file || offset < 0 || offset >= file->now.size) return -1;
  int64_t left = file->now.size - offset;
  int64_t at = offset + draw_below(disk, length < 0 || length > left ? left : length);
  return fault_disk_flip(disk, path, at, (int)draw_below(disk, 8)) ? -1 : at;
}

static uint64_t mix(uint64_t hash, const void *bytes, int64_t count) {
  // FNV-1a: equal or not is all that is asked.
  for (int64_t index = 0; index < count; index++) hash = (hash ^ ((const unsigned char *)bytes)[index]) * 0x100000001b3u;
  return hash;
}

uint64_t fault_disk_hash(const fault_disk *disk) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (int index = 0; index < disk->now.count; index++) {
    const entry *one = &disk->now.entries[index];
    hash = mix(hash, one->path, (int64_t)strlen(one->path) + 1);
    hash = mix(hash, &one->file->now.size, sizeof one->file->now.size);
    hash = mix(hash, one->file->now.bytes, one->file->now.size);
  }
  return hash;
}
