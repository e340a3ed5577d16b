package dev.stackmapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every rule id that the repository cites has a row in `service/KERNEL-RULES.md`, and every row is cited.
class KernelRulesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path RULES = ROOT.resolve("service/KERNEL-RULES.md");

    private static final String FAMILY = "(?:MAP|SID|GST|XLT|ELF|PMX|TST|BUG|DEV)";
    private static final Pattern ROW = Pattern.compile("^\\| (" + FAMILY + "-\\d\\d) \\|", Pattern.MULTILINE);

    /// What stands between two ids of a range or a list, which may go on behind the comment mark of the next line.
    private static final String LINK = "(,? and|,| to| …)[\\s/*]+";

    /// An id, then the rest of a range or a list, in short or in full: `MAP-34 to 36`, `ELF-01 to ELF-13`, `MAP-01,
    /// 02`.
    private static final Pattern CITATION =
            Pattern.compile("\\b(" + FAMILY + "-)(\\d\\d)\\b((?:" + LINK + "(?:\\1)?\\d\\d\\b)*)");

    private static final Pattern FURTHER = Pattern.compile(LINK + "(?:" + FAMILY + "-)?(\\d\\d)");

    private static final Set<String> SKIPPED_FOLDERS = Set.of("target", "data", ".git");
    private static final Pattern SOURCES = Pattern.compile(".*\\.(?:java|md|ya?ml|json|sh|py|c|cc|h)");

    @Test
    void everyCitedRuleHasARow() throws IOException {
        Map<String, Set<String>> missing = new TreeMap<>(citations());
        missing.keySet().removeAll(rows());
        assertThat(missing)
                .as("rules that are cited and lack a row in %s, and where", RULES)
                .isEmpty();
    }

    @Test
    void everyRowIsCited() throws IOException {
        Set<String> uncited = new TreeSet<>(rows());
        uncited.removeAll(citations().keySet());
        assertThat(uncited).as("rules in %s that no other file cites", RULES).isEmpty();
    }

    @Test
    void noRuleHasTwoRows() throws IOException {
        assertThat(rows()).as("rows of %s", RULES).doesNotHaveDuplicates();
    }

    /// An abbreviated range or list cites each of its rules.
    @Test
    void rangesAndListsCiteEachRule() {
        assertThat(cited("SID-20 to 22, ELF-01 to ELF-03 and PMX-07 … PMX-09"))
                .containsExactly(
                        "SID-20", "SID-21", "SID-22", "ELF-01", "ELF-02", "ELF-03", "PMX-07", "PMX-08", "PMX-09");
        assertThat(cited("MAP-01, 02,\n    /// 05 and 07; MAP-3, MAP-100, TEST-NET-1"))
                .containsExactly("MAP-01", "MAP-02", "MAP-05", "MAP-07");
    }

    private static List<String> rows() throws IOException {
        return ROW.matcher(Files.readString(RULES))
                .results()
                .map(row -> row.group(1))
                .toList();
    }

    /// Returns the files that cite each rule.
    private static Map<String, Set<String>> citations() throws IOException {
        Map<String, Set<String>> files = new TreeMap<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return SKIPPED_FOLDERS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = file.getFileName().toString();
                boolean own = file.equals(RULES) || name.equals("KernelRulesTest.java");
                if (attributes.isRegularFile() && !own && SOURCES.matcher(name).matches()) {
                    for (String rule : cited(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))) {
                        files.computeIfAbsent(rule, absent -> new TreeSet<>())
                                .add(ROOT.relativize(file).toString());
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    /// Returns the ids in the order in which the text has them.
    private static List<String> cited(String text) {
        List<String> ids = new ArrayList<>();
        CITATION.matcher(text).results().forEach(citation -> {
            int last = Integer.parseInt(citation.group(2));
            ids.add(citation.group(1) + citation.group(2));
            for (MatchResult further :
                    FURTHER.matcher(citation.group(3)).results().toList()) {
                int number = Integer.parseInt(further.group(2));
                boolean range =
                        further.group(1).equals(" to") || further.group(1).equals(" …");
                for (int i = range ? last + 1 : number; i <= number; i++) {
                    ids.add("%s%02d".formatted(citation.group(1), i));
                }
                last = number;
            }
        });
        return ids;
    }
}
