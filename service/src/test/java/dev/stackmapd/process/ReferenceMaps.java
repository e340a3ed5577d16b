package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The maps text read the obvious way: cut at newlines, one regular expression a line, a list of mappings. What the
/// parser and the index are compared with; it shares no code with them.
final class ReferenceMaps {
    private static final Pattern LINE = Pattern.compile(
            "([0-9a-f]{8,16})-([0-9a-f]{8,16}) [r-][w-]([x-])[sp] ([0-9a-f]{8,16})"
                    + " ([0-9a-f]{2,8}):([0-9a-f]{2,8}) ([0-9]{1,20})( +(?:[^ ].*)?)?",
            Pattern.DOTALL);
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    /// @param name the bytes as ISO-8859-1
    record Mapping(
            BigInteger start,
            BigInteger end,
            boolean executable,
            BigInteger fileOffset,
            BigInteger major,
            BigInteger minor,
            BigInteger inode,
            String name) {

        boolean contains(BigInteger address) {
            return start.compareTo(address) <= 0 && address.compareTo(end) < 0;
        }
    }

    private final List<Mapping> mappings = new ArrayList<>();
    private int droppedLines;
    private String lastLine = "";

    ReferenceMaps(byte[] text) {
        List<String> lines = new ArrayList<>(List.of(new String(text, ISO_8859_1).split("\n", -1)));
        String rest = lines.removeLast();
        lines.forEach(line -> read(line, true));
        if (!rest.isEmpty()) {
            read(rest, false);
        }
    }

    List<Mapping> mappings() {
        return mappings;
    }

    int droppedLines() {
        return droppedLines;
    }

    /// By trying every mapping.
    int find(long address) {
        BigInteger unsigned = new BigInteger(Long.toUnsignedString(address));
        for (int i = 0; i < mappings.size(); i++) {
            if (mappings.get(i).contains(unsigned)) {
                return i;
            }
        }
        return VmaIndex.NONE;
    }

    private void read(String line, boolean newlineFollows) {
        Matcher fields = LINE.matcher(line);
        if (!fields.matches() || (fields.group(8) == null && !newlineFollows)) {
            droppedLines++;
            return;
        }
        Mapping mapping = mapping(fields);
        if (mapping.inode.compareTo(TWO_TO_64) >= 0 || mapping.start.compareTo(mapping.end) >= 0) {
            droppedLines++;
        } else if (mappings.isEmpty() || mapping.start.compareTo(mappings.getLast().end) >= 0) {
            mappings.add(mapping);
            lastLine = line;
        } else if (!line.equals(lastLine)) {
            droppedLines++;
        }
    }

    private static Mapping mapping(Matcher fields) {
        String padded = fields.group(8) == null ? "" : fields.group(8);
        return new Mapping(
                hex(fields.group(1)),
                hex(fields.group(2)),
                fields.group(3).equals("x"),
                hex(fields.group(4)),
                hex(fields.group(5)),
                hex(fields.group(6)),
                new BigInteger(fields.group(7)),
                padded.replaceFirst("^ +", ""));
    }

    private static BigInteger hex(String digits) {
        return new BigInteger(digits, 16);
    }
}
