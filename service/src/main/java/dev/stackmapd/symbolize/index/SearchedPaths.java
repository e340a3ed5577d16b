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

/// Records the paths at which files were searched while a binary was opened or its index built, and the
/// state of the file at each. A later check detects files that have appeared, changed or disappeared, so
/// queries need not check anything. Thread-safe.
///
/// A path counts as empty unless it leads to a regular ELF file in one of the folders: debug information
/// may name any file of the host, and a file that is written continuously must not make an index stale
/// continuously.
///
/// The record is stored beside an index in a file with this format, with numbers in network byte order:
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
    /// Maximum number of paths. A program of 30,000 split units has about 120,000.
    public static final int MAX_PATHS = 1 << 17;
    /// Maximum length of all paths together, because a hostile file may name long ones.
    public static final int MAX_CHARACTERS = 1 << 24;

    private static final byte[] MAGIC = "sminputs".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = MAGIC.length + Short.BYTES + Integer.BYTES;
    /// Maximum length of a path that Linux opens.
    private static final int MAX_PATH_BYTES = 4096;
    private static final byte[] ELF_MAGIC = {0x7f, 'E', 'L', 'F'};

    private final List<Path> folders;
    private final Map<String, FileStamp> states = new TreeMap<>();
    private int characters;
    private boolean full;

    /// The state of the file at a path.
    ///
    /// @param size in bytes, -1 if there is no file
    private record FileStamp(long size, long modified) {
        static final FileStamp NONE = new FileStamp(-1, 0);
    }

    /// @param folders in which files may be opened
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

    /// Records the state of the file at a path. Must be called before the file is opened.
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

    /// Returns true if some paths were not recorded because a limit was reached.
    public synchronized boolean isFull() {
        return full;
    }

    /// Returns true if the file at one of the paths has changed. Costs at most one `stat` per path.
    public boolean isStale() {
        Map<String, FileStamp> noted;
        synchronized (this) {
            noted = new TreeMap<>(states);
        }
        ChangeCheck check = new ChangeCheck();
        return noted.entrySet().stream().anyMatch(entry -> check.isChanged(entry.getKey(), entry.getValue()));
    }

    /// Writes the record to a file, and replaces an existing one.
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

    /// Returns true if the file at one of the paths in a stored record has changed, or the record is
    /// missing, damaged or of another version.
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

    /// Checks a record whose checksum has been verified, so its lengths are valid.
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

    /// Compares the files at paths, in ascending order, with their recorded state. Checks the existence
    /// of each directory once: if the build directory does not exist, which is the usual case, none of
    /// the 30,000 files in it is accessed.
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
