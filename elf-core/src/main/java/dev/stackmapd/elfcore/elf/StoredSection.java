package dev.stackmapd.elfcore.elf;

/// The place of a section's stored bytes in its file; of a compressed section those are the compressed
/// bytes.
///
/// @param offset bytes from the beginning of the file; the whole section lies in the file
/// @param size bytes
public record StoredSection(long offset, long size) {}
