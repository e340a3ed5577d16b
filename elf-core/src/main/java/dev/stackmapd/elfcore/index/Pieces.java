package dev.stackmapd.elfcore.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Stores pieces: code without a gap, with the data that one unit has for it. They are kept in memory up
/// to a limit; beyond it they are written to a temporary file, in runs sorted by address. Not
/// thread-safe.
///
/// A piece's content is a list of numbers in base 128. [#DEFINITION] begins a context, which is numbered
/// from 0: number of its parent plus 1 or 0, function, call file, line, column. Anything else is the
/// length of the next segment: number of its context plus 1 or 0, file, line, column.
final class Pieces implements AutoCloseable {
    static final int DEFINITION = 0;

    private final BuildMemory memory;
    private final BuildDisk disk;
    private final Path scratch;
    private final int limit;
    private final ByteSink content;
    private long[] starts = new long[1 << 8];
    private long[] ends = new long[1 << 8];
    private int[] offsets = new int[1 << 8];
    private int count;
    private long before;
    private @Nullable FileChannel channel;
    private long written;
    private final List<Spilled> spilled = new ArrayList<>();

    /// @param offset of a run's table in the temporary file
    private record Spilled(long offset, int count) {}

    /// @param scratch the path of the temporary file, which is created if it is needed
    /// @param limit bytes of content kept in memory
    Pieces(BuildMemory memory, BuildDisk disk, Path scratch, int limit) {
        this.memory = memory;
        this.disk = disk;
        this.content = new ByteSink(memory, 1 << 16);
        this.scratch = scratch;
        this.limit = limit;
    }

    /// Returns the sink for the content of the current piece.
    ByteSink content() {
        return content;
    }

    void begin(long start) {
        if (count == starts.length) {
            starts = memory.grow(starts, BuildMemory.larger(count));
            ends = memory.grow(ends, BuildMemory.larger(count));
            offsets = memory.grow(offsets, BuildMemory.larger(count));
        }
        starts[count] = start;
        offsets[count] = content.size();
    }

    void end(long end) {
        ends[count++] = end;
        if (content.size() + (long) count * PieceRun.ENTRY_BYTES > limit) {
            spill();
        }
    }

    private void spill() {
        try {
            FileChannel file = channel;
            if (file == null) {
                file = Scratch.open(scratch);
                channel = file;
            }
            spill(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        before += count;
        count = 0;
        content.clear();
    }

    private void spill(FileChannel file) throws IOException {
        try (BuildMemory sorting = memory.part()) {
            int[] order = order(sorting);
            for (int piece : order) {
                write(file, content.array(), offsets[piece], length(piece));
            }
            ByteSink table = table(sorting);
            long at = written - content.size();
            for (int piece : order) {
                putEntry(piece, at, table);
                at += length(piece);
            }
            spilled.add(new Spilled(written, count));
            write(file, table.array(), 0, table.size());
        }
    }

    /// Returns a buffer for the entries of all pieces in memory.
    private ByteSink table(BuildMemory charged) {
        int bytes = Math.max(1, count * PieceRun.ENTRY_BYTES);
        charged.take(bytes);
        return new ByteSink(charged, bytes);
    }

    private void write(FileChannel file, byte[] bytes, int offset, int length) throws IOException {
        disk.take(length);
        ByteBuffer from = ByteBuffer.wrap(bytes, offset, length);
        while (from.hasRemaining()) {
            written += file.write(from, written);
        }
    }

    private int length(int piece) {
        return (piece + 1 == count ? content.size() : offsets[piece + 1]) - offsets[piece];
    }

    private void putEntry(int piece, long at, ByteSink table) {
        table.fixed(starts[piece], Long.BYTES);
        table.fixed(ends[piece], Long.BYTES);
        table.fixed(before + piece, Long.BYTES);
        table.fixed(at, Long.BYTES);
        table.fixed(length(piece), Integer.BYTES);
    }

    /// Returns the pieces in the order of their starts, those of earlier units first.
    private int[] order(BuildMemory sorting) {
        RangeList ranges = new RangeList(sorting);
        for (int i = 0; i < count; i++) {
            ranges.add(starts[i], ends[i], i);
        }
        return ranges.order(0, count);
    }

    /// Returns all pieces, in runs; no more may be added.
    ///
    /// @param arena the arena in which the temporary file is mapped
    List<PieceRun> finish(Arena arena) throws IOException {
        List<PieceRun> runs = new ArrayList<>();
        FileChannel file = channel;
        if (file != null) {
            MemorySegment mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, written, arena);
            for (Spilled run : spilled) {
                runs.add(new PieceRun(
                        mapped.asSlice(run.offset, (long) run.count * PieceRun.ENTRY_BYTES), run.count, mapped));
            }
        }
        ByteSink table = table(memory);
        try (BuildMemory sorting = memory.part()) {
            for (int piece : order(sorting)) {
                putEntry(piece, offsets[piece], table);
            }
        }
        runs.add(new PieceRun(MemorySegment.ofArray(table.array()), count, MemorySegment.ofArray(content.array())));
        return runs;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
