/* What the BPF program and the user-space program share: the kernel maps under test and the sample record. */
#ifndef STACKMAPD_RECORDER_H
#define STACKMAPD_RECORDER_H

#define DEPTH 127

/* X(name, max_entries, frames, kind, helper flags besides USER_STACK), called in this order for every sample.
   `name` is the key in samples.jsonl; `kind` is IP or BUILD_ID. */
#define KERNEL_MAPS(X)                                                                   \
    X(ip_16384, 16384, DEPTH, IP, 0)                                                     \
    X(buildid_16384, 16384, DEPTH, BUILD_ID, 0)                                          \
    X(ip_48, 48, DEPTH, IP, 0)                                                           \
    X(ip_48_reuse, 48, DEPTH, IP, BPF_F_REUSE_STACKID)                                   \
    X(ip_48_fast, 48, DEPTH, IP, BPF_F_FAST_STACK_CMP)                                   \
    X(ip_48_fast_reuse, 48, DEPTH, IP, BPF_F_FAST_STACK_CMP | BPF_F_REUSE_STACKID)       \
    X(buildid_48_reuse, 48, DEPTH, BUILD_ID, BPF_F_REUSE_STACKID)                        \
    X(ip_depth5_1024, 1024, 5, IP, 0)                                                    \
    X(ip_depth5_1024_skip2, 1024, 5, IP, 2)

#define ONE_MORE(...) +1
#define MAP_COUNT (0 KERNEL_MAPS(ONE_MORE))

struct sample {
    __u32 tid;
    __s32 ip_bytes;
    __s32 frame_bytes;
    __s32 returned[MAP_COUNT];
    __u64 ips[DEPTH];
    struct bpf_stack_build_id frames[DEPTH];
};

#endif
