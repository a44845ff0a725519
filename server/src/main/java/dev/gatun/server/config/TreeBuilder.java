package dev.gatun.server.config;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;

/** Builds the node tree of one document from parser events; used once. */
final class TreeBuilder {
  /** The key that takes over the entries of another mapping. */
  static final String MERGE = "<<";

  private static final int DEPTH_MAX = 100;
  private static final int NODES_MAX = 200_000;

  private static final Set<String> STANDARD_TAGS =
      Set.of("!", "str", "int", "float", "bool", "null", "map", "seq");
  private static final String TAG_PREFIX = "tag:yaml.org,2002:";

  /** A node and how many nodes it has when every alias in it is written out. */
  private record Sized(Node node, int size) {}

  private final String file;
  private final Iterator<Event> events;
  private final Map<String, Sized> anchors = new HashMap<>();
  private int depth;

  TreeBuilder(String file, Iterator<Event> events) {
    this.file = file;
    this.events = events;
  }

  Node document() {
    next(Event.ID.StreamStart);
    Event event = events.next();
    if (event.getEventId() == Event.ID.StreamEnd) {
      throw new YamlProblem(
          position(event),
          "the file is empty",
          "a configuration has `version: v0.3` and `routing:`");
    }
    Node root = node(events.next()).node;
    next(Event.ID.DocumentEnd);
    Event after = events.next();
    if (after.getEventId() != Event.ID.StreamEnd) {
      throw new YamlProblem(
          position(after),
          "a second YAML document begins here",
          "a configuration is one document; remove `---` and what follows");
    }
    return root;
  }

  private void next(Event.ID expected) {
    Event event = events.next();
    if (event.getEventId() != expected) {
      throw new IllegalStateException("expected " + expected + ", got " + event);
    }
  }

  private Sized node(Event event) {
    return switch (event) {
      case ScalarEvent scalar -> anchored(scalar.getAnchor(), scalar(scalar));
      case SequenceStartEvent start -> anchored(start.getAnchor(), sequence(start));
      case MappingStartEvent start -> anchored(start.getAnchor(), mapping(start));
      case AliasEvent alias -> alias(alias);
      default -> throw new IllegalStateException("no node begins with " + event);
    };
  }

  private Sized anchored(Optional<Anchor> anchor, Sized node) {
    anchor.ifPresent(a -> anchors.put(a.getValue(), node));
    return node;
  }

  private Sized alias(AliasEvent alias) {
    Sized target = anchors.get(alias.getAlias().getValue());
    if (target == null) {
      throw new YamlProblem(
          position(alias),
          "alias *" + alias.getAlias().getValue() + " has no anchor before it",
          "write &" + alias.getAlias().getValue() + " at an earlier, complete value");
    }
    return target;
  }

  private Sized scalar(ScalarEvent event) {
    boolean text = event.getTag().filter(tag -> tag.equals(TAG_PREFIX + "str")).isPresent();
    checkTag(event, event.getTag());
    boolean quoted = event.getScalarStyle() != ScalarStyle.PLAIN || text;
    return new Sized(new Scalar(position(event), event.getValue(), quoted, false), 1);
  }

  private Sized sequence(SequenceStartEvent start) {
    checkTag(start, start.getTag());
    enter(start);
    List<Node> items = new ArrayList<>();
    int size = 1;
    for (Event event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      Sized item = node(event);
      size = bounded(event, size + item.size);
      items.add(item.node);
    }
    depth--;
    return new Sized(new Sequence(position(start), items), size);
  }

  private Sized mapping(MappingStartEvent start) {
    checkTag(start, start.getTag());
    enter(start);
    List<Entry> entries = new ArrayList<>();
    List<Mapping> merged = new ArrayList<>();
    int size = 1;
    for (Event event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      Position at = position(event);
      Scalar key = key(event);
      Sized value = node(events.next());
      size = bounded(event, size + 1 + value.size);
      if (key.text().equals(MERGE) && !key.quoted()) {
        merge(at, value.node, merged);
      } else {
        entries.add(new Entry(at, key.text(), value.node));
      }
    }
    depth--;
    return new Sized(new Mapping(position(start), withMerged(entries, merged)), size);
  }

  private Scalar key(Event event) {
    if (node(event).node instanceof Scalar scalar) {
      return scalar;
    }
    throw new YamlProblem(
        position(event), "a key must be plain text", "write the key as a single word or string");
  }

  private static void merge(Position at, Node value, List<Mapping> merged) {
    switch (value) {
      case Mapping mapping -> merged.add(mapping);
      case Sequence sequence -> sequence.items().forEach(item -> merge(at, item, merged));
      case Scalar scalar ->
          throw new YamlProblem(
              at, "a merge key needs a mapping", "write `<<: *name` with the anchor of a mapping");
    }
  }

  /** Own keys first; a merged key counts only when neither they nor an earlier merge has it. */
  private static List<Entry> withMerged(List<Entry> entries, List<Mapping> merged) {
    if (merged.isEmpty()) {
      return entries;
    }
    List<Entry> all = new ArrayList<>(entries);
    Set<String> known = new HashSet<>();
    entries.forEach(entry -> known.add(entry.key()));
    for (Mapping mapping : merged) {
      mapping.entries().stream().filter(entry -> known.add(entry.key())).forEach(all::add);
    }
    return all;
  }

  private void enter(Event event) {
    if (++depth > DEPTH_MAX) {
      throw new YamlProblem(
          position(event),
          "nested deeper than " + DEPTH_MAX + " levels",
          "a configuration needs about ten");
    }
  }

  private int bounded(Event event, int size) {
    if (size > NODES_MAX) {
      throw new YamlProblem(
          position(event),
          "more than " + NODES_MAX + " values once aliases are written out",
          "use fewer aliases");
    }
    return size;
  }

  private void checkTag(Event event, Optional<String> tag) {
    String name = tag.map(t -> t.startsWith(TAG_PREFIX) ? t.substring(18) : t).orElse("!");
    if (!STANDARD_TAGS.contains(name)) {
      throw new YamlProblem(
          position(event), "tag " + name + " is not known", "remove the tag, or use !!str");
    }
  }

  private Position position(Event event) {
    return event
        .getStartMark()
        .map(mark -> new Position(file, mark.getLine() + 1, mark.getColumn() + 1))
        .orElse(new Position(file, 1, 1));
  }
}
