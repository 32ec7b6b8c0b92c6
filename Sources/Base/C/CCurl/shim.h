#ifndef SCORECAST_CCURL_SHIM_H
#define SCORECAST_CCURL_SHIM_H

// The checks of types are for C's own calls of the variadic functions.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// Swift cannot call variadic functions. Each of these sets an option of one type.

static inline CURLcode scorecast_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl copies the text.
static inline CURLcode scorecast_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl does not copy the list: it has to live as long as the transfer.
static inline CURLcode scorecast_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// Reads what is sent: up to `size` times `count` bytes into `buffer`. `context` is handed on as it is.
typedef size_t (*scorecast_curl_reader)(char *buffer, size_t size, size_t count, void *context);

static inline CURLcode scorecast_curl_set_reader(CURL *handle, scorecast_curl_reader reader, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, reader);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_READDATA, context) : code;
}

// Called about each second; anything but 0 ends the transfer.
typedef int (*scorecast_curl_watcher)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

static inline CURLcode scorecast_curl_set_watcher(CURL *handle, scorecast_curl_watcher watcher, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watcher);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context) : code;
}

static inline size_t scorecast_curl_discard(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    (void)context;
    return size * count;
}

// Without this, what a server answers may be written to standard output.
static inline CURLcode scorecast_curl_discard_output(CURL *handle) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, scorecast_curl_discard);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, scorecast_curl_discard) : code;
}

// No protocol but SMTP, with and without TLS, also not by a redirection.
static inline CURLcode scorecast_curl_allow_only_smtp(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "smtps") : code;
#else
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS));
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_SMTPS) : code;
#endif
}

// The last answer of the server, such as 550; 0 if there was none.
static inline long scorecast_curl_response_code(CURL *handle) {
    long code = 0;
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK ? code : 0;
}

static inline CURLcode scorecast_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif
