#include "internal.h"

// Names: a sorted table of what they name now, one of what is durable, and the changes in between.

static int position(const names *all, const char *path, int *found) {
  int low = 0, high = all->count;
  while (low < high) {
    int middle = (low + high) / 2;
    int order = strcmp(all->entries[middle].path, path);
    if (order == 0) {
      *found = 1;
      return middle;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  *found = 0;
  return low;
}

content *names_find(const names *all, const char *path) {
  int found;
  int at = position(all, path, &found);
  return found ? all->entries[at].file : NULL;
}

static char *copy_text(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  if (copy) memcpy(copy, text, size);
  return copy;
}

int names_put(names *all, const char *path, content *file) {
  int found;
  int at = position(all, path, &found);
  content_retain(file);
  if (found) {
    content_release(all->entries[at].file);
    all->entries[at].file = file;
    return SQLITE_OK;
  }
  if (all->count == all->room) {
    int room = all->room ? all->room * 2 : 16;
    entry *entries = realloc(all->entries, (size_t)room * sizeof *entries);
    if (!entries) {
      content_release(file);
      return SQLITE_IOERR_NOMEM;
    }
    all->entries = entries;
    all->room = room;
  }
  char *copy = copy_text(path);
  if (!copy) {
    content_release(file);
    return SQLITE_IOERR_NOMEM;
  }
  memmove(all->entries + at + 1, all->entries + at, (size_t)(all->count - at) * sizeof *all->entries);
  all->entries[at] = (entry){copy, file};
  all->count++;
  return SQLITE_OK;
}

void names_drop(names *all, const char *path) {
  int found;
  int at = position(all, path, &found);
  if (!found) return;
  entry gone = all->entries[at];
  all->count--;
  memmove(all->entries + at, all->entries + at + 1, (size_t)(all->count - at) * sizeof *all->entries);
  free(gone.path);
  content_release(gone.file);
}

void names_clear(names *all) {
  for (int index = 0; index < all->count; index++) {
    free(all->entries[index].path);
    content_release(all->entries[index].file);
  }
  free(all->entries);
  *all = (names){0};
}

char *folder_of(const char *path) {
  char *folder = copy_text(path);
  char *slash = folder ? strrchr(folder, '/') : NULL;
  if (slash) slash[slash == folder ? 1 : 0] = 0;
  return folder;
}

int names_have_folder(const fault_disk *disk, const char *path) {
  char *folder = folder_of(path);
  if (!folder) return 0;
  content *found = names_find(&disk->now, folder);
  int have = strcmp(folder, "/") == 0 || (found && found->is_folder);
  free(folder);
  return have;
}

static int apply_to(names *all, const name_change *done) {
  if (done->from && (!done->to || names_find(all, done->from) == done->file)) names_drop(all, done->from);
  return done->to ? names_put(all, done->to, done->file) : SQLITE_OK;
}

static void change_free(name_change *done) {
  free(done->from);
  free(done->to);
  content_release(done->file);
}

int names_change(fault_disk *disk, const char *from, const char *to, content *file) {
  if (disk->name_change_count == disk->name_change_room) {
    int room = disk->name_change_room ? disk->name_change_room * 2 : 16;
    name_change *changes = realloc(disk->name_changes, (size_t)room * sizeof *changes);
    if (!changes) return SQLITE_IOERR_NOMEM;
    disk->name_changes = changes;
    disk->name_change_room = room;
  }
  name_change done = {from ? copy_text(from) : NULL, to ? copy_text(to) : NULL, content_retain(file)};
  if ((from && !done.from) || (to && !done.to)) {
    change_free(&done);
    return SQLITE_IOERR_NOMEM;
  }
  disk->name_changes[disk->name_change_count++] = done;
  return apply_to(&disk->now, &done);
}

static int is_in(const char *folder, const char *path) {
  const char *slash = path ? strrchr(path, '/') : NULL;
  if (!slash) return 0;
  size_t length = strlen(folder);
  if (slash == path) return length == 1;
  return (size_t)(slash - path) == length && memcmp(folder, path, length) == 0;
}

static int is_same(const char *left, const char *right) { return left && right && strcmp(left, right) == 0; }

static int is_above(const char *folder, const char *path) {
  size_t length = strlen(folder);
  return path && strncmp(folder, path, length) == 0 && path[length] == '/';
}

/// Whether the later change needs the earlier one: the same name, or a folder that must be there.
static int needs(const name_change *later, const name_change *earlier) {
  if (is_same(later->from, earlier->from) || is_same(later->from, earlier->to)) return 1;
  if (is_same(later->to, earlier->from) || is_same(later->to, earlier->to)) return 1;
  return earlier->file->is_folder && earlier->to && is_above(earlier->to, later->to);
}

/// Makes a change durable, after those it needs. `to` = NULL marks nothing: a done change has neither name.
static int make_durable(fault_disk *disk, int index) {
  name_change *done = &disk->name_changes[index];
  if (!done->from && !done->to) return SQLITE_OK;
  for (int earlier = 0; earlier < index; earlier++) {
    name_change *other = &disk->name_changes[earlier];
    if ((other->from || other->to) && needs(done, other)) {
      int code = make_durable(disk, earlier);
      if (code) return code;
    }
  }
  int code = apply_to(&disk->durable, done);
  free(done->from);
  free(done->to);
  done->from = done->to = NULL;
  return code;
}

static void forget_done(fault_disk *disk) {
  int kept = 0;
  for (int index = 0; index < disk->name_change_count; index++) {
    name_change *done = &disk->name_changes[index];
    if (done->from || done->to) disk->name_changes[kept++] = *done;
    else content_release(done->file);
  }
  disk->name_change_count = kept;
}

int names_sync_folder(fault_disk *disk, const char *folder) {
  int code = SQLITE_OK;
  for (int index = 0; index < disk->name_change_count && !code; index++) {
    name_change *done = &disk->name_changes[index];
    // A folder that is synced is itself there.
    if (is_in(folder, done->from) || is_in(folder, done->to) || (done->file->is_folder && is_same(done->to, folder))) {
      code = make_durable(disk, index);
    }
  }
  forget_done(disk);
  return code;
}

int names_sync_file(fault_disk *disk, const content *file) {
  if (!disk->name_change_count) return SQLITE_OK;
  int code = SQLITE_OK;
  for (int index = 0; index < disk->name_change_count && !code; index++) {
    if (disk->name_changes[index].file == file && disk->name_changes[index].to) code = make_durable(disk, index);
  }
  forget_done(disk);
  return code;
}

int names_lose_power(fault_disk *disk) {
  int code = SQLITE_OK;
  int count = disk->name_change_count;
  int64_t first_few = draw_below(disk, (int64_t)count + 1);
  for (int index = 0; index < count && !code; index++) {
    name_change *done = &disk->name_changes[index];
    // Without a journal each for itself; folders stay, or what is in them would have nowhere to be.
    int keeps = disk->names_reorder ? done->file->is_folder || draw_below(disk, 2) : index < first_few;
    disk->faults[keeps ? FAULT_NAME_KEPT : FAULT_NAME_DROPPED]++;
    if (keeps) code = apply_to(&disk->durable, done);
  }
  for (int index = 0; index < count; index++) change_free(&disk->name_changes[index]);
  disk->name_change_count = 0;
  names_clear(&disk->now);
  for (int index = 0; index < disk->durable.count && !code; index++) {
    entry *one = &disk->durable.entries[index];
    code = content_lose_power(disk, one->file);
    if (!code) code = names_put(&disk->now, one->path, one->file);
  }
  return code;
}

int names_settle(fault_disk *disk) {
  for (int index = 0; index < disk->name_change_count; index++) change_free(&disk->name_changes[index]);
  disk->name_change_count = 0;
  names_clear(&disk->durable);
  int code = SQLITE_OK;
  for (int index = 0; index < disk->now.count && !code; index++) {
    code = names_put(&disk->durable, disk->now.entries[index].path, disk->now.entries[index].file);
  }
  return code;
}

int path_normalise(const char *path, char *out, int room) {
  int length = 0;
  while (*path) {
    while (*path == '/') path++;
    const char *end = path;
    while (*end && *end != '/') end++;
    int count = (int)(end - path);
    if (count == 2 && path[0] == '.' && path[1] == '.') {
      while (length > 0 && out[--length] != '/') {}
    } else if (count > 0 && !(count == 1 && path[0] == '.')) {
      if (length + count + 2 > room) return -1;
      out[length++] = '/';
      memcpy(out + length, path, (size_t)count);
      length += count;
    }
    path = end;
  }
  if (length == 0) out[length++] = '/';
  out[length] = 0;
  return length;
}
