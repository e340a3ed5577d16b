package dev.stackmapd.upstream;

import dev.stackmapd.upstream.AddressRules.AddressScope;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;

/// The outcome of the calls to one upstream for one file. All cases are ordinary; none is an exception.
public sealed interface CallOutcome {

    /// The file was downloaded, verified and kept.
    ///
    /// @param bytes after inflation
    record Fetched(long bytes) implements CallOutcome {}

    /// The upstream answered that it does not have the file (404, 410).
    record NotFound(AddressScope reach) implements CallOutcome {}

    /// The file is larger than allowed, by the upstream's response (406, `Content-Length`) or by the
    /// bytes received.
    record TooLarge(long maxBytes) implements CallOutcome {}

    /// The body is not the requested file: the [DownloadSink] rejected it, or its content coding is
    /// unknown or damaged.
    record WrongContent(String detail) implements CallOutcome {}

    record TimedOut(TimeoutPhase phase) implements CallOutcome {}

    record Unreachable(NetworkFailure failure) implements CallOutcome {}

    /// The upstream answered with a status that gives no information about the file.
    ///
    /// @param retryAfter the delay of `Retry-After`; zero if there was none
    record Failed(int status, Duration retryAfter) implements CallOutcome {}

    /// A rule of this client forbids the request or the redirect.
    record Refused(RefusalRule rule) implements CallOutcome {}

    /// The upstream was not asked, because its circuit breaker is open.
    ///
    /// @param remaining until one request may try again
    record BreakerOpen(Duration remaining) implements CallOutcome {}

    /// This host could not store the file.
    record NotKept(String detail) implements CallOutcome {

        /// Describes a failure of this host in words that name no path.
        static NotKept of(IOException e) {
            String words = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
            return new NotKept(words == null ? e.getClass().getSimpleName() : words);
        }
    }

    /// The request was stopped for a reason that is not the upstream's.
    record Stopped(StopReason cause) implements CallOutcome {}

    /// The phase of the request in which the time limit was reached.
    enum TimeoutPhase {
        /// Waiting for a slot of this client: of all fetches, or of the same host.
        TURN,
        CONNECT,
        HEAD,
        BODY
    }

    /// The kind of a network failure.
    enum NetworkFailure {
        UNKNOWN_HOST,
        /// Refused, no route, or the network is down.
        NOT_CONNECTED,
        /// No common protocol, or a certificate that is not trusted or not the host's.
        TLS,
        /// The connection broke.
        RESET,
        /// Fewer bytes arrived than were announced.
        CUT_SHORT,
        /// The response is not HTTP, or its head exceeds the limits.
        PROTOCOL
    }

    /// The rule that a request would have violated.
    enum RefusalRule {
        /// No address of the host may be connected to.
        ADDRESS,
        /// A redirect to something else than a plain http or https URL.
        SCHEME,
        /// A redirect from https to http.
        DOWNGRADE,
        TOO_MANY_REDIRECTS,
        /// The request came through [UpstreamLimits#maxHops] servers, which may form a loop.
        HOPS
    }

    /// Why a request was stopped.
    enum StopReason {
        /// Another upstream delivered the file first.
        LOST,
        /// No caller waits for the file any more.
        ABANDONED,
        CLOSED
    }
}
