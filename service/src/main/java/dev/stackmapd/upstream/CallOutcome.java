package dev.stackmapd.upstream;

import dev.stackmapd.upstream.AddressRules.AddressScope;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;

/// What came of asking one upstream. Every case is ordinary; none is an exception.
public sealed interface CallOutcome {

    /// The file is here, verified and kept.
    ///
    /// @param bytes after inflation
    record Fetched(long bytes) implements CallOutcome {}

    /// The upstream answered that it does not have the file (404, 410).
    record NotFound(AddressScope reach) implements CallOutcome {}

    /// The file is larger than allowed, said so by the upstream (406, a length) or found out by counting.
    record TooLarge(long maxBytes) implements CallOutcome {}

    /// What came is not the file: the [DownloadSink] said so, or its encoding is unknown or damaged.
    record WrongContent(String detail) implements CallOutcome {}

    record TimedOut(TimeoutPhase phase) implements CallOutcome {}

    record Unreachable(NetworkFailure failure) implements CallOutcome {}

    /// The upstream answered with a status that says nothing of the file.
    ///
    /// @param retryAfter what it asked for; zero if it did not
    record Failed(int status, Duration retryAfter) implements CallOutcome {}

    /// We would not ask, or not follow.
    record Refused(RefusalRule rule) implements CallOutcome {}

    /// Not asked, because too many requests to it failed lately.
    ///
    /// @param remaining until one request may try again
    record BreakerOpen(Duration remaining) implements CallOutcome {}

    /// The file could not be taken by this host.
    record NotKept(String detail) implements CallOutcome {

        /// Describes a failure of this host in words that name no path.
        static NotKept of(IOException e) {
            String words = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
            return new NotKept(words == null ? e.getClass().getSimpleName() : words);
        }
    }

    /// Given up half-way, through no fault of the upstream's.
    record Stopped(StopReason cause) implements CallOutcome {}

    /// What was waited for when time ran out.
    enum TimeoutPhase {
        /// Our own turn: other fetches, or other requests to the same host.
        TURN,
        CONNECT,
        HEAD,
        BODY
    }

    /// How the network failed.
    enum NetworkFailure {
        UNKNOWN_HOST,
        /// Refused, no route, or the network is down.
        NOT_CONNECTED,
        /// No common protocol, or a certificate that is not trusted or not the host's.
        TLS,
        /// The connection broke.
        RESET,
        /// Less came than was announced.
        CUT_SHORT,
        /// Not HTTP, or a head beyond all measure.
        PROTOCOL
    }

    /// The rule that a request would have broken.
    enum RefusalRule {
        /// No address of the host may be connected to.
        ADDRESS,
        /// A redirect to something else than a plain http or https URL.
        SCHEME,
        /// A redirect from https to http.
        DOWNGRADE,
        TOO_MANY_REDIRECTS,
        /// The request came through so many servers that it may be a loop.
        HOPS
    }

    /// Why a request was given up.
    enum StopReason {
        /// Another upstream won.
        LOST,
        /// Nobody waits any more.
        ABANDONED,
        CLOSED
    }
}
