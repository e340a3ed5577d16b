package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// The directories and files of one line program, as references to their text. A path is built on
/// request, the way that llvm-symbolizer prints absolute ones: directory of the unit, directory, name,
/// nothing resolved. Programs may be cross-built on Windows: paths that begin with a drive letter, a
/// server or a backslash are absolute too.
///
/// Filled by one thread; then immutable and thread-safe.
final class FileTable {
    private static final String SOURCE = "line program header";
    private static final int FIRST_DIRECTORIES = 8;
    private static final int FIRST_FILES = 16;

    private final Unit unit;
    private final int version;
    private int[] directoryForms = new int[FIRST_DIRECTORIES];
    private long[] directoryNames = new long[FIRST_DIRECTORIES];
    private int directories;
    private int[] fileForms = new int[FIRST_FILES];
    private long[] fileNames = new long[FIRST_FILES];
    private long[] fileDirectories = new long[FIRST_FILES];
    private int files;

    FileTable(Unit unit, int version) {
        this.unit = unit;
        this.version = version;
    }

    /// Returns the number of directories and files that the table may have together.
    int limit() {
        return unit.object().limits().maxFiles();
    }

    int size() {
        return directories + files;
    }

    void addDirectory(int form, long name, ReadBudget budget) throws OverLimitException {
        if (directories == directoryForms.length) {
            directoryForms = budget.grow(directoryForms, directories * 2, SOURCE);
            directoryNames = budget.grow(directoryNames, directories * 2, SOURCE);
        }
        directoryForms[directories] = form;
        directoryNames[directories++] = name;
    }

    void addFile(int form, long name, long directory, ReadBudget budget) throws OverLimitException {
        if (files == fileForms.length) {
            fileForms = budget.grow(fileForms, files * 2, SOURCE);
            fileNames = budget.grow(fileNames, files * 2, SOURCE);
            fileDirectories = budget.grow(fileDirectories, files * 2, SOURCE);
        }
        fileForms[files] = form;
        fileNames[files] = name;
        fileDirectories[files++] = directory;
    }

    /// Gives back the heap that was charged for this table.
    void release(ReadBudget budget) {
        budget.giveBack((long) (directoryForms.length - FIRST_DIRECTORIES) * (Integer.BYTES + Long.BYTES)
                + (long) (fileForms.length - FIRST_FILES) * (Integer.BYTES + 2 * Long.BYTES));
    }

    int files() {
        return files;
    }

    /// Returns the number of the first file; those of the others follow.
    int firstFile() {
        return version >= 5 ? 0 : 1;
    }

    /// Returns the path of a file by the number that rows and calls use; empty where there is none of
    /// that number.
    String path(int number) throws MalformedBinaryException {
        int index = number - firstFile();
        if (index < 0 || index >= files) {
            return "";
        }
        String name = text(fileForms[index], fileNames[index]);
        if (isAbsolute(name)) {
            return name;
        }
        long directory = fileDirectories[index];
        String below = directory(directory);
        boolean fromUnit = version < 5 || directory != 0;
        return join(fromUnit && !isAbsolute(below) ? join(unit.directory(), below) : below, name);
    }

    /// Returns the text of a directory. Directory 0 is that of the unit; before DWARF 5 it is not in the
    /// table, since then it is its first entry.
    private String directory(long number) throws MalformedBinaryException {
        long index = version >= 5 ? number : number - 1;
        return index >= 0 && index < directories ? text(directoryForms[(int) index], directoryNames[(int) index]) : "";
    }

    /// Returns the text of a name: in `.debug_line` where the form is an inline string, else from the
    /// unit's string sections.
    private String text(int form, long name) throws MalformedBinaryException {
        return form == Dw.FORM_STRING ? unit.lineText(name) : unit.text(form, name);
    }

    private static String join(String directory, String name) {
        if (directory.isEmpty() || name.isEmpty()) {
            return directory + name;
        }
        return directory.endsWith("/") ? directory + name : directory + '/' + name;
    }

    private static boolean isAbsolute(String path) {
        return path.startsWith("/") || isWindows(path);
    }

    /// Returns true if a path begins at a drive, a server or the root of the current drive of Windows.
    private static boolean isWindows(String path) {
        boolean drive = path.length() > 2
                && path.charAt(1) == ':'
                && (path.charAt(2) == '\\' || path.charAt(2) == '/')
                && (path.charAt(0) | 0x20) >= 'a'
                && (path.charAt(0) | 0x20) <= 'z';
        return drive || path.startsWith("\\");
    }
}
