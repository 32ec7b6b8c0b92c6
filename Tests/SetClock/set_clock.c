// A wall clock that a test sets, for a redis-server into which this library is loaded (LD_PRELOAD).
//
// Redis takes its time of day, and that of the scripts, from gettimeofday. Timeouts of its own use other clocks, which
// go on. The time is read from a file in shared memory, so each call sees at once what the test has written.

#define _GNU_SOURCE
#include "set_clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

static _Atomic int64_t *microseconds;

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv(SET_CLOCK_VARIABLE);
    const int file = path ? open(path, O_RDONLY) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *microseconds, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) {
        fputs("set_clock: the file in " SET_CLOCK_VARIABLE " cannot be read\n", stderr);
        exit(1);
    }
    close(file);
    microseconds = page;
}

static int set_time(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    const int64_t now = atomic_load(microseconds);
    time->tv_sec = now / 1000000;
    time->tv_usec = now % 1000000;
    return 0;
}

#ifdef __APPLE__
// dyld replaces the function on the right by the one on the left.
__attribute__((used, section("__DATA,__interpose"))) static const void *const replaced[] = {
    (const void *)set_time, (const void *)gettimeofday};
#else
int gettimeofday(struct timeval *restrict time, void *restrict zone) { return set_time(time, zone); }
#endif
