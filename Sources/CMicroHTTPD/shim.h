#pragma once
#include <microhttpd.h>
#include <string.h>
#ifdef __linux__
#include <malloc.h>
#endif

// Swift cannot call C functions with variable arguments; these few lines call them on its behalf.

typedef void *(*offprint_mhd_target_callback)(void *cls, const char *target, struct MHD_Connection *connection);

/// Leaves the target of a request as it stands on the request line; the library would decode it.
static inline size_t offprint_mhd_keep_escapes(void *cls, struct MHD_Connection *connection, char *text) {
  (void)cls;
  (void)connection;
  return strlen(text);
}

/// What `offprint_mhd_start` needs to know.
struct offprint_mhd_options {
  int listen_socket;
  unsigned int threads;
  size_t connection_memory;
  unsigned int connections_max;
  unsigned int connections_per_address_max;
  unsigned int idle_seconds;
  MHD_AccessHandlerCallback access;
  offprint_mhd_target_callback target;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connection;
};

/// Starts a daemon on a socket that listens already; NULL if it cannot.
static inline struct MHD_Daemon *offprint_mhd_start(const struct offprint_mhd_options *o, void *cls) {
  const unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
  // A pool of one thread is asked for by leaving the option out.
  const enum MHD_OPTION pool = o->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END;
  return MHD_start_daemon(flags, 0, NULL, NULL, o->access, cls,
                          MHD_OPTION_LISTEN_SOCKET, o->listen_socket,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->connection_memory,
                          MHD_OPTION_CONNECTION_LIMIT, o->connections_max,
                          MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->connections_per_address_max,
                          MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds,
                          MHD_OPTION_UNESCAPE_CALLBACK, &offprint_mhd_keep_escapes, NULL,
                          MHD_OPTION_URI_LOG_CALLBACK, o->target, cls,
                          MHD_OPTION_NOTIFY_COMPLETED, o->completed, cls,
                          MHD_OPTION_NOTIFY_CONNECTION, o->connection, cls,
                          pool, o->threads,
                          MHD_OPTION_END);
}

/// The socket of a connection, or -1.
static inline int offprint_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

/// What the connection callback left in the connection, or NULL.
static inline void *offprint_mhd_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

/// Bytes from the first one of the request line to the end of the empty line behind the header fields; 0 if unknown.
static inline size_t offprint_mhd_head_size(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info ? info->header_size : 0;
}

/// Fixes the size from which the C library takes blocks from the system by themselves, and gives them back when they are freed.
static inline void offprint_mhd_give_large_blocks_back(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}
