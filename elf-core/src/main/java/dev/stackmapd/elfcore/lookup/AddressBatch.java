package dev.stackmapd.elfcore.lookup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// ELF addresses of one binary in ascending unsigned order, each with its position in the caller's
/// array. Immutable and thread-safe.
public final class AddressBatch {
    private final long[] addresses;
    private final int[] positions;
    private final int from;
    private final int to;

    private AddressBatch(long[] addresses, int[] positions, int from, int to) {
        this.addresses = addresses;
        this.positions = positions;
        this.from = from;
        this.to = to;
    }

    /// @param elfAddresses unsigned, in any order; the array is not changed
    public static AddressBatch of(long[] elfAddresses) {
        int[] positions = order(elfAddresses);
        long[] sorted = new long[positions.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = elfAddresses[positions[i]];
        }
        return new AddressBatch(sorted, positions, 0, sorted.length);
    }

    /// Returns the positions in the order of their addresses. Packs the distance from the lowest address
    /// into the high bits and the position into the low ones, so that primitives can be sorted.
    private static int[] order(long[] addresses) {
        long lowest = -1;
        long highest = 0;
        for (long address : addresses) {
            lowest = Long.compareUnsigned(address, lowest) < 0 ? address : lowest;
            highest = Long.compareUnsigned(address, highest) > 0 ? address : highest;
        }
        int positionBits = Integer.SIZE - Integer.numberOfLeadingZeros(addresses.length);
        if (addresses.length > 0 && Long.numberOfLeadingZeros(highest - lowest) <= positionBits) {
            return orderOfFarApart(addresses);
        }
        long[] keys = new long[addresses.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (addresses[i] - lowest) << positionBits | i;
        }
        Arrays.sort(keys);
        int[] positions = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            positions[i] = (int) (keys[i] & (1L << positionBits) - 1);
        }
        return positions;
    }

    /// Returns the order where distance and position need more than 63 bits. No linker places segments
    /// that far apart.
    private static int[] orderOfFarApart(long[] addresses) {
        return IntStream.range(0, addresses.length)
                .boxed()
                .sorted((a, b) -> Long.compareUnsigned(addresses[a], addresses[b]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /// Cuts the batch into consecutive parts of at most `size` addresses, which share its arrays.
    public List<AddressBatch> parts(int size) {
        List<AddressBatch> parts = new ArrayList<>();
        for (int start = from; start < to; start += size) {
            parts.add(new AddressBatch(addresses, positions, start, Math.min(to, start + size)));
        }
        return parts;
    }

    public int size() {
        return to - from;
    }

    /// @param i from 0 to `size() - 1`, ascending by address
    public long address(int i) {
        return addresses[from + i];
    }

    /// Returns the position of an address in the caller's array.
    public int position(int i) {
        return positions[from + i];
    }
}
