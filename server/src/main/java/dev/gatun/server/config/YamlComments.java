package dev.gatun.server.config;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.comments.CommentType;
import org.snakeyaml.engine.v2.events.CommentEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** The comments of a text by the line of what they are about, so that they can move with it. */
public final class YamlComments {
  private final Map<Integer, List<CommentLine>> above = new HashMap<>();
  private final Map<Integer, List<CommentLine>> beside = new HashMap<>();
  private final List<CommentLine> last = new ArrayList<>();

  private YamlComments() {}

  /** Those of a text that has none. */
  public static YamlComments none() {
    return new YamlComments();
  }

  /** The comments of a text that was read without a problem; none when the library loses them. */
  public static YamlComments of(String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setParseComments(true)
            .setCodePointLimit(YamlReader.BYTES_MAX)
            .build();
    YamlComments comments = new YamlComments();
    try {
      comments.read(new ParserImpl(settings, new StreamReader(settings, text)));
      return comments;
    } catch (YamlEngineException e) {
      // Some places of a comment trip the library; the document itself is in order.
      return new YamlComments();
    }
  }

  private void read(ParserImpl events) {
    List<CommentLine> waiting = new ArrayList<>();
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof CommentEvent comment) {
        take(comment, waiting);
      } else if (isContent(event) && !waiting.isEmpty()) {
        above.computeIfAbsent(line(event), _ -> new ArrayList<>()).addAll(waiting);
        waiting.clear();
      }
    }
    last.addAll(waiting);
  }

  private void take(CommentEvent comment, List<CommentLine> waiting) {
    switch (comment.getCommentType()) {
      case BLANK_LINE -> {}
      case BLOCK -> waiting.add(line(comment, CommentType.BLOCK));
      case IN_LINE ->
          beside
              .computeIfAbsent(line(comment), _ -> new ArrayList<>())
              .add(line(comment, CommentType.IN_LINE));
    }
  }

  private static boolean isContent(Event event) {
    return switch (event.getEventId()) {
      case Alias, MappingStart, Scalar, SequenceStart -> true;
      case Comment, DocumentEnd, DocumentStart, MappingEnd, SequenceEnd, StreamEnd, StreamStart ->
          false;
    };
  }

  private static CommentLine line(CommentEvent comment, CommentType type) {
    return new CommentLine(comment.getStartMark(), comment.getEndMark(), comment.getValue(), type);
  }

  private static int line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  /**
   * Moves the comments of keys that a new tree does not have to the first line below them that it
   * has, so that what is said of a list stays above its first item. Those of a key with nothing
   * left go with it.
   */
  public void follow(Mapping old, Node now) {
    Set<Integer> kept = new LinkedHashSet<>();
    lines(now, kept);
    for (Entry entry : old.entries()) {
      follow(entry, kept);
    }
  }

  private void follow(Entry entry, Set<Integer> kept) {
    // The innermost goes first: each one is put above those that are already there.
    inner(entry.value(), kept);
    int line = entry.position().line();
    if (kept.contains(line)) {
      return;
    }
    Set<Integer> below = new LinkedHashSet<>();
    lines(entry.value(), below);
    Optional<Integer> first = below.stream().filter(kept::contains).findFirst();
    if (first.isPresent()) {
      List<CommentLine> moved = new ArrayList<>(takeAbove(line));
      takeBeside(line).forEach(comment -> moved.add(block(comment)));
      above.computeIfAbsent(first.get(), _ -> new ArrayList<>()).addAll(0, moved);
    }
  }

  private void inner(Node node, Set<Integer> kept) {
    switch (node) {
      case Mapping mapping -> mapping.entries().forEach(entry -> follow(entry, kept));
      case Sequence sequence -> sequence.items().forEach(item -> inner(item, kept));
      case Scalar _ -> {}
    }
  }

  /** Lines that comments can stand above, in the order of the tree. */
  private static void lines(Node node, Set<Integer> lines) {
    switch (node) {
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          lines.add(entry.position().line());
          lines(entry.value(), lines);
        }
      }
      case Sequence sequence -> {
        for (Node item : sequence.items()) {
          lines.add(item.position().line());
          lines(item, lines);
        }
      }
      case Scalar _ -> {}
    }
  }

  /** A comment as one on a line of its own. */
  static CommentLine block(CommentLine line) {
    return new CommentLine(
        line.getStartMark(), line.getEndMark(), line.getValue(), CommentType.BLOCK);
  }

  /** Takes the comments above a line; the second time there are none. */
  List<CommentLine> takeAbove(int line) {
    List<CommentLine> lines = above.remove(line);
    return lines == null ? List.of() : lines;
  }

  /** Takes the comment at the end of a line. */
  List<CommentLine> takeBeside(int line) {
    List<CommentLine> lines = beside.remove(line);
    return lines == null ? List.of() : lines;
  }

  /** The comments behind everything. */
  List<CommentLine> atTheEnd() {
    return last;
  }
}
