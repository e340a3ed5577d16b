package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A stack of raw frames and frames in files that contains its build-ids, as the kernel's `struct
/// bpf_stack_build_id` does. It therefore does not depend on numbers of [FrameBases]. Immutable.
///
/// Frames are encoded one after the other; a build-id is written at its first occurrence:
///
/// ```text
///  0  address (8)                                  raw
///  1  length (1), build-id (length), offset (8)    in a file
///  2  index (2), offset (8)                        in the file of the index-th build-id, counted from 0
/// ```
///
/// A frame takes at most 30 bytes if build-ids have at most 20. The reasons of raw frames, one byte
/// each, follow the last frame, so that frames can be compared without them.
public final class DetachedStack {
    private static final byte RAW = 0;
    private static final byte IN_FILE = 1;
    private static final byte IN_KNOWN_FILE = 2;
    private static final int MAX_FRAME_BYTES = 2 + BuildId.MAX_BYTES + Long.BYTES;

    private final byte[] bytes;
    private final int framesEnd;
    private final boolean truncated;

    private DetachedStack(byte[] bytes, int framesEnd, boolean truncated) {
        this.bytes = bytes;
        this.framesEnd = framesEnd;
        this.truncated = truncated;
    }

    /// @param bases the dictionary of the numbers in `packed`; they need to be valid during this call
    ///     only
    /// @param truncated true if frames at the root end were dropped
    public static DetachedStack of(PackedStack packed, FrameBases bases, boolean truncated) {
        Writer writer = new Writer(packed.depth(), bases);
        long[] words = packed.words();
        for (int at = 0; at < packed.length(); at++) {
            long word = words[at];
            switch ((int) (word >>> PackedStack.KIND_SHIFT)) {
                case (int) PackedStack.BASED ->
                    writer.inFile((int) (word >>> PackedStack.NUMBER_BITS), word & PackedStack.NUMBER_MASK);
                case (int) PackedStack.RAW -> writer.raw(PackedStack.narrowAddress(word), PackedStack.reason(word));
                case (int) PackedStack.WIDE_BASED -> writer.inFile((int) word, words[++at]);
                default -> writer.raw(words[++at], PackedStack.reason(word));
            }
        }
        return writer.end(truncated);
    }

    private static final class Writer {
        private final ByteBuffer frames;
        private final ByteBuffer reasons;
        private final FrameBases bases;
        private final int[] written;
        private int writtenCount;

        Writer(int depth, FrameBases bases) {
            this.frames = ByteBuffer.allocate(depth * MAX_FRAME_BYTES);
            this.reasons = ByteBuffer.allocate(depth);
            this.written = new int[depth];
            this.bases = bases;
        }

        void raw(long address, Frame.Reason reason) {
            frames.put(RAW).putLong(address);
            reasons.put((byte) reason.code());
        }

        void inFile(int number, long offset) {
            int index = 0;
            while (index < writtenCount && written[index] != number) {
                index++;
            }
            if (index < writtenCount) {
                frames.put(IN_KNOWN_FILE).putShort((short) index);
            } else {
                written[writtenCount++] = number;
                byte[] id = buildId(bases.get(number)).toBytes();
                frames.put(IN_FILE).put((byte) id.length).put(id);
            }
            frames.putLong(offset);
        }

        private static BuildId buildId(FrameBase base) {
            return switch (base) {
                case FrameBase.File(var buildId) -> buildId;
                case FrameBase.Kernel _, FrameBase.Function _ ->
                    throw new IllegalArgumentException("the kernel's map has no such frame: " + base);
            };
        }

        DetachedStack end(boolean truncated) {
            int framesEnd = frames.position();
            byte[] bytes = Arrays.copyOf(frames.array(), framesEnd + reasons.position());
            System.arraycopy(reasons.array(), 0, bytes, framesEnd, reasons.position());
            return new DetachedStack(bytes, framesEnd, truncated);
        }
    }

    /// Returns true if frames at the root end were dropped.
    public boolean truncated() {
        return truncated;
    }

    /// Returns true if both have the same frames. Reasons of raw frames and truncation are ignored.
    public boolean sameFrames(DetachedStack other) {
        return Arrays.equals(bytes, 0, framesEnd, other.bytes, 0, other.framesEnd);
    }

    /// Decodes the frames.
    public Stack toStack() {
        List<Frame> read = new ArrayList<>();
        List<BuildId> buildIds = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, framesEnd);
        int reason = framesEnd;
        while (in.hasRemaining()) {
            switch (in.get()) {
                case RAW -> read.add(new Frame.Raw(in.getLong(), Frame.Reason.ofCode(bytes[reason++])));
                case IN_FILE -> {
                    byte[] id = new byte[in.get()];
                    in.get(id);
                    buildIds.add(BuildId.of(id));
                    read.add(new Frame.InFile(buildIds.getLast(), new FileOffset(in.getLong())));
                }
                default -> read.add(new Frame.InFile(buildIds.get(in.getShort()), new FileOffset(in.getLong())));
            }
        }
        return new Stack(read, truncated);
    }
}
