package dev.stackmapd.elfcore.elf;

/// One entry of the procedure linkage table: a few instructions that jump to a function of another file.
///
/// @param size bytes that it takes in the table
/// @param symbol index of that function in the dynamic symbols, from 1
public record PltStub(ElfAddress start, int size, long symbol) {}
