package dev.stackmapd.elfcore.index;

/// The answer to one look-up in a [SymbolIndex], as numbers. It is reused for the next look-up, so that
/// looking up allocates nothing. It also keeps the state of decoding the block, which makes neighbouring
/// addresses cheap. For one thread, and for one index at a time.
public final class FrameCursor {
    final BlockCursor block = new BlockCursor();
    private final int[] functions = new int[IndexFormat.MAX_FRAMES];
    private final int[] files = new int[IndexFormat.MAX_FRAMES];
    private final int[] lines = new int[IndexFormat.MAX_FRAMES];
    private final int[] columns = new int[IndexFormat.MAX_FRAMES];
    private int frames;
    private long end;

    /// Returns the number of frames of the last answer; 0 where nothing is known. Frames are ordered
    /// innermost first, and only the last one is not inlined.
    public int frames() {
        return frames;
    }

    /// Returns the argument for [SymbolIndex#function], or [SymbolIndex#NO_FUNCTION] where only a line
    /// is known.
    ///
    /// @param frame from 0, below [#frames]; likewise for the others
    public int function(int frame) {
        return functions[frame];
    }

    /// Returns the argument for [SymbolIndex#path]; 0 where it is not known. For an outer frame it is
    /// the file of the call to the next inner one.
    public int file(int frame) {
        return files[frame];
    }

    /// Returns the line, from 1; 0 where it is not known, or the code comes from no line.
    public int line(int frame) {
        return lines[frame];
    }

    /// Returns the column, from 1; 0 where it is not known.
    public int column(int frame) {
        return columns[frame];
    }

    /// Returns the ELF address up to which the answer is the same as for the address of the look-up,
    /// even if nothing is known; 0 if that is the end of the address space.
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
