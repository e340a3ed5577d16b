package dev.stackmapd.resolve.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.process.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What the kernel itself says of a mapping: the `PROCMAP_QUERY` ioctl of `/proc/<pid>/maps` (Linux 6.11).
///
/// ```text
/// struct procmap_query   0  size, query_flags, query_addr, vma_start, vma_end, vma_flags, vma_page_size,
/// vma_offset,
///                            inode: 8 bytes each
///                        72  dev_major, dev_minor, vma_name_size, build_id_size: 4 bytes each
///                        88  vma_name_addr, build_id_addr: 8 bytes each
/// ```
///
/// @param buildId empty where the kernel finds none
public record ProcmapQuery(Device device, long inode, Optional<BuildId> buildId) {
    private static final long PROCMAP_QUERY = 0xc068_6611L;
    private static final long BYTES = 104;
    private static final int O_RDONLY = 0;

    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = function(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    /// Asks for the mapping that holds an address; empty on kernels that cannot be asked.
    public static Optional<ProcmapQuery> of(long pid, long address) {
        try (Arena arena = Arena.ofConfined()) {
            int maps = (int) OPEN.invokeExact(
                    arena.allocateFrom("/proc/%d/maps".formatted(pid), StandardCharsets.US_ASCII), O_RDONLY);
            assertThat(maps).isNotNegative();
            MemorySegment query = arena.allocate(BYTES, Long.BYTES);
            MemorySegment id = arena.allocate(BuildId.MAX_KERNEL_BYTES);
            query.set(JAVA_LONG, 0, BYTES);
            query.set(JAVA_LONG, 16, address);
            query.set(JAVA_INT, 84, (int) id.byteSize());
            query.set(JAVA_LONG, 96, id.address());
            int answer = (int) IOCTL.invokeExact(maps, PROCMAP_QUERY, query);
            var _ = (int) CLOSE.invokeExact(maps);
            return answer < 0 ? Optional.empty() : Optional.of(of(query, id));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static ProcmapQuery of(MemorySegment query, MemorySegment id) {
        int length = query.get(JAVA_INT, 84);
        return new ProcmapQuery(
                new Device(query.get(JAVA_INT, 72), query.get(JAVA_INT, 76)),
                query.get(JAVA_LONG, 64),
                length == 0
                        ? Optional.empty()
                        : Optional.of(BuildId.of(id.asSlice(0, length).toArray(JAVA_BYTE))));
    }
}
