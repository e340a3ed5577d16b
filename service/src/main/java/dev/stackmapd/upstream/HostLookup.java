package dev.stackmapd.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Names to addresses.
@FunctionalInterface
interface HostLookup extends AutoCloseable {

    /// @return at least one
    List<InetAddress> addresses(String host) throws UnknownHostException, InterruptedException;

    /// Most need nothing.
    @Override
    default void close() {}
}
