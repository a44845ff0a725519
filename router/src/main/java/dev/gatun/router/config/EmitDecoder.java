package dev.gatun.router.config;

import dev.gatun.router.decision.Retention;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code emits} of a decision. */
final class EmitDecoder {
  private static final String RETENTION = "retention";

  private EmitDecoder() {}

  static Optional<Retention> retention(Section decision) {
    Optional<Retention> first = Optional.empty();
    List<Section> emits = decision.sections("emits");
    for (int i = 0; i < emits.size(); i++) {
      Section emit = emits.get(i);
      String kind = emit.text("kind").orElse("");
      if (!kind.equals(RETENTION)) {
        emit.error("kind", "\"" + kind + "\" is nothing that can be emitted", "write retention");
      } else if (i > 0) {
        emit.error("kind", "the decision emits retention twice", "keep one of the two");
      } else if (!emit.has(RETENTION)) {
        emit.error(RETENTION, "the emit says nothing about retention", "write drop or ttl_turns");
      } else {
        first = read(emit.section(RETENTION));
      }
    }
    return first;
  }

  private static Optional<Retention> read(Section section) {
    boolean drop = section.flag("drop", false);
    OptionalInt turns = section.integer("ttl_turns");
    boolean keep = section.flag("keep_current_model", false);
    boolean prefix = section.flag("prefer_prefix_retention", false);
    if (turns.orElse(0) < 0) {
      section.error("ttl_turns", "a turn cannot be kept for fewer than 0 turns", "write 0 or more");
      return Optional.empty();
    }
    if (drop && turns.orElse(0) > 0) {
      section.error(
          "ttl_turns", "what is dropped cannot be kept for turns", "remove drop or ttl_turns");
      return Optional.empty();
    }
    if (!drop && turns.isPresent() && turns.getAsInt() == 0) {
      section.warning("ttl_turns", "keeping a turn for 0 turns has no effect", "write drop: true");
    } else if (!drop && turns.isEmpty() && !keep && !prefix) {
      section.warning(
          "drop", "this retention changes nothing", "set one of its keys, or remove it");
    }
    return Optional.of(new Retention(drop, turns, keep, prefix));
  }
}
