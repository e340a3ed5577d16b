package dev.stackmapd.elfcore.elf;

/// `.gnu_debuglink`: the name of the file with the debug information of a stripped file.
///
/// @param fileName the debug file's name, without folders
/// @param crc32 CRC-32 (as in zip) of the whole debug file
public record DebugLink(String fileName, int crc32) {}
