package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Answer;
import dev.gatun.router.text.JsonMembers;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How the written reply of a guard model is read: {@code parser_type} of an external model. */
public enum GuardParser {
  /** Lines {@code Safety:} or {@code Severity level:}, else the line of categories. */
  QWEN3GUARD {
    @Override
    Optional<Verdict> read(String reply) {
      List<String> lines = reply.toLowerCase(Locale.ROOT).lines().map(String::strip).toList();
      return lines.stream()
          .flatMap(line -> after(line, "safety:", "severity level:").stream())
          .flatMap(word -> graded(word, LABELLED).stream())
          .findFirst()
          .or(() -> categories(lines));
    }
  },

  /** A JSON object with {@code safety}, {@code is_jailbreak} or {@code is_unsafe}. */
  JSON {
    @Override
    Optional<Verdict> read(String reply) {
      return JsonMembers.in(reply).stream()
          .flatMap(member -> member(member.key(), member.value()).stream())
          .findFirst();
    }
  },

  /** Words anywhere in the reply. */
  SIMPLE {
    @Override
    Optional<Verdict> read(String reply) {
      String text = reply.toLowerCase(Locale.ROOT);
      if (text.contains(UNSAFE) || text.contains("jailbreak")) {
        return Optional.of(new Verdict(true, MENTIONED));
      }
      if (text.contains(CONTROVERSIAL)) {
        return Optional.of(new Verdict(false, DISPUTED));
      }
      return text.contains(SAFE) ? Optional.of(new Verdict(false, CLEAR)) : Optional.empty();
    }
  },

  /** The first of the others that is sure of something, else the last that understood anything. */
  AUTO {
    @Override
    Optional<Verdict> read(String reply) {
      List<Verdict> verdicts =
          Stream.of(QWEN3GUARD, JSON, SIMPLE)
              .flatMap(parser -> parser.read(reply).stream())
              .toList();
      return verdicts.stream()
          .filter(verdict -> verdict.confidence > CLEAR)
          .findFirst()
          .or(() -> verdicts.isEmpty() ? Optional.empty() : Optional.of(verdicts.getLast()));
    }
  };

  private static final String UNSAFE = "unsafe";
  private static final String CONTROVERSIAL = "controversial";
  private static final String SAFE = "safe";

  /** Confidences that v0.3 gives to what guards write. */
  private static final double LABELLED = 0.9;

  private static final double MENTIONED = 0.8;
  private static final double DISPUTED = 0.6;
  private static final double UNREADABLE = 0.5;
  private static final double CLEAR = 0.1;

  /**
   * What a guard thinks.
   *
   * @param confidence 0 to 1, as v0.3 grades it: low for what is clearly safe
   */
  public record Verdict(boolean unsafe, double confidence) {}

  abstract Optional<Verdict> read(String reply);

  /**
   * Reads a reply. One that says nothing of safety is a failure; {@code upstream-0.3} takes it for
   * safe.
   */
  public Answer<Verdict> parse(String reply, Compatibility compatibility) {
    return read(reply)
        .map(Answer::of)
        .orElseGet(() ->
            switch (compatibility) {
              case GATUN -> Answer.failed("the guard's reply says nothing of safety");
              case UPSTREAM_0_3 -> Answer.of(new Verdict(false, unread()));
            });
  }

  private double unread() {
    return switch (this) {
      case QWEN3GUARD, JSON -> 0;
      case SIMPLE, AUTO -> UNREADABLE;
    };
  }

  /** Finds a parser by its word in a configuration. */
  public static Optional<GuardParser> ofWord(String word) {
    return Arrays.stream(values())
        .filter(parser -> parser.name().equals(word.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  private static Optional<String> after(String line, String... labels) {
    return Arrays.stream(labels)
        .filter(line::startsWith)
        .map(label -> line.substring(label.length()).strip())
        .findFirst();
  }

  private static Optional<Verdict> graded(String word, double unsafe) {
    if (word.startsWith(UNSAFE)) {
      return Optional.of(new Verdict(true, unsafe));
    }
    if (word.startsWith(CONTROVERSIAL)) {
      return Optional.of(new Verdict(false, DISPUTED));
    }
    return word.startsWith(SAFE) ? Optional.of(new Verdict(false, CLEAR)) : Optional.empty();
  }

  /** A reply that names a category of harm finds it. */
  private static Optional<Verdict> categories(List<String> lines) {
    return lines.stream()
        .flatMap(line -> after(line, "categories:", "category:").stream())
        .filter(named -> !named.isEmpty())
        .findFirst()
        .map(named ->
            named.startsWith("none") ? new Verdict(false, CLEAR) : new Verdict(true, LABELLED));
  }

  private static Optional<Verdict> member(String key, String value) {
    return switch (key) {
      case "safety" -> graded(value.strip().toLowerCase(Locale.ROOT), LABELLED);
      case "is_jailbreak", "is_unsafe" ->
          switch (value) {
            case "true" -> Optional.of(new Verdict(true, LABELLED));
            case "false" -> Optional.of(new Verdict(false, CLEAR));
            default -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }
}
