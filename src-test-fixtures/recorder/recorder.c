/* Records what the running kernel's own stack maps answer for one live thread. See README.md for the files it writes.
   Exit code 69 (EX_UNAVAILABLE): this machine or this user cannot record; one sentence on stderr says why. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "recorder.h"

#define IP 0
#define BUILD_ID 1

struct map_row {
    const char *name;
    int kind;
};

#define ROW(name, entries, frame_count, kind, flags) {#name, kind},
static const struct map_row maps[] = {KERNEL_MAPS(ROW)};

static long taken;

static void fail(int code, const char *what, int error) {
    fprintf(stderr, "recorder: %s: %s\n", what, strerror(error));
    exit(code);
}

static FILE *create(const char *directory, const char *name) {
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        fail(EX_CANTCREAT, path, errno);
    }
    return file;
}

static void print_ips(FILE *out, const __u64 *ips, int count) {
    for (int i = 0; i < count; i++) {
        fprintf(out, "%s\"0x%llx\"", i ? "," : "", (unsigned long long) ips[i]);
    }
}

static void print_frame(FILE *out, const struct bpf_stack_build_id *frame) {
    switch (frame->status) {
        case BPF_STACK_BUILD_ID_VALID:
            fprintf(out, "{\"status\":\"VALID\",\"build_id\":\"");
            for (int i = 0; i < BPF_BUILD_ID_SIZE; i++) {
                fprintf(out, "%02x", frame->build_id[i]);
            }
            fprintf(out, "\",\"offset\":\"0x%llx\"}", (unsigned long long) frame->offset);
            break;
        case BPF_STACK_BUILD_ID_IP:
            fprintf(out, "{\"status\":\"IP\",\"ip\":\"0x%llx\"}", (unsigned long long) frame->ip);
            break;
        default:
            fprintf(out, "{\"status\":\"EMPTY\"}");
    }
}

static int print_sample(void *file, void *data, size_t size) {
    (void) size;
    FILE *out = file;
    const struct sample *sample = data;
    fprintf(out, "{\"tid\":%u,\"ret\":{", sample->tid);
    for (int i = 0; i < MAP_COUNT; i++) {
        fprintf(out, "%s\"%s\":%d", i ? "," : "", maps[i].name, sample->returned[i]);
    }
    fprintf(out, "},\"ips\":[");
    print_ips(out, sample->ips, sample->ip_bytes / (int) sizeof(__u64));
    fprintf(out, "],\"frames\":[");
    for (int i = 0; i < sample->frame_bytes / (int) sizeof(struct bpf_stack_build_id); i++) {
        if (i) {
            fputc(',', out);
        }
        print_frame(out, &sample->frames[i]);
    }
    fprintf(out, "]}\n");
    taken++;
    return 0;
}

static void print_final(struct bpf_object *object, const char *directory, const char *name) {
    char file_name[64];
    snprintf(file_name, sizeof(file_name), "final_%s.jsonl", name);
    FILE *out = create(directory, file_name);
    int map = bpf_object__find_map_fd_by_name(object, name);
    __u32 id;
    __u32 next;
    for (int more = !bpf_map_get_next_key(map, NULL, &next); more; more = !bpf_map_get_next_key(map, &id, &next)) {
        id = next;
        __u64 ips[DEPTH] = {0};
        if (bpf_map_lookup_elem(map, &id, ips)) {
            continue;
        }
        int depth = DEPTH;
        while (depth > 0 && !ips[depth - 1]) {
            depth--;
        }
        fprintf(out, "{\"id\":%u,\"value\":[", id);
        print_ips(out, ips, depth);
        fprintf(out, "]}\n");
    }
    fclose(out);
}

static void copy_maps_text(int pid, const char *directory) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/maps", pid);
    int in = open(path, O_RDONLY);
    if (in < 0) {
        fail(EX_NOINPUT, path, errno);
    }
    FILE *out = create(directory, "maps.txt");
    static char buffer[1 << 20];
    for (ssize_t n; (n = read(in, buffer, sizeof(buffer))) > 0;) {
        fwrite(buffer, 1, (size_t) n, out);
    }
    close(in);
    if (ftell(out) == 0) {
        fprintf(stderr, "recorder: process %d ended while it was recorded\n", pid);
        exit(EX_NOINPUT);
    }
    fclose(out);
}

static struct bpf_object *load(const char *path) {
    libbpf_set_print(NULL);
    struct bpf_object *object = bpf_object__open(path);
    if (!object) {
        fail(EX_NOINPUT, path, errno);
    }
    if (bpf_object__load(object)) {
        int error = errno;
        if (error == EPERM || error == EACCES) {
            fail(EX_UNAVAILABLE, "may not load a BPF program (needs root, or CAP_BPF and CAP_PERFMON)", error);
        }
        fail(EX_UNAVAILABLE, "this kernel does not take the BPF program", error);
    }
    return object;
}

static struct bpf_link *attach(struct bpf_object *object, int pid, int hz) {
    struct perf_event_attr clock = {
            .size = sizeof(clock),
            .type = PERF_TYPE_SOFTWARE,
            .config = PERF_COUNT_SW_CPU_CLOCK,
            .freq = 1,
            .sample_freq = (__u64) hz,
    };
    int event = (int) syscall(SYS_perf_event_open, &clock, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (event < 0) {
        int error = errno;
        fail(error == ESRCH ? EX_NOINPUT : EX_UNAVAILABLE, "cannot sample the thread by the CPU clock", error);
    }
    struct bpf_program *program = bpf_object__find_program_by_name(object, "on_tick");
    struct bpf_link *link = bpf_program__attach_perf_event(program, event);
    if (!link) {
        fail(EX_UNAVAILABLE, "cannot attach a BPF program to a perf event", errno);
    }
    return link;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static __u64 lost(struct bpf_object *object) {
    int map = bpf_object__find_map_fd_by_name(object, ".bss");
    __u32 zero = 0;
    __u64 count = 0;
    return bpf_map_lookup_elem(map, &zero, &count) ? 0 : count;
}

int main(int count, char **arguments) {
    if (count != 6) {
        fprintf(stderr, "usage: recorder OBJECT TID SECONDS HZ OUTDIR\n");
        return EX_USAGE;
    }
    int pid = atoi(arguments[2]);
    double seconds = atof(arguments[3]);
    int hz = atoi(arguments[4]);
    const char *directory = arguments[5];
    if (mkdir(directory, 0755) && errno != EEXIST) {
        fail(EX_CANTCREAT, directory, errno);
    }
    struct bpf_object *object = load(arguments[1]);
    FILE *out = create(directory, "samples.jsonl");
    struct ring_buffer *ring =
            ring_buffer__new(bpf_object__find_map_fd_by_name(object, "samples"), print_sample, out, NULL);
    if (!ring) {
        fail(EX_UNAVAILABLE, "this kernel has no BPF ring buffer", errno);
    }
    struct bpf_link *link = attach(object, pid, hz);
    for (double end = now() + seconds; now() < end;) {
        ring_buffer__poll(ring, 50);
    }
    /* No tick may fall between the last sample and the look into the maps. */
    bpf_link__destroy(link);
    ring_buffer__consume(ring);
    fclose(out);
    copy_maps_text(pid, directory);
    for (int i = 0; i < MAP_COUNT; i++) {
        if (maps[i].kind == IP) {
            print_final(object, directory, maps[i].name);
        }
    }
    if (lost(object)) {
        fprintf(stderr, "recorder: %llu samples did not fit the ring buffer; take fewer\n",
                (unsigned long long) lost(object));
        return EX_SOFTWARE;
    }
    printf("%s: %ld samples\n", directory, taken);
    return 0;
}
