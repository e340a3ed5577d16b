package dev.stackmapd.upstream;

import dev.stackmapd.upstream.AddressRules.AddressScope;
import dev.stackmapd.upstream.CallOutcome.NetworkFailure;
import dev.stackmapd.upstream.CallOutcome.RefusalRule;
import dev.stackmapd.upstream.CallOutcome.TimeoutPhase;
import dev.stackmapd.upstream.Cancellation.Deadline;
import dev.stackmapd.upstream.DebuginfodUpstreams.ClientContext;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.MessageConstraintException;

/// One HTTP request to one upstream, redirects included. For one thread, once.
final class HttpAttempt {
    /// The number of addresses of one name that are tried; more would only add connect timeouts.
    private static final int MAX_ADDRESSES = 4;

    private final ClientContext context;
    private final ForwardedHeaders forwarded;
    private final Cancellation cancellation;
    private final Deadline deadline;
    private final FileDownload download;

    HttpAttempt(
            ClientContext context,
            ForwardedHeaders forwarded,
            Cancellation cancellation,
            Deadline deadline,
            FileDownload download) {
        this.context = context;
        this.forwarded = forwarded;
        this.cancellation = cancellation;
        this.deadline = deadline;
        this.download = download;
    }

    private sealed interface HttpResult {
        record Final(CallOutcome outcome) implements HttpResult {}

        record Redirect(URI to) implements HttpResult {}
    }

    CallOutcome run(URI start) throws InterruptedException {
        HttpResult result = ask(start);
        for (int followed = 0; result instanceof HttpResult.Redirect(URI to); followed++) {
            result = followed == context.limits().maxRedirects()
                    ? new HttpResult.Final(new CallOutcome.Refused(RefusalRule.TOO_MANY_REDIRECTS))
                    : ask(to);
        }
        return ((HttpResult.Final) result).outcome();
    }

    /// Tries the addresses of a URL's host in the resolver's order, each after it was checked.
    private HttpResult ask(URI at) throws InterruptedException {
        String host = WebAddress.hostName(at);
        cancellation.arm(deadline.remaining(), new CallOutcome.TimedOut(TimeoutPhase.CONNECT));
        List<InetAddress> addresses;
        try {
            addresses = context.names().addresses(host);
        } catch (UnknownHostException e) {
            return new HttpResult.Final(new CallOutcome.Unreachable(NetworkFailure.UNKNOWN_HOST));
        }
        HttpResult result = new HttpResult.Final(new CallOutcome.Refused(RefusalRule.ADDRESS));
        for (InetAddress address : addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size()))) {
            Optional<AddressScope> reach = context.rules().reach(host, address);
            if (reach.isPresent()) {
                result = ask(at, address, reach.get());
                if (!(result instanceof HttpResult.Final(CallOutcome outcome)) || !isConnectError(outcome)) {
                    return result;
                }
            }
        }
        return result;
    }

    private HttpResult ask(URI at, InetAddress address, AddressScope reach) {
        UpstreamLimits limits = context.limits();
        cancellation.arm(
                deadline.within(limits.connect().plus(limits.firstByte())),
                new CallOutcome.TimedOut(TimeoutPhase.HEAD));
        try (Transport.Exchange exchange = context.transport().get(at, address, forwarded, cancellation)) {
            cancellation.arm(deadline.remaining(), new CallOutcome.TimedOut(TimeoutPhase.BODY));
            return answered(at, exchange.response(), reach);
        } catch (IOException e) {
            return new HttpResult.Final(failure(e));
        }
    }

    /// Returns true for errors before the request was sent. Only these and a few statuses are retried.
    static boolean isConnectError(CallOutcome outcome) {
        return outcome.equals(new CallOutcome.TimedOut(TimeoutPhase.CONNECT))
                || outcome.equals(new CallOutcome.Unreachable(NetworkFailure.NOT_CONNECTED))
                || outcome.equals(new CallOutcome.Unreachable(NetworkFailure.UNKNOWN_HOST));
    }

    private HttpResult answered(URI at, ClassicHttpResponse response, AddressScope reach) {
        int status = response.getCode();
        return switch (status) {
            case 200 -> new HttpResult.Final(download.deliver(response));
            case 301, 302, 303, 307, 308 -> redirected(at, response);
            case 404, 410 -> new HttpResult.Final(new CallOutcome.NotFound(reach));
            case 406 ->
                new HttpResult.Final(new CallOutcome.TooLarge(context.limits().maxBytes()));
            default ->
                new HttpResult.Final(new CallOutcome.Failed(
                        status,
                        RetryAfter.parse(
                                header(response, "Retry-After"), context.clock().instant())));
        };
    }

    private static HttpResult redirected(URI at, ClassicHttpResponse response) {
        String location = header(response, "Location").strip();
        if (location.isEmpty()) {
            return new HttpResult.Final(new CallOutcome.Failed(response.getCode(), Duration.ZERO));
        }
        try {
            URI to = at.resolve(new URI(location));
            if (!WebAddress.isPlain(to)) {
                return new HttpResult.Final(new CallOutcome.Refused(RefusalRule.SCHEME));
            }
            return WebAddress.isSecure(at) && !WebAddress.isSecure(to)
                    ? new HttpResult.Final(new CallOutcome.Refused(RefusalRule.DOWNGRADE))
                    : new HttpResult.Redirect(to);
        } catch (URISyntaxException e) {
            return new HttpResult.Final(new CallOutcome.Refused(RefusalRule.SCHEME));
        }
    }

    /// Returns the value of the first header of this name; an empty string if there is none.
    static String header(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null || header.getValue() == null ? "" : header.getValue();
    }

    private static CallOutcome failure(IOException e) {
        return switch (e) {
            case ConnectTimeoutException slow -> new CallOutcome.TimedOut(TimeoutPhase.CONNECT);
            case SocketTimeoutException slow -> new CallOutcome.TimedOut(TimeoutPhase.HEAD);
            case ConnectException refused -> new CallOutcome.Unreachable(NetworkFailure.NOT_CONNECTED);
            case NoRouteToHostException unreachable -> new CallOutcome.Unreachable(NetworkFailure.NOT_CONNECTED);
            case SSLException untrusted -> new CallOutcome.Unreachable(NetworkFailure.TLS);
            case ClientProtocolException wrong -> new CallOutcome.Unreachable(NetworkFailure.PROTOCOL);
            case MessageConstraintException huge -> new CallOutcome.Unreachable(NetworkFailure.PROTOCOL);
            default -> new CallOutcome.Unreachable(NetworkFailure.RESET);
        };
    }

    /// Parses the header `Retry-After` (RFC 9110 10.2.3): seconds, or a date.
    static final class RetryAfter {
        private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

        private RetryAfter() {}

        /// Returns the delay from `now`; zero for a date in the past and for a value that cannot be
        /// parsed.
        static Duration parse(String value, Instant now) {
            String text = value.strip();
            if (SECONDS.matcher(text).matches()) {
                return Duration.ofSeconds(Integer.parseInt(text));
            }
            try {
                Duration until = Duration.between(now, DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
                return until.isPositive() ? until : Duration.ZERO;
            } catch (DateTimeException e) {
                return Duration.ZERO;
            }
        }
    }
}
