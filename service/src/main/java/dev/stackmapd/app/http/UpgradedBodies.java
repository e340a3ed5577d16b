package dev.stackmapd.app.http;

import org.apache.coyote.Request;
import org.apache.coyote.http2.Http2Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// Answers a request that asks to go on in HTTP/2 (`Upgrade: h2c`, RFC 7540 3.2) and has a body in HTTP/1.1, as the RFC
/// allows.
///
/// The JDK's client asks so in its first request. To change over, Tomcat would keep the whole body in memory before any
/// filter, limit or timeout of this service sees it. Clients that know that the service speaks HTTP/2 are answered in
/// it.
@Component
final class UpgradedBodies implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        Http2 http2 = factory.getHttp2();
        if (http2 != null && http2.isEnabled()) {
            factory.setHttp2(new Http2());
            factory.addConnectorCustomizers(connector -> connector.addUpgradeProtocol(new WithoutBodies()));
        }
    }

    private static final class WithoutBodies extends Http2Protocol {

        @Override
        public boolean accept(Request request) {
            return request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null;
        }
    }
}
