package dev.stackmapd.app.http;

import dev.stackmapd.request.ForeignProtocol;
import dev.stackmapd.request.RejectionException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/// Refuses query parameters that the called operation does not have: a misspelt one would otherwise be a filter that
/// silently does nothing. An error page is of a request that was refused for another reason.
public final class QueryParameterCheck implements HandlerInterceptor {
    private final Map<HandlerMethod, Set<String>> known = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getDispatcherType() == DispatcherType.REQUEST
                && handler instanceof HandlerMethod method
                && method.getBeanType().getPackageName().startsWith("dev.stackmapd")
                && !method.getBeanType().isAnnotationPresent(ForeignProtocol.class)) {
            Set<String> parameters = known.computeIfAbsent(method, QueryParameterCheck::parametersOf);
            for (String name : request.getParameterMap().keySet()) {
                if (!parameters.contains(name)) {
                    throw RejectionException.invalid(name, "is not a query parameter of this operation");
                }
            }
        }
        return true;
    }

    private static Set<String> parametersOf(HandlerMethod method) {
        return Arrays.stream(method.getMethodParameters())
                .filter(parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                .map(QueryParameterCheck::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String name(MethodParameter parameter) {
        return String.valueOf(parameter.getParameter().getName());
    }
}
