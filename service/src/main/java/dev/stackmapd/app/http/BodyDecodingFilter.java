package dev.stackmapd.app.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.filter.OncePerRequestFilter;

/// Shows handlers every request body decompressed, and refuses encodings that are not known.
public final class BodyDecodingFilter extends OncePerRequestFilter {
    private final ProblemWriter problems;

    public BodyDecodingFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String encoding = encoding(request);
        switch (encoding) {
            case "identity", "gzip", "x-gzip", "zstd" ->
                chain.doFilter(new DecodedRequest(request, encoding), response);
            default -> {
                response.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip, zstd");
                problems.write(
                        response,
                        ProblemDetail.forStatusAndDetail(
                                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                                "Content-Encoding must be gzip, zstd or identity, one of them once"));
            }
        }
    }

    private static String encoding(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        return header == null || header.isBlank() ? "identity" : header.strip().toLowerCase(Locale.ROOT);
    }
}
