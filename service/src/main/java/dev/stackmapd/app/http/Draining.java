package dev.stackmapd.app.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/// Keeps serving for a moment after the service was told to stop (SIGTERM).
///
/// Readiness is off by then, but load balancers learn of it only at their next probe, and clients that keep
/// connections open do not ask. During the delay new requests are still answered, and each HTTP/1.1 answer says
/// `Connection: close`, so that clients do not send their next request on a connection that is about to be
/// closed. Afterwards Spring closes the ports and waits for the requests that are under way. HTTP/2 connections
/// are told to go away by Tomcat.
public final class Draining extends OncePerRequestFilter implements SmartLifecycle {
    private final Duration delay;
    private volatile State state = State.CREATED;

    private enum State {
        CREATED,
        RUNNING,
        DRAINING
    }

    public Draining(Duration delay) {
        this.delay = delay;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (state == State.DRAINING && request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader(HttpHeaders.CONNECTION, "close");
        }
        chain.doFilter(request, response);
    }

    @Override
    public void start() {
        state = State.RUNNING;
    }

    /// Blocks for the delay. The default phase makes this the first thing that stops, before the ports.
    @Override
    public void stop() {
        state = State.DRAINING;
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return state == State.RUNNING;
    }
}
