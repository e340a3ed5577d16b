package dev.stackmapd.app.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// What the servlet container itself refuses, such as a body that ends before its Content-Length, as a problem body.
@RestController
public class ErrorPageController implements ErrorController {

    @RequestMapping("/error")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        if (code == null) {
            // A client asked for the page itself, which is none of this service's.
            return ResponseEntity.status(HttpStatus.NOT_FOUND)
                    .body(ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, "there is nothing at this path"));
        }
        HttpStatus status = status(code);
        String detail = status == HttpStatus.BAD_REQUEST
                ? "the request could not be read to its end, or is not HTTP as it should be"
                : status.getReasonPhrase();
        String type = status.is5xxServerError() ? "internal" : "invalid";
        return ResponseEntity.status(status).body(Problems.problem(status, type, detail));
    }

    private static HttpStatus status(Object code) {
        HttpStatus status = code instanceof Integer value ? HttpStatus.resolve(value) : null;
        return status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status;
    }
}
