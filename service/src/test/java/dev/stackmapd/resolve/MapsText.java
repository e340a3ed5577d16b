package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.stackmapd.process.Device;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;

/// Writes lines of `/proc/<pid>/maps`, one page each at the same distance: line `n` starts at [#page].
final class MapsText {
    private static final long FIRST = 0x7f00_0000_0000L;
    private static final long STEP = 0x10_0000L;
    private static final long PAGE = 0x1000;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private int lines;

    /// Where the mapping of a line starts.
    static long page(int line) {
        return FIRST + line * STEP;
    }

    /// A file as this host has it, whose line gives it this name.
    MapsText file(Path file, byte[] name) throws IOException {
        return line(deviceOf(file), inodeOf(file), name);
    }

    MapsText line(Device device, long inode, byte[] name) {
        long start = page(lines++);
        text.writeBytes("%x-%x r-xp 00000000 %s %s "
                .formatted(start, start + PAGE, device, Long.toUnsignedString(inode))
                .getBytes(ISO_8859_1));
        text.writeBytes(name);
        text.write('\n');
        return this;
    }

    VmaIndex parse() {
        return MapsParser.parse(text.toByteArray()).vmas();
    }

    static long inodeOf(Path file) throws IOException {
        return (Long) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    /// Takes the C library's packing of device numbers apart.
    static Device deviceOf(Path file) throws IOException {
        long packed = (Long) Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS);
        long major = ((packed >>> 8) & 0xfff) | ((packed >>> 32) & ~0xfffL);
        long minor = (packed & 0xff) | ((packed >>> 12) & 0xffff_ff00L);
        return new Device((int) major, (int) minor);
    }

    static Device device(String text) {
        String[] numbers = text.split(":", -1);
        return new Device(HexFormat.fromHexDigits(numbers[0]), HexFormat.fromHexDigits(numbers[1]));
    }
}
