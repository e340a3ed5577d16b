package dev.stackmapd.app.http;

import dev.stackmapd.artifact.upload.ConnectException;
import dev.stackmapd.artifact.upload.OffsetException;
import dev.stackmapd.ingest.UnknownStacksException;
import dev.stackmapd.query.KernelErrorException;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.store.CursorException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;

/// The one place where an exception becomes an HTTP status and a problem body (RFC 9457).
///
/// A body says what and where (`field`, `line`, `column`, `errno`, `rule`) and never names a path, a class or a line of
/// this server.
@RestControllerAdvice
public final class Problems extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final String RETRY_SECONDS = "1";

    /// The HTTP form of each kind of rejection (`KERNEL-RULES.md`, errno and HTTP status).
    private record Rendering(HttpStatus status, String type, Map<String, String> properties) {
        static Rendering of(RejectionException.Category category) {
            return switch (category) {
                case INVALID -> new Rendering(HttpStatus.BAD_REQUEST, "invalid", Map.of());
                case TOO_LARGE -> new Rendering(HttpStatus.CONTENT_TOO_LARGE, "too-large", Map.of());
                case UNFIT -> new Rendering(HttpStatus.UNPROCESSABLE_CONTENT, "unfit", Map.of());
                case CONFLICT -> new Rendering(HttpStatus.CONFLICT, "conflict", Map.of("errno", "EEXIST"));
                case CONFLICTING_BINARY -> new Rendering(HttpStatus.CONFLICT, "conflicting-binary", Map.of());
                case GONE -> new Rendering(HttpStatus.GONE, "gone", Map.of("errno", "ESRCH"));
                case NOT_PERMITTED -> new Rendering(HttpStatus.FORBIDDEN, "not-permitted", Map.of("errno", "EPERM"));
                case FULL ->
                    new Rendering(HttpStatus.INSUFFICIENT_STORAGE, "full", Map.of("errno", "ENOMEM", "rule", "DEV-07"));
                case NO_SPACE -> new Rendering(HttpStatus.INSUFFICIENT_STORAGE, "full", Map.of("errno", "ENOSPC"));
                case BUSY -> new Rendering(HttpStatus.SERVICE_UNAVAILABLE, "busy", Map.of());
            };
        }
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(RejectionException e) {
        Rendering rendering = Rendering.of(e.category());
        ProblemDetail problem = problem(rendering.status(), rendering.type(), e.detail());
        rendering.properties().forEach(problem::setProperty);
        if (e.field() != null && !e.field().isEmpty()) {
            problem.setProperty("field", e.field());
        }
        locate(problem, e.line(), e.column());
        return answer(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unknownStacks(UnknownStacksException e) {
        ProblemDetail problem = problem(HttpStatus.CONFLICT, "unknown-stacks", message(e));
        problem.setProperty("ids", e.ids());
        return answer(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> cursor(CursorException e) {
        return refused(RejectionException.invalid("after", message(e)));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> offset(OffsetException e) {
        ProblemDetail problem = problem(HttpStatus.CONFLICT, "offset", message(e));
        problem.setProperty("offset", "0x" + Long.toHexString(e.received()));
        return ResponseEntity.status(problem.getStatus())
                .header("Upload-Offset", Long.toString(e.received()))
                .body(problem);
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> connect(ConnectException e) {
        return ResponseEntity.badRequest()
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("code", e.code().text(), "message", message(e)));
    }

    /// Answers for a kernel-style map that rejects a call (`KERNEL-RULES.md`, errno and HTTP status).
    @ExceptionHandler
    ResponseEntity<ProblemDetail> kernel(KernelErrorException e) {
        boolean creating = e.operation() == KernelErrorException.Operation.CREATE;
        HttpStatus status = switch (e.error().errno()) {
            case EINVAL -> HttpStatus.BAD_REQUEST;
            case ENOENT -> HttpStatus.NOT_FOUND;
            case E2BIG -> creating ? HttpStatus.CONTENT_TOO_LARGE : HttpStatus.NOT_FOUND;
            case EEXIST -> HttpStatus.CONFLICT;
            case EFAULT -> HttpStatus.UNPROCESSABLE_CONTENT;
            case ENOMEM -> HttpStatus.INSUFFICIENT_STORAGE;
        };
        ProblemDetail problem = problem(status, "kernel", e.error().detail());
        problem.setProperty("errno", e.error().errno().name());
        problem.setProperty("rule", e.error().rule());
        return answer(problem);
    }

    /// Broken JSON that a controller reads by itself.
    @ExceptionHandler
    ResponseEntity<ProblemDetail> json(JacksonException e) {
        return answer(unreadable(e));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> body(BodyException e) {
        return answer(unreadable(e));
    }

    /// A path variable or query parameter of the wrong form.
    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            org.springframework.beans.TypeMismatchException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        ProblemDetail problem = problem(HttpStatus.BAD_REQUEST, "invalid", "has a value of the wrong form");
        if (e instanceof MethodArgumentTypeMismatchException mismatch) {
            problem.setProperty("field", mismatch.getName());
        }
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = e.getCause() == null
                ? problem(HttpStatus.BAD_REQUEST, "invalid", "the body is empty; a JSON object was expected")
                : unreadable(e.getCause());
        return handleExceptionInternal(e, problem, headers, HttpStatusCode.valueOf(problem.getStatus()), request);
    }

    /// Handles every other exception as a defect of this service: logs it, and answers without its contents.
    @ExceptionHandler
    ResponseEntity<ProblemDetail> unforeseen(RuntimeException e, HttpServletRequest request) {
        LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
        return answer(problem(HttpStatus.INTERNAL_SERVER_ERROR, "internal", "the server failed; its log says why"));
    }

    private static ProblemDetail unreadable(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case BodyException.TooLarge e -> {
                    return problem(HttpStatus.CONTENT_TOO_LARGE, "too-large", message(e));
                }
                case BodyException.TooSlow e -> {
                    return problem(HttpStatus.REQUEST_TIMEOUT, "too-slow", message(e));
                }
                case BodyException.NoRoom e -> {
                    return problem(HttpStatus.SERVICE_UNAVAILABLE, "busy", message(e));
                }
                case BodyException.Undecodable e -> {
                    return problem(HttpStatus.BAD_REQUEST, "invalid", message(e));
                }
                default -> {}
            }
        }
        return switch (thrown) {
            case JacksonException e when e.getCause() instanceof IOException -> cutOff();
            case JacksonException e -> malformed(e);
            default -> cutOff();
        };
    }

    private static ProblemDetail cutOff() {
        return problem(HttpStatus.BAD_REQUEST, "invalid", "the body could not be read to its end");
    }

    private static ProblemDetail malformed(JacksonException e) {
        HttpStatus status =
                e instanceof StreamConstraintsException ? HttpStatus.CONTENT_TOO_LARGE : HttpStatus.BAD_REQUEST;
        boolean wrongType = e instanceof DatabindException;
        ProblemDetail problem = problem(
                status,
                status == HttpStatus.BAD_REQUEST ? "invalid" : "too-large",
                e.getCause() instanceof RejectionException refused
                        ? refused.detail()
                        : wrongType
                                ? "has a value of the wrong type"
                                : "the body is not JSON: " + e.getOriginalMessage());
        String field = field(e.getPath());
        if (!field.isEmpty()) {
            problem.setProperty("field", field);
        }
        TokenStreamLocation at = e.getLocation();
        if (at != null) {
            locate(problem, at.getLineNr(), at.getColumnNr());
        }
        return problem;
    }

    private static String field(List<JacksonException.Reference> path) {
        StringBuilder field = new StringBuilder();
        for (JacksonException.Reference step : path) {
            if (step.getPropertyName() == null) {
                field.append('[').append(step.getIndex()).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return field.toString();
    }

    private static void locate(ProblemDetail problem, int line, int column) {
        if (line > 0) {
            problem.setProperty("line", line);
            problem.setProperty("column", column);
        }
    }

    private static String message(Throwable e) {
        return String.valueOf(e.getMessage());
    }

    private static ResponseEntity<ProblemDetail> answer(ProblemDetail problem) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(problem.getStatus());
        if (problem.getStatus() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
            answer.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        return answer.body(problem);
    }

    public static ProblemDetail problem(HttpStatusCode status, String type, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:stackmapd:problem:" + type));
        return problem;
    }
}
