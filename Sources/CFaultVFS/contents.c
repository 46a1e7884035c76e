#include "internal.h"

// The bytes of files: as processes see them, as a power loss would leave them, and the writes in between.

content *content_create(void) {
  content *file = calloc(1, sizeof *file);
  if (file) file->references = 1;
  return file;
}

content *content_retain(content *file) {
  file->references++;
  return file;
}

void content_release(content *file) {
  if (!file || --file->references > 0) return;
  free(file->now.bytes);
  free(file->durable.bytes);
  free(file->written.bytes);
  free(file->changes);
  free(file);
}

static int buffer_reserve(buffer *to, int64_t size) {
  if (size <= to->room) return SQLITE_OK;
  int64_t room = to->room + to->room / 2;
  if (room < size) room = size;
  if (room < 4096) room = 4096;
  unsigned char *bytes = realloc(to->bytes, (size_t)room);
  if (!bytes) return SQLITE_IOERR_NOMEM;
  to->bytes = bytes;
  to->room = room;
  return SQLITE_OK;
}

int buffer_resize(buffer *to, int64_t size) {
  int code = buffer_reserve(to, size);
  if (code) return code;
  if (size > to->size) memset(to->bytes + to->size, 0, (size_t)(size - to->size));
  to->size = size;
  return SQLITE_OK;
}

int buffer_write(buffer *to, int64_t offset, const void *bytes, int64_t count) {
  if (count <= 0) return SQLITE_OK;
  if (offset + count > to->size) {
    int code = buffer_resize(to, offset + count);
    if (code) return code;
  }
  memcpy(to->bytes + offset, bytes, (size_t)count);
  return SQLITE_OK;
}

static int note(content *file, int64_t offset, const void *bytes, int64_t length) {
  if (file->is_volatile) return SQLITE_OK;
  if (file->change_count == file->change_room) {
    int64_t room = file->change_room ? file->change_room * 2 : 16;
    change *changes = realloc(file->changes, (size_t)room * sizeof *changes);
    if (!changes) return SQLITE_IOERR_NOMEM;
    file->changes = changes;
    file->change_room = room;
  }
  int64_t at = file->written.size;
  if (length > 0) {
    int code = buffer_reserve(&file->written, at + length);
    if (code) return code;
    memcpy(file->written.bytes + at, bytes, (size_t)length);
    file->written.size += length;
  }
  file->changes[file->change_count++] = (change){offset, length, at};
  file->diverged = 1;
  return SQLITE_OK;
}

int content_write(content *file, int64_t offset, const void *bytes, int64_t count) {
  if (count <= 0) return SQLITE_OK;
  int code = note(file, offset, bytes, count);
  return code ? code : buffer_write(&file->now, offset, bytes, count);
}

int content_truncate(content *file, int64_t size) {
  int code = note(file, size, NULL, -1);
  return code ? code : buffer_resize(&file->now, size);
}

static int apply(content *file, const change *done) {
  if (done->length < 0) return buffer_resize(&file->durable, done->offset);
  return buffer_write(&file->durable, done->offset, file->written.bytes + done->at, done->length);
}

static void forget_changes(content *file) {
  enum { KEPT_BYTES_MAX = 1 << 20 };
  file->change_count = 0;
  file->written.size = 0;
  if (file->written.room > KEPT_BYTES_MAX) {
    free(file->written.bytes);
    file->written = (buffer){0};
  }
}

int content_sync(content *file) {
  for (int64_t index = 0; index < file->change_count; index++) {
    int code = apply(file, &file->changes[index]);
    if (code) return code;
  }
  forget_changes(file);
  // What an earlier failed sync has lost stays lost: the system believes it written.
  file->diverged = file->has_losses;
  return SQLITE_OK;
}

void content_sync_failed(fault_disk *disk, content *file) {
  for (int64_t index = 0; index < file->change_count; index++) {
    if (draw_below(disk, 2)) apply(file, &file->changes[index]);
  }
  forget_changes(file);
  file->has_losses = 1;
}

/// Some sectors of a write. The file may have grown to its end without them, as its size is kept elsewhere.
static int apply_torn(fault_disk *disk, content *file, const change *done) {
  int64_t end = done->offset + done->length;
  if (end > file->durable.size && draw_below(disk, 2)) {
    int code = buffer_resize(&file->durable, end);
    if (code) return code;
  }
  int64_t offset = done->offset;
  while (offset < end) {
    int64_t next = (offset / SECTOR_BYTES + 1) * SECTOR_BYTES;
    if (next > end) next = end;
    if (draw_below(disk, 2)) {
      const unsigned char *bytes = file->written.bytes + done->at + (offset - done->offset);
      int code = buffer_write(&file->durable, offset, bytes, next - offset);
      if (code) return code;
    }
    offset = next;
  }
  return SQLITE_OK;
}

int content_lose_power(fault_disk *disk, content *file) {
  if (!file->diverged) return SQLITE_OK;
  for (int64_t index = 0; index < file->change_count; index++) {
    const change *done = &file->changes[index];
    int64_t fate = draw_below(disk, 4);
    int code = SQLITE_OK;
    if (fate < 2 || (fate == 3 && done->length < 0 && draw_below(disk, 2))) {
      disk->faults[FAULT_WRITE_KEPT]++;
      code = apply(file, done);
    } else if (fate == 2 || done->length < 0) {
      disk->faults[FAULT_WRITE_DROPPED]++;
    } else {
      disk->faults[FAULT_WRITE_TORN]++;
      code = apply_torn(disk, file, done);
    }
    if (code) return code;
  }
  forget_changes(file);
  file->diverged = file->has_losses = 0;
  file->now.size = 0;
  return buffer_write(&file->now, 0, file->durable.bytes, file->durable.size);
}

int content_settle(content *file) {
  forget_changes(file);
  file->diverged = file->has_losses = 0;
  file->durable.size = 0;
  return buffer_write(&file->durable, 0, file->now.bytes, file->now.size);
}
