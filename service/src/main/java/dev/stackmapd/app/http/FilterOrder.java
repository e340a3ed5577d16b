package dev.stackmapd.app.http;

import jakarta.servlet.Filter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;

/// The order of the servlet filters of this service.
public final class FilterOrder {
    private FilterOrder() {}

    /// Registers a filter behind the one of Spring Boot that counts requests, and before all others.
    ///
    /// @param place among the filters that are registered so, from 0
    public static <T extends Filter> FilterRegistrationBean<T> outermost(int place, T filter) {
        FilterRegistrationBean<T> registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2 + place);
        return registration;
    }
}
