package dev.stackmapd.dedupe;

import dev.stackmapd.kernelmap.KernelErrno;
import dev.stackmapd.kernelmap.KernelSample;
import dev.stackmapd.kernelmap.KernelStackMap;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.util.List;
import java.util.Optional;

/// Shows both kinds of maps as a [StackMap].
public final class OfferedMaps {
    private OfferedMaps() {}

    /// There is no space for a new stack.
    static final int NO_ROOM = Integer.MIN_VALUE;

    /// Stores one stack as a batch of its own.
    ///
    /// @return the entry of a known stack; `~entry` of a new one; or [#NO_ROOM]
    static int insert(ExactStackMap map, PackedStack stack) {
        ExactStackMap.NewStacks one = map.new NewStacks();
        int known = one.offer(stack);
        if (known >= 0) {
            return known;
        }
        return map.reserve(one.cost()) ? one.insert(~known) : NO_ROOM;
    }

    public static Insertion<StackId> offer(ExactStackMap map, PackedStack stack) {
        int outcome = insert(map, stack);
        if (outcome == NO_ROOM) {
            return new Insertion.NoRoom<>();
        }
        return outcome < 0 ? new Insertion.Stored<>(map.id(~outcome)) : new Insertion.AlreadyThere<>(map.id(outcome));
    }

    public static Insertion<Integer> offer(KernelStackMap map, KernelSample sample) {
        long code = map.put(sample.ips(), 0, sample.ips().length, sample.flags(), sample.translator());
        if (code < 0) {
            return refused((int) -code);
        }
        int id = (int) code;
        if ((code & KernelStackMap.REPLACED) != 0) {
            return new Insertion.Replaced<>(id);
        }
        return (code & KernelStackMap.STORED) != 0 ? new Insertion.Stored<>(id) : new Insertion.AlreadyThere<>(id);
    }

    private static Insertion<Integer> refused(int errno) {
        if (errno == KernelErrno.EEXIST.number()) {
            return new Insertion.Collided<>();
        }
        return errno == KernelErrno.ENOMEM.number() ? new Insertion.NoRoom<>() : new Insertion.Invalid<>(errno);
    }

    public static StackMap<StackId, PackedStack> of(ExactStackMap map) {
        return new StackMap<>() {
            @Override
            public Insertion<StackId> offer(PackedStack stack) {
                return OfferedMaps.offer(map, stack);
            }

            @Override
            public Optional<Stack> get(StackId id) {
                int entry = map.entryOf(id);
                return entry == ExactStackMap.NONE ? Optional.empty() : Optional.of(map.stack(entry));
            }

            @Override
            public List<StackId> first(int limit) {
                return map.first(limit);
            }

            @Override
            public List<StackId> after(StackId id, int limit) {
                return map.after(id, limit);
            }

            @Override
            public int size() {
                return map.size();
            }
        };
    }

    public static StackMap<Integer, KernelSample> of(KernelStackMap map) {
        return new StackMap<>() {
            @Override
            public Insertion<Integer> offer(KernelSample sample) {
                return OfferedMaps.offer(map, sample);
            }

            @Override
            public Optional<Stack> get(Integer id) {
                return map.get(id);
            }

            @Override
            public List<Integer> first(int limit) {
                return map.first(limit);
            }

            @Override
            public List<Integer> after(Integer id, int limit) {
                return map.after(id, limit);
            }

            @Override
            public int size() {
                return map.size();
            }
        };
    }
}
