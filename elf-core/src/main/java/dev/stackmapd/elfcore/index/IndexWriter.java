package dev.stackmapd.elfcore.index;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/// Writes the sections of an index, in the order of [IndexFormat]. Not thread-safe.
final class IndexWriter {
    private static final int FLUSH_BYTES = 1 << 15;

    private final BuildMemory memory;
    private final IndexOutput out;
    private final StringPool strings;
    private final FilePool files;
    private final FunctionPool functions;
    private final ContextStore contexts;
    private final LackingRanges lacking;
    private final int[] fileOrder;
    private final int[] fileNumbers;
    private final BlockWriter blocks;
    private final ByteSink sink;

    /// @param files all files that will be needed
    IndexWriter(
            BuildMemory memory,
            IndexOutput out,
            StringPool strings,
            FilePool files,
            FunctionPool functions,
            ContextStore contexts,
            LackingRanges lacking) {
        this.memory = memory;
        this.sink = new ByteSink(memory, FLUSH_BYTES * 2);
        this.out = out;
        this.strings = strings;
        this.files = files;
        this.functions = functions;
        this.contexts = contexts;
        this.lacking = lacking;
        this.fileOrder = sorted(files.count(), id -> id == FilePool.NONE ? Long.MIN_VALUE : -files.uses(id));
        this.fileNumbers = inverse(fileOrder);
        this.blocks = new BlockWriter(memory, out, fileNumbers);
        out.beginSection(IndexFormat.ENTRIES);
    }

    static int headerBytes(IndexOrigin origin) {
        return IndexFormat.FIXED_HEADER_BYTES
                + origin.buildId().length()
                + origin.toolVersion().length()
                + IndexFormat.SECTIONS * IndexFormat.DIRECTORY_ENTRY_BYTES
                + Integer.BYTES;
    }

    /// Returns the receiver of the entries.
    EntrySink entries() {
        return blocks;
    }

    boolean isEmpty() {
        return blocks.blocks() == 0;
    }

    private interface Key {
        long of(int id);
    }

    /// Returns the ids in the order of their keys, equal ones by id.
    private int[] sorted(int count, Key key) {
        int[] order = memory.ints(count);
        try (BuildMemory sorting = memory.part()) {
            RangeList list = new RangeList(sorting);
            for (int i = 0; i < count; i++) {
                list.add(key.of(i) ^ Long.MIN_VALUE, 0, i);
            }
            System.arraycopy(list.order(0, count), 0, order, 0, count);
        }
        return order;
    }

    private int[] inverse(int[] order) {
        int[] numbers = memory.ints(order.length);
        for (int i = 0; i < order.length; i++) {
            numbers[order[i]] = i;
        }
        return numbers;
    }

    void finish(IndexOrigin origin, long skippedParts, Arena arena) throws IOException {
        out.endSection();
        long base = blocks.start(0);
        long span = blocks.start(blocks.blocks()) - base;
        boolean narrow = (span | blocks.offset(blocks.blocks())) >>> Integer.SIZE == 0;
        int width = narrow ? Integer.BYTES : Long.BYTES;
        writeBlocks(base, width);
        int shift = writeTop(base, span);
        lacking.finish();
        int[] stringOrder = new StringSort(memory, strings).order();
        int[] stringNumbers = inverse(stringOrder);
        int[] functionOrder = sorted(functions.count(), id -> stringNumbers[functions.rawName(id)]);
        int[] contextBits = writeContexts(inverse(functionOrder), arena);
        int[] functionBits = writeFunctions(functionOrder, stringNumbers, base);
        int[] fileBits = writeFiles(stringNumbers);
        writeStrings(stringOrder);
        out.beginSection(IndexFormat.LACKING);
        lacking.write(out, stringNumbers);
        out.endSection();
        ByteSink header = new ByteSink(memory, headerBytes(origin));
        header.bytes(IndexFormat.MAGIC, 0, IndexFormat.MAGIC.length);
        header.fixed(IndexFormat.VERSION, Short.BYTES);
        header.u8(width);
        header.u8(0);
        header.fixed(headerBytes(origin), Integer.BYTES);
        header.fixed(out.position(), Long.BYTES);
        header.fixed(base, Long.BYTES);
        header.fixed(span, Long.BYTES);
        header.fixed(blocks.blocks(), Integer.BYTES);
        header.fixed(shift, Integer.BYTES);
        putTables(header, contextBits, functionBits, fileBits);
        header.u8(sources());
        header.u8(skippedParts > 0 ? IndexFormat.PARTS_SKIPPED : 0);
        putOrigin(header, origin);
        out.publish(header);
    }

    private void putTables(ByteSink header, int[] contextBits, int[] functionBits, int[] fileBits) {
        header.fixed(contexts.count(), Integer.BYTES);
        header.fixed(functions.count(), Integer.BYTES);
        header.fixed(files.count(), Integer.BYTES);
        header.fixed(strings.count(), Integer.BYTES);
        putBits(header, contextBits);
        putBits(header, functionBits);
        header.u8(0);
        putBits(header, fileBits);
    }

    private static void putOrigin(ByteSink header, IndexOrigin origin) {
        byte[] id = origin.buildId().toBytes();
        byte[] version = origin.toolVersion().getBytes(StandardCharsets.US_ASCII);
        header.u8(id.length
                | switch (origin.buildId().kind()) {
                    case GNU -> 0;
                    case HTLHASH -> IndexFormat.IS_HTLHASH;
                });
        header.u8(version.length);
        header.fixed(IndexFormat.SECTIONS, Short.BYTES);
        header.bytes(id, 0, id.length);
        header.bytes(version, 0, version.length);
    }

    private static void putBits(ByteSink header, int[] bits) {
        for (int field : bits) {
            header.u8(field);
        }
    }

    private int sources() {
        int sources = 0;
        for (int id = 0; id < functions.count(); id++) {
            sources |= 1 << (functions.kind(id) & 7);
        }
        return sources;
    }

    private void flushIfLarge() throws IOException {
        if (sink.size() >= FLUSH_BYTES) {
            out.write(sink);
            sink.clear();
        }
    }

    private void endSection() throws IOException {
        out.write(sink);
        sink.clear();
        out.endSection();
    }

    private void writeBlocks(long base, int width) throws IOException {
        out.beginSection(IndexFormat.BLOCKS);
        for (int block = 0; block <= blocks.blocks(); block++) {
            sink.fixed(blocks.start(block) - base, width);
            sink.fixed(blocks.offset(block), width);
            flushIfLarge();
        }
        endSection();
    }

    /// Writes the top level: about one slot for two blocks, at least two, because a shift by 64 bits is
    /// not possible.
    ///
    /// @return the shift
    private int writeTop(long base, long span) throws IOException {
        long wanted = Math.max(2, blocks.blocks() / 2);
        int shift = 0;
        while (Long.compareUnsigned((span - 1) >>> shift, wanted) >= 0) {
            shift++;
        }
        out.beginSection(IndexFormat.TOP);
        int block = 0;
        long slots = ((span - 1) >>> shift) + 1;
        for (long slot = 0; slot < slots; slot++) {
            while (block + 1 < blocks.blocks()
                    && Long.compareUnsigned(blocks.start(block + 1) - base, slot << shift) <= 0) {
                block++;
            }
            sink.fixed(block, Integer.BYTES);
            flushIfLarge();
        }
        sink.fixed(blocks.blocks() - 1, Integer.BYTES);
        endSection();
        return shift;
    }

    private int[] writeContexts(int[] functionNumbers, Arena arena) throws IOException {
        int[] bits = {
            IndexFormat.bits(contexts.largest(0)),
            IndexFormat.bits(functions.count() - 1),
            IndexFormat.bits(files.count() - 1),
            IndexFormat.bits(contexts.largest(3)),
            IndexFormat.bits(contexts.largest(4))
        };
        out.beginSection(IndexFormat.CONTEXTS);
        RecordWriter records = new RecordWriter(bits, sink);
        for (int ignored : bits) {
            records.put(0);
        }
        NumberReader stored = new NumberReader();
        stored.over(contexts.finish(arena));
        for (int context = 1; context < contexts.count(); context++) {
            records.put(stored.next());
            records.put(functionNumbers[(int) stored.next()]);
            records.put(fileNumbers[(int) stored.next()]);
            records.put(stored.next());
            records.put(stored.next());
            flushIfLarge();
        }
        sink.fixed(0, RecordWriter.PADDING);
        endSection();
        return bits;
    }

    private int[] writeFunctions(int[] order, int[] stringNumbers, long base) throws IOException {
        long[] fields = new long[IndexFormat.FUNCTION_FIELDS];
        int[] bits = new int[IndexFormat.FUNCTION_FIELDS];
        for (int id : order) {
            functionFields(id, stringNumbers, base, fields);
            for (int i = 0; i < fields.length; i++) {
                bits[i] = Math.max(bits[i], IndexFormat.bits(fields[i]));
            }
        }
        out.beginSection(IndexFormat.FUNCTIONS);
        RecordWriter records = new RecordWriter(bits, sink);
        for (int id : order) {
            functionFields(id, stringNumbers, base, fields);
            for (long field : fields) {
                records.put(field);
            }
            flushIfLarge();
        }
        sink.fixed(0, RecordWriter.PADDING);
        endSection();
        return bits;
    }

    private void functionFields(int id, int[] stringNumbers, long base, long[] into) {
        into[0] = stringNumbers[functions.rawName(id)];
        into[1] = stringNumbers[functions.name(id)];
        into[2] = functions.line(id);
        into[3] = functions.kind(id) & 0xff;
        into[4] = functions.entry(id) == 0 ? 0 : functions.entry(id) - base + 1;
        into[5] = functions.size(id);
    }

    private int[] writeFiles(int[] stringNumbers) throws IOException {
        int width = IndexFormat.bits(strings.count() - 1);
        int[] bits = {width, width};
        out.beginSection(IndexFormat.FILES);
        RecordWriter records = new RecordWriter(bits, sink);
        for (int id : fileOrder) {
            records.put(stringNumbers[files.directory(id)]);
            records.put(stringNumbers[files.name(id)]);
            flushIfLarge();
        }
        sink.fixed(0, RecordWriter.PADDING);
        endSection();
        return bits;
    }

    private void writeStrings(int[] order) throws IOException {
        int groups = (order.length + IndexFormat.STRINGS_TOGETHER - 1) / IndexFormat.STRINGS_TOGETHER;
        long[] ends = memory.longs(groups + 1);
        ByteSink text = new ByteSink(memory, 1 << 10);
        out.beginSection(IndexFormat.STRINGS);
        for (int i = 0; i < order.length; i++) {
            putString(order, i, text);
            ends[i / IndexFormat.STRINGS_TOGETHER + 1] += text.size();
        }
        for (int group = 0; group <= groups; group++) {
            ends[group] += group == 0 ? 0 : ends[group - 1];
            sink.fixed(ends[group], Integer.BYTES);
            flushIfLarge();
        }
        endSection();
        out.beginSection(IndexFormat.TEXTS);
        for (int i = 0; i < order.length; i++) {
            putString(order, i, text);
            out.write(text);
        }
        endSection();
    }

    private void putString(int[] order, int index, ByteSink text) {
        boolean first = index % IndexFormat.STRINGS_TOGETHER == 0;
        int shared = first ? 0 : strings.shared(order[index - 1], order[index]);
        text.clear();
        text.varint(shared);
        text.varint(strings.length(order[index]) - shared);
        strings.copy(order[index], shared, text);
    }
}
