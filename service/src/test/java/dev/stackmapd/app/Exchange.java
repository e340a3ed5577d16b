package dev.stackmapd.app;

import java.util.List;

/// One request and the status that it is answered with.
///
/// @param body its bytes, each as the character of its number
/// @param headers names and values in turn
record Exchange(String method, String path, String body, int status, List<String> headers) {
    static final String CONTENT_TYPE = "Content-Type";
    /// Stands for the tag of what is asked for.
    static final String ITS_ETAG = "<ETag>";

    private static final int MOST_SHOWN = 60;

    String contentType() {
        int at = headers.indexOf(CONTENT_TYPE);
        return at < 0 ? "application/json" : headers.get(at + 1);
    }

    String pathOnly() {
        return path.replaceFirst("\\?.*", "");
    }

    @Override
    public String toString() {
        return "%s %s %s %s".formatted(method, path, body.substring(0, Math.min(body.length(), MOST_SHOWN)), headers);
    }

    static Exchange get(int status, String path, String... headers) {
        return new Exchange("GET", path, "", status, List.of(headers));
    }

    static Exchange head(int status, String path, String... headers) {
        return new Exchange("HEAD", path, "", status, List.of(headers));
    }

    static Exchange delete(int status, String path, String... headers) {
        return new Exchange("DELETE", path, "", status, List.of(headers));
    }

    static Exchange post(int status, String path, String body, String... headers) {
        return new Exchange("POST", path, body, status, List.of(headers));
    }

    static Exchange put(int status, String path, String body, String... headers) {
        return new Exchange("PUT", path, body, status, List.of(headers));
    }
}
