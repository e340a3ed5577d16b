package dev.stackmapd.upstream;

import java.util.ArrayList;
import java.util.List;

/// On whose behalf upstreams are asked: what debuginfod servers pass on, so that loops end and clients are known.
///
/// @param userAgent sent as `User-Agent`
/// @param forwardedFor earlier hops, the client first, this service's own client last, one an entry; sent as
///     `X-Forwarded-For`
public record ForwardedHeaders(String userAgent, List<String> forwardedFor) {
    private static final int MAX_CHARACTERS = 1_000;

    /// This service asks for itself.
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

    /// What a request's headers say, with the client appended that it came from. Never fails: characters that cannot
    /// be sent on become `?`, what is too long is cut, and an empty hop still counts, as one.
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
