package dev.stackmapd.app;

import org.apache.coyote.Request;
import org.apache.coyote.http2.Http2Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// Lets a request that asks to go on in HTTP/2 (`Upgrade: h2c`, RFC 7540 3.2) carry a body as large as any other.
///
/// The JDK's client asks so in its first request. Tomcat keeps the body of that request in memory while it changes
/// over,
/// and refuses one that is larger than it may keep with a 413 that never reaches us. It may keep as much as a batch may
/// have; a request with more, as an upload, or with nobody knows how much, is answered in HTTP/1.1, as the RFC allows.
@Component
final class UpgradedBodies implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final int maxBytes;

    UpgradedBodies(StackmapdProperties settings) {
        maxBytes = Math.clamp(settings.ingest().maxEncodedBody().toBytes(), 0, Integer.MAX_VALUE);
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        Http2 http2 = factory.getHttp2();
        if (http2 != null && http2.isEnabled()) {
            factory.setHttp2(new Http2());
            factory.addConnectorCustomizers(connector -> {
                connector.setMaxSavePostSize(maxBytes);
                connector.addUpgradeProtocol(new OfSmallBodies(maxBytes));
            });
        }
    }

    private static final class OfSmallBodies extends Http2Protocol {
        private final int maxBytes;

        OfSmallBodies(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        @Override
        public boolean accept(Request request) {
            return request.getContentLengthLong() <= maxBytes && request.getHeader("Transfer-Encoding") == null;
        }
    }
}
