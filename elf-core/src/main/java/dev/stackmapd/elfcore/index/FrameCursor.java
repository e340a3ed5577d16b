package dev.stackmapd.elfcore.index;

/// The answer to one look-up in a [SymbolIndex], as numbers: reused for the next one, so that looking up allocates
/// nothing. Also remembers how far the block was decoded, which makes neighbouring addresses cheap. For one thread
/// and, between two answers that are to be kept apart, one index at a time.
public final class FrameCursor {
    final BlockCursor block = new BlockCursor();
    private final int[] functions = new int[IndexFormat.MAX_FRAMES];
    private final int[] files = new int[IndexFormat.MAX_FRAMES];
    private final int[] lines = new int[IndexFormat.MAX_FRAMES];
    private final int[] columns = new int[IndexFormat.MAX_FRAMES];
    private int frames;
    private long end;

    /// The frames of the last answer, innermost first; 0 where nothing is known. Only the last one is not inlined.
    public int frames() {
        return frames;
    }

    /// What to ask [SymbolIndex#function] with, or [SymbolIndex#NO_FUNCTION] where only a line is known.
    ///
    /// @param frame from 0, below [#frames]; likewise for the others
    public int function(int frame) {
        return functions[frame];
    }

    /// What to ask [SymbolIndex#path] with; 0 where it is not known. Of an outer frame it is where the next inner one
    /// is called.
    public int file(int frame) {
        return files[frame];
    }

    /// From 1; 0 where it is not known, or the code comes from no line.
    public int line(int frame) {
        return lines[frame];
    }

    /// From 1; 0 where it is not known.
    public int column(int frame) {
        return columns[frame];
    }

    /// ELF address up to which the answer, even that nothing is known, is the same as for the address that was asked
    /// for; 0 if that is the end of the address space.
    public long end() {
        return end;
    }

    void end(long address) {
        end = address;
    }

    void clear() {
        frames = 0;
    }

    /// Adds a frame whose function is not known yet.
    void place(int file, int line, int column) {
        files[frames] = file;
        lines[frames] = line;
        columns[frames] = column;
    }

    void function(int frame, int function) {
        functions[frame] = function;
        frames = frame + 1;
    }
}
