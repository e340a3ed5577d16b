package dev.stackmapd.symbolize.index;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/// The paths at which files were looked for while a binary was opened or its index built, and what was there: so that
/// a file that appears, changes or goes is noticed, without any work for the questions themselves. Thread-safe.
///
/// A path counts as empty unless a regular ELF file lies there that may be opened: what debug information names may be
/// any file of the host, and one that is written to all the time must not make an index stale all the time.
///
/// It is kept beside an index in a file of its own, numbers in network byte order:
///
/// ```text
///  8     magic "sminputs"
///  2     version, 1
///  4     paths
///        for each path, ascending:
///  2       bytes that it shares with the one before
///  2       bytes that follow
///  ...     these, UTF-8
///  8       size of the file in bytes, or -1
///  8       time of the file in nanoseconds since 1970, or 0
///  4     CRC-32C of everything before
/// ```
///
/// Version 1 is the first.
public final class SearchedPaths {
    /// A program of 30,000 split units has some 120,000.
    public static final int MAX_PATHS = 1 << 17;
    /// Of all paths together: a hostile file names long ones.
    public static final int MAX_CHARACTERS = 1 << 24;

    private static final byte[] MAGIC = "sminputs".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = MAGIC.length + Short.BYTES + Integer.BYTES;
    /// Linux opens no longer path.
    private static final int MAX_PATH_BYTES = 4096;
    private static final byte[] ELF_MAGIC = {0x7f, 'E', 'L', 'F'};

    private final List<Path> folders;
    private final Map<String, FileStamp> states = new TreeMap<>();
    private int characters;
    private boolean full;

    /// @param size -1 where there is no file
    private record FileStamp(long size, long modified) {
        static final FileStamp NONE = new FileStamp(-1, 0);
    }

    /// @param folders that files may be opened in, links resolved
    public SearchedPaths(List<Path> folders) {
        this.folders = folders.stream()
                .filter(Files::isDirectory)
                .map(SearchedPaths::real)
                .distinct()
                .toList();
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath();
        }
    }

    /// Notes what lies at a path now; to be called before it is opened.
    public synchronized void note(Path path) {
        String text = path.toAbsolutePath().normalize().toString();
        if (text.length() > MAX_PATH_BYTES || states.containsKey(text)) {
            return;
        }
        if (states.size() == MAX_PATHS || text.length() > MAX_CHARACTERS - characters) {
            full = true;
        } else {
            characters += text.length();
            states.put(text, state(text));
        }
    }

    /// Returns true if there were more paths than are noted.
    public synchronized boolean isFull() {
        return full;
    }

    /// Returns true if something else lies at one of the paths by now. Costs one `stat` a path at most.
    public boolean isStale() {
        Map<String, FileStamp> noted;
        synchronized (this) {
            noted = new TreeMap<>(states);
        }
        ChangeCheck check = new ChangeCheck();
        return noted.entrySet().stream().anyMatch(entry -> check.isChanged(entry.getKey(), entry.getValue()));
    }

    /// Writes the file, over one that is there.
    public synchronized void write(Path file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(MAGIC);
        out.writeShort(VERSION);
        out.writeInt(states.size());
        byte[] last = {};
        for (Map.Entry<String, FileStamp> entry : states.entrySet()) {
            byte[] path = entry.getKey().getBytes(StandardCharsets.UTF_8);
            int shared = Math.max(0, Math.min(Arrays.mismatch(last, path), Math.min(last.length, path.length)));
            out.writeShort(shared);
            out.writeShort(path.length - shared);
            out.write(path, shared, path.length - shared);
            out.writeLong(entry.getValue().size());
            out.writeLong(entry.getValue().modified());
            last = path;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.toByteArray());
        out.writeInt((int) checksum.getValue());
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(temporary, bytes.toByteArray());
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Returns true if something else lies at one of the paths that a file lists, or the file is missing, damaged or of
    /// another version.
    public boolean isStale(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return !isSound(bytes) || isStale(ByteBuffer.wrap(bytes, 0, bytes.length - Integer.BYTES));
        } catch (IOException | IllegalArgumentException e) {
            return true;
        }
    }

    private static boolean isSound(byte[] bytes) {
        if (bytes.length < HEADER_BYTES + Integer.BYTES
                || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return false;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, bytes.length - Integer.BYTES);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return buffer.getInt(bytes.length - Integer.BYTES) == (int) checksum.getValue()
                && buffer.getShort(MAGIC.length) == VERSION;
    }

    /// The checksum has been verified, so that lengths are what [#write] has written.
    private boolean isStale(ByteBuffer in) {
        in.position(MAGIC.length + Short.BYTES);
        int count = in.getInt();
        byte[] path = {};
        ChangeCheck check = new ChangeCheck();
        for (int i = 0; i < count; i++) {
            int shared = Short.toUnsignedInt(in.getShort());
            int rest = Short.toUnsignedInt(in.getShort());
            path = Arrays.copyOf(path, shared + rest);
            in.get(path, shared, rest);
            FileStamp state = new FileStamp(in.getLong(), in.getLong());
            if (check.isChanged(new String(path, StandardCharsets.UTF_8), state)) {
                return true;
            }
        }
        return false;
    }

    private FileStamp state(String path) {
        File file = new File(path);
        if (!file.isFile()) {
            return FileStamp.NONE;
        }
        try {
            Path at = file.toPath();
            FileStamp there = attributes(at);
            return isUsable(at) ? there : FileStamp.NONE;
        } catch (IOException e) {
            return FileStamp.NONE;
        }
    }

    private static FileStamp attributes(Path path) throws IOException {
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileStamp(found.size(), found.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }

    private boolean isUsable(Path path) throws IOException {
        Path real = path.toRealPath();
        if (folders.stream().noneMatch(real::startsWith)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(real)) {
            return Arrays.equals(in.readNBytes(ELF_MAGIC.length), ELF_MAGIC);
        }
    }

    /// Compares paths in ascending order with what was noted. Asks for a folder once: where the folder of a build is
    /// not there, which is the usual case, none of the 30,000 files below it is asked for.
    private final class ChangeCheck {
        private String folder = "";
        private boolean exists;

        boolean isChanged(String path, FileStamp noted) {
            String parent = path.substring(0, Math.max(path.lastIndexOf('/'), 0));
            if (!parent.equals(folder)) {
                folder = parent;
                exists = new File(parent.isEmpty() ? "/" : parent).isDirectory();
            }
            if (!exists || !new File(path).isFile()) {
                return noted.size() >= 0;
            }
            try {
                return noted.size() < 0
                        ? isUsable(Path.of(path))
                        : !attributes(Path.of(path)).equals(noted);
            } catch (IOException e) {
                return noted.size() >= 0;
            }
        }
    }
}
