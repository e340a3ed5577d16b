package dev.stackmapd.app;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/// Closed by default: an address that others can reach is served only when that was said aloud.
record BindCheck(Reach reach) {

    enum Reach {
        LOOPBACK,
        NETWORK
    }

    /// @param address what the server binds to; null is every address
    /// @throws InvalidConfigurationPropertyValueException when others could reach a server that nobody opened
    static BindCheck of(@Nullable InetAddress address, StackmapdProperties.Security security) {
        if (address != null && address.isLoopbackAddress()) {
            return new BindCheck(Reach.LOOPBACK);
        }
        if (!security.open()) {
            throw new InvalidConfigurationPropertyValueException(
                    "server.address",
                    address == null ? "(every address)" : address.getHostAddress(),
                    "this address can be reached from outside, and there are no tokens yet to tell who asks: bind to"
                            + " 127.0.0.1, or say stackmapd.security.open=true");
        }
        return new BindCheck(Reach.NETWORK);
    }
}
