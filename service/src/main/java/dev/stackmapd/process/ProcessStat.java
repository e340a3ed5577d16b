package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;

/// The fields of proc_pid_stat(5) that identify a process and its state.
///
/// @param state field 3, e.g. `R`, `S`, `Z`
/// @param flags field 9, the kernel's `PF_…` bits
/// @param startTime field 22, clock ticks since boot
record ProcessStat(char state, long flags, long startTime) {
    private static final long PF_KTHREAD = 0x0020_0000;

    /// Fields 1 and 2, the pid and the name, stand before the last parenthesis.
    private static final int FIRST_FIELD = 3;

    private static final int FLAGS_FIELD = 9;
    private static final int START_TIME_FIELD = 22;

    /// Parses a stat text. The process chooses its name, which may contain blanks and parentheses, so
    /// fields are counted from the last `)`.
    ///
    /// @throws IOException if the text does not have the form that Linux writes
    static ProcessStat parse(byte[] text) throws IOException {
        String line = new String(text, ISO_8859_1);
        String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (line.indexOf(')') < 0 || fields.length <= START_TIME_FIELD - FIRST_FIELD) {
            throw new IOException("stat has %d fields behind the name, expected at least %d"
                    .formatted(fields.length, START_TIME_FIELD - FIRST_FIELD + 1));
        }
        return new ProcessStat(
                fields[0].charAt(0),
                number(fields[FLAGS_FIELD - FIRST_FIELD]),
                number(fields[START_TIME_FIELD - FIRST_FIELD]));
    }

    boolean kernelThread() {
        return (flags & PF_KTHREAD) != 0;
    }

    /// Returns true if the process has ended and only its process table entry is left: `Z`, or for a
    /// moment `X`.
    boolean ended() {
        return state == 'Z' || state == 'X';
    }

    private static long number(String field) throws IOException {
        try {
            return Long.parseUnsignedLong(field);
        } catch (NumberFormatException e) {
            throw new IOException("stat has '%s' where a number belongs".formatted(field), e);
        }
    }
}
