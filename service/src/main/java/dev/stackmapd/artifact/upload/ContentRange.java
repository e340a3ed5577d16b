package dev.stackmapd.artifact.upload;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The range of a file's bytes that a body contains (RFC 9110, 14.4).
///
/// @param first from 0
/// @param last `first` or more
/// @param total more than `last`
record ContentRange(long first, long last, long total) {
    private static final Pattern FORM = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");

    /// Parses the header; empty for another form, and for inconsistent numbers.
    static Optional<ContentRange> parse(String header) {
        Matcher range = FORM.matcher(header);
        if (!range.matches()) {
            return Optional.empty();
        }
        ContentRange parsed = new ContentRange(
                Long.parseLong(range.group(1)), Long.parseLong(range.group(2)), Long.parseLong(range.group(3)));
        return parsed.first <= parsed.last && parsed.last < parsed.total ? Optional.of(parsed) : Optional.empty();
    }

    long length() {
        return last - first + 1;
    }
}
