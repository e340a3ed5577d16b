package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.PltStub;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Makes a [SymbolTable] of stubs: their names are those of the dynamic symbols that they jump to,
/// followed by `@plt`.
final class StubNames {
    private static final byte[] SUFFIX = "@plt".getBytes(StandardCharsets.US_ASCII);

    private final SymbolEntries entries;
    private final List<PltStub> stubs;
    private final Names names;
    private final long[] starts;
    private final long[] sizes;
    private final int[] nameEnds;
    private int count;
    private long skipped;

    StubNames(SymbolEntries entries, ElfFile file) throws MalformedBinaryException {
        this.entries = entries;
        this.stubs = file.pltStubs();
        this.names = new Names(file.limits().maxNameBytes());
        this.starts = new long[stubs.size()];
        this.sizes = new long[stubs.size()];
        this.nameEnds = new int[stubs.size()];
    }

    /// Builds the table. Stubs of overlapping sections and stubs without a correct name are skipped and
    /// counted.
    SymbolTable build() throws MalformedBinaryException {
        for (PltStub stub : stubs) {
            boolean after =
                    count == 0 || Long.compareUnsigned(stub.start().value(), starts[count - 1] + sizes[count - 1]) >= 0;
            if (after && !wraps(stub) && hasName(stub)) {
                add(stub);
            } else {
                skipped++;
            }
        }
        long[] starts = Arrays.copyOf(this.starts, count);
        long[] sizes = Arrays.copyOf(this.sizes, count);
        return new SymbolTable(
                SymbolSource.PLT,
                Ranges.of(starts, sizes),
                starts,
                sizes,
                names.toBytes(),
                Arrays.copyOf(nameEnds, count),
                AliasNames.NONE,
                skipped);
    }

    private static boolean wraps(PltStub stub) {
        return Long.compareUnsigned(
                        stub.start().value() + stub.size() - 1, stub.start().value())
                < 0;
    }

    private boolean hasName(PltStub stub) throws MalformedBinaryException {
        if (stub.symbol() >= entries.count()) {
            return false;
        }
        entries.moveTo(stub.symbol());
        return entries.hasName();
    }

    private void add(PltStub stub) throws MalformedBinaryException {
        names.append(names.admit(entries.name(names.allowance())));
        names.append(SUFFIX);
        starts[count] = stub.start().value();
        sizes[count] = stub.size();
        nameEnds[count++] = names.length();
    }
}
