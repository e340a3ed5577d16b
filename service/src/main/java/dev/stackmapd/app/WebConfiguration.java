package dev.stackmapd.app;

import dev.stackmapd.app.http.BodyBuffers;
import dev.stackmapd.app.http.BodyDecodingFilter;
import dev.stackmapd.app.http.BodyGate;
import dev.stackmapd.app.http.BodyLimits;
import dev.stackmapd.app.http.ClientErrorLog;
import dev.stackmapd.app.http.Draining;
import dev.stackmapd.app.http.FilterOrder;
import dev.stackmapd.app.http.ProblemWriter;
import dev.stackmapd.app.http.QueryParameterCheck;
import dev.stackmapd.app.http.UnreadBodyFilter;
import dev.stackmapd.app.http.WireForms;
import dev.stackmapd.app.security.OwnHosts;
import dev.stackmapd.app.security.RequestCheckFilter;
import dev.stackmapd.app.settings.ArtifactSettings;
import dev.stackmapd.app.settings.BindCheck;
import dev.stackmapd.app.settings.IngestSettings;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.SecuritySettings;
import dev.stackmapd.app.settings.ServiceSettings;
import dev.stackmapd.request.Admission;
import dev.stackmapd.request.TakesBody;
import java.util.Map;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.json.JsonMapper;

/// Registers what each request passes before and after its controller: filters from the outermost inwards, then
/// interceptors.
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {
    private final ArtifactSettings artifacts;
    private final IngestSettings ingest;
    private final MemoryPlan.Requests requests;

    WebConfiguration(ArtifactSettings artifacts, IngestSettings ingest, MemoryPlan plan) {
        this.artifacts = artifacts;
        this.ingest = ingest;
        this.requests = plan.requests();
    }

    @Bean
    Draining draining(ServiceSettings settings) {
        return new Draining(settings.shutdownDelay());
    }

    @Bean
    FilterRegistrationBean<Draining> drainingAnswers(Draining draining) {
        return FilterOrder.outermost(0, draining);
    }

    @Bean
    FilterRegistrationBean<ClientErrorLog> clientErrors() {
        return FilterOrder.outermost(1, new ClientErrorLog());
    }

    @Bean
    FilterRegistrationBean<UnreadBodyFilter> unreadBodies() {
        return FilterOrder.outermost(2, new UnreadBodyFilter());
    }

    @Bean
    OwnHosts ownHosts(BindCheck bind, SecuritySettings security) {
        return OwnHosts.of(bind.reach(), security.hosts());
    }

    @Bean
    FilterRegistrationBean<RequestCheckFilter> requestChecks(OwnHosts hosts, JsonMapper json) {
        return FilterOrder.outermost(3, new RequestCheckFilter(hosts, new ProblemWriter(json)));
    }

    @Bean
    FilterRegistrationBean<BodyDecodingFilter> bodyDecoding(JsonMapper json) {
        return new FilterRegistrationBean<>(new BodyDecodingFilter(new ProblemWriter(json)));
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new QueryParameterCheck());
        registry.addInterceptor(bodyGate());
    }

    private BodyGate bodyGate() {
        long maxFile = artifacts.maxFile().toBytes();
        int places = requests.concurrent();
        return new BodyGate(
                Map.of(
                        TakesBody.BodyType.BATCH,
                        ingest.bodies(requests),
                        TakesBody.BodyType.QUESTION,
                        BodyLimits.QUESTION,
                        TakesBody.BodyType.FILE,
                        new BodyLimits(maxFile, maxFile, artifacts.maxUploadTime())),
                Map.of(
                        TakesBody.BodyType.BATCH,
                        new Admission("batches", places),
                        TakesBody.BodyType.QUESTION,
                        new Admission("questions", places)),
                new BodyBuffers(requests.waiting()));
    }

    @Bean
    JacksonModule wireForms() {
        return new WireForms();
    }
}
