package dev.stackmapd.upstream;

import java.net.URI;

/// What is asked of every URL before anything is sent to it.
final class WebAddress {
    private WebAddress() {}

    /// Absolute, `http` or `https`, with a host, without user and password.
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

    /// Without the brackets of an IPv6 literal.
    static String hostName(URI at) {
        String host = at.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
