package dev.stackmapd.elfcore.bytes;

import java.nio.ByteBuffer;

/// Makes bytes from the first to the last, such as those of a compressed section. Used by one thread at a time.
public interface ByteProducer extends AutoCloseable {

    /// Fills the whole room with the next bytes. Once it has refused, it is not asked again.
    void produce(ByteBuffer room) throws MalformedBinaryException;

    /// Refuses if there are more bytes than were asked for. Called after the last ones.
    void finish() throws MalformedBinaryException;

    @Override
    void close();
}
