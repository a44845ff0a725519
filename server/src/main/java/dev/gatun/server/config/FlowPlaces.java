package dev.gatun.server.config;

import dev.gatun.router.config.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Where a text has mappings and lists in braces and brackets that end on the line on which they
 * begin, so that they can be written in the same form. Longer ones may have comments within, which
 * only blocks can keep.
 */
public record FlowPlaces(Set<Place> places) {
  /** Where a mapping or list begins, as {@link Position} counts. */
  public record Place(int line, int column) {}

  public FlowPlaces {
    places = Set.copyOf(places);
  }

  /** Those of a text that has none. */
  public static FlowPlaces none() {
    return new FlowPlaces(Set.of());
  }

  /** The places of a text that was read without a problem. */
  public static FlowPlaces of(String text) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(YamlReader.BYTES_MAX).build();
    ParserImpl events = new ParserImpl(settings, new StreamReader(settings, text));
    Set<Place> places = new HashSet<>();
    Deque<CollectionStartEvent> open = new ArrayDeque<>();
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof CollectionStartEvent start) {
        open.push(start);
      } else if (isEnd(event)) {
        CollectionStartEvent start = open.pop();
        if (start.isFlow()) {
          place(start.getStartMark(), event.getEndMark()).ifPresent(places::add);
        }
      }
    }
    return new FlowPlaces(places);
  }

  private static boolean isEnd(Event event) {
    return event.getEventId() == Event.ID.MappingEnd || event.getEventId() == Event.ID.SequenceEnd;
  }

  private static Optional<Place> place(Optional<Mark> start, Optional<Mark> end) {
    return start
        .filter(from -> end.filter(to -> to.getLine() == from.getLine()).isPresent())
        .map(from -> new Place(from.getLine() + 1, from.getColumn() + 1));
  }

  boolean has(Position position) {
    return places.contains(new Place(position.line(), position.column()));
  }
}
