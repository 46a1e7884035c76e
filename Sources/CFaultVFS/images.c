#include "internal.h"

// Images: all that is on a disk at one moment, for clones, backups and operators who copy single files.

struct fault_image {
  names files;
};

/// A file with the same bytes, all of them durable.
static content *copy(const content *file) {
  content *fresh = content_create();
  if (!fresh) return NULL;
  fresh->is_folder = file->is_folder;
  if (buffer_write(&fresh->now, 0, file->now.bytes, file->now.size)) {
    content_release(fresh);
    return NULL;
  }
  return fresh;
}

static int put_copy(names *all, const char *path, const content *file, int is_durable) {
  content *fresh = copy(file);
  if (!fresh) return SQLITE_NOMEM;
  int code = is_durable ? content_settle(fresh) : SQLITE_OK;
  if (!code) code = names_put(all, path, fresh);
  content_release(fresh);
  return code;
}

fault_image *fault_image_take(const fault_disk *disk) {
  fault_image *image = calloc(1, sizeof *image);
  if (!image) return NULL;
  for (int index = 0; index < disk->now.count; index++) {
    const entry *one = &disk->now.entries[index];
    if (put_copy(&image->files, one->path, one->file, 0)) {
      fault_image_release(image);
      return NULL;
    }
  }
  return image;
}

void fault_image_release(fault_image *image) {
  if (!image) return;
  names_clear(&image->files);
  free(image);
}

int fault_image_restore(const fault_image *image, fault_disk *disk) {
  memset(disk->dead, 1, (size_t)disk->process_count);
  locks_bury(disk);
  disk->crash_in = 0;
  names_clear(&disk->now);
  int code = SQLITE_OK;
  for (int index = 0; index < image->files.count && !code; index++) {
    const entry *one = &image->files.entries[index];
    code = put_copy(&disk->now, one->path, one->file, 1);
  }
  if (!code) code = names_settle(disk);
  return code ? code : fault_disk_begin_process(disk) ? SQLITE_OK : SQLITE_NOMEM;
}

int fault_image_restore_file(const fault_image *image, fault_disk *disk, const char *path) {
  char full[PATH_BYTES_MAX];
  if (path_normalise(path, full, sizeof full) < 0) return SQLITE_CANTOPEN;
  fault_disk_erase(disk, full);
  content *file = names_find(&image->files, full);
  if (!file || file->is_folder) return SQLITE_OK;
  return fault_disk_poke(disk, full, 0, file->now.bytes, file->now.size);
}
