package dev.stackmapd.elfcore.elf;

/// Where the bytes of a section lie in its file, as they are stored: compressed, if it is compressed.
///
/// @param offset bytes from the beginning of the file; inside it, as far as the section reaches
/// @param size bytes
public record StoredSection(long offset, long size) {}
