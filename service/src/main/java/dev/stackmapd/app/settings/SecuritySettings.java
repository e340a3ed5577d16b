package dev.stackmapd.app.settings;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// `stackmapd.security.*`: who may reach the service.
///
/// @param allowUnauthenticated true to serve without tokens on an address that is not loopback
/// @param hosts names that the service is reached by, beside `localhost` and its addresses
@ConfigurationProperties("stackmapd.security")
public record SecuritySettings(
        @DefaultValue("false") boolean allowUnauthenticated,
        @DefaultValue List<String> hosts) {}
