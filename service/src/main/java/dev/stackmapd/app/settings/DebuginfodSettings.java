package dev.stackmapd.app.settings;

import dev.stackmapd.upstream.AddressRules;
import dev.stackmapd.upstream.Upstream;
import dev.stackmapd.upstream.UpstreamLimits;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// `stackmapd.debuginfod.*`: the servers that are asked for what this service does not hold, and the sources that it
/// serves.
///
/// @param upstreams base URLs of debuginfod servers, all asked at once
/// @param allow hosts, addresses and CIDR blocks that may be connected to though they are private or loopback
/// @param timeout of one fetch with all its upstreams; a client's request is held as long
/// @param sources folders below which source files lie under the names that debug information has for them
@ConfigurationProperties("stackmapd.debuginfod")
public record DebuginfodSettings(
        @DefaultValue List<String> upstreams,
        @DefaultValue List<String> allow,
        @DefaultValue("5m") Duration timeout,
        @DefaultValue List<String> sources) {
    public DebuginfodSettings {
        Checks.valid("debuginfod.upstreams", () -> upstreams.forEach(Upstream::of));
        Checks.valid("debuginfod.allow", () -> AddressRules.of(allow));
        Checks.atLeast(Duration.ofMillis(1), timeout, "debuginfod.timeout");
    }

    public List<Upstream> bases() {
        return upstreams.stream().map(Upstream::of).toList();
    }

    public UpstreamLimits limits(long maxFile) {
        return UpstreamLimits.DEFAULT.with(timeout, maxFile);
    }
}
