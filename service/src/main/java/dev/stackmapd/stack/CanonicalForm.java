package dev.stackmapd.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stackmapd.elfcore.bytes.Sha256;
import dev.stackmapd.elfcore.elf.BuildId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/// Writes the bytes that a [StackId] digests, frame by frame. An instance is reused for many stacks, so
/// that no arrays are allocated per stack. Not thread-safe.
final class CanonicalForm {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int TRUNCATED = 1;
    private static final byte FILE_BY_BUILD_ID = 1;
    private static final byte FILE_BY_HTLHASH = 2;
    private static final byte KERNEL = 3;
    private static final byte FUNCTION = 4;
    private static final int RAW = 0;
    private static final int FIRST_BASE = 2;
    private static final int FEW = 16;
    private static final int MAX_ULEB128_INT_BYTES = 5;
    /// The maximum size of a frame: the number of its base, and an offset.
    private static final int MAX_FRAME_BYTES = MAX_ULEB128_INT_BYTES + 10;

    private final MessageDigest sha256 = Sha256.create();
    private final Bytes head = new Bytes();
    private final Bytes table = new Bytes();
    private final Bytes frames = new Bytes();
    private FrameBase[] bases = new FrameBase[FEW]; // of the table, build-ids without padding
    private int baseCount;
    private FrameBase[] met = new FrameBase[FEW]; // distinct ones, as they were met: several may be one of the table
    private int[] baseOf = new int[FEW]; // for each of these
    private int metCount;
    private int last; // index in `met` of the last base
    private final Numbers numbers = new Numbers();
    private boolean isCut; // true if zeros were stripped from the build-id of a base

    /// A byte array that grows on demand.
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

    /// Maps the dictionary number of a base to its index in the table. The hash table is cleared in
    /// constant time by starting another round.
    private static final class Numbers {
        /// 2^32 divided by the golden ratio: numbers that follow each other go to slots far apart.
        private static final int SPREAD = 0x9e3779b9;

        private int[] keys = new int[64];
        private int[] places = new int[64];
        private int[] rounds = new int[64]; // a slot is in use if it has the round of now
        private int round = 1;
        private int size;

        void clear() {
            round++;
            size = 0;
        }

        int slot(int number) {
            int mask = keys.length - 1;
            int slot = (number * SPREAD) >>> Integer.numberOfLeadingZeros(mask);
            while (rounds[slot] == round && keys[slot] != number) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        boolean has(int slot) {
            return rounds[slot] == round;
        }

        int get(int slot) {
            return places[slot];
        }

        /// @param slot from [#slot], free
        void put(int slot, int number, int place) {
            keys[slot] = number;
            places[slot] = place;
            rounds[slot] = round;
            size++;
            if (2 * size > keys.length) {
                grow();
            }
        }

        private void grow() {
            int[] keysBefore = keys;
            int[] placesBefore = places;
            int[] roundsBefore = rounds;
            keys = new int[2 * keysBefore.length];
            places = new int[keys.length];
            rounds = new int[keys.length];
            for (int at = 0; at < keysBefore.length; at++) {
                if (roundsBefore[at] == round) {
                    int slot = slot(keysBefore[at]);
                    keys[slot] = keysBefore[at];
                    places[slot] = placesBefore[at];
                    rounds[slot] = round;
                }
            }
        }
    }

    CanonicalForm begin() {
        table.size = 0;
        frames.size = 0;
        metCount = 0;
        last = 0;
        baseCount = 0;
        isCut = false;
        numbers.clear();
        return this;
    }

    /// Returns SHA-256 over one stack.
    byte[] digest(Stack stack) {
        begin();
        for (Frame frame : stack.frames()) {
            switch (frame) {
                case Frame.InFile(var buildId, var offset) -> put(new FrameBase.File(buildId), offset.value());
                case Frame.InKernel(var buildId, var offset) -> put(new FrameBase.Kernel(buildId), offset);
                case Frame.Named(var type, var function, var file, var line) ->
                    put(new FrameBase.Function(type, function, file), line);
                case Frame.Raw raw -> put(raw.address());
            }
        }
        return digest(stack.truncated());
    }

    /// Returns SHA-256 over one stack, directly from packed words.
    ///
    /// @param words holds exactly one stack in `[from, from + length)`
    byte[] digest(long[] words, int from, int length, boolean truncated, FrameBases numbered) {
        begin();
        int end = from + length;
        for (int at = from; at < end; at++) {
            long word = words[at];
            switch ((int) (word >>> PackedStack.KIND_SHIFT)) {
                case (int) PackedStack.BASED ->
                    putNumbered((int) (word >>> PackedStack.NUMBER_BITS), word & PackedStack.NUMBER_MASK, numbered);
                case (int) PackedStack.RAW -> put(PackedStack.narrowAddress(word));
                case (int) PackedStack.WIDE_BASED -> putNumbered((int) word, words[++at], numbered);
                default -> put(words[++at]);
            }
        }
        return digest(truncated);
    }

    byte[] digest(boolean truncated) {
        head.size = 0;
        head.array[head.size++] = (byte) (truncated ? TRUNCATED : 0);
        head.uleb128(baseCount);
        sha256.update(head.array, 0, head.size);
        sha256.update(table.array, 0, table.size);
        sha256.update(frames.array, 0, frames.size);
        return sha256.digest();
    }

    void put(FrameBase base, long number) {
        put(baseOf(base), number);
    }

    private void put(int base, long number) {
        frames.ensure(MAX_FRAME_BYTES);
        frames.uleb128(FIRST_BASE + base);
        frames.uleb128(number);
    }

    /// Appends a frame whose base is given by its dictionary number. Bases are not compared.
    private void putNumbered(int base, long number, FrameBases numbered) {
        int slot = numbers.slot(base);
        if (numbers.has(slot)) {
            put(numbers.get(slot), number);
        } else {
            int place = add(numbered.get(base));
            numbers.put(slot, base, place);
            put(place, number);
        }
    }

    /// Adds a base whose number is not in [#numbers] yet, and returns its index. Only a build-id from
    /// which zeros were stripped can equal the base of another number.
    private int add(FrameBase base) {
        FrameBase unpadded = base.unpadded();
        isCut |= !unpadded.equals(base);
        return isCut ? inTable(unpadded) : append(unpadded);
    }

    void put(long address) {
        frames.ensure(MAX_FRAME_BYTES);
        frames.uleb128(RAW);
        LONG.set(frames.array, frames.size, address);
        frames.size += Long.BYTES;
    }

    /// Returns the table index of a base. A linear search is enough: consecutive frames mostly share a
    /// base, and a stack has few.
    private int baseOf(FrameBase base) {
        if (last < metCount && met[last].equals(base)) {
            return baseOf[last];
        }
        for (int i = 0; i < metCount; i++) {
            if (met[i].equals(base)) {
                last = i;
                return baseOf[i];
            }
        }
        return meet(base);
    }

    private int meet(FrameBase base) {
        int number = inTable(base.unpadded());
        if (metCount == met.length) {
            met = Arrays.copyOf(met, metCount * 2);
            baseOf = Arrays.copyOf(baseOf, metCount * 2);
        }
        met[metCount] = base;
        baseOf[metCount] = number;
        last = metCount++;
        return number;
    }

    /// Returns the index of a base in the table, to which it is added if it is absent.
    private int inTable(FrameBase unpadded) {
        for (int i = 0; i < baseCount; i++) {
            if (bases[i].equals(unpadded)) {
                return i;
            }
        }
        return append(unpadded);
    }

    private int append(FrameBase unpadded) {
        if (baseCount == bases.length) {
            bases = Arrays.copyOf(bases, baseCount * 2);
        }
        bases[baseCount] = unpadded;
        write(unpadded);
        return baseCount++;
    }

    private void write(FrameBase unpadded) {
        switch (unpadded) {
            case FrameBase.File(var buildId) ->
                write(
                        switch (buildId.kind()) {
                            case GNU -> FILE_BY_BUILD_ID;
                            case HTLHASH -> FILE_BY_HTLHASH;
                        },
                        buildId);
            case FrameBase.Kernel(var buildId) -> write(KERNEL, buildId);
            case FrameBase.Function(var type, var name, var file) -> {
                table.ensure(1);
                table.array[table.size++] = FUNCTION;
                write(type);
                write(name);
                write(file);
            }
        }
    }

    private void write(byte form, BuildId buildId) {
        table.ensure(2 + buildId.length());
        table.array[table.size++] = form;
        table.array[table.size++] = (byte) buildId.length();
        buildId.copyTo(table.array, table.size);
        table.size += buildId.length();
    }

    private void write(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        table.ensure(MAX_ULEB128_INT_BYTES + bytes.length);
        table.uleb128(bytes.length);
        System.arraycopy(bytes, 0, table.array, table.size, bytes.length);
        table.size += bytes.length;
    }
}
