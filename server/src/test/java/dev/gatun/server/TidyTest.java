package dev.gatun.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The rules of STYLE.md that a reader can check by eye, for every file of the repository. An
 * exception stands in {@code tidy-ratchet.txt} with its exact measure; it may only shrink, and goes
 * when nothing needs it any more.
 */
class TidyTest {
  private static final Set<String> SUFFIXES =
      Set.of(
          "java",
          "xml",
          "md",
          "txt",
          "h",
          "cc",
          "c",
          "sh",
          "py",
          "json",
          "jsonl",
          "yaml",
          "yml",
          "cmake",
          "map",
          "in",
          "includes",
          "properties",
          "config",
          "gz",
          "safetensors",
          "svg");
  private static final Set<String> NAMES =
      Set.of(
          "gatun",
          "run",
          "LICENSE",
          "NOTICE",
          ".gitignore",
          ".gitattributes",
          ".editorconfig",
          ".clang-format",
          ".clang-tidy");
  private static final Pattern MARKERS =
      Pattern.compile("\\b(FIX" + "ME|TO" + "DO|XX" + "X)\\b|@Dis" + "abled|\\bDIS" + "ABLED_");
  private static final Pattern BANNER = Pattern.compile("^\\s*(//|#|\\*)\\s*[-=*#]{4,}");
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.}/:~-])/(home|root|work|Users)/\\w|\\b[A-Z]:\\\\\\w");
  private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s+\"([^\"]+)\"");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  private static List<String> files = List.of();
  private static Map<String, Integer> ratchet = Map.of();

  @BeforeAll
  static void read() throws Exception {
    files = SourceFiles.list();
    Map<String, Integer> entries = new HashMap<>();
    try (InputStream in = TidyTest.class.getResourceAsStream("/tidy-ratchet.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", 0)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] parts = line.strip().split(" +", 3);
          entries.put(parts[0] + " " + parts[1], Integer.parseInt(parts[2]));
        }
      }
    }
    ratchet = entries;
  }

  @Test
  void filesAreShort() {
    Measures measures = new Measures("file");
    each(TidyTest::isJava, file -> measures.add(file, SourceFiles.lines(file).size(), 400));
    each(TidyTest::isCpp, file -> measures.add(file, SourceFiles.lines(file).size(), 500));
    measures.check();
  }

  @Test
  void methodsAreShort() throws IOException {
    Path root = SourceFiles.root();
    Measures measures = new Measures("method");
    List<Path> java = files.stream().filter(TidyTest::isJava).map(root::resolve).toList();
    for (JavaMethods.Method method : JavaMethods.parse(java)) {
      String file = root.relativize(method.file()).toString();
      measures.add(file + "#" + method.name(), (int) method.lines(), 60);
    }
    for (String file : files.stream().filter(TidyTest::isCpp).toList()) {
      for (CppFunctions.Function function : CppFunctions.parse(SourceFiles.text(file))) {
        measures.add(file + "#line" + function.line(), function.lines(), 80);
      }
    }
    measures.check();
  }

  @Test
  void linesAreAtMostHundredWide() {
    Measures measures = new Measures("width");
    each(
        file -> isCode(file) || file.endsWith(".md"),
        file -> {
          long wide =
              SourceFiles.lines(file).stream()
                  .filter(line -> line.codePointCount(0, line.length()) > 100)
                  .filter(line -> !line.contains("://"))
                  .filter(line -> !(file.endsWith(".md") && line.startsWith("|")))
                  .count();
          measures.add(file, (int) wide, 0);
        });
    measures.check();
  }

  @Test
  void noMarkersBannersOrMachinePaths() {
    List<String> found = new ArrayList<>();
    eachLine(
        file -> isCode(file) || isProse(file) || isResult(file),
        (file, number, line) -> {
          if (MARKERS.matcher(line).find()
              || (isCode(file) && BANNER.matcher(line).find())
              || MACHINE_PATH.matcher(line).find()) {
            found.add(file + ":" + number + " " + line.strip());
          }
        });
    assertNone("markers, banners, disabled tests or machine paths", found);
  }

  @Test
  void whitespaceIsClean() {
    List<String> found = new ArrayList<>();
    eachLine(
        file -> isCode(file) || isProse(file),
        (file, number, line) -> {
          if (line.endsWith(" ") || line.contains("\t") || line.contains("\r")) {
            found.add(file + ":" + number);
          }
        });
    each(
        file -> isCode(file) || isProse(file),
        file -> {
          String text = SourceFiles.text(file);
          if (!text.isEmpty() && (!text.endsWith("\n") || text.endsWith("\n\n"))) {
            found.add(file + " (end of file)");
          }
        });
    assertNone("tabs, trailing blanks or a bad end of file", found);
  }

  @Test
  void fileTypesAreKnown() {
    List<String> found = new ArrayList<>();
    for (String file : files) {
      String name = Path.of(file).getFileName().toString();
      if (!NAMES.contains(name) && !SUFFIXES.contains(suffix(name))) {
        found.add(file);
      }
    }
    assertNone("files of a type that nothing here uses", found);
  }

  /** kernels ← native, and inside native the order of STYLE.md; tests may see everything below. */
  @Test
  void cppIncludesGoOneWay() {
    List<String> found = new ArrayList<>();
    eachLine(
        TidyTest::isCpp,
        (file, number, line) -> {
          Matcher include = INCLUDE.matcher(line);
          if (include.find() && !IncludeOrder.allows(file, include.group(1))) {
            found.add(file + ":" + number + " includes " + include.group(1));
          }
        });
    assertNone("includes against the direction of dependency", found);
  }

  @Test
  void linksInDocumentsResolve() {
    List<String> found = new ArrayList<>();
    eachLine(
        file -> file.endsWith(".md"),
        (file, number, line) -> {
          Matcher link = LINK.matcher(line);
          while (link.find()) {
            if (!resolves(file, link.group(1))) {
              found.add(file + ":" + number + " " + link.group(1));
            }
          }
        });
    assertNone("links that lead nowhere", found);
  }

  private static boolean resolves(String file, String link) {
    if (link.contains("://")) {
      return true;
    }
    String[] parts = link.split("#", 2);
    Path here = SourceFiles.root().resolve(file);
    Path target = parts[0].isEmpty() ? here : here.resolveSibling(parts[0]).normalize();
    if (parts.length == 1 || !Files.isRegularFile(target)) {
      return Files.exists(target);
    }
    return SourceFiles.text(SourceFiles.root().relativize(target).toString())
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ *", "").toLowerCase(java.util.Locale.ROOT))
        .map(line -> line.replaceAll("[^\\w -]", "").replace(' ', '-'))
        .anyMatch(parts[1]::equals);
  }

  private static boolean isJava(String file) {
    return file.endsWith(".java") && !file.contains("/dev/gatun/inference/abi/");
  }

  private static boolean isCpp(String file) {
    return file.endsWith(".cc") || file.endsWith(".h") || file.endsWith(".c");
  }

  private static boolean isCode(String file) {
    String name = Path.of(file).getFileName().toString();
    return isJava(file)
        || isCpp(file)
        || Set.of("sh", "py", "cmake", "map").contains(suffix(name))
        || Set.of("gatun", "run", "CMakeLists.txt").contains(name);
  }

  private static boolean isProse(String file) {
    return Set.of("md", "xml", "yaml", "yml").contains(suffix(file));
  }

  private static boolean isResult(String file) {
    return file.startsWith("bench/results/") && suffix(file).equals("json");
  }

  private static String suffix(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static void each(Predicate<String> wanted, java.util.function.Consumer<String> action) {
    files.stream().filter(wanted).forEach(action);
  }

  private interface LineAction {
    void accept(String file, int number, String line);
  }

  private static void eachLine(Predicate<String> wanted, LineAction action) {
    for (String file : files.stream().filter(wanted).toList()) {
      int number = 0;
      for (String line : SourceFiles.text(file).split("\n", -1)) {
        number++;
        action.accept(file, number, line);
      }
    }
  }

  private static void assertNone(String what, List<String> found) {
    assertTrue(found.isEmpty(), () -> what + ":\n  " + String.join("\n  ", found));
  }

  /** What exceeds its limit, compared with the ratchet's entries of the same rule. */
  private static final class Measures {
    private final String rule;
    private final Map<String, Integer> over = new HashMap<>();

    Measures(String rule) {
      this.rule = rule;
    }

    void add(String subject, int measure, int limit) {
      if (measure > limit) {
        over.merge(rule + " " + subject, measure, Integer::max);
      }
    }

    void check() {
      Map<String, Integer> allowed = new HashMap<>(ratchet);
      allowed.keySet().removeIf(key -> !key.startsWith(rule + " "));
      assertEquals(
          String.join("\n", new TreeSet<>(entries(allowed))),
          String.join("\n", new TreeSet<>(entries(over))),
          "tidy-ratchet.txt (left) and the sources (right) differ: shorten, or lower the entry");
    }

    private static List<String> entries(Map<String, Integer> map) {
      return map.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList();
    }
  }
}
