package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ScratchSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// One ELF file, 32- or 64-bit, in either byte order. Its tables are read when it is opened, its
/// contents on request.
///
/// It owns the mapping; cursors and [SymbolEntries] are valid until it is closed. Everything else that
/// it returns is a copy. Opening throws if one of the tables is wrong. Thread-safe until it is closed.
///
/// Open only files that are never changed in place: if a file is truncated, a later read throws
/// `InternalError`.
public final class ElfFile implements AutoCloseable {
    private final MappedBytes file;
    private final ParseLimits limits;
    private final ScratchSpace space;
    private final ElfHeader header;
    private final List<ProgramHeader> programHeaders;
    private final SectionTable sections;
    private final DebugSections debugSections;

    private ElfFile(MappedBytes file, ParseLimits limits, ScratchSpace space) throws MalformedBinaryException {
        this.file = file;
        this.limits = limits;
        this.space = space;
        this.header = ElfHeader.read(file);
        this.sections = SectionTable.read(file, header, limits);
        this.programHeaders = readProgramHeaders();
        this.debugSections = new DebugSections(file, header, sections, limits, space);
    }

    /// Maps a regular file and reads its tables; inflates its sections into temporary files.
    public static ElfFile open(Path path, ParseLimits limits) throws IOException, MalformedBinaryException {
        return open(path, limits, ScratchSpace.TEMPORARY);
    }

    /// Maps a regular file and reads its tables.
    ///
    /// @param space for its sections, once inflated or relocated
    public static ElfFile open(Path path, ParseLimits limits, ScratchSpace space)
            throws IOException, MalformedBinaryException {
        return owning(MappedBytes.open(path), limits, space);
    }

    /// Opens a whole file that is in memory already. The array is not copied.
    public static ElfFile of(String source, byte[] bytes, ParseLimits limits) throws MalformedBinaryException {
        return owning(MappedBytes.of(source, bytes), limits, ScratchSpace.TEMPORARY);
    }

    private static ElfFile owning(MappedBytes file, ParseLimits limits, ScratchSpace space)
            throws MalformedBinaryException {
        try {
            return new ElfFile(file, limits, space);
        } catch (MalformedBinaryException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /// Returns `e_type`: 1 relocatable, 2 executable, 3 shared object or position-independent
    /// executable, 4 core.
    public int type() {
        return header.type();
    }

    /// Returns true if addresses are still relative to sections: a `.o` file or a kernel module.
    public boolean relocatable() {
        return header.type() == ElfConstants.ET_REL;
    }

    public ElfClass elfClass() {
        return header.elfClass();
    }

    public ParseLimits limits() {
        return limits;
    }

    /// Returns the number of section headers, including the empty first one; 0 where there is no table.
    public int sectionCount() {
        return sections.count();
    }

    /// Returns true if a section has that name, even if it has no bytes in the file.
    public boolean hasSection(String name) throws MalformedBinaryException {
        return sections.find(name).isPresent();
    }

    public ByteOrder order() {
        return header.order();
    }

    /// Returns the name of this file for errors, without folders.
    public String source() {
        return file.source();
    }

    /// Returns a section of debug information by its plain name such as `.debug_info`. It is inflated if
    /// it is compressed (gABI `SHF_COMPRESSED` with zlib or zstd, or GNU's `.zdebug_` name) and
    /// relocated if this file is relocatable. Both happen once, in scratch space that is kept until this
    /// file is closed. Empty where there is no such section. In a relocatable file an address is the
    /// file offset of its byte.
    public Optional<ByteExtent> debugSection(String name) throws MalformedBinaryException {
        return debugSections.get(name);
    }

    /// Returns the number of bytes of a section of debug information after decompression; 0 where there
    /// is no such section. Takes the time of inflating it, and keeps nothing.
    ///
    /// The size in the header is ignored. Bytes after a damaged position are not counted, nor bytes
    /// beyond [ParseLimits#maxInflatedBytes()]; more than 32 times the stored bytes are not counted, so
    /// that the cost is bounded by what was sent.
    public long measuredSize(String name) throws MalformedBinaryException {
        return debugSections.measure(name);
    }

    /// Returns the place of a section in the file; empty where there is none of that name, or it has no
    /// bytes there.
    public Optional<StoredSection> storedSection(String name) throws MalformedBinaryException {
        Optional<Section> section = sections.find(name)
                .filter(found -> found.type() != ElfConstants.SHT_NULL && found.type() != ElfConstants.SHT_NOBITS);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        Section found = section.get();
        file.extent(found.offset(), found.size(), header.order(), "section " + name);
        return Optional.of(new StoredSection(found.offset(), found.size()));
    }

    /// Returns the address of a section; empty where there is none of that name.
    public Optional<ElfAddress> addressOf(String section) throws MalformedBinaryException {
        return sections.find(section).map(found -> new ElfAddress(found.address()));
    }

    /// Returns the bytes in the file from an address to the end of its segment; empty where no segment
    /// has the address.
    public Optional<ByteExtent> loadedFrom(ElfAddress address) throws MalformedBinaryException {
        for (LoadSegment segment : loadSegments()) {
            Optional<FileOffset> offset = segment.offsetOf(address);
            if (offset.isPresent()) {
                long left = segment.fileSize()
                        - (address.value() - segment.address().value());
                return Optional.of(file.extent(offset.get().value(), left, header.order(), "segment at " + address));
            }
        }
        return Optional.empty();
    }

    /// Passes every relocation of a loaded section to `sink`, in the order of the file; without section
    /// headers, those with addend that `PT_DYNAMIC` names.
    public void relocations(RelocationSink sink) throws MalformedBinaryException {
        if (sections.count() == 0) {
            Optional<Cursor> entries = new DynamicSymbols(file, header, programHeaders).relocations();
            if (entries.isPresent()) {
                DynamicRelocations.read(elfClass(), ElfConstants.SHT_RELA, entries.get(), sink);
            }
        }
        for (Section section : sections.all()) {
            boolean relocations = section.type() == ElfConstants.SHT_RELA || section.type() == ElfConstants.SHT_REL;
            if (relocations && (section.flags() & ElfConstants.SHF_ALLOC) != 0) {
                DynamicRelocations.read(elfClass(), section.type(), contents(section, "relocations"), sink);
            }
        }
    }

    /// Returns the stubs through which code calls functions of other files, by ascending address: those
    /// of x86-64, i386, AArch64, ARM and RISC-V, in a file with sections. A stub whose slot no
    /// relocation fills is left out.
    public List<PltStub> pltStubs() throws MalformedBinaryException {
        return new PltStubs(this, header.machine()).read();
    }

    /// Returns the lowest address at which an executable section or segment begins, unsigned; 0 if there
    /// is none, and in a relocatable file. Code that debug information places below it was dropped by
    /// the linker.
    public ElfAddress lowestCode() {
        if (relocatable()) {
            return new ElfAddress(0);
        }
        LongStream starts = sections.count() > 0
                ? sections.all().stream()
                        .filter(s -> s.executable() && s.size() != 0)
                        .mapToLong(Section::address)
                : programHeaders.stream()
                        .filter(h -> h.type() == ElfConstants.PT_LOAD && h.executable())
                        .mapToLong(ProgramHeader::address);
        return starts.mapToObj(ElfAddress::new).min(Comparator.naturalOrder()).orElse(new ElfAddress(0));
    }

    /// Returns the number of program headers.
    public int programHeaderCount() {
        return programHeaders.size();
    }

    /// Searches for the build-id with [BuildIdProfile#LENIENT]: segments first, then sections.
    public BuildIdSearch buildId() {
        try {
            return new BuildIdReader(BuildIdProfile.LENIENT, limits).read(file);
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
    }

    /// Returns OpenTelemetry's hash of the whole file, which a file with a build-id has too.
    public BuildId htlhash() {
        try {
            return Htlhash.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
    }

    /// Returns the `PT_LOAD` headers in the file's order. Those of a debug-only file may differ from
    /// those of its executable: check [#holdsCode] before converting file offsets with them.
    public List<LoadSegment> loadSegments() {
        return programHeaders.stream()
                .filter(h -> h.type() == ElfConstants.PT_LOAD)
                .map(ProgramHeader::loadSegment)
                .toList();
    }

    /// Returns the layout, which must agree between this file and others of its build-id.
    ///
    /// @throws MalformedBinaryException where it has more than [Layout#MAX_SEGMENTS] executable segments
    public Layout layout() throws MalformedBinaryException {
        if (relocatable()) {
            return Layout.Relocatable.of(sections.all().stream()
                    .filter(Section::executable)
                    .map(Section::size)
                    .toList());
        }
        List<LoadSegment> executable =
                loadSegments().stream().filter(LoadSegment::executable).toList();
        if (executable.size() > Layout.MAX_SEGMENTS) {
            throw new MalformedBinaryException(
                    source(), header.programHeaders(), executable.size() + " executable segments");
        }
        Layout.Span text = sections.find(".text")
                .map(found -> new Layout.Span(found.address(), found.size()))
                .orElse(Layout.Span.NONE);
        return new Layout.Linked(executable, text, offsets(executable));
    }

    /// Determines what the offsets of executable segments are worth. A debug file by objcopy has no
    /// bytes in these segments, or only those of notes; one by eu-strip has the executable's program
    /// headers unchanged, so that they hold all executable sections.
    private Layout.Offsets offsets(List<LoadSegment> executable) {
        if (holdsCode()) {
            return Layout.Offsets.OWN;
        }
        List<Section> code = sections.all().stream()
                .filter(section -> section.executable() && section.size() != 0)
                .toList();
        boolean kept = !code.isEmpty()
                && code.stream()
                        .allMatch(section -> executable.stream().anyMatch(segment -> section.isStoredIn(segment)));
        return kept ? Layout.Offsets.OF_EXECUTABLE : Layout.Offsets.LOST;
    }

    /// Returns true if code is stored in this file. It is in an executable, but not in a debug-only
    /// file, whose executable sections are `NOBITS`. Without section headers, an executable segment with
    /// bytes in the file decides.
    public boolean holdsCode() {
        return sections.count() > 0
                ? sections.all().stream().anyMatch(Section::holdsCode)
                : programHeaders.stream().anyMatch(this::isCodeInFile);
    }

    /// Throws if the bytes of a section, or without section headers those of a load segment, are not
    /// completely in the file. A truncated copy looks like this if its tables survive, as they do where
    /// the linker wrote them first. The segments of a debug file are its executable's, so that sections
    /// decide where there are any.
    public void requireContents() throws MalformedBinaryException {
        for (Section section : sections.all()) {
            // The size of section 0 may be a number of sections (gABI, extended numbering).
            if (section.type() != ElfConstants.SHT_NULL && section.type() != ElfConstants.SHT_NOBITS) {
                file.extent(section.offset(), section.size(), header.order(), "section");
            }
        }
        if (sections.count() == 0) {
            for (LoadSegment segment : loadSegments()) {
                file.extent(segment.offset().value(), segment.fileSize(), header.order(), "segment");
            }
        }
    }

    /// Throws if a table of strings, symbols, relocations, notes or hashes, or the interpreter's name,
    /// is larger than `maxBytes`, or has a count larger than its contents. A reader that sizes arrays by
    /// numbers in the file must not get such a file.
    ///
    /// @param maxBytes of one table
    public void requireTables(long maxBytes) throws MalformedBinaryException {
        requireContents();
        TableCheck check = new TableCheck(header.elfClass(), maxBytes);
        for (Section section : sections.all()) {
            if (section.type() != ElfConstants.SHT_NULL && section.type() != ElfConstants.SHT_NOBITS) {
                check.check(section, file.cursor(section.offset(), section.size(), header.order(), "table"));
            }
        }
        for (ProgramHeader segment : programHeaders) {
            if (segment.type() == ElfConstants.PT_INTERP) {
                check.checkSize(file.cursor(segment.offset(), segment.fileSize(), header.order(), "PT_INTERP"));
            }
        }
    }

    private boolean isCodeInFile(ProgramHeader segment) {
        return segment.type() == ElfConstants.PT_LOAD
                && segment.executable()
                && segment.fileSize() != 0
                && Long.compareUnsigned(segment.offset(), file.size()) < 0
                && Long.compareUnsigned(segment.fileSize(), file.size() - segment.offset()) <= 0;
    }

    /// Returns the contents of `.gnu_debuglink`; empty where there is none.
    public Optional<DebugLink> debugLink() throws MalformedBinaryException {
        Optional<Section> section = sections.find(".gnu_debuglink");
        if (section.isEmpty()) {
            return Optional.empty();
        }
        Cursor link = contents(section.get(), ".gnu_debuglink");
        int nameLength = link.lengthToNul(Integer.MAX_VALUE, "file name");
        String name = new String(link.take(nameLength, "file name"), StandardCharsets.UTF_8);
        // The CRC begins at the next multiple of 4 after the NUL.
        link.skip(4 - nameLength % 4, "padding");
        return Optional.of(new DebugLink(name, (int) link.u32("CRC")));
    }

    /// Returns the file inside `.gnu_debugdata` (MiniDebugInfo), which has the symbols that were
    /// stripped off this one; empty where there is no such section. Its addresses are those of this
    /// file, and file offsets are converted by the segments of this file. It is inflated again on each
    /// call, and the caller closes it.
    public Optional<ElfFile> miniDebugInfo() throws MalformedBinaryException {
        Optional<ByteExtent> compressed = debugSection(".gnu_debugdata");
        if (compressed.isEmpty()) {
            return Optional.empty();
        }
        MappedBytes inner = XzStream.inflate(compressed.get(), limits.maxInflatedBytes(), space);
        return Optional.of(owning(inner, limits, space));
    }

    /// Returns the entries of `.symtab`, empty where there is none.
    public Optional<SymbolEntries> symtab() throws MalformedBinaryException {
        return symbolSection(ElfConstants.SHT_SYMTAB, ".symtab");
    }

    /// Returns the entries of `.dynsym`; without section headers, of the table that `PT_DYNAMIC` names.
    public Optional<SymbolEntries> dynsym() throws MalformedBinaryException {
        if (sections.count() > 0) {
            return symbolSection(ElfConstants.SHT_DYNSYM, ".dynsym");
        }
        return new DynamicSymbols(file, header, programHeaders).find(codeTest());
    }

    private Optional<SymbolEntries> symbolSection(int type, String what) throws MalformedBinaryException {
        Optional<Section> found = sections.firstOfType(type);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Section section = found.get();
        Cursor entries = contents(section, what);
        int entryBytes = header.elfClass().symbolBytes();
        if (section.entrySize() != entryBytes || section.size() % entryBytes != 0) {
            throw entries.malformed("sh_entsize is " + section.entrySize() + ", sh_size " + section.size());
        }
        if (Integer.compareUnsigned(section.link(), sections.count()) >= 0) {
            throw entries.malformed("sh_link is " + Integer.toUnsignedString(section.link()));
        }
        Section strings = sections.get(section.link());
        if (strings.type() != ElfConstants.SHT_STRTAB) {
            throw entries.malformed("sh_link names a section of type " + strings.type());
        }
        return Optional.of(new SymbolEntries(
                header,
                entries,
                section.size() / entryBytes,
                contents(strings, what + " names"),
                codeTest(),
                descriptors()));
    }

    /// Returns the function descriptors of 64-bit PowerPC (ELFv1 ABI, "Function Descriptors"); empty in
    /// files of its newer ABI and of other machines.
    private Optional<FunctionDescriptors> descriptors() throws MalformedBinaryException {
        if (header.machine() != ElfConstants.EM_PPC64 || relocatable()) {
            return Optional.empty();
        }
        Optional<Section> found = sections.find(".opd");
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new FunctionDescriptors(found.get().address(), contents(found.get(), ".opd")));
    }

    private CodeTest codeTest() {
        return new CodeTest(sections, programHeaders);
    }

    /// Returns the bytes of a section; a `NOBITS` section has none, whatever its size.
    private Cursor contents(Section section, String what) throws MalformedBinaryException {
        return section.type() == ElfConstants.SHT_NOBITS
                ? file.cursor(0, 0, header.order(), what)
                : file.cursor(section.offset(), section.size(), header.order(), what);
    }

    /// Reads the program headers. With `PN_XNUM` their number is in section 0 (gABI, `sh_info`).
    private List<ProgramHeader> readProgramHeaders() throws MalformedBinaryException {
        long count = header.programHeaderCount();
        if (count == ElfConstants.PN_XNUM && sections.count() > 0) {
            count = Integer.toUnsignedLong(sections.get(0).info());
        }
        int entryBytes = header.elfClass().programHeaderBytes();
        Cursor table = file.cursor(
                count == 0 ? 0 : header.programHeaders(), count * entryBytes, header.order(), "program headers");
        if (count > limits.maxProgramHeaders()) {
            throw table.malformed(count + " program headers, at most " + limits.maxProgramHeaders() + " are read");
        }
        List<ProgramHeader> read = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            read.add(ProgramHeader.read(header.elfClass(), table));
        }
        return List.copyOf(read);
    }

    /// Does not wait for readers: a later use of a cursor or of symbol entries of this file throws
    /// `IllegalStateException`.
    @Override
    public void close() {
        debugSections.close();
        file.close();
    }
}
