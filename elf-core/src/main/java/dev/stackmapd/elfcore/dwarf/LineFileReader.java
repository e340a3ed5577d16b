package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Reads the directories and files of a line program's header: fixed lists before DWARF 5, lists with an
/// entry format since (6.2.4.1).
final class LineFileReader {
    private static final int DIRECTORIES = 0;
    private static final int FILES = 1;

    private final Encoding encoding;
    private final FileTable into;
    private final ReadBudget budget;
    private final int limit;

    LineFileReader(Encoding encoding, FileTable into, ReadBudget budget) {
        this.budget = budget;
        this.encoding = encoding;
        this.into = into;
        this.limit = into.limit();
    }

    void readOld(Cursor at) throws MalformedBinaryException {
        for (long start = at.position(); !atEmptyString(at); start = at.position()) {
            into.addDirectory(Dw.FORM_STRING, start, budget);
            at.skipString("include_directories");
            check(at);
        }
        while (!atEmptyString(at)) {
            readOldFile(at);
        }
    }

    /// Reads one file in the format of headers before DWARF 5 and of `DW_LNE_define_file`: name,
    /// directory, time, length.
    void readOldFile(Cursor at) throws MalformedBinaryException {
        long name = at.position();
        at.skipString("file_names");
        into.addFile(Dw.FORM_STRING, name, at.uleb128("directory index"), budget);
        at.skipLeb128("time");
        at.skipLeb128("length");
        check(at);
    }

    private static boolean atEmptyString(Cursor at) throws MalformedBinaryException {
        boolean empty = at.u8("list end") == 0;
        if (!empty) {
            at.moveTo(at.position() - 1, "list");
        }
        return empty;
    }

    void read(Cursor at) throws MalformedBinaryException {
        readList(at, DIRECTORIES);
        readList(at, FILES);
    }

    private void readList(Cursor at, int what) throws MalformedBinaryException {
        int formats = at.u8("entry_format_count");
        int[] contents = new int[formats];
        int[] forms = new int[formats];
        for (int i = 0; i < formats; i++) {
            contents[i] = small(at.uleb128("content type code"));
            forms[i] = small(at.uleb128("content form"));
        }
        long count = at.uleb128("entry count");
        if (Long.compareUnsigned(count, limit - into.size()) > 0) {
            throw at.malformed(Long.toUnsignedString(count) + " directories or files, at most " + limit + " are read");
        }
        for (long i = 0; i < count; i++) {
            readEntry(at, contents, forms, what);
        }
    }

    private void readEntry(Cursor at, int[] contents, int[] forms, int what) throws MalformedBinaryException {
        long name = 0;
        int nameForm = Dw.FORM_DATA1;
        long directory = 0;
        for (int i = 0; i < contents.length; i++) {
            int form = forms[i] == Dw.FORM_INDIRECT ? Form.indirect(at) : forms[i];
            long value = Form.read(form, at, encoding);
            if (contents[i] == Dw.LNCT_PATH) {
                name = value;
                nameForm = form;
            } else if (contents[i] == Dw.LNCT_DIRECTORY_INDEX) {
                directory = value;
            }
        }
        if (what == DIRECTORIES) {
            into.addDirectory(nameForm, name, budget);
        } else {
            into.addFile(nameForm, name, directory, budget);
        }
    }

    private static int small(long value) {
        return value >= 0 && value <= 0xffff ? (int) value : 0xffff;
    }

    private void check(Cursor at) throws MalformedBinaryException {
        if (into.size() > limit) {
            throw at.malformed("more than " + limit + " directories and files");
        }
    }
}
