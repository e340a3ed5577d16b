package dev.stackmapd.upstream;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// A block of addresses, `address/prefix`. IPv4 stands in its IPv6-mapped form (RFC 4291 2.5.5.2), so that an address
/// is the same in both spellings.
///
/// @param prefix leading bits that count, 0 to 128
record IpRange(long high, long low, int prefix) {
    private static final long MAPPED = 0xffff_0000_0000L;

    IpRange {
        if (prefix < 0 || prefix > 128) {
            throw new IllegalArgumentException("a prefix has 0 to 128 bits, not " + prefix);
        }
    }

    /// Reads `10.0.0.0/8`, `fc00::/7`, or one address.
    ///
    /// @throws IllegalArgumentException if it is neither, or if bits beyond the prefix are set: what looks like
    ///     `10/8` would be 0.0.0.10/8
    static IpRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        IpRange whole = of(address);
        if (slash < 0) {
            return whole;
        }
        int bits = Integer.parseInt(text, slash + 1, text.length(), 10);
        int width = 8 * address.getAddress().length;
        if (bits < 0 || bits > width) {
            throw new IllegalArgumentException("%s: the prefix is above %d".formatted(text, width));
        }
        IpRange block = new IpRange(whole.high, whole.low, 128 - width + bits);
        if ((whole.high & ~mask(block.prefix)) != 0 || (whole.low & ~mask(block.prefix - 64)) != 0) {
            throw new IllegalArgumentException(text + ": bits beyond the prefix are set");
        }
        return block;
    }

    static IpRange of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == 4
                ? ofIpv4(Integer.toUnsignedLong(bytes.getInt()))
                : new IpRange(bytes.getLong(), bytes.getLong(), 128);
    }

    /// @param bits the 32 bits of an IPv4 address; higher ones do not count
    static IpRange ofIpv4(long bits) {
        return new IpRange(0, MAPPED | (bits & 0xffff_ffffL), 128);
    }

    boolean isIpv4() {
        return high == 0 && low >>> 32 == 0xffff;
    }

    boolean contains(IpRange other) {
        return other.prefix >= prefix
                && ((high ^ other.high) & mask(prefix)) == 0
                && ((low ^ other.low) & mask(prefix - 64)) == 0;
    }

    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
    }
}
