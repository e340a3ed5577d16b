package dev.stackmapd.process;

/// A device number as the maps text prints it (PMX-04). On some file systems (btrfs, overlay), it
/// differs from the one that `stat` reports for the same file.
///
/// @param major unsigned 32-bit
/// @param minor unsigned 32-bit
public record Device(int major, int minor) {

    static Device unpack(long packed) {
        return new Device((int) (packed >>> Integer.SIZE), (int) packed);
    }

    /// Returns the form that the kernel prints: two hex numbers of at least two digits.
    @Override
    public String toString() {
        return "%02x:%02x".formatted(major, minor);
    }
}
