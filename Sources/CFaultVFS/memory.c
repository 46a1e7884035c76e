#include "internal.h"

// SQLite's allocations, of which one can be made to fail, and its generator.

/// SQLite's own methods; set once, before SQLite is first used.
static sqlite3_mem_methods own;
static _Thread_local int64_t fail_in;
static _Thread_local int64_t failures;
static _Thread_local int64_t allocations;
static _Thread_local int is_sheltered;

static int strikes(void) {
  if (is_sheltered) return 0;
  allocations++;
  if (fail_in <= 0 || --fail_in > 0) return 0;
  failures++;
  return 1;
}

static void *memory_allocate(int bytes) { return strikes() ? NULL : own.xMalloc(bytes); }

static void *memory_reallocate(void *memory, int bytes) { return strikes() ? NULL : own.xRealloc(memory, bytes); }

static void memory_free(void *memory) { own.xFree(memory); }

static int memory_size(void *memory) { return own.xSize(memory); }

static int memory_round_up(int bytes) { return own.xRoundup(bytes); }

static int memory_initialise(void *unused) {
  (void)unused;
  return own.xInit(own.pAppData);
}

static void memory_shut_down(void *unused) {
  (void)unused;
  own.xShutdown(own.pAppData);
}

int fault_memory_install(void) {
  static const sqlite3_mem_methods methods = {
    memory_allocate, memory_free, memory_reallocate, memory_size, memory_round_up, memory_initialise, memory_shut_down,
    NULL,
  };
  if (own.xMalloc) return SQLITE_OK;
  sqlite3_mem_methods found = {0};
  int code = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &found);
  if (code) return code;
  own = found;
  code = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
  if (code) own.xMalloc = NULL;
  return code;
}

void fault_memory_fail(int64_t nth) { fail_in = nth; }

void fault_memory_set_sheltered(int sheltered) { is_sheltered = sheltered; }

int64_t fault_memory_failures(void) { return failures; }

int64_t fault_memory_allocations(void) { return allocations; }

void fault_seed_sqlite(uint32_t seed) {
  // 0 would mean a seed taken from a database.
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)(seed ? seed : 1), (sqlite3 *)NULL);
}
