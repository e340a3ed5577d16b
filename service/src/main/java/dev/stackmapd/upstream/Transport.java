package dev.stackmapd.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.Timeout;

/// The HTTP client, with everything off that would act by itself: redirects, retries, cookies, authentication,
/// inflation, proxies, upgrades, look-ups of names, and keeping connections. Thread-safe.
///
/// Each request goes to one address that the caller has checked, under the name that it was looked up by: `Host`, the
/// server name of TLS and the name that the certificate must have. Nothing is kept open between requests.
final class Transport implements AutoCloseable {
    private static final int MAX_HEADERS = 100;
    private static final int MAX_LINE = 16 << 10;

    private final long maxBytes;
    private final CloseableHttpClient client;

    Transport(UpstreamLimits limits) {
        this.maxBytes = limits.maxBytes();
        this.client = HttpClients.custom()
                .setConnectionManager(connections(limits))
                .setRoutePlanner(new DefaultRoutePlanner(null))
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setAuthenticationEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .setResponseTimeout(Timeout.of(limits.firstByte()))
                        .build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableDefaultUserAgent()
                .build();
    }

    private static PoolingHttpClientConnectionManager connections(UpstreamLimits limits) {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new NoLookup())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxHeaderCount(MAX_HEADERS)
                                .setMaxLineLength(MAX_LINE)
                                .build())
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(limits.connect()))
                        .setSocketTimeout(Timeout.of(limits.firstByte()))
                        .build())
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(Integer.MAX_VALUE)
                .build();
    }

    /// Sends the request and reads the response's head.
    ///
    /// @param cancellation closes the connection when it stops the work, from here on until the next request
    Exchange get(URI at, InetAddress address, ForwardedHeaders forwarded, Cancellation cancellation)
            throws IOException {
        HttpGet request = request(at);
        cancellation.attach(request::cancel);
        request.setHeader("User-Agent", forwarded.userAgent());
        request.setHeader("Accept-Encoding", "zstd, gzip");
        request.setHeader("Connection", "close");
        request.setHeader("X-DEBUGINFOD-MAXSIZE", maxBytes);
        if (!forwarded.forwardedFor().isEmpty()) {
            request.setHeader("X-Forwarded-For", String.join(", ", forwarded.forwardedFor()));
        }
        String scheme = WebAddress.isSecure(at) ? "https" : "http";
        HttpHost pinned = new HttpHost(scheme, address, WebAddress.hostName(at), WebAddress.port(at));
        return new Exchange(request, open(pinned, request));
    }

    /// Converts exceptions of a cancelled request: while it connects, the client throws many that are no
    /// `IOException`.
    private ClassicHttpResponse open(HttpHost pinned, HttpGet request) throws IOException {
        try {
            return client.executeOpen(pinned, request, null);
        } catch (RuntimeException e) {
            if (request.isCancelled()) {
                throw new IOException("cancelled", e);
            }
            throw e;
        }
    }

    private static HttpGet request(URI at) throws IOException {
        try {
            return new HttpGet(at);
        } catch (IllegalArgumentException e) {
            throw new ClientProtocolException("not a URL that can be asked for", e);
        }
    }

    /// A response whose body is still on its way. Its stream must not be closed, for that would read it to the end.
    record Exchange(HttpGet request, ClassicHttpResponse response) implements AutoCloseable {

        /// Closes the connection, whatever the upstream would still send.
        @Override
        public void close() {
            request.cancel();
            try {
                response.close();
            } catch (IOException e) {
                // The connection is gone, which is what was wanted.
            }
        }
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }

    /// Rejects every look-up: names are resolved and their addresses checked before, and a second
    /// look-up could give other addresses.
    private static final class NoLookup implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            throw new UnknownHostException(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) throws UnknownHostException {
            throw new UnknownHostException(host);
        }
    }
}
