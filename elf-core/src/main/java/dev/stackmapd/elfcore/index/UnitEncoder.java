package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.FunctionNames;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.dwarf.WalkedUnit;
import dev.stackmapd.elfcore.symbols.DebugName;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes the data of one unit to [Pieces]: one piece for each range of code without a gap. Equal
/// inlined calls become one context, and neighbours with equal answers become one segment. Not
/// thread-safe.
final class UnitEncoder implements UnitResolver.SegmentConsumer {
    private static final int UNKNOWN = -1;
    /// Calls inlined into several parts of a function have a context in each. With real compilers these
    /// are not many more contexts than calls; beyond this number, functions are no longer cut into
    /// parts.
    private static final int SPARE_CONTEXTS = 1 << 20;
    /// Heap of the names of one function, without their characters.
    private static final int NAME_BYTES = 128;
    /// Heap of a set of missing parts, and of its entry in a table.
    private static final int LACKING_BYTES = 320;
    /// Heap of a range of a function while its parts are found.
    private static final int PART_BYTES = 160;

    private static final DebugName NO_NAME = new DebugName("", DebugName.Weight.AMONG_EQUALS);

    private final StringPool strings;
    private final FilePool files;
    private final FunctionPool functions;
    private final Pieces pieces;
    private final LinkageNames linkageNames;
    private final LackingRanges lackingRanges;

    private final BuildMemory memory;
    private final Slots keys;
    private int[] rawNames = new int[1 << 8];
    private int[] plainNames = new int[1 << 8];
    private int[] declarationLines = new int[1 << 8];
    private DebugName[] debugNames = new DebugName[1 << 8];
    private long namesHeld;
    private int[] inlinedFunctions = new int[1 << 8];
    private int[] fileIds = new int[64];
    private final Contexts contexts;
    private long maxPartContexts;
    private final FunctionParts parts;
    /// The context of each node in a part of its function, and the number of that part.
    private int[] contextOf = new int[64];
    private int[] contextParts = new int[64];
    private int[] climbed = new int[64];
    /// The number of each context in the current piece, valid if its stamp is that of the piece.
    private int[] pieceNumbers = new int[64];
    private int[] pieceStamps = new int[64];
    private int stamp;
    private int defined;

    private final Map<Long, Set<LackingPart>> lackingOfKeys = new HashMap<>();
    private final Map<Integer, Set<LackingPart>> lackingOfFiles = new HashMap<>();
    private Set<LackingPart> unitLacks = Set.of();
    private Set<LackingPart> asked = Set.of();
    private boolean asking;

    private @Nullable UnitCode unit;
    private @Nullable WalkedUnit walked;
    private SourceLanguage language = SourceLanguage.UNKNOWN;

    private long start;
    private long end;
    private int context;
    private int file;
    private int line;
    private int column;
    private boolean pending;

    /// @param memory for the data that is kept of one unit
    UnitEncoder(
            BuildMemory memory,
            StringPool strings,
            FilePool files,
            FunctionPool functions,
            Pieces pieces,
            LinkageNames linkageNames,
            LackingRanges lackingRanges) {
        this.memory = memory;
        this.keys = new Slots(memory, 1 << 8);
        this.contexts = new Contexts(memory);
        this.parts = new FunctionParts(memory);
        this.strings = strings;
        this.files = files;
        this.functions = functions;
        this.pieces = pieces;
        this.linkageNames = linkageNames;
        this.lackingRanges = lackingRanges;
    }

    /// @param lacksAnyway the parts that are missing for the whole unit
    void begin(UnitCode code, WalkedUnit about, Set<LackingPart> lacksAnyway) {
        unit = code;
        walked = about;
        unitLacks = lacksAnyway;
        forgetUnit();
        lackingOfKeys.clear();
        lackingOfFiles.clear();
        language = about.language();
        // Most calls are to few functions, and many are at one place.
        keys.clear(code.nodes / 8);
        contexts.clear(code.nodes / 2);
        Arrays.fill(fileIds, UNKNOWN);
        if (contextOf.length < code.nodes) {
            contextOf = memory.grow(contextOf, Math.max(code.nodes, BuildMemory.larger(contextOf.length)));
            contextParts = memory.grow(contextParts, contextOf.length);
        }
        Arrays.fill(contextOf, 0, code.nodes, UNKNOWN);
        parts.clear(code.nodes);
        maxPartContexts = SPARE_CONTEXTS + 4L * code.nodes;
    }

    /// Drops the names of the unit before.
    private void forgetUnit() {
        Arrays.fill(debugNames, 0, keys.count(), NO_NAME);
        memory.giveBack(namesHeld);
        namesHeld = 0;
    }

    /// Charges heap until the next unit begins.
    private void hold(long bytes) {
        memory.take(bytes);
        namesHeld += bytes;
    }

    @Override
    public int declarationLine(int node) {
        // The call of keyOf may replace the array.
        int key = keyOf(code().keys[node]);
        return declarationLines[key];
    }

    @Override
    public void segment(long from, long to, int node, int row) {
        int function = node == Cuts.NONE ? Cuts.NONE : code().functions[node];
        if (function == Cuts.NONE || !code().isSplit(function) || contexts.count() > maxPartContexts) {
            segment(from, to, node, row, FunctionParts.WHOLE);
            return;
        }
        readParts(function);
        for (long start = from; start != to; ) {
            int part = parts.at(function, start);
            long next = parts.next(function, part);
            long end = Long.compareUnsigned(next, to) < 0 ? next : to;
            segment(start, end, node, row, part);
            start = end;
        }
    }

    private void readParts(int function) {
        if (parts.knows(function)) {
            return;
        }
        UnitCode code = code();
        int key = keyOf(code.keys[function]);
        DebugName own = debugNames[key];
        long needed = (long) PART_BYTES * code.rangeCounts[function];
        memory.take(needed);
        parts.begin(function);
        for (LinkageNames.FunctionPart part : linkageNames.parts(own, code.entries[function], code.code(function))) {
            parts.add(part.code().start(), part.code().end(), strings.idOf(part.rawName()));
        }
        memory.giveBack(needed);
    }

    private void segment(long from, long to, int node, int row, int part) {
        UnitCode code = code();
        int itsContext = node == Cuts.NONE ? Contexts.NONE : contextOf(node, part);
        int itsFile = row == Cuts.NONE ? FilePool.NONE : fileId(code.files[row]);
        int itsLine = row == Cuts.NONE ? 0 : code.lines[row];
        int itsColumn = row == Cuts.NONE ? 0 : code.columns[row];
        if (!lackingOfKeys.isEmpty() || !lackingOfFiles.isEmpty()) {
            noteLacking(from, to, node, row);
        }
        if (pending && end == from) {
            if (context == itsContext && file == itsFile && line == itsLine && column == itsColumn) {
                end = to;
                return;
            }
            put();
        } else {
            finishPiece();
            pieces.begin(from);
            stamp++;
            defined = 0;
            pending = true;
        }
        start = from;
        end = to;
        context = itsContext;
        file = itsFile;
        line = itsLine;
        column = itsColumn;
    }

    /// Notes the parts that are missing for a segment in addition to those of its unit: for names and
    /// paths of its functions and calls.
    private void noteLacking(long from, long to, int node, int row) {
        UnitCode code = code();
        Set<LackingPart> lacks = new LinkedHashSet<>(unitLacks);
        if (row != Cuts.NONE) {
            addAll(lacks, lackingOfFiles.get(code.files[row]));
        }
        memory.spend(node == Cuts.NONE ? 1 : code.depths[node] + 1);
        for (int at = node; at != Cuts.NONE && at != UnitCode.ROOT; at = code.parents[at]) {
            addAll(lacks, lackingOfKeys.get(code.keys[at]));
            addAll(lacks, code.parents[at] == UnitCode.ROOT ? null : lackingOfFiles.get(code.callFiles[at]));
        }
        if (lacks.size() > unitLacks.size()) {
            lackingRanges.range(from, to, lacks, 0);
        }
    }

    private static void addAll(Set<LackingPart> to, @Nullable Set<LackingPart> parts) {
        if (parts != null) {
            parts.forEach(part -> LackingRanges.add(to, part));
        }
    }

    /// Takes a part that is missing for the name or path that is being read. Returns false if none is
    /// being read.
    boolean takes(LackingPart part) {
        if (asking) {
            LackingRanges.add(asked, part);
        }
        return asking;
    }

    private void ask() {
        asking = true;
        asked = new LinkedHashSet<>();
    }

    private <K> void answered(K about, Map<K, Set<LackingPart>> into) {
        asking = false;
        if (!asked.isEmpty()) {
            hold(LACKING_BYTES);
            into.put(about, asked);
        }
    }

    void end() {
        finishPiece();
        unit = null;
        walked = null;
    }

    private void finishPiece() {
        if (pending) {
            put();
            pieces.end(end);
            pending = false;
        }
    }

    private void put() {
        if (context != Contexts.NONE) {
            define(context);
        }
        files.use(file);
        ByteSink into = pieces.content();
        into.varint(end - start);
        into.varint(context == Contexts.NONE ? 0 : pieceNumbers[context] + 1);
        into.varint(file);
        into.varint(line & 0xffff_ffffL);
        into.varint(column & 0xffff_ffffL);
    }

    /// Assigns a number in this piece to a context, after its parents.
    private void define(int innermost) {
        int count = 0;
        for (int at = innermost; at != Contexts.NONE && pieceStamps[at] != stamp; at = contexts.parent(at)) {
            climbed = count == climbed.length ? memory.grow(climbed, BuildMemory.larger(count)) : climbed;
            climbed[count++] = at;
        }
        ByteSink into = pieces.content();
        while (count > 0) {
            int at = climbed[--count];
            pieceStamps[at] = stamp;
            pieceNumbers[at] = defined++;
            int parent = contexts.parent(at);
            files.use(contexts.file(at));
            into.varint(Pieces.DEFINITION);
            into.varint(parent == Contexts.NONE ? 0 : pieceNumbers[parent] + 1);
            into.varint(contexts.function(at));
            into.varint(contexts.file(at));
            into.varint(contexts.line(at) & 0xffff_ffffL);
            into.varint(contexts.column(at) & 0xffff_ffffL);
        }
    }

    private int contextOf(int node, int part) {
        UnitCode code = code();
        int count = 0;
        int at = node;
        while (at != UnitCode.ROOT && (contextOf[at] == UNKNOWN || contextParts[at] != part)) {
            climbed = count == climbed.length ? memory.grow(climbed, BuildMemory.larger(count)) : climbed;
            climbed[count++] = at;
            at = code.parents[at];
        }
        int known = at == UnitCode.ROOT ? Contexts.NONE : contextOf[at];
        while (count > 0) {
            at = climbed[--count];
            // A call deeper than an answer allows is treated as the code around it.
            if (code.depths[at] < IndexFormat.MAX_FRAMES) {
                known = intern(at, known, part);
            }
            contextOf[at] = known;
            contextParts[at] = part;
        }
        return known;
    }

    private int intern(int node, int parent, int part) {
        UnitCode code = code();
        int function = functionOf(node, part);
        int callFile = parent == Contexts.NONE ? FilePool.NONE : fileId(code.callFiles[node]);
        int id = contexts.idOf(parent, function, callFile, code.callLines[node], code.callColumns[node]);
        if (id >= pieceStamps.length) {
            pieceNumbers = memory.grow(pieceNumbers, BuildMemory.larger(id));
            pieceStamps = memory.grow(pieceStamps, BuildMemory.larger(id));
        }
        return id;
    }

    private int functionOf(int node, int part) {
        UnitCode code = code();
        int key = keyOf(code.keys[node]);
        if (code.parents[node] != UnitCode.ROOT) {
            if (inlinedFunctions[key] == UNKNOWN) {
                inlinedFunctions[key] = add(key, rawNames[key], 0, 0);
            }
            return inlinedFunctions[key];
        }
        if (part != FunctionParts.WHOLE) {
            return add(key, parts.rawName(part), parts.start(part), parts.size(part));
        }
        long entry = code.entries[node];
        long size = code.sizes[node];
        return add(key, strings.idOf(linkageNames.at(entry, size, debugNames[key])), entry, size);
    }

    private int add(int key, int rawName, long entry, long size) {
        byte kind = IndexFormat.kind(SymbolSource.DWARF, language);
        return functions.idOf(rawName, plainNames[key], declarationLines[key], kind, entry, size);
    }

    /// Returns the index of a key, and reads its names on first use.
    private int keyOf(long key) {
        // Keys of one unit are distinct offsets; a hash of one word never maps two words to one.
        int known = keys.first(Hash.mix(0, key));
        if (known >= 0) {
            return known;
        }
        ask();
        FunctionNames names = walked().names(key);
        answered(key, lackingOfKeys);
        hold(NAME_BYTES + 2L * (names.linkageName().length() + names.name().length()));
        int id = keys.add();
        if (id == rawNames.length) {
            rawNames = memory.grow(rawNames, BuildMemory.larger(id));
            plainNames = memory.grow(plainNames, BuildMemory.larger(id));
            declarationLines = memory.grow(declarationLines, BuildMemory.larger(id));
            debugNames = memory.grow(debugNames, BuildMemory.larger(id));
            inlinedFunctions = memory.grow(inlinedFunctions, BuildMemory.larger(id));
        }
        debugNames[id] = DebugName.of(names, language);
        rawNames[id] = strings.idOf(debugNames[id].rawName());
        plainNames[id] = strings.idOf(names.name());
        declarationLines[id] = names.declarationLine();
        inlinedFunctions[id] = UNKNOWN;
        return id;
    }

    /// @param number of the file in the unit; a number out of range is no file
    private int fileId(int number) {
        if (number < 0 || number > IndexFormat.MAX_UNIT_FILES) {
            return FilePool.NONE;
        }
        if (number >= fileIds.length) {
            int known = fileIds.length;
            fileIds = memory.grow(fileIds, Math.max(number + 1, BuildMemory.larger(known)));
            Arrays.fill(fileIds, known, fileIds.length, UNKNOWN);
        }
        if (fileIds[number] == UNKNOWN) {
            ask();
            fileIds[number] = files.idOf(walked().path(number));
            answered(number, lackingOfFiles);
        }
        return fileIds[number];
    }

    private UnitCode code() {
        if (unit == null) {
            throw new IllegalStateException("no unit has begun");
        }
        return unit;
    }

    private WalkedUnit walked() {
        if (walked == null) {
            throw new IllegalStateException("no unit has begun");
        }
        return walked;
    }
}
