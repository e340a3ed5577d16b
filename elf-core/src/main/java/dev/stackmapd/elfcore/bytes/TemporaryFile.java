package dev.stackmapd.elfcore.bytes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/// A file in the platform's temporary folder that is deleted while it is open.
record TemporaryFile(FileChannel channel) implements ScratchSpace.ScratchFile {

    static TemporaryFile create() throws IOException {
        return new TemporaryFile(FileChannel.open(
                Files.createTempFile("stackmapd", ".inflated"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE));
    }

    @Override
    public boolean reserve(long bytes) {
        return true;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The contents are not needed any more.
        }
    }
}
