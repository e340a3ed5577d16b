package dev.stackmapd.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Resolves host names.
@FunctionalInterface
interface HostLookup extends AutoCloseable {

    /// @return at least one
    List<InetAddress> addresses(String host) throws UnknownHostException, InterruptedException;

    /// Releases the resolver's threads, if it has any.
    @Override
    default void close() {}
}
