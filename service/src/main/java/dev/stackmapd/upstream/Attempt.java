package dev.stackmapd.upstream;

import dev.stackmapd.upstream.Outcome.Failure;
import dev.stackmapd.upstream.Outcome.Phase;
import dev.stackmapd.upstream.Outcome.Rule;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.MessageConstraintException;

/// One request to one upstream, with the redirects that it leads to. For one thread, once.
final class Attempt {
    /// Addresses of one name that are tried; more would add nothing but connect timeouts.
    private static final int MAX_ADDRESSES = 4;

    private final Surroundings around;
    private final Via via;
    private final Watch watch;
    private final Deadline deadline;
    private final Delivery delivery;

    Attempt(Surroundings around, Via via, Watch watch, Deadline deadline, Delivery delivery) {
        this.around = around;
        this.via = via;
        this.watch = watch;
        this.deadline = deadline;
        this.delivery = delivery;
    }

    private sealed interface Step {
        record End(Outcome outcome) implements Step {}

        record Moved(URI to) implements Step {}
    }

    Outcome run(URI start) throws InterruptedException {
        Step step = ask(start);
        for (int followed = 0; step instanceof Step.Moved(URI to); followed++) {
            step = followed == around.limits().maxRedirects()
                    ? new Step.End(new Outcome.Refused(Rule.TOO_MANY_REDIRECTS))
                    : ask(to);
        }
        return ((Step.End) step).outcome();
    }

    /// Tries the addresses of a URL's host in the resolver's order, each after it was checked.
    private Step ask(URI at) throws InterruptedException {
        String host = WebAddress.hostName(at);
        watch.arm(deadline.remaining(), new Outcome.TimedOut(Phase.CONNECT));
        List<InetAddress> addresses;
        try {
            addresses = around.names().addresses(host);
        } catch (UnknownHostException e) {
            return new Step.End(new Outcome.Unreachable(Failure.UNKNOWN_HOST));
        }
        Step step = new Step.End(new Outcome.Refused(Rule.ADDRESS));
        for (InetAddress address : addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size()))) {
            Optional<Reach> reach = around.rules().reach(host, address);
            if (reach.isPresent()) {
                step = ask(at, address, reach.get());
                if (!(step instanceof Step.End(Outcome outcome)) || !isConnectError(outcome)) {
                    return step;
                }
            }
        }
        return step;
    }

    private Step ask(URI at, InetAddress address, Reach reach) {
        UpstreamLimits limits = around.limits();
        watch.arm(deadline.within(limits.connect().plus(limits.firstByte())), new Outcome.TimedOut(Phase.HEAD));
        try (Transport.Exchange exchange = around.transport().get(at, address, via, watch)) {
            watch.arm(deadline.remaining(), new Outcome.TimedOut(Phase.BODY));
            return answered(at, exchange.response(), reach);
        } catch (IOException e) {
            return new Step.End(failure(e));
        }
    }

    /// Only these, and a few statuses, may have passed at a second try.
    static boolean isConnectError(Outcome outcome) {
        return outcome.equals(new Outcome.TimedOut(Phase.CONNECT))
                || outcome.equals(new Outcome.Unreachable(Failure.NOT_CONNECTED))
                || outcome.equals(new Outcome.Unreachable(Failure.UNKNOWN_HOST));
    }

    private Step answered(URI at, ClassicHttpResponse response, Reach reach) {
        int status = response.getCode();
        return switch (status) {
            case 200 -> new Step.End(delivery.deliver(response));
            case 301, 302, 303, 307, 308 -> redirected(at, response);
            case 404, 410 -> new Step.End(new Outcome.NotFound(reach));
            case 406 -> new Step.End(new Outcome.TooLarge(around.limits().maxBytes()));
            default ->
                new Step.End(new Outcome.Failed(
                        status,
                        RetryAfter.parse(
                                header(response, "Retry-After"), around.clock().instant())));
        };
    }

    private static Step redirected(URI at, ClassicHttpResponse response) {
        String location = header(response, "Location").strip();
        if (location.isEmpty()) {
            return new Step.End(new Outcome.Failed(response.getCode(), Duration.ZERO));
        }
        try {
            URI to = at.resolve(new URI(location));
            if (!WebAddress.isPlain(to)) {
                return new Step.End(new Outcome.Refused(Rule.SCHEME));
            }
            return WebAddress.isSecure(at) && !WebAddress.isSecure(to)
                    ? new Step.End(new Outcome.Refused(Rule.DOWNGRADE))
                    : new Step.Moved(to);
        } catch (URISyntaxException e) {
            return new Step.End(new Outcome.Refused(Rule.SCHEME));
        }
    }

    /// Empty if the header is missing; the first if there are several.
    static String header(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null || header.getValue() == null ? "" : header.getValue();
    }

    private static Outcome failure(IOException e) {
        return switch (e) {
            case ConnectTimeoutException slow -> new Outcome.TimedOut(Phase.CONNECT);
            case SocketTimeoutException slow -> new Outcome.TimedOut(Phase.HEAD);
            case ConnectException refused -> new Outcome.Unreachable(Failure.NOT_CONNECTED);
            case NoRouteToHostException unreachable -> new Outcome.Unreachable(Failure.NOT_CONNECTED);
            case SSLException untrusted -> new Outcome.Unreachable(Failure.TLS);
            case ClientProtocolException wrong -> new Outcome.Unreachable(Failure.PROTOCOL);
            case MessageConstraintException huge -> new Outcome.Unreachable(Failure.PROTOCOL);
            default -> new Outcome.Unreachable(Failure.RESET);
        };
    }
}
