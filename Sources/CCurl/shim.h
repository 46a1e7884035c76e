#pragma once
#include <curl/curl.h>
#include <sys/socket.h>
#ifdef __linux__
#include <netdb.h>
#endif

// Swift cannot call C functions with variable arguments; these few lines call them on its behalf.

static inline CURLcode offprint_curl_set_number(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode offprint_curl_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode offprint_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(curl, option, value);
}

/// Who is told of header lines, of the body, and of the address that a connection is about to be made to.
static inline CURLcode offprint_curl_set_callbacks(CURL *curl, void *context, curl_write_callback header,
                                                   curl_write_callback body, curl_opensocket_callback open_socket) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, header);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_HEADERDATA, context);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_WRITEDATA, context);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, context);
  return code;
}

/// Who is asked about once a second whether to go on.
static inline CURLcode offprint_curl_set_progress(CURL *curl, void *context, curl_xferinfo_callback progress) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_XFERINFODATA, context);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  return code;
}

/// Nothing but http and https, here and behind any redirect.
static inline CURLcode offprint_curl_admit_web_only(CURL *curl) {
#if LIBCURL_VERSION_NUM >= 0x075500
  CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  return code;
#else
  CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  return code;
#endif
}

/// The address of a connection that is about to be made. The library's structure has room behind it for the longest one.
static inline const struct sockaddr *offprint_curl_address(const struct curl_sockaddr *address) {
  return &address->addr;
}

/// Opens the socket for a connection; no program that is started meanwhile gets it.
static inline curl_socket_t offprint_curl_open_socket(const struct curl_sockaddr *address) {
  int type = address->socktype;
#ifdef SOCK_CLOEXEC
  type |= SOCK_CLOEXEC;
#endif
  return socket(address->family, type, address->protocol);
}

/// What makes the system's resolver take names beyond ASCII, and its word for a name without an address: both are glibc's own
/// (netdb.h), hidden from programs that do not ask for everything. 0 elsewhere.
static inline int offprint_idn_flag(void) {
#ifdef __GLIBC__
  return 0x0040;
#else
  return 0;
#endif
}

static inline int offprint_no_data_code(void) {
#ifdef __GLIBC__
  return -5;
#else
  return 0;
#endif
}

/// The library's own version: the constant to ask for it with is a macro that Swift does not see.
static inline const char *offprint_curl_library_version(void) {
  curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
  return info ? info->version : NULL;
}
