package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/// Writes the bytes that a [StackId] digests, frame by frame. Reused from stack to stack, so that nothing is allocated
/// for the bytes. Not thread-safe.
final class CanonicalForm {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int TRUNCATED = 1;
    private static final byte BY_BUILD_ID = 1;
    private static final int RAW = 0;
    private static final int FIRST_FILE = 2;
    private static final int FEW = 16;
    /// What a frame takes at most: its file as a number, and an offset.
    private static final int MAX_FRAME_BYTES = 5 + 10;

    private final MessageDigest sha256 = StackId.sha256();
    private final Bytes head = new Bytes();
    private final Bytes files = new Bytes();
    private final Bytes frames = new Bytes();
    private BuildId[] names = new BuildId[FEW]; // of each file, without padding
    private int fileCount;
    private BuildId[] buildIds = new BuildId[FEW]; // distinct ones, as they were met: several may name one file
    private int[] fileOf = new int[FEW]; // for each of these
    private int met;
    private int last; // the one that was asked for last

    /// A growing array.
    private static final class Bytes {
        private byte[] array = new byte[1024];
        private int size;

        void ensure(int more) {
            if (size + more > array.length) {
                array = Arrays.copyOf(array, Math.max(Math.addExact(size, more), Math.multiplyExact(array.length, 2)));
            }
        }

        void uleb128(long value) {
            long rest = value;
            while (rest >>> 7 != 0) {
                array[size++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            array[size++] = (byte) rest;
        }
    }

    CanonicalForm begin() {
        files.size = 0;
        frames.size = 0;
        met = 0;
        last = 0;
        fileCount = 0;
        return this;
    }

    /// SHA-256 over one stack.
    byte[] digest(Stack stack) {
        begin();
        for (Frame frame : stack.frames()) {
            switch (frame) {
                case Frame.InFile(var buildId, var offset) -> put(buildId, offset.value());
                case Frame.Raw raw -> put(raw.address());
            }
        }
        return digest(stack.truncated());
    }

    /// SHA-256 over one stack, straight from packed words.
    byte[] digest(PackedStack stack, BuildIds numbered) {
        begin();
        long[] words = stack.words();
        for (int at = 0; at < stack.length(); at++) {
            long word = words[at];
            switch ((int) (word >>> PackedStack.KIND_SHIFT)) {
                case (int) PackedStack.IN_FILE ->
                    put(numbered.get((int) (word >>> PackedStack.OFFSET_BITS)), word & PackedStack.OFFSET_MASK);
                case (int) PackedStack.RAW -> put(PackedStack.narrowAddress(word));
                case (int) PackedStack.WIDE_IN_FILE -> put(numbered.get((int) word), words[++at]);
                default -> put(words[++at]);
            }
        }
        return digest(stack.truncated());
    }

    byte[] digest(boolean truncated) {
        head.size = 0;
        head.array[head.size++] = (byte) (truncated ? TRUNCATED : 0);
        head.uleb128(fileCount);
        sha256.update(head.array, 0, head.size);
        sha256.update(files.array, 0, files.size);
        sha256.update(frames.array, 0, frames.size);
        return sha256.digest();
    }

    void put(BuildId buildId, long offset) {
        frames.ensure(MAX_FRAME_BYTES);
        frames.uleb128(FIRST_FILE + fileOf(buildId));
        frames.uleb128(offset);
    }

    void put(long address) {
        frames.ensure(MAX_FRAME_BYTES);
        frames.uleb128(RAW);
        LONG.set(frames.array, frames.size, address);
        frames.size += Long.BYTES;
    }

    /// A call chain stays in one file for a while, and goes through few.
    private int fileOf(BuildId buildId) {
        if (last < met && buildIds[last].equals(buildId)) {
            return fileOf[last];
        }
        for (int i = 0; i < met; i++) {
            if (buildIds[i].equals(buildId)) {
                last = i;
                return fileOf[i];
            }
        }
        return meet(buildId);
    }

    private int meet(BuildId buildId) {
        BuildId unpadded = buildId.unpadded();
        int file = 0;
        while (file < fileCount && !names[file].equals(unpadded)) {
            file++;
        }
        if (met == buildIds.length) {
            buildIds = Arrays.copyOf(buildIds, met * 2);
            fileOf = Arrays.copyOf(fileOf, met * 2);
            names = Arrays.copyOf(names, met * 2);
        }
        if (file == fileCount) {
            names[fileCount++] = unpadded;
            write(unpadded);
        }
        buildIds[met] = buildId;
        fileOf[met] = file;
        last = met++;
        return file;
    }

    private void write(BuildId unpadded) {
        files.ensure(2 + unpadded.length());
        files.array[files.size++] = BY_BUILD_ID;
        files.array[files.size++] = (byte) unpadded.length();
        unpadded.copyTo(files.array, files.size);
        files.size += unpadded.length();
    }
}
