#include <stdio.h>

#include "internal.h"

// A disk: its life, its processes, its clock and its generator.

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
uint64_t draw(uint64_t *state) {
  uint64_t mixed = *state += 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

int64_t draw_below(fault_disk *disk, int64_t end) {
  return end > 0 ? (int64_t)(draw(&disk->fate) % (uint64_t)end) : 0;
}

fault_disk *fault_disk_create(const char *name, uint64_t seed) {
  char own[64];
  fault_disk *disk = calloc(1, sizeof *disk);
  if (!disk) return NULL;
  if (!name) {
    // Unique while the disk lives, without a counter that all disks would share.
    snprintf(own, sizeof own, "fault-%p", (void *)disk);
    name = own;
  }
  disk->name = malloc(strlen(name) + 1);
  disk->references = 1;
  disk->capacity = -1;
  disk->time = 1700000000000;
  disk->fate = seed;
  // Apart from the other, so that what SQLite draws does not move the faults.
  disk->randomness = seed ^ 0xd1b54a32d192ed03u;
  if (!disk->name || !fault_disk_begin_process(disk) || sqlite3_vfs_find(name)) {
    disk_release(disk);
    return NULL;
  }
  strcpy(disk->name, name);
  vfs_fill(disk);
  if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
    disk_release(disk);
    return NULL;
  }
  return disk;
}

void disk_release(fault_disk *disk) {
  if (--disk->references > 0) return;
  names_clear(&disk->now);
  names_clear(&disk->durable);
  for (int index = 0; index < disk->name_change_count; index++) {
    name_change *done = &disk->name_changes[index];
    free(done->from);
    free(done->to);
    content_release(done->file);
  }
  free(disk->name_changes);
  free(disk->dead);
  free(disk->name);
  free(disk);
}

void fault_disk_destroy(fault_disk *disk) {
  if (!disk || disk->is_destroyed) return;
  sqlite3_vfs_unregister(&disk->vfs);
  disk->is_destroyed = 1;
  memset(disk->dead, 1, (size_t)disk->process_count);
  locks_bury(disk);
  disk_release(disk);
}

const char *fault_disk_name(const fault_disk *disk) { return disk->name; }

void fault_disk_set_time(fault_disk *disk, int64_t unix_milliseconds) { disk->time = unix_milliseconds; }

int64_t fault_disk_slept_microseconds(const fault_disk *disk) { return disk->slept; }

void fault_disk_set_capacity(fault_disk *disk, int64_t bytes) { disk->capacity = bytes; }

int64_t fault_disk_used(const fault_disk *disk) {
  int64_t used = 0;
  for (int index = 0; index < disk->now.count; index++) used += disk->now.entries[index].file->now.size;
  return used;
}

void fault_disk_set_lying(fault_disk *disk, int lying) { disk->is_lying = lying; }

void fault_disk_set_names_reorder(fault_disk *disk, int reorder) { disk->names_reorder = reorder; }

int fault_disk_begin_process(fault_disk *disk) {
  if (disk->process_count == disk->process_room) {
    int room = disk->process_room ? disk->process_room * 2 : 8;
    unsigned char *dead = realloc(disk->dead, (size_t)room);
    if (!dead) return 0;
    disk->dead = dead;
    disk->process_room = room;
  }
  disk->dead[disk->process_count++] = (unsigned char)disk->is_destroyed;
  return disk->process = disk->process_count;
}

void fault_disk_select_process(fault_disk *disk, int process) {
  if (process >= 1 && process <= disk->process_count) disk->process = process;
}

int fault_disk_process(const fault_disk *disk) { return disk->process; }

int disk_is_dead(const fault_disk *disk, int process) { return disk->dead[process - 1]; }

int fault_disk_is_down(const fault_disk *disk) { return disk_is_dead(disk, disk->process); }

int64_t fault_disk_calls(const fault_disk *disk) { return disk->calls; }

int64_t fault_disk_crashes(const fault_disk *disk) { return disk->crashes; }
