package dev.stackmapd.app.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/// Reads and discards the rest of a body whose request is answered already, so that the sender, which may still be
/// writing, receives the answer instead of a reset connection.
///
/// Tomcat would do so too, but with a timeout between two bytes only, so that a body that drips would hold its thread
/// and connection for months. `server.tomcat.max-swallow-size` is 0 therefore: Tomcat closes the connection where this
/// filter leaves something unread, which is the case after 16 MiB, after 60 seconds, and below the pace of
/// [PacedStream].
public final class UnreadBodyFilter extends OncePerRequestFilter {
    private static final String BEGUN = UnreadBodyFilter.class.getName();
    private static final long MAX_BYTES = 16 << 20;
    private static final Duration MAX_TIME = Duration.ofSeconds(60);
    private static final int BUFFER = 16 << 10;

    /// Records that a handler began to read the body, so that a sender that waits for `100 Continue` has had it.
    static void markBegun(ServletRequest request) {
        request.setAttribute(BEGUN, true);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        if (isStillComing(request)) {
            response.flushBuffer();
            discard(request.getInputStream());
        }
    }

    private static boolean isStillComing(HttpServletRequest request) throws IOException {
        // Over HTTP/2, Tomcat ends the stream instead.
        return request.getProtocol().startsWith("HTTP/1")
                && (request.getHeader(HttpHeaders.EXPECT) == null || request.getAttribute(BEGUN) != null)
                && !request.getInputStream().isFinished();
    }

    private static void discard(InputStream body) {
        InputStream paced = new PacedStream(body, MAX_TIME);
        byte[] buffer = new byte[BUFFER];
        try {
            long discarded = 0;
            int read = 0;
            while (read >= 0 && discarded < MAX_BYTES) {
                discarded += read;
                read = paced.read(buffer);
            }
        } catch (IOException e) {
            // The sender is too slow or has gone; Tomcat closes the connection.
        }
    }
}
