package dev.gatun.server.inference;

import dev.gatun.inference.Encoded;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.tokenize.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One native call for some windows of a text. Tasks that read the same windows share them.
 *
 * @param tokens of the whole text
 * @param windows places in it
 * @param parts who reads which of them
 */
record WindowCall(Tokens tokens, List<Windows.Window> windows, List<Part> parts) {
  /** Tokens of one native call; more windows are sent one call after another. */
  private static final int TOKENS_MAX = 8_192;

  /**
   * Windows {@code first} to {@code end − 1} of a call, for the tasks whose windows are that long.
   */
  record Part(List<TaskHead> heads, int first, int end) {}

  /**
   * The calls by which tasks read a text.
   *
   * @param windowsMax windows of a task that are read; see {@link Windows#spread}
   */
  static List<WindowCall> of(Tokens tokens, List<TaskHead> heads, int windowsMax) {
    List<WindowCall> calls = new ArrayList<>();
    List<Windows.Window> windows = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    long filled = 0;
    for (List<TaskHead> alike : alike(heads, tokens.ids().length)) {
      int length = alike.getFirst().windowTokens();
      int first = windows.size();
      for (Windows.Window window : Windows.spread(Windows.cut(tokens, length), windowsMax)) {
        int size = window.length(tokens.length());
        if (filled > 0 && filled + size > TOKENS_MAX) {
          calls.add(call(tokens, windows, parts, alike, first));
          windows = new ArrayList<>();
          parts = new ArrayList<>();
          first = 0;
          filled = 0;
        }
        windows.add(window);
        filled += size;
      }
      parts.add(new Part(alike, first, windows.size()));
    }
    calls.add(new WindowCall(tokens, windows, parts));
    return calls;
  }

  private static WindowCall call(
      Tokens tokens,
      List<Windows.Window> windows,
      List<Part> parts,
      List<TaskHead> last,
      int first) {
    if (first < windows.size()) {
      parts.add(new Part(last, first, windows.size()));
    }
    return new WindowCall(tokens, windows, parts);
  }

  /** Tasks with windows of the same length side by side; any length that holds the text is one. */
  private static List<List<TaskHead>> alike(List<TaskHead> heads, int tokens) {
    return List.copyOf(
        heads.stream()
            .collect(
                Collectors.groupingBy(
                    head -> Math.min(head.windowTokens(), tokens),
                    TreeMap::new,
                    Collectors.toList()))
            .values());
  }

  TokenBatch batch() {
    return TokenBatch.of(windows.stream().map(window -> window.of(tokens.ids())).toList());
  }

  /** The results of the call, those of a part's tasks side by side. */
  List<Output> outputs() {
    return parts.stream()
        .flatMap(part -> part.heads().stream().map(head -> output(head, part)))
        .toList();
  }

  private Output output(TaskHead head, Part part) {
    boolean all = part.first == 0 && part.end == windows.size();
    return all
        ? head.scoring().output()
        : new Output.Some(
            head.scoring().output(), IntStream.range(part.first, part.end).boxed().toList());
  }

  /**
   * Adds the results of the call to the scores of its tasks.
   *
   * @param text all of it
   */
  void add(Encoded encoded, String text, Map<String, WindowScores> scores) {
    int result = 0;
    for (Part part : parts) {
      for (TaskHead head : part.heads()) {
        Matrix results = encoded.results().get(result++);
        WindowScores of = Objects.requireNonNull(scores.get(head.task()));
        for (int row = 0; row < part.end - part.first; row++) {
          Windows.Window window = windows.get(part.first + row);
          double[] raw = head.scoring().probabilities(results, row, 1);
          double[] calibrated =
              head.temperature() == 1
                  ? raw
                  : head.scoring().probabilities(results, row, head.temperature());
          of.add(
              head.ofWindow(calibrated, () -> WordFeatures.of(window.text(tokens, text))),
              raw,
              window.length(tokens.length()));
        }
      }
    }
  }
}
