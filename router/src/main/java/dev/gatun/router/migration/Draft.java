package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mapping that is still being written. Keys keep the place they came from, which is how comments
 * find them again; those that are new have none.
 */
final class Draft {
  /** The place of what no file has. */
  static final Position NOWHERE = new Position("", 0, 0);

  private final Position position;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, Draft> inner = new LinkedHashMap<>();

  Draft(Position position) {
    this.position = position;
  }

  /** A draft that begins as a copy. */
  static Draft of(Mapping mapping) {
    Draft draft = new Draft(mapping.position());
    mapping.entries().forEach(draft::put);
    return draft;
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  void put(Entry entry) {
    inner.remove(entry.key());
    entries.put(entry.key(), entry);
  }

  /** Takes over a value under another key, with its place. */
  void put(String key, Entry from) {
    put(new Entry(from.position(), key, from.value()));
  }

  /** Takes over a value unless there is one, against which it is held. */
  void putIfAbsent(String key, Entry from, Leftovers leftovers) {
    Optional<Node> there = value(key);
    if (there.isEmpty()) {
      put(key, from);
    } else {
      leftovers.second(from.value(), there.get());
    }
  }

  void put(String key, Node value) {
    put(new Entry(NOWHERE, key, value));
  }

  /** Writes another value under a key that is there, which keeps its place. */
  void replace(String key, Node value) {
    put(new Entry(placeOf(key), key, value));
  }

  /** A value that no file has. */
  void put(String key, String text) {
    put(key, Node.Scalar.plain(NOWHERE, text));
  }

  /** The mapping under a key, begun when there is none. */
  Draft inner(String key) {
    Draft known = inner.get(key);
    if (known != null) {
      return known;
    }
    Entry entry = entries.get(key);
    Draft draft =
        entry != null && entry.value() instanceof Mapping mapping
            ? of(mapping)
            : new Draft(NOWHERE);
    entries.putIfAbsent(key, new Entry(NOWHERE, key, Node.Scalar.plain(NOWHERE, "")));
    inner.put(key, draft);
    return draft;
  }

  /** What is written under a key. */
  Optional<Node> value(String key) {
    Draft draft = inner.get(key);
    return draft != null
        ? Optional.of(draft.node())
        : Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  Optional<Entry> remove(String key) {
    Optional<Entry> entry = value(key).map(value -> new Entry(placeOf(key), key, value));
    inner.remove(key);
    entries.remove(key);
    return entry;
  }

  /** Adds what another mapping has and this one does not, at any depth. */
  void complete(Mapping other, Leftovers leftovers) {
    for (Entry entry : other.entries()) {
      if (has(entry.key())
          && entry.value() instanceof Mapping mapping
          && value(entry.key()).orElse(mapping) instanceof Mapping) {
        inner(entry.key()).complete(mapping, leftovers);
      } else {
        putIfAbsent(entry.key(), entry, leftovers);
      }
    }
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  Mapping node() {
    List<Entry> all = new ArrayList<>();
    for (Entry entry : entries.values()) {
      Draft draft = inner.get(entry.key());
      all.add(draft == null ? entry : new Entry(entry.position(), entry.key(), draft.node()));
    }
    return new Mapping(position, all);
  }

  private Position placeOf(String key) {
    Entry entry = entries.get(key);
    return entry == null ? NOWHERE : entry.position();
  }
}
