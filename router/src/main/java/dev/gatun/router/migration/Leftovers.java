package dev.gatun.router.migration;

import dev.gatun.router.config.Node.Entry;
import java.util.ArrayList;
import java.util.List;

/** Collects what found no place. */
final class Leftovers {
  private static final String UNKNOWN = "v0.3 has no such setting";

  private final List<Unplaced> all = new ArrayList<>();

  void add(Entry entry, String path) {
    add(entry, path, UNKNOWN);
  }

  void add(Entry entry, String path, String reason) {
    all.add(new Unplaced(entry.position(), path, reason));
  }

  /** Everything that is left of a mapping. */
  void rest(Draft draft, String path) {
    draft.node().entries().forEach(entry -> add(entry, path + "." + entry.key()));
  }

  List<Unplaced> all() {
    return all;
  }
}
