package dev.stackmapd.app.http;

import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// What Tomcat has to leave to us.
@Component
final class Connectors implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.setProtocol(DeadlineProtocol.class.getName());
        factory.addConnectorCustomizers(Connectors::customize);
        factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ErrorReports.class.getName());
            }
        });
    }

    private static void customize(Connector connector) {
        // A body is never a form here, whatever its type says: curl calls every file one.
        connector.setParseBodyMethods("");
        // Names of source files may have backslashes.
        connector.setEncodedReverseSolidusHandling("passthrough");
        // Clients may encode the slashes of such a name; Spring decodes them after it has split the path.
        connector.setEncodedSolidusHandling("passthrough");
        if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
            // `100 Continue` is sent when the body is read, so that a file that is held already is not sent.
            http.setContinueResponseTiming("onRead");
            // A sender's next body would break where a connection ends after some number of requests.
            http.setMaxKeepAliveRequests(-1);
        }
    }
}
