/* Runs at every clock tick of the recorded thread: takes its user stack raw and translated, and offers it to each map. */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "recorder.h"

#define FRAME_BYTES_IP 8
#define FRAME_BYTES_BUILD_ID 32
#define MAP_FLAGS_IP 0
#define MAP_FLAGS_BUILD_ID BPF_F_STACK_BUILD_ID

#define DEFINE_MAP(name, entries, frame_count, kind, flags)          \
    struct {                                                         \
        __uint(type, BPF_MAP_TYPE_STACK_TRACE);                      \
        __uint(max_entries, entries);                                \
        __uint(key_size, 4);                                         \
        __uint(value_size, (frame_count) * FRAME_BYTES_##kind);      \
        __uint(map_flags, MAP_FLAGS_##kind);                         \
    } name SEC(".maps");
KERNEL_MAPS(DEFINE_MAP)

/* Too large for the stack. One thread is recorded, and its ticks do not nest: one element is enough. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct sample);
} scratch SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 25);
} samples SEC(".maps");

__u64 lost;

SEC("perf_event")
int on_tick(void *context) {
    __u32 zero = 0;
    struct sample *sample = bpf_map_lookup_elem(&scratch, &zero);
    if (!sample) {
        return 0;
    }
    sample->tid = (__u32) bpf_get_current_pid_tgid();
    sample->ip_bytes = bpf_get_stack(context, sample->ips, sizeof(sample->ips), BPF_F_USER_STACK);
    /* The kernel translates once per interrupt, so this comes before the build-id maps. */
    sample->frame_bytes =
            bpf_get_stack(context, sample->frames, sizeof(sample->frames), BPF_F_USER_STACK | BPF_F_USER_BUILD_ID);
    int i = 0;
#define OFFER(name, entries, frame_count, kind, flags) \
    sample->returned[i++] = bpf_get_stackid(context, &name, BPF_F_USER_STACK | (flags));
    KERNEL_MAPS(OFFER)
    if (bpf_ringbuf_output(&samples, sample, sizeof(*sample), 0)) {
        lost++;
    }
    return 0;
}

char program_license[] SEC("license") = "GPL";
