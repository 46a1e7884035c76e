#pragma once
#include <sqlite3.h>

// Swift cannot call variadic functions; these two stand for the forms of sqlite3_db_config that are needed.

/// Sets a switch of a connection to 0 or 1; answers SQLite's result code.
static inline int offprint_sqlite_set_switch(sqlite3 *db, int option, int on) {
  int now = -1;
  int code = sqlite3_db_config(db, option, on, &now);
  return code == SQLITE_OK && now != on ? SQLITE_MISUSE : code;
}

/// Reads a switch of a connection: 0 or 1, or -1 if this SQLite does not know it.
static inline int offprint_sqlite_get_switch(sqlite3 *db, int option) {
  int now = -1;
  return sqlite3_db_config(db, option, -1, &now) == SQLITE_OK ? now : -1;
}

/// Syncs the write-ahead log of an open database, unless it has none or an empty one; answers SQLite's result code.
static inline int offprint_sqlite_sync_log(sqlite3 *db) {
  sqlite3_file *log = 0;
  int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (code != SQLITE_OK || !log || !log->pMethods) return code;
  sqlite3_int64 size = 0;
  code = log->pMethods->xFileSize(log, &size);
  if (code != SQLITE_OK || size == 0) return code;
  return log->pMethods->xSync(log, SQLITE_SYNC_FULL);
}

// SQLITE_TRANSIENT is a cast that Swift does not import: SQLite copies the bytes before these return.

static inline int offprint_sqlite_bind_text(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_text64(statement, index, (const char *)bytes, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int offprint_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}
