#pragma once
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "CFaultVFS.h"

enum { SECTOR_BYTES = 512 };

// contents.c: what a name names.

typedef struct {
  unsigned char *bytes;
  int64_t size;
  int64_t room;
} buffer;

/// A write of `length` bytes, kept at `at` of the written ones, or a truncation (`length` < 0).
typedef struct {
  int64_t offset;
  int64_t length;
  int64_t at;
} change;

typedef struct shared shared;

typedef struct {
  int references;
  int is_folder;
  /// A temporary file: nothing of it is ever durable.
  int is_volatile;
  /// As processes see it.
  buffer now;
  /// As of the last sync.
  buffer durable;
  /// Whether `now` may differ from `durable`.
  int diverged;
  /// Whether a failed sync has lost something, so that it may even after a sync.
  int has_losses;
  change *changes;
  int64_t change_count;
  int64_t change_room;
  buffer written;
  /// The shared memory of those who have it open, if any.
  shared *shared;
} content;

content *content_create(void);
content *content_retain(content *file);
void content_release(content *file);
int buffer_resize(buffer *to, int64_t size);
int buffer_write(buffer *to, int64_t offset, const void *bytes, int64_t count);
int content_write(content *file, int64_t offset, const void *bytes, int64_t count);
int content_truncate(content *file, int64_t size);
int content_sync(content *file);
void content_sync_failed(fault_disk *disk, content *file);
int content_lose_power(fault_disk *disk, content *file);
/// Makes all of it durable as it is.
int content_settle(content *file);

// names.c: which name names what, now and after a power loss.

typedef struct {
  char *path;
  content *file;
} entry;

typedef struct {
  entry *entries;
  int count;
  int room;
} names;

/// A name made (`to`), removed (`from`) or moved (both).
typedef struct {
  char *from;
  char *to;
  content *file;
} name_change;

content *names_find(const names *all, const char *path);
int names_put(names *all, const char *path, content *file);
void names_drop(names *all, const char *path);
void names_clear(names *all);
/// Does it now and notes it as not yet durable. Takes no path over.
int names_change(fault_disk *disk, const char *from, const char *to, content *file);
int names_sync_folder(fault_disk *disk, const char *folder);
int names_sync_file(fault_disk *disk, const content *file);
int names_lose_power(fault_disk *disk);
/// Makes all names durable as they are.
int names_settle(fault_disk *disk);
/// Whether the folder of a path is there.
int names_have_folder(const fault_disk *disk, const char *path);
/// The folder of a path; to be freed.
char *folder_of(const char *path);
/// The path made absolute, without `.`, `..` and doubled slashes. -1 if it does not fit.
int path_normalise(const char *path, char *out, int room);
enum { PATH_BYTES_MAX = 1024 };

// locks.c: what handles hold against each other.

/// One open file of SQLite.
typedef struct handle {
  sqlite3_file base;
  fault_disk *disk;
  content *file;
  struct handle *next;
  struct handle *previous;
  int process;
  int is_read_only;
  /// Its name, if it goes with the handle.
  char *deleted_on_close;
  /// Its folder, until that is synced with it.
  char *unsynced_folder;
  int lock;
  shared *shared;
  unsigned shared_mask;
  unsigned exclusive_mask;
} handle;

int handle_is_dead(const handle *file);
int handle_lock(sqlite3_file *file, int level);
int handle_unlock(sqlite3_file *file, int level);
int handle_check_reserved(sqlite3_file *file, int *answer);
int handle_shm_map(sqlite3_file *file, int region, int bytes, int extend, void volatile **out);
int handle_shm_lock(sqlite3_file *file, int offset, int count, int flags);
void handle_shm_barrier(sqlite3_file *file);
int handle_shm_unmap(sqlite3_file *file, int remove);
/// Takes away what the dead hold.
void locks_bury(fault_disk *disk);

// faults.c: what happens instead of, before and in the middle of a call.

typedef enum {
  CALL_OPEN,
  CALL_READ,
  CALL_WRITE,
  CALL_TRUNCATE,
  CALL_SYNC,
  CALL_REMOVE,
  CALL_RENAME,
  CALL_ACCESS,
  CALL_LOCK,
  CALL_SHM,
} call_kind;

typedef struct {
  /// 0 to go on; else what to answer instead.
  int code;
  /// Whether it ends with a crash, to be done by `call_end` after what gets done of it.
  int crashes;
  /// Whether a part of what was asked may be done although it fails.
  int partly;
} verdict;

/// Counts a call of the selected process, or of the handle's, and decides its fate.
verdict call_begin(fault_disk *disk, call_kind kind, int process);
/// The answer of a call that was done with `code`.
int call_end(fault_disk *disk, verdict fate, call_kind kind, int code);
int call_error(call_kind kind);

// calls.c: what SQLite's files and small files have in common.

int disk_write(fault_disk *disk, int process, content *file, int64_t offset, const void *bytes, int64_t count);
int disk_truncate(fault_disk *disk, int process, content *file, int64_t size);
int disk_sync(fault_disk *disk, int process, content *file);
int disk_sync_folder(fault_disk *disk, int process, const char *folder);
int disk_remove(fault_disk *disk, const char *path);
/// Finds a file, or makes it where it may; `made` says which.
int disk_open(fault_disk *disk, const char *path, int create, int exclusive, content **file, int *made);

// disk.c

struct fault_disk {
  sqlite3_vfs vfs;
  char *name;
  int references;
  int is_destroyed;
  uint64_t fate;
  uint64_t randomness;
  int64_t time;
  int64_t slept;
  int64_t capacity;
  int is_lying;
  int is_sheltered;
  int names_reorder;

  names now;
  names durable;
  name_change *name_changes;
  int name_change_count;
  int name_change_room;
  handle *handles;
  fault_lock *locks;

  int process;
  int process_count;
  int process_room;
  /// By number less 1.
  unsigned char *dead;

  int64_t calls;
  int64_t crashes;
  int64_t crash_in;
  fault_crash crash_mode;
  int64_t fail_in[FAULT_KINDS];
  int64_t faults[FAULT_KINDS];
};

struct fault_lock {
  fault_disk *disk;
  content *file;
  fault_lock *next;
  int process;
  int is_held;
};

uint64_t draw(uint64_t *state);
/// A number of 0 ..< end.
int64_t draw_below(fault_disk *disk, int64_t end);
int disk_is_dead(const fault_disk *disk, int process);
void disk_release(fault_disk *disk);

// vfs.c

void vfs_fill(fault_disk *disk);
