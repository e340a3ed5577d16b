package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.golang.GoTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Makes a [SymbolTable] of a Go program's functions. Functions of size 0, which only mark places, are
/// left out, and those that are out of order or without a name are skipped and counted.
final class GoNames {
    private final GoTable table;
    private final ElfFile file;
    private final Names names;
    private final long[] starts;
    private final long[] sizes;
    private final int[] nameEnds;
    private int count;
    private long skipped;

    GoNames(GoTable table, ElfFile file) throws MalformedBinaryException {
        if (table.size() > file.limits().maxSymbols()) {
            throw new MalformedBinaryException(
                    file.source(), 0, "more than " + file.limits().maxSymbols() + " Go functions");
        }
        this.table = table;
        this.file = file;
        this.names = new Names(file.limits().maxNameBytes());
        this.starts = new long[(int) table.size()];
        this.sizes = new long[starts.length];
        this.nameEnds = new int[starts.length];
    }

    SymbolTable build() throws MalformedBinaryException {
        table.forEach(this::add);
        long[] starts = Arrays.copyOf(this.starts, count);
        long[] sizes = Arrays.copyOf(this.sizes, count);
        return new SymbolTable(
                SymbolSource.PCLNTAB,
                Ranges.of(starts, sizes),
                starts,
                sizes,
                names.toBytes(),
                Arrays.copyOf(nameEnds, count),
                AliasNames.NONE,
                skipped);
    }

    private void add(long start, long end, String name) throws MalformedBinaryException {
        boolean after = count == 0 || Long.compareUnsigned(start, starts[count - 1] + sizes[count - 1]) >= 0;
        if (!after || Long.compareUnsigned(end, start) < 0) {
            skipped++;
        } else if (end != start) {
            add(start, end - start, name.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void add(long start, long size, byte[] name) throws MalformedBinaryException {
        if (name.length == 0) {
            skipped++;
            return;
        }
        if (name.length > file.limits().maxNameBytes() - names.length()) {
            throw new MalformedBinaryException(
                    file.source(), 0, "more than " + file.limits().maxNameBytes() + " bytes of Go names");
        }
        names.append(name);
        starts[count] = start;
        sizes[count] = size;
        nameEnds[count++] = names.length();
    }
}
