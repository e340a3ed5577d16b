package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.FunctionNames;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.dwarf.WalkedUnit;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes what one unit knows to [Pieces]: one piece for each stretch of code without a gap. Equal inlined calls
/// become one context, and neighbours that answer the same become one segment. Not thread-safe.
final class UnitEncoder implements UnitResolver.Sink {
    private static final int UNKNOWN = -1;

    private final StringPool strings;
    private final FilePool files;
    private final FunctionPool functions;
    private final Pieces pieces;
    private final LinkageNames linkageNames;
    private final LackingRanges lackingRanges;

    private final Slots keys = new Slots(1 << 8);
    private int[] rawNames = new int[1 << 8];
    private int[] plainNames = new int[1 << 8];
    private int[] declarationLines = new int[1 << 8];
    private int[] inlinedFunctions = new int[1 << 8];
    private int[] fileIds = new int[64];
    private final Contexts contexts = new Contexts();
    private int[] contextOf = new int[64];
    private int[] climbed = new int[64];
    /// The number that a context has in the current piece, if its stamp is the piece's.
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

    UnitEncoder(
            StringPool strings,
            FilePool files,
            FunctionPool functions,
            Pieces pieces,
            LinkageNames linkageNames,
            LackingRanges lackingRanges) {
        this.strings = strings;
        this.files = files;
        this.functions = functions;
        this.pieces = pieces;
        this.linkageNames = linkageNames;
        this.lackingRanges = lackingRanges;
    }

    /// @param lacksAnyway what the whole unit lacks
    void begin(UnitCode code, WalkedUnit about, Set<LackingPart> lacksAnyway) {
        unit = code;
        walked = about;
        unitLacks = lacksAnyway;
        lackingOfKeys.clear();
        lackingOfFiles.clear();
        language = about.language();
        // Most calls are of few functions, and many are at one place.
        keys.clear(code.nodes / 8);
        contexts.clear(code.nodes / 2);
        Arrays.fill(fileIds, UNKNOWN);
        if (contextOf.length < code.nodes) {
            contextOf = new int[Math.max(code.nodes, contextOf.length * 2)];
            pieceNumbers = new int[contextOf.length];
            pieceStamps = new int[contextOf.length];
        }
        Arrays.fill(contextOf, 0, code.nodes, UNKNOWN);
    }

    @Override
    public void segment(long from, long to, int node, int row) {
        UnitCode code = code();
        int itsContext = node == Cuts.NOBODY ? Contexts.NONE : contextOf(node);
        int itsFile = row == Cuts.NOBODY ? FilePool.NONE : fileId(code.files[row]);
        int itsLine = row == Cuts.NOBODY ? 0 : code.lines[row];
        int itsColumn = row == Cuts.NOBODY ? 0 : code.columns[row];
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

    /// Notes what a segment lacks beside what its unit lacks: names and paths of its functions and calls.
    private void noteLacking(long from, long to, int node, int row) {
        UnitCode code = code();
        Set<LackingPart> lacks = new LinkedHashSet<>(unitLacks);
        if (row != Cuts.NOBODY) {
            addAll(lacks, lackingOfFiles.get(code.files[row]));
        }
        for (int at = node; at != Cuts.NOBODY && at != UnitCode.ROOT; at = code.parents[at]) {
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

    /// Takes a part that lacks for the name or path that is being asked for; false where none is.
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

    /// Numbers a context in this piece, after those around it.
    private void define(int innermost) {
        int count = 0;
        for (int at = innermost; at != Contexts.NONE && pieceStamps[at] != stamp; at = contexts.parent(at)) {
            climbed = count == climbed.length ? Arrays.copyOf(climbed, count * 2) : climbed;
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

    private int contextOf(int node) {
        UnitCode code = code();
        int count = 0;
        int at = node;
        while (at != UnitCode.ROOT && contextOf[at] == UNKNOWN) {
            climbed = count == climbed.length ? Arrays.copyOf(climbed, count * 2) : climbed;
            climbed[count++] = at;
            at = code.parents[at];
        }
        int known = at == UnitCode.ROOT ? Contexts.NONE : contextOf[at];
        while (count > 0) {
            at = climbed[--count];
            // A call deeper than an answer may be counts as the code around it.
            if (code.depths[at] < IndexFormat.MAX_FRAMES) {
                known = intern(at, known);
            }
            contextOf[at] = known;
        }
        return known;
    }

    private int intern(int node, int parent) {
        UnitCode code = code();
        int function = functionOf(node);
        int callFile = parent == Contexts.NONE ? FilePool.NONE : fileId(code.callFiles[node]);
        return contexts.idOf(parent, function, callFile, code.callLines[node], code.callColumns[node]);
    }

    private int functionOf(int node) {
        UnitCode code = code();
        int key = keyOf(code.keys[node]);
        if (code.parents[node] == UnitCode.ROOT) {
            long entry = code.entries[node];
            long size = code.sizes[node];
            return functionOf(key, rawName(key, entry, size), entry, size);
        }
        if (inlinedFunctions[key] == UNKNOWN) {
            inlinedFunctions[key] = functionOf(key, rawNames[key], 0, 0);
        }
        return inlinedFunctions[key];
    }

    private int functionOf(int key, int rawName, long entry, long size) {
        byte kind = IndexFormat.kind(SymbolSource.DWARF, language);
        return functions.idOf(rawName, plainNames[key], declarationLines[key], kind, entry, size);
    }

    private int rawName(int key, long entry, long size) {
        return linkageNames.at(entry, size).map(strings::idOf).orElse(rawNames[key]);
    }

    /// Asks for the names of a key once.
    private int keyOf(long key) {
        // Keys of one unit are distinct offsets; a hash of one word never maps two words to one.
        int known = keys.first(Hash.mix(0, key));
        if (known >= 0) {
            return known;
        }
        ask();
        FunctionNames names = walked().names(key);
        answered(key, lackingOfKeys);
        int id = keys.add();
        if (id == rawNames.length) {
            rawNames = Arrays.copyOf(rawNames, id * 2);
            plainNames = Arrays.copyOf(plainNames, id * 2);
            declarationLines = Arrays.copyOf(declarationLines, id * 2);
            inlinedFunctions = Arrays.copyOf(inlinedFunctions, id * 2);
        }
        rawNames[id] = strings.idOf(names.rawName());
        plainNames[id] = strings.idOf(names.name());
        declarationLines[id] = names.declarationLine();
        inlinedFunctions[id] = UNKNOWN;
        return id;
    }

    /// @param number as the unit counts files; one that it cannot have is none
    private int fileId(int number) {
        if (number < 0 || number > IndexFormat.MAX_UNIT_FILES) {
            return FilePool.NONE;
        }
        if (number >= fileIds.length) {
            int known = fileIds.length;
            fileIds = Arrays.copyOf(fileIds, Math.max(number + 1, known * 2));
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
