// The members of a challenge's room over several gateways, and a play node that lets them in. Measures the time from an
// update, published as play nodes do, to the last member who has it. See rooms.sh.
//
// Usage: rooms REDIS_PORT TOKEN MEMBERS UPDATES_PER_SECOND SECONDS GATEWAY_PORT...
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define ROOM "oooooooooooooooooooooo"
#define BUFFER 65536

typedef struct {
    int socket;
    size_t used;
    unsigned char *bytes;
} Member;

typedef struct {
    double sent, last;
    int count;
} Update;

static int redis_port, members, rate, seconds;
static Update *updates;
static atomic_int published;
static int joined;
static long frames;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int dial(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void put(int fd, const void *bytes, size_t count) {
    if (write(fd, bytes, count) != (ssize_t)count) fail("write");
}

static void publish(int fd, const char *channel, const char *text) {
    char command[1024];
    int length = snprintf(command, sizeof command, "*3\r\n$7\r\nPUBLISH\r\n$%zu\r\n%s\r\n$%zu\r\n%s\r\n",
        strlen(channel), channel, strlen(text), text);
    put(fd, command, length);
}

// The value of a member of a flat JSON text.
static void member(const char *json, const char *key, char *value, size_t size) {
    char name[32];
    snprintf(name, sizeof name, "\"%s\":\"", key);
    const char *start = strstr(json, name);
    *value = 0;
    if (!start) return;
    start += strlen(name);
    snprintf(value, size, "%.*s", (int)strcspn(start, "\""), start);
}

// Answers all calls of gateways, as a play node that lets everybody in.
static void *serve(void *unused) {
    (void)unused;
    int fd = dial(redis_port), out = dial(redis_port);
    const char *subscribe = "*2\r\n$9\r\nSUBSCRIBE\r\n$12\r\n{sc00}:calls\r\n";
    put(fd, subscribe, strlen(subscribe));
    FILE *in = fdopen(fd, "r");
    char line[4096], drain[4096];
    while (fgets(line, sizeof line, in)) {
        char id[64], gateway[64], channel[128], answer[128];
        if (line[0] != '{' || !strstr(line, "\"gateway\"")) continue;
        member(line, "id", id, sizeof id);
        member(line, "gateway", gateway, sizeof gateway);
        snprintf(channel, sizeof channel, "{sc00}:answers:%s", gateway);
        snprintf(answer, sizeof answer, "{\"id\":\"%s\",\"done\":[]}", id);
        publish(out, channel, answer);
        while (recv(out, drain, sizeof drain, MSG_DONTWAIT) > 0) {}
    }
    return NULL;
}

// Publishes progress evenly, each of another member.
static void *publish_all(void *unused) {
    (void)unused;
    int fd = dial(redis_port), total = rate * seconds;
    double start = now();
    char text[256], drain[4096];
    for (int number = 0; number < total; number++) {
        double wait = start + (double)number / rate - now();
        if (wait > 0) usleep(wait * 1e6);
        snprintf(text, sizeof text, "{\"user\":\"b%d\",\"percent\":%d,\"stamp\":%d}", number, number % 101, number + 1);
        updates[number].sent = now();
        atomic_store(&published, number + 1);
        publish(fd, "{sc00}:room:" ROOM, text);
        while (recv(fd, drain, sizeof drain, MSG_DONTWAIT) > 0) {}
    }
    return NULL;
}

static void open_member(Member *one, int port, const char *token) {
    char head[4096];
    one->socket = dial(port);
    one->bytes = malloc(BUFFER);
    int length = snprintf(head, sizeof head,
        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %s\r\n\r\n",
        port, token);
    put(one->socket, head, length);
    size_t used = 0;
    while (used < 4 || memcmp(head + used - 4, "\r\n\r\n", 4)) {
        if (used == sizeof head || read(one->socket, head + used, 1) != 1) fail("handshake");
        used++;
    }
    if (!memmem(head, used, " 101 ", 5)) {
        fprintf(stderr, "refused: %.*s\n", (int)used, head);
        exit(1);
    }
    const char *join = "{\"type\":\"join-room\",\"challenge\":\"" ROOM "\"}";
    unsigned char frame[128] = {0x81, 0x80 | (unsigned char)strlen(join)};  // the mask is zero
    memcpy(frame + 6, join, strlen(join));
    put(one->socket, frame, 6 + strlen(join));
    fcntl(one->socket, F_SETFL, O_NONBLOCK);
}

static void take(const char *text, size_t length) {
    if (memmem(text, length, "\"joined\"", 8)) joined++;
    if (!memmem(text, length, "\"progress-update\"", 17)) return;
    frames++;
    const char *at = text, *end = text + length, *key = "\"user_id\":\"b";
    double time = now();
    while ((at = memmem(at, end - at, key, strlen(key)))) {
        at += strlen(key);
        int number = atoi(at);
        if (number < 0 || number >= atomic_load(&published)) continue;
        updates[number].count++;
        updates[number].last = time;
    }
}

// Reads what has come, and takes the whole frames of it.
static void receive(Member *one) {
    ssize_t count = read(one->socket, one->bytes + one->used, BUFFER - one->used);
    if (count == 0) {
        fprintf(stderr, "a gateway has closed a connection\n");
        exit(1);
    }
    if (count < 0) return;
    one->used += count;
    size_t at = 0;
    while (one->used - at >= 2) {
        size_t length = one->bytes[at + 1] & 0x7f, head = 2;
        if (length == 126) {
            if (one->used - at < 4) break;
            length = one->bytes[at + 2] << 8 | one->bytes[at + 3];
            head = 4;
        }
        if (length > BUFFER - 16) {
            fprintf(stderr, "a message is too long\n");
            exit(1);
        }
        if (one->used - at < head + length) break;
        if ((one->bytes[at] & 0x0f) == 1) take((char *)one->bytes + at + head, length);
        at += head + length;
    }
    memmove(one->bytes, one->bytes + at, one->used - at);
    one->used -= at;
}

static void pump(int poll, double until) {
    struct epoll_event events[256];
    while (now() < until) {
        int count = epoll_wait(poll, events, 256, until - now() > 0.01 ? 10 : 0);
        for (int index = 0; index < count; index++) receive(events[index].data.ptr);
        if (until > 1e12 && joined == members) return;
    }
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

int main(int count, char **arguments) {
    if (count < 7) {
        fprintf(stderr, "usage: rooms REDIS_PORT TOKEN MEMBERS UPDATES_PER_SECOND SECONDS GATEWAY_PORT...\n");
        return 2;
    }
    redis_port = atoi(arguments[1]);
    members = atoi(arguments[3]);
    rate = atoi(arguments[4]);
    seconds = atoi(arguments[5]);
    updates = calloc(rate * seconds, sizeof *updates);
    Member *all = calloc(members, sizeof *all);
    int poll = epoll_create1(0), gateways = count - 6;
    pthread_t server, publisher;
    pthread_create(&server, NULL, serve, NULL);
    usleep(200000);
    for (int index = 0; index < members; index++) {
        open_member(&all[index], atoi(arguments[6 + index % gateways]), arguments[2]);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[index]};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, all[index].socket, &event) < 0) fail("epoll");
        pump(poll, now() + 0.0001);
    }
    pump(poll, 1e13);
    printf("members %d on %d gateways\n", joined, gateways);
    fflush(stdout);
    pump(poll, now() + 2);
    frames = 0;
    pthread_create(&publisher, NULL, publish_all, NULL);
    pump(poll, now() + seconds + 2);
    int total = rate * seconds, whole = 0;
    double *times = calloc(total, sizeof *times);
    for (int number = 0; number < total; number++) {
        if (updates[number].count >= members) times[whole++] = (updates[number].last - updates[number].sent) * 1000;
    }
    qsort(times, whole, sizeof *times, compare);
    printf("updates %d, of which %d reached all; frames %ld\n", total, whole, frames);
    if (!whole) return 1;
    printf("ms to the last member: p50 %.1f, p99 %.1f, max %.1f\n", times[whole / 2], times[whole * 99 / 100],
        times[whole - 1]);
    return whole == total ? 0 : 1;
}
