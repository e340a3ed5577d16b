package dev.stackmapd.app.settings;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;

/// Refuses to listen where others can reach the service, unless a setting says that this is meant.
public record BindCheck(Reach reach) {

    public enum Reach {
        LOOPBACK,
        NETWORK
    }

    /// Checks every address that the process will listen on.
    ///
    /// @throws InvalidConfigurationPropertyValueException where others could reach a server that
    ///     was not opened to them
    public static BindCheck of(
            ServerProperties server, ManagementServerProperties management, SecuritySettings security) {
        Reach reach = reach("server.address", server.getAddress(), security);
        if (management.getPort() != null && management.getPort() >= 0) {
            // The management port has metrics and health only: the main port says how far this service reaches.
            var _ = reach("management.server.address", management.getAddress(), security);
        }
        return new BindCheck(reach);
    }

    /// @param address null is every address
    private static Reach reach(String setting, @Nullable InetAddress address, SecuritySettings security) {
        if (address != null && address.isLoopbackAddress()) {
            return Reach.LOOPBACK;
        }
        if (!security.allowUnauthenticated()) {
            throw new InvalidConfigurationPropertyValueException(
                    setting,
                    address == null ? "(every address)" : address.getHostAddress(),
                    "this address can be reached from outside, and there are no tokens yet to tell who asks: bind to"
                            + " 127.0.0.1, or set stackmapd.security.allow-unauthenticated=true");
        }
        return Reach.NETWORK;
    }
}
