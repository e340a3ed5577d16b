package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.symbolize.index.SearchedPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which changes of files are noticed, from memory and from the file beside an index.
class SearchedPathsTest {
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F', 1};

    @TempDir
    private Path root;

    private Path folder = Path.of("");
    private Path inputs = Path.of("");
    private SearchedPaths searchedPaths = new SearchedPaths(List.of());

    @BeforeEach
    void folders() throws Exception {
        folder = Files.createDirectories(root.resolve("allowed"));
        inputs = root.resolve("inputs");
        searchedPaths = new SearchedPaths(List.of(folder));
    }

    private void assertStale(boolean expected) {
        assertThat(searchedPaths.isStale()).isEqualTo(expected);
        assertThat(searchedPaths.isStale(inputs)).isEqualTo(expected);
    }

    @Test
    void aFileThatComesIntoAFolderThatComesIsNoticed() throws Exception {
        Path late = folder.resolve("build/objects/main.dwo");
        searchedPaths.note(late);
        searchedPaths.note(folder.resolve("build/objects/other.dwo"));
        searchedPaths.write(inputs);
        assertStale(false);
        Files.createDirectories(late.getParent());
        assertStale(false);
        Files.write(late, ELF);
        assertStale(true);
    }

    @Test
    void aFileThatChangesOrGoesIsNoticed() throws Exception {
        Path file = Files.write(folder.resolve("main.dwo"), ELF);
        searchedPaths.note(file);
        searchedPaths.write(inputs);
        assertStale(false);
        FileTime before = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertStale(true);
        Files.setLastModifiedTime(file, before);
        assertStale(false);
        Files.delete(file);
        assertStale(true);
    }

    /// Of another folder, through a link too, and what is no ELF file: it could not have taken part.
    @Test
    void whatMayNotBeOpenedIsNotNoticed() throws Exception {
        Path outside = root.resolve("outside.dwo");
        Path link = folder.resolve("link.dwo");
        Path text = folder.resolve("text.dwo");
        for (Path path : List.of(outside, link, text)) {
            searchedPaths.note(path);
        }
        searchedPaths.write(inputs);
        Files.write(outside, ELF);
        Files.createSymbolicLink(link, outside);
        Files.writeString(text, "text");
        assertStale(false);
        Files.write(text, ELF);
        assertStale(true);
    }

    @Test
    void aDamagedFileIsStale() throws Exception {
        searchedPaths.note(folder.resolve("a.dwo"));
        searchedPaths.note(folder.resolve("b.dwo"));
        searchedPaths.write(inputs);
        byte[] good = Files.readAllBytes(inputs);
        for (int size = 0; size < good.length; size++) {
            Files.write(inputs, Arrays.copyOf(good, size));
            assertThat(searchedPaths.isStale(inputs)).as("first %d bytes", size).isTrue();
        }
        for (int at = 0; at < good.length; at++) {
            byte[] flipped = good.clone();
            flipped[at] ^= 1;
            Files.write(inputs, flipped);
            assertThat(searchedPaths.isStale(inputs)).as("byte %d", at).isTrue();
        }
        Files.delete(inputs);
        assertThat(searchedPaths.isStale(inputs)).isTrue();
    }

    @Test
    void longerPathsThanTheLimitAreSaid() {
        String name = "n".repeat(3000);
        int fitting = SearchedPaths.MAX_CHARACTERS
                / folder.resolve("gone/" + name + 10_000).toString().length();
        for (int i = 0; i < fitting; i++) {
            searchedPaths.note(folder.resolve("gone/" + name + (10_000 + i)));
        }
        assertThat(searchedPaths.isFull()).isFalse();
        searchedPaths.note(folder.resolve("gone/" + name + (10_000 + fitting)));
        assertThat(searchedPaths.isFull()).isTrue();
    }

    @Test
    void morePathsThanTheLimitAreSaid() {
        for (int i = 0; i < SearchedPaths.MAX_PATHS; i++) {
            searchedPaths.note(folder.resolve("gone/" + i));
        }
        assertThat(searchedPaths.isFull()).isFalse();
        searchedPaths.note(folder.resolve("gone/1"));
        assertThat(searchedPaths.isFull()).isFalse();
        searchedPaths.note(folder.resolve("gone/last"));
        assertThat(searchedPaths.isFull()).isTrue();
    }
}
