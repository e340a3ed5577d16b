package dev.stackmapd.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// A debuginfod server of the operator's configuration.
///
/// @param base absolute `http` or `https` URL without user, query and fragment; ends in `/`
public record Upstream(URI base) {

    public Upstream {
        if (!WebAddress.isPlain(base) || base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "an upstream is an http or https URL without user, query and fragment, not " + base);
        }
        base = base.getRawPath().endsWith("/") ? base : URI.create(base + "/");
    }

    /// @throws IllegalArgumentException if it is not such a URL
    public static Upstream of(String url) {
        try {
            return new Upstream(new URI(url.strip()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + e.getMessage(), e);
        }
    }

    /// Returns the URL of a file, by concatenation: `..` in the name of a source file is part of the
    /// name and must not be resolved.
    URI locate(FileRequest request) {
        return URI.create(base + request.path());
    }

    /// Returns the host name in lower case; requests to one host share its slots, whatever their ports.
    String host() {
        return base.getHost().toLowerCase(Locale.ROOT);
    }
}
