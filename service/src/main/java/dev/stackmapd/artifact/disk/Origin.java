package dev.stackmapd.artifact.disk;

/// Where a stored file came from.
public sealed interface Origin {
    /// Characters of a name, at most.
    int MAX_NAME = 256;

    /// Sent by a client; there may be no other copy in the world.
    ///
    /// @param by who sent it, printable ASCII; may be empty
    record Upload(String by) implements Origin {
        public Upload {
            requirePrintable(by);
        }
    }

    /// Fetched, and may be fetched again.
    ///
    /// @param upstream which server, printable ASCII; without credentials
    record Debuginfod(String upstream) implements Origin {
        public Debuginfod {
            requirePrintable(upstream);
        }
    }

    /// Found without a readable record of where it came from. Treated as an upload: it may be one.
    record Recovered() implements Origin {}

    private static void requirePrintable(String name) {
        if (name.length() > MAX_NAME || name.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("not up to %d printable ASCII characters".formatted(MAX_NAME));
        }
    }
}
