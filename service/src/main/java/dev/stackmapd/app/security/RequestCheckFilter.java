package dev.stackmapd.app.security;

import dev.stackmapd.app.http.ProblemWriter;
import dev.stackmapd.app.http.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.filter.OncePerRequestFilter;

/// Refuses what no handler should see: requests for another server, changes that another site's page asks for, and
/// queries that cannot be decoded. Marks every answer as one that browsers neither guess about nor lend to other sites.
///
/// A web page can have its own name resolve to this host (DNS rebinding) and is then of the same origin as this service
/// to its browser. It cannot change the name in `Host`, so that a name of somebody else is refused (421). A page of
/// another origin cannot read answers, but it can send requests; browsers say in `Origin` which page that was, and one
/// of another origin may change nothing here (403). Programs send no `Origin`, and HTTP/1.0 no `Host`.
public final class RequestCheckFilter extends OncePerRequestFilter {
    /// RFC 9110, 15.5.20.
    private static final int MISDIRECTED = 421;

    /// RFC 9110, 9.2.1.
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /// The page that describes the API has styles in place, and pictures in its style sheets.
    private static final String CONTENT_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final OwnHosts hosts;
    private final ProblemWriter problems;

    public RequestCheckFilter(OwnHosts hosts, ProblemWriter problems) {
        this.hosts = hosts;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Content-Security-Policy", CONTENT_POLICY);
        Optional<ProblemDetail> problem = check(request);
        if (problem.isPresent()) {
            problems.write(response, problem.get());
        } else {
            chain.doFilter(request, response);
        }
    }

    private Optional<ProblemDetail> check(HttpServletRequest request) {
        String host = request.getHeader(HttpHeaders.HOST);
        if (host != null && !hosts.accepts(host)) {
            return Optional.of(misdirected());
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !SAFE_METHODS.contains(request.getMethod()) && isForeign(origin, host)) {
            return Optional.of(Problems.problem(
                    HttpStatus.FORBIDDEN, "foreign-origin", "pages of another origin may change nothing here"));
        }
        return undecodable(request);
    }

    private static ProblemDetail misdirected() {
        ProblemDetail problem = Problems.problem(
                HttpStatusCode.valueOf(MISDIRECTED),
                "misdirected",
                "Host names another server; stackmapd.security.hosts lists the names that this one is reached by");
        problem.setTitle("Misdirected Request");
        return problem;
    }

    /// A page's own origin is the `Host` that it was fetched from. Behind a proxy that sets another `Host` it is one of
    /// the names of this service.
    private boolean isForeign(String origin, String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority == null || !(authority.equalsIgnoreCase(host) || hosts.isNamed(authority));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /// Tomcat decodes the query when it is first asked for a parameter, and throws what no handler expects.
    private static Optional<ProblemDetail> undecodable(HttpServletRequest request) {
        try {
            var _ = request.getParameterMap();
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of(Problems.problem(
                    HttpStatus.BAD_REQUEST,
                    "invalid",
                    "the query cannot be read: it has more than 1000 parameters, or bytes that are not UTF-8 after"
                            + " percent-decoding"));
        }
    }
}
