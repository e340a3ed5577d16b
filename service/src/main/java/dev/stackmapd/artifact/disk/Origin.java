package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import java.util.HexFormat;
import java.util.Locale;

/// The origin of a stored file.
public sealed interface Origin {
    /// Characters of a name, at most.
    int MAX_NAME = 256;

    /// Sent by a client; this may be the only copy.
    ///
    /// @param route the protocol of the upload
    /// @param address of the other end of the connection, which may be a proxy; printable ASCII without
    ///     spaces
    /// @param sender the name that the client gave itself, which was not checked; printable ASCII, may
    ///     be empty
    record Upload(Route route, String address, String sender) implements Origin {
        public Upload {
            requireNonNull(route, "route");
            requirePrintable(address);
            requirePrintable(sender);
            if (address.isEmpty() || address.indexOf(' ') >= 0) {
                throw new IllegalArgumentException("not an address");
            }
        }
    }

    /// Fetched, and may be fetched again.
    ///
    /// @param upstream which server, printable ASCII; without credentials
    /// @param imaSignature the header `X-DEBUGINFOD-IMASIGNATURE` that the upstream sent with the bytes:
    ///     lower-case hex digits, an even number, at most [#MAX_SIGNATURE]; empty if it sent none. It is
    ///     not verified here
    record Debuginfod(String upstream, String imaSignature) implements Origin {
        /// Hex digits of a signature, at most. Elfutils' client takes 1,024 bytes, and RSA with 4,096 bits
        /// makes 521.
        static final int MAX_SIGNATURE = 2_048;

        public Debuginfod {
            requirePrintable(upstream);
            if (!imaSignature.equals(checked(imaSignature))) {
                throw new IllegalArgumentException("not a signature in lower-case hex digits");
            }
        }

        /// Returns an origin with the signature of a header's value; one that is not a signature, or too
        /// long, counts as none.
        ///
        /// @param header may be empty
        public static Debuginfod of(String upstream, String header) {
            return new Debuginfod(upstream, checked(header.strip().toLowerCase(Locale.ROOT)));
        }

        private static String checked(String signature) {
            boolean sound = signature.length() <= MAX_SIGNATURE
                    && signature.length() % 2 == 0
                    && signature.chars().allMatch(HexFormat::isHexDigit)
                    && signature.equals(signature.toLowerCase(Locale.ROOT));
            return sound ? signature : "";
        }
    }

    /// Found without a readable record of its origin. Treated as an upload, because it may be one.
    record Recovered() implements Origin {}

    /// The protocols of uploads.
    enum Route {
        /// `PUT /v1/binaries/{buildId}/{kind}`.
        PUT("put"),
        /// The three calls of Pyroscope's agents.
        PYROSCOPE("pyroscope");

        private final String text;

        Route(String text) {
            this.text = text;
        }

        /// Returns the name in lower-case letters.
        public String text() {
            return text;
        }
    }

    private static void requirePrintable(String name) {
        if (name.length() > MAX_NAME || name.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("not up to %d printable ASCII characters".formatted(MAX_NAME));
        }
    }

    /// Classes of stored files, the most trusted first. If two files of one build-id contradict one
    /// another, the one of the more trusted class is used, whichever was stored first. Files of the
    /// operator's folders are trusted more than all of these ([TrustedFiles]).
    enum Trust {
        /// Fetched from a debuginfod server that the operator named.
        UPSTREAM,
        /// Sent by a client, or of unknown origin.
        UPLOAD;

        static Trust of(Origin origin) {
            return switch (origin) {
                case Origin.Debuginfod debuginfod -> UPSTREAM;
                case Origin.Upload upload -> UPLOAD;
                case Origin.Recovered recovered -> UPLOAD;
            };
        }

        boolean outranks(Trust other) {
            return compareTo(other) < 0;
        }
    }
}
