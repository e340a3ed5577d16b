package dev.stackmapd.app.security;

import dev.stackmapd.app.http.FilterOrder;
import dev.stackmapd.app.http.ProblemWriter;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

/// Gives the management port, where it is another one, the same checks as the main port. Boot makes a context
/// of its own for that port from the classes that
/// `META-INF/spring/org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration.imports`
/// lists; this one is no component, so that the main context does not have it too.
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ManagementChecks {

    @Bean
    FilterRegistrationBean<RequestCheckFilter> managementRequestChecks(OwnHosts hosts, JsonMapper json) {
        return FilterOrder.outermost(0, new RequestCheckFilter(hosts, new ProblemWriter(json)));
    }
}
