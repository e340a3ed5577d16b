package dev.stackmapd.upstream;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Decides which addresses the client may connect to: public ones, and those that the operator allows.
/// Immutable.
///
/// Every address that a host name resolves to is checked, for upstreams and for the targets of their
/// redirects.
public final class AddressRules {
    public static final AddressRules PUBLIC_ONLY = of(List.of());

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?");

    private static final Pattern LAST_LABEL_OF_DIGITS = Pattern.compile("([^.]*\\.)*[0-9]+\\.?");

    private final Set<String> hosts = new HashSet<>();
    private final List<IpRange> ranges = new ArrayList<>();

    private AddressRules(List<String> allowed) {
        for (String entry : allowed) {
            if (isNumeric(entry)) {
                ranges.add(IpRange.parse(entry));
            } else if (HOST.matcher(entry).matches()) {
                hosts.add(entry.toLowerCase(Locale.ROOT));
            } else {
                throw new IllegalArgumentException("not a host, an address or a CIDR block: " + entry);
            }
        }
    }

    /// @param allowed host names (the name exactly, whatever it stands for), addresses and CIDR blocks
    /// @throws IllegalArgumentException for an entry that is none of these
    public static AddressRules of(List<String> allowed) {
        return new AddressRules(allowed);
    }

    /// Returns the scope of an address; empty if the client must not connect to it.
    Optional<AddressScope> reach(String host, InetAddress address) {
        IpRange bits = IpRange.of(address);
        if (!SpecialAddresses.contains(bits)) {
            return Optional.of(AddressScope.PUBLIC);
        }
        return hosts.contains(host.toLowerCase(Locale.ROOT)) || ranges.stream().anyMatch(range -> range.contains(bits))
                ? Optional.of(AddressScope.PRIVATE)
                : Optional.empty();
    }

    /// Returns true if the entry is an address or a block: the last label of a host name is not numeric
    /// (RFC 1123 2.1).
    private static boolean isNumeric(String entry) {
        return entry.indexOf('/') >= 0
                || entry.indexOf(':') >= 0
                || LAST_LABEL_OF_DIGITS.matcher(entry).matches();
    }

    /// The scope of an address. Private upstreams get new files often, public ones seldom.
    public enum AddressScope {
        PUBLIC,
        /// An address that is refused unless the operator allows it.
        PRIVATE
    }
}
