package dev.gatun.bench.fidelity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sentences of a folder of texts, chosen as the peers' {@code fidelity} command chooses them: the
 * distinct sentences of all Markdown and text files in order of their paths, of which every so many
 * are taken. The same folder gives the same sentences in both.
 */
final class Sentences {
  private static final Set<String> SUFFIXES = Set.of(".md", ".mdx", ".txt", ".rst");

  /** Front matter, code, and lines that are tables, headings, quotes or markup. */
  private static final String NO_PROSE = "(?smdU)^---.*?^---|```.*?```|^\\s*[|#>!<].*?$";

  private static final String LINK = "(?smdU)\\[([^]]*)\\]\\([^)]*\\)";
  private static final String BETWEEN = "(?dU)(?<=[.!?])\\s+|\\n\\s*\\n|\\n\\s*[-*]\\s+";
  private static final String EMPHASIS = "(?dU)[`*_\\s]+";
  private static final int LENGTH_MIN = 25;
  private static final int LENGTH_MAX = 600;
  private static final int WORDS_MIN = 5;

  private Sentences() {}

  /**
   * So many sentences of the texts under a folder, at even distances.
   *
   * @throws IOException when it holds fewer
   */
  static List<String> in(Path folder, int count) throws IOException {
    Set<String> found = new LinkedHashSet<>();
    for (Path file : texts(folder)) {
      of(text(file)).forEach(found::add);
    }
    if (found.size() < count) {
      throw new IOException(
          "only " + found.size() + " sentences under " + folder + ", " + count + " wanted");
    }
    List<String> all = List.copyOf(found);
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(all.get((int) ((long) i * all.size() / count)));
    }
    return taken;
  }

  /** The sentences of one text, in order, repetitions included. */
  static List<String> of(String text) {
    String prose = text.replaceAll(NO_PROSE, " ").replaceAll(LINK, "$1");
    List<String> sentences = new ArrayList<>();
    for (String part : prose.split(BETWEEN, -1)) {
      String sentence = part.replaceAll(EMPHASIS, " ").strip();
      int length = sentence.codePointCount(0, sentence.length());
      if (length >= LENGTH_MIN
          && length <= LENGTH_MAX
          && sentence.split(" ", -1).length >= WORDS_MIN) {
        sentences.add(sentence);
      }
    }
    return sentences;
  }

  /** Files in the order of their paths, compared name by name. */
  private static List<Path> texts(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> SUFFIXES.contains(suffix(file)))
          .sorted((a, b) -> Arrays.compare(names(a), names(b)))
          .toList();
    }
  }

  private static String[] names(Path path) {
    String[] names = new String[path.getNameCount()];
    for (int i = 0; i < names.length; i++) {
      names[i] = path.getName(i).toString();
    }
    return names;
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(dot) : "";
  }

  /** Bytes that are not UTF-8 are left out; every end of line is one character. */
  private static String text(Path file) throws IOException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.IGNORE)
        .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
        .toString()
        .replaceAll("\\r\\n?", "\n");
  }
}
