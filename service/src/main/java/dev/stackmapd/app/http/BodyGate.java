package dev.stackmapd.app.http;

import dev.stackmapd.request.Admission;
import dev.stackmapd.request.SenderShares;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.request.TakesBody.BodyType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.util.WebUtils;

/// Lets a request with a body through to its operation: gives it the operation's limits, and where the operation holds
/// bodies in memory, receives it whole and waits for a place. Places are held while a request is worked on, not while
/// its body arrives.
public final class BodyGate implements HandlerInterceptor {
    private static final String PLACE = BodyGate.class.getName();

    private final Map<BodyType, BodyLimits> limits;
    private final Map<BodyType, Admission> admissions;
    private final BodyBuffers buffers;

    /// @param limits of every kind
    /// @param admissions of those kinds that are received whole before they are worked on
    public BodyGate(Map<BodyType, BodyLimits> limits, Map<BodyType, Admission> admissions, BodyBuffers buffers) {
        this.limits = Map.copyOf(limits);
        this.admissions = Map.copyOf(admissions);
        this.buffers = buffers;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        DecodedRequest body = WebUtils.getNativeRequest(request, DecodedRequest.class);
        BodyType kind = kind(handler);
        if (body == null || kind == BodyType.MESSAGE) {
            return true;
        }
        body.limit(limits.getOrDefault(kind, BodyLimits.MESSAGE));
        Admission admission = admissions.get(kind);
        if (admission != null) {
            String sender = SenderShares.sender(request.getRemoteAddr());
            body.receive(buffers, sender);
            request.setAttribute(PLACE, enter(admission, sender, body));
        }
        return true;
    }

    private static Admission.Permit enter(Admission admission, String sender, DecodedRequest body) throws IOException {
        boolean entered = false;
        try {
            Admission.Permit place = admission.enter(sender);
            entered = true;
            return place;
        } finally {
            if (!entered) {
                body.release();
            }
        }
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception thrown)
            throws IOException {
        if (request.getAttribute(PLACE) instanceof Admission.Permit place) {
            request.removeAttribute(PLACE);
            place.close();
            DecodedRequest body = WebUtils.getNativeRequest(request, DecodedRequest.class);
            if (body != null) {
                body.release();
            }
        }
    }

    private static BodyType kind(Object handler) {
        TakesBody takes = handler instanceof HandlerMethod method ? method.getMethodAnnotation(TakesBody.class) : null;
        return takes == null ? BodyType.MESSAGE : takes.value();
    }
}
