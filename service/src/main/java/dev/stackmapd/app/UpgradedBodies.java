package dev.stackmapd.app;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// Lets a request that asks to go on in HTTP/2 (`Upgrade: h2c`, RFC 7540 3.2) carry a body as large as any other.
///
/// The JDK's client asks so in its first request. Tomcat keeps the body of that request while it changes over, and by
/// itself refuses one of more than 4 KiB with a 413 that never reaches us.
@Component
final class UpgradedBodies implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final int maxBytes;

    UpgradedBodies(StackmapdProperties settings) {
        maxBytes = Math.clamp(settings.ingest().maxEncodedBody().toBytes(), 0, Integer.MAX_VALUE);
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> connector.setMaxSavePostSize(maxBytes));
    }
}
