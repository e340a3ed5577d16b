package dev.stackmapd.upstream;

import java.util.ArrayList;
import java.util.List;

/// The headers that debuginfod servers forward, so that loops end and upstreams know the client.
///
/// @param userAgent sent as `User-Agent`
/// @param forwardedFor the earlier hops, one per element, from the first client to the direct client of
///     this service; sent as `X-Forwarded-For`
public record ForwardedHeaders(String userAgent, List<String> forwardedFor) {
    private static final int MAX_CHARACTERS = 1_000;

    /// The headers of requests that this service makes on its own behalf.
    public static final ForwardedHeaders OWN = new ForwardedHeaders("stackmapd", List.of());

    public ForwardedHeaders {
        forwardedFor = List.copyOf(forwardedFor);
        checkHeader(userAgent);
        for (String hop : forwardedFor) {
            checkHeader(hop);
            if (hop.indexOf(',') >= 0) {
                throw new IllegalArgumentException("a hop without comma: each counts");
            }
        }
    }

    /// Returns the headers to send for a client's request, with its address appended. Never throws:
    /// characters that cannot be forwarded become `?`, long values are truncated, and an empty hop still
    /// counts as one.
    ///
    /// @param userAgent may be empty
    /// @param forwardedFor the header `X-Forwarded-For`, several joined by commas; may be empty
    /// @param client the address that the request came from
    public static ForwardedHeaders of(String userAgent, String forwardedFor, String client) {
        List<String> hops = new ArrayList<>();
        if (!forwardedFor.isBlank()) {
            for (String hop : forwardedFor.split(",", -1)) {
                hops.add(sendable(hop, "unknown"));
            }
        }
        hops.add(sendable(client, "unknown"));
        return new ForwardedHeaders(sendable(userAgent, OWN.userAgent), hops);
    }

    private static String sendable(String value, String ifEmpty) {
        String text = value.strip().replaceAll("[^ -~]", "?");
        return text.isEmpty() ? ifEmpty : text.substring(0, Math.min(text.length(), MAX_CHARACTERS));
    }

    private static void checkHeader(String value) {
        if (value.isEmpty() || value.length() > MAX_CHARACTERS || !value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "a header value is 1 to %d printable ASCII characters".formatted(MAX_CHARACTERS));
        }
    }

    int hops() {
        return forwardedFor.size();
    }
}
