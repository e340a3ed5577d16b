package dev.stackmapd.elfcore.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Stores the contexts of the whole index in their final order, numbered from 1, until the widths of
/// their fields are known. Kept in memory up to a limit, then in a temporary file. Not thread-safe.
final class ContextStore implements AutoCloseable {
    static final int NO_FUNCTION = 0;

    private final BuildDisk disk;
    private final Path scratch;
    private final int limit;
    private final ByteSink content;
    private final long[] largest = new long[IndexFormat.CONTEXT_FIELDS];
    private @Nullable FileChannel channel;
    private long written;
    private int count = 1;

    /// @param limit bytes of contexts kept in memory
    ContextStore(BuildMemory memory, BuildDisk disk, Path scratch, int limit) {
        this.disk = disk;
        this.content = new ByteSink(memory, 1 << 14);
        this.scratch = scratch;
        this.limit = limit;
    }

    /// Returns the number of contexts, including the one for no function.
    int count() {
        return count;
    }

    /// Returns the largest number in each field.
    long largest(int field) {
        return largest[field];
    }

    /// @param parent a context, or [#NO_FUNCTION] for a function itself
    /// @param line unsigned, likewise `column`
    /// @return the number of the new context
    int add(int parent, int function, int file, int line, int column) {
        if (count == Integer.MAX_VALUE) {
            throw new BuildLimitException("more than 2^31 contexts");
        }
        put(0, parent == NO_FUNCTION ? 0 : count - parent);
        put(1, function);
        put(2, file);
        put(3, line & 0xffff_ffffL);
        put(4, column & 0xffff_ffffL);
        if (content.size() > limit) {
            flush();
        }
        return count++;
    }

    private void put(int field, long value) {
        largest[field] = Math.max(largest[field], value);
        content.varint(value);
    }

    private void flush() {
        try {
            FileChannel file = channel;
            if (file == null) {
                file = Scratch.open(scratch);
                channel = file;
            }
            disk.take(content.size());
            ByteBuffer from = ByteBuffer.wrap(content.array(), 0, content.size());
            while (from.hasRemaining()) {
                written += file.write(from, written);
            }
            content.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Returns all contexts but the first, five numbers in base 128 each; no more may be added.
    MemorySegment finish(Arena arena) throws IOException {
        if (channel == null) {
            return MemorySegment.ofArray(content.array()).asSlice(0, content.size());
        }
        flush();
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, written, arena);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
