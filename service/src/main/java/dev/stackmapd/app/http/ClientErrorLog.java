package dev.stackmapd.app.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/// Logs requests that were refused for a fault of the client's: one line at most in ten seconds, with the number of
/// those that had none, so that no client can fill the log. The answer itself says what was wrong. An unknown path or
/// id (404) is no fault.
public final class ClientErrorLog extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientErrorLog.class);
    private static final long PERIOD_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int LONGEST_PATH = 200;

    /// In nanoseconds of `System.nanoTime`.
    private final AtomicLong nextLine = new AtomicLong(System.nanoTime());
    private final AtomicLong withoutLine = new AtomicLong();

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        int status = response.getStatus();
        if (status / 100 == 4 && status != HttpStatus.NOT_FOUND.value()) {
            record(request, status);
        }
    }

    private void record(HttpServletRequest request, int status) {
        long now = System.nanoTime();
        long next = nextLine.get();
        if (now - next < 0 || !nextLine.compareAndSet(next, now + PERIOD_NANOS)) {
            withoutLine.incrementAndGet();
            return;
        }
        String path = request.getRequestURI();
        LOG.info(
                "{} {} from {} was answered {}; {} more client errors since the last such line",
                request.getMethod(),
                path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + "…" : path,
                request.getRemoteAddr(),
                status,
                withoutLine.getAndSet(0));
    }
}
