#pragma once
#include <stdint.h>

// A disk in memory that loses power, for tests and the simulator alone. One disk is one SQLite VFS with files of its own, and
// small files and locks beside them. Everything it decides comes from its seed: equal calls on equal disks do equal things.
//
// One disk belongs to one thread at a time; several disks may be used on several threads. Nothing mutable is shared between
// disks but SQLite's own registry.
//
// Functions that answer `int` without saying what give SQLite's result codes, 0 for success.
//
// What survives power loss:
// - of a file: what it was when it was last synced, and of each write since then all (1/2), nothing (1/4) or some of its sectors
//   of 512 bytes (1/4), each write on its own; a truncation all or nothing. Bytes outside a write never change.
// - of names: those made, moved and removed before the folder was synced, or whose file was synced after that (what ext4, XFS,
//   btrfs and APFS do). Of the others the first few, in the order they were made in, as a journal keeps them; see
//   `fault_disk_set_names_reorder` for file systems without one.
// A sync that failed leaves writes that a later sync does not try again: each is on the disk or lost, decided at the failure.

typedef struct fault_disk fault_disk;
typedef struct fault_image fault_image;
typedef struct fault_lock fault_lock;

/// How a crash goes.
typedef enum {
  /// Every process ends at once; the disk keeps all that was written.
  FAULT_KILL,
  /// The machine loses power.
  FAULT_POWER,
  /// The process that is selected, or that makes the call, ends; the others go on. Its code must be left to unwind and close
  /// before another process runs: SQLite may still touch the shared memory.
  FAULT_KILL_PROCESS,
} fault_crash;

/// Faults that are asked for by `fault_disk_fail`, and what has really happened, for `fault_disk_faults`.
typedef enum {
  /// A write that finds no room (SQLITE_FULL). A part of it may be written.
  FAULT_FULL,
  /// A write that fails. A part of it may be written.
  FAULT_WRITE,
  /// A sync that fails.
  FAULT_SYNC,
  /// A read that fails.
  FAULT_READ,
  /// A lock that another seems to hold: of a database, of its shared memory (but no unlocking), of a small lock.
  FAULT_BUSY,
  /// A file that cannot be opened.
  FAULT_OPEN,
  /// A removal that fails.
  FAULT_REMOVE,
  /// A truncation that fails.
  FAULT_TRUNCATE,
  /// A rename that fails; small files alone are renamed.
  FAULT_RENAME,

  // From here on only counted.
  FAULT_KILLED,
  FAULT_POWER_LOST,
  /// Unsynced writes and truncations that a power loss kept.
  FAULT_WRITE_KEPT,
  /// That it dropped.
  FAULT_WRITE_DROPPED,
  /// Of which it kept some sectors.
  FAULT_WRITE_TORN,
  /// Changes of names that a power loss kept.
  FAULT_NAME_KEPT,
  /// That it dropped.
  FAULT_NAME_DROPPED,
  /// Syncs that said yes and did nothing.
  FAULT_LIE,
  /// Bits flipped.
  FAULT_FLIP,
  /// Writes that found the disk at its capacity.
  FAULT_CAPACITY,
  FAULT_KINDS,
} fault_kind;

// The disk.

/// A new, empty disk, registered as a VFS under this name; under one that no other disk of the process has, if `name` is null.
/// Null if the name is taken or there is no memory.
fault_disk *fault_disk_create(const char *name, uint64_t seed);
/// Ends the disk. What is still open on it fails from now on and may be closed later.
void fault_disk_destroy(fault_disk *disk);
/// The name of its VFS.
const char *fault_disk_name(const fault_disk *disk);
/// The time SQLite is told, in milliseconds since 1970; at first 1,700,000,000,000.
void fault_disk_set_time(fault_disk *disk, int64_t unix_milliseconds);
/// How long SQLite and the locks have waited. Nothing really sleeps.
int64_t fault_disk_slept_microseconds(const fault_disk *disk);
/// The bytes of all files may grow up to that; negative for no limit.
void fault_disk_set_capacity(fault_disk *disk, int64_t bytes);
/// The bytes of all files as they are now.
int64_t fault_disk_used(const fault_disk *disk);
/// Whether syncs answer success and do nothing. What was lied about becomes durable with the next honest sync.
void fault_disk_set_lying(fault_disk *disk, int lying);
/// Whether a power loss may keep a later change of names and drop an earlier one, as without a journal.
void fault_disk_set_names_reorder(fault_disk *disk, int reorder);

// Crashes.

/// Crashes before or in the middle of the counted call that is the `calls`-th from now (1 is the next). 0 disarms.
void fault_disk_arm(fault_disk *disk, fault_crash mode, int64_t calls);
/// Crashes now.
void fault_disk_crash(fault_disk *disk, fault_crash mode);
/// Whether the selected process has ended: everything but closing fails for it.
int fault_disk_is_down(const fault_disk *disk);
/// The calls counted so far: every open, read, write, truncation, sync, removal, rename, access, lock and shared memory call of
/// living processes. Closing and unlocking are not counted.
int64_t fault_disk_calls(const fault_disk *disk);
/// How many crashes there have been.
int64_t fault_disk_crashes(const fault_disk *disk);

// Processes. Each disk begins with one, number 1. What is opened belongs to the process that is selected then.

/// Begins a process and selects it; answers its number, or 0 without memory.
int fault_disk_begin_process(fault_disk *disk);
/// Selects a process.
void fault_disk_select_process(fault_disk *disk, int process);
/// The selected process.
int fault_disk_process(const fault_disk *disk);

// Faults.

/// The `nth` call from now that can fail in this way fails once (1 is the next). 0 disarms.
void fault_disk_fail(fault_disk *disk, fault_kind kind, int64_t nth);
/// Whether a fault asked for has not happened yet.
int fault_disk_is_armed(const fault_disk *disk, fault_kind kind);
/// How many calls from now that is; 0 if none was asked for, or it has happened.
int64_t fault_disk_fails_in(const fault_disk *disk, fault_kind kind);
/// Whether calls are neither counted nor fail: for a look from outside that must change nothing.
void fault_disk_set_sheltered(fault_disk *disk, int sheltered);
/// Draws all further fates and randomness from this seed.
void fault_disk_reseed(fault_disk *disk, uint64_t seed);
/// Disarms crash and faults.
void fault_disk_disarm(fault_disk *disk);
/// How often something has really happened.
int64_t fault_disk_faults(const fault_disk *disk, fault_kind kind);
/// Flips one bit of a file for good. SQLITE_NOTFOUND if there is no such byte.
int fault_disk_flip(fault_disk *disk, const char *path, int64_t offset, int bit);
/// Flips one bit, drawn from the seed, of `length` bytes from `offset`; negative `length`: up to the end. Answers the byte's
/// offset, or -1.
int64_t fault_disk_flip_random(fault_disk *disk, const char *path, int64_t offset, int64_t length);

// Small files. Every step is a counted call. Paths are absolute; others are taken from the root.

int fault_disk_exists(fault_disk *disk, const char *path);
int fault_disk_make_folder(fault_disk *disk, const char *path);
/// The size; SQLITE_NOTFOUND if there is no file, SQLITE_MISUSE for a folder.
int fault_disk_size(fault_disk *disk, const char *path, int64_t *size);
/// The first `count` bytes of a file that has as many.
int fault_disk_read(fault_disk *disk, const char *path, void *bytes, int64_t count);
/// Replaces a file as the platform's own code does: removes `path`.new, creates, writes and syncs it, renames it, syncs the folder.
int fault_disk_replace(fault_disk *disk, const char *path, const void *bytes, int64_t count);
/// Gives a file another name, in place of any that has it, and syncs both folders.
int fault_disk_move(fault_disk *disk, const char *path, const char *target);
/// Removes a file; the folder is not synced.
int fault_disk_remove(fault_disk *disk, const char *path);
/// Syncs a folder.
int fault_disk_sync_folder(fault_disk *disk, const char *path);
/// Opens a lock file, made if it is not there; null with `code` set if that fails.
fault_lock *fault_lock_open(fault_disk *disk, const char *path, int *code);
/// Lets go of it.
void fault_lock_close(fault_lock *lock);
int fault_lock_try(fault_lock *lock);
/// As `fault_lock_try`; if it stays taken, counts the time as slept.
int fault_lock_wait(fault_lock *lock, int64_t timeout_milliseconds);
void fault_lock_unlock(fault_lock *lock);
void fault_lock_write_holder(fault_lock *lock, const void *bytes, int64_t count);
/// The bytes of the holder's note, at most `count`.
int64_t fault_lock_read_holder(fault_lock *lock, void *bytes, int64_t count);

// For tests: past all counting and faults, durable at once.

/// The name of the file or folder number `index` in the order of names, or null after the last.
const char *fault_disk_list(const fault_disk *disk, int index, int *is_folder);
/// The size of a file, or -1.
int64_t fault_disk_peek_size(const fault_disk *disk, const char *path);
/// Copies bytes of a file; answers how many there were.
int64_t fault_disk_peek(const fault_disk *disk, const char *path, int64_t offset, void *bytes, int64_t count);
/// Writes bytes into a file, made with its folders if it is not there. Connections that cache the old ones do not notice.
int fault_disk_poke(fault_disk *disk, const char *path, int64_t offset, const void *bytes, int64_t count);
/// Cuts or lengthens a file.
int fault_disk_truncate(fault_disk *disk, const char *path, int64_t size);
/// Removes a file for good.
void fault_disk_erase(fault_disk *disk, const char *path);
/// A number over the names and bytes of all files.
uint64_t fault_disk_hash(const fault_disk *disk);

// Images.

/// All folders and files as a process sees them now; null without memory.
fault_image *fault_image_take(const fault_disk *disk);
void fault_image_release(fault_image *image);
/// Ends every process, puts the image in place of all that is on the disk, and begins a process.
int fault_image_restore(const fault_image *image, fault_disk *disk);
/// Puts one file of the image in place; removes it if the image has none. What has the old one open keeps it.
int fault_image_restore_file(const fault_image *image, fault_disk *disk, const char *path);

// SQLite's own memory and randomness, which are the process's and not a disk's.

/// Puts a layer that can fail under SQLite's allocations. SQLITE_MISUSE if SQLite was used already.
int fault_memory_install(void);
/// The `nth` allocation of this thread from now on fails once (1 is the next). 0 disarms.
void fault_memory_fail(int64_t nth);
/// Whether allocations of this thread are neither counted nor fail.
void fault_memory_set_sheltered(int sheltered);
/// How many allocations of this thread have failed so.
int64_t fault_memory_failures(void);
/// How many allocations of this thread there have been.
int64_t fault_memory_allocations(void);
/// Seeds SQLite's generator, from which the salts of write-ahead logs and `random()` come. One for the whole process.
void fault_seed_sqlite(uint32_t seed);
