package dev.stackmapd.app.security;

import dev.stackmapd.app.settings.BindCheck.Reach;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// The names and addresses that requests to this service may give in `Host`.
///
/// Always `localhost` and the names that the operator lists. Of address literals, those of the loopback interface where
/// the service is bound to that, else all: behind a published port or a cluster's Service it does not know its own
/// addresses, and a page that has its name resolve to another host cannot have an address literal for a name.
///
/// @param reach who can reach the service
/// @param names in lower case, without port; may be address literals
public record OwnHosts(Reach reach, Set<String> names) {
    public OwnHosts {
        names = Set.copyOf(names);
    }

    public static OwnHosts of(Reach reach, Collection<String> names) {
        return new OwnHosts(reach, names.stream().map(OwnHosts::withoutPort).collect(Collectors.toUnmodifiableSet()));
    }

    /// Returns true if a request with this `Host` is meant for this service.
    ///
    /// @param authority host and perhaps port (RFC 3986, 3.2)
    boolean accepts(String authority) {
        String host = withoutPort(authority);
        return host.equals("localhost") || names.contains(host) || isOwnAddress(host);
    }

    /// Returns true if the operator lists the host of this authority.
    boolean isNamed(String authority) {
        return names.contains(withoutPort(authority));
    }

    private boolean isOwnAddress(String host) {
        try {
            InetAddress address = InetAddress.ofLiteral(host);
            return reach == Reach.NETWORK || address.isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// IPv6 literals stand in brackets, in which they have colons; others end at the first colon.
    private static String withoutPort(String authority) {
        int bracket = authority.indexOf(']');
        int colon = authority.indexOf(':');
        String host = authority.startsWith("[") && bracket > 0
                ? authority.substring(1, bracket)
                : colon < 0 ? authority : authority.substring(0, colon);
        return host.toLowerCase(Locale.ROOT);
    }
}
