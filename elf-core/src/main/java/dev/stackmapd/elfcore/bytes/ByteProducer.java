package dev.stackmapd.elfcore.bytes;

import java.nio.ByteBuffer;

/// Produces bytes in order, such as those of a compressed section. Used by one thread at a time.
public interface ByteProducer extends AutoCloseable {

    /// Fills the whole buffer with the next bytes. The caller does not call it again after an exception.
    void produce(ByteBuffer room) throws MalformedBinaryException;

    /// Throws if there are more bytes than have been requested. Called after the last ones.
    void finish() throws MalformedBinaryException;

    @Override
    void close();
}
