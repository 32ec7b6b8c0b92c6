// A slow disk for a redis-server into which this library is loaded (LD_PRELOAD): fsync and fdatasync wait before they do
// their work.
//
// The time is read from a file in shared memory, so the next call sees what the test has written.

#define _GNU_SOURCE
#include "slow_sync.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic int64_t *milliseconds;

__attribute__((constructor)) static void open_time(void) {
    const char *path = getenv(SLOW_SYNC_VARIABLE);
    const int file = path ? open(path, O_RDONLY) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *milliseconds, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) {
        fputs("slow_sync: the file in " SLOW_SYNC_VARIABLE " cannot be read\n", stderr);
        exit(1);
    }
    close(file);
    milliseconds = page;
}

static void wait_first(void) {
    const int64_t time = atomic_load(milliseconds);
    const struct timespec wait = {.tv_sec = time / 1000, .tv_nsec = time % 1000 * 1000000};
    nanosleep(&wait, NULL);
}

#ifdef __APPLE__
static int slow_fsync(int file) {
    wait_first();
    return fsync(file);
}

// dyld replaces the function on the right by the one on the left.
__attribute__((used, section("__DATA,__interpose"))) static const void *const replaced[] = {
    (const void *)slow_fsync, (const void *)fsync};
#else
int fsync(int file) {
    wait_first();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    wait_first();
    return (int)syscall(SYS_fdatasync, file);
}
#endif
