package dev.stackmapd.upstream;

import java.net.URI;

/// Checks and parts of URLs that requests are sent to.
final class WebAddress {
    private WebAddress() {}

    /// Returns true if the URL is absolute, `http` or `https`, and has a host and no user and password.
    static boolean isPlain(URI at) {
        return (isSecure(at) || "http".equalsIgnoreCase(at.getScheme()))
                && at.getHost() != null
                && at.getRawUserInfo() == null
                && at.getPort() <= 65_535
                && at.getPort() != 0;
    }

    static boolean isSecure(URI at) {
        return "https".equalsIgnoreCase(at.getScheme());
    }

    static int port(URI at) {
        return at.getPort() > 0 ? at.getPort() : isSecure(at) ? 443 : 80;
    }

    /// Returns the host, without the brackets of an IPv6 literal.
    static String hostName(URI at) {
        String host = at.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
