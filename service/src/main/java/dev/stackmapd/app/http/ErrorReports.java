package dev.stackmapd.app.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/// Answers what Tomcat refuses before a request reaches the application, such as a request line with characters that a
/// URI cannot have, as a problem body instead of a page. Public, with a constructor without parameters, because Tomcat
/// makes it by its name.
public final class ErrorReports extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        int status = response.getStatus();
        if (status < HttpServletResponse.SC_BAD_REQUEST
                || response.getContentWritten() > 0
                || !response.setErrorReported()) {
            return;
        }
        byte[] body = body(status).getBytes(StandardCharsets.US_ASCII);
        try {
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.setHeader("X-Content-Type-Options", "nosniff");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException e) {
            container.getLogger().debug("the client has gone", e);
        }
    }

    private static String body(int code) {
        HttpStatus status = HttpStatus.resolve(code);
        String title = status == null ? "Error" : status.getReasonPhrase();
        String detail = code < HttpServletResponse.SC_INTERNAL_SERVER_ERROR
                ? "the request is not HTTP as it should be"
                : "the server failed; its log says why";
        String type = code < HttpServletResponse.SC_INTERNAL_SERVER_ERROR ? "invalid" : "internal";
        return "{\"type\":\"urn:stackmapd:problem:%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
                .formatted(type, title, code, detail);
    }
}
