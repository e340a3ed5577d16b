package dev.stackmapd.app.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;

class ArtifactStorageHealthTest {
    @TempDir
    private Path folder;

    private Status status() {
        return new ArtifactStorageHealth(folder).health().getStatus();
    }

    @Test
    void isUpWhileTheFolderCanBeWrittenTo() {
        assertThat(status()).isEqualTo(Status.UP);
        assertThat(status()).isEqualTo(Status.UP);
    }

    @Test
    void isDownWhenTheFolderIsGone() throws Exception {
        Files.delete(folder);
        assertThat(status()).isEqualTo(Status.DOWN);
        Files.createDirectory(folder);
        assertThat(status()).isEqualTo(Status.UP);
    }

    /// A write to `/dev/full` fails as one to a full file system does, with ENOSPC.
    @Test
    void isDownWhenTheFileSystemIsFull() throws Exception {
        Files.createSymbolicLink(folder.resolve(".writable"), Path.of("/dev/full"));
        assertThat(status()).isEqualTo(Status.DOWN);
    }
}
