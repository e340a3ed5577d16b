package dev.stackmapd.upstream;

import java.util.List;

/// The addresses that do not belong to the public Internet (the IANA special-purpose registries, RFC
/// 6890 and its successors).
///
/// For IPv6 the rule is the other way round: only 2000::/3 is public, less its special blocks, so that
/// blocks without an entry here are refused. Addresses that embed an IPv4 address are as public as this
/// is.
final class SpecialAddresses {
    private static final List<IpRange> IPV4 = ranges(
            "0.0.0.0/8", // this network
            "10.0.0.0/8",
            "100.64.0.0/10", // carrier NAT, and a cloud's metadata
            "127.0.0.0/8",
            "169.254.0.0/16", // link-local, and most clouds' metadata
            "172.16.0.0/12",
            "192.0.0.0/24", // IETF, and a cloud's metadata
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // former 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/3"); // multicast, reserved, broadcast

    private static final IpRange GLOBAL_UNICAST = IpRange.parse("2000::/3");

    private static final List<IpRange> IPV6 = ranges(
            "2001::/23", // IETF: Teredo, benchmarks, ORCHID
            "2001:db8::/32", // documentation
            "3fff::/20"); // documentation

    private static final IpRange SIX_TO_FOUR = IpRange.parse("2002::/16");
    private static final IpRange NAT64 = IpRange.parse("64:ff9b::/96");

    /// `0000:5efe` and `0200:5efe`, less the bit that says which.
    private static final long ISATAP = 0x0000_5efeL;

    private SpecialAddresses() {}

    static boolean contains(IpRange address) {
        if (address.isIpv4()) {
            return within(IPV4, address);
        }
        if (NAT64.contains(address)) {
            return contains(IpRange.ofIpv4(address.low()));
        }
        if (SIX_TO_FOUR.contains(address)) {
            return contains(IpRange.ofIpv4(address.high() >>> 16)) || isSpecialIsatap(address);
        }
        return !GLOBAL_UNICAST.contains(address) || within(IPV6, address) || isSpecialIsatap(address);
    }

    private static boolean isSpecialIsatap(IpRange address) {
        return (address.low() >>> 32 & ~0x0200_0000L) == ISATAP && contains(IpRange.ofIpv4(address.low()));
    }

    private static boolean within(List<IpRange> ranges, IpRange address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    private static List<IpRange> ranges(String... texts) {
        return List.of(texts).stream().map(IpRange::parse).toList();
    }
}
