package dev.gatun.router.config;

import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The names that conditions and scores may use, by family. Families that do not run yet are here
 * too, so that a misspelt name is found today.
 *
 * @param more names that only scores may use
 */
record DeclaredNames(Map<Family, List<String>> byFamily, Map<Family, List<String>> more) {
  private static final List<String> DIFFICULTIES = List.of("easy", "medium", "hard");

  static DeclaredNames of(Section routing) {
    Map<Family, List<String>> byFamily = new EnumMap<>(Family.class);
    Section signals = routing.section("signals");
    for (Family family : Family.values()) {
      byFamily.put(family, family == Family.PROJECTION ? outputs(routing) : names(signals, family));
    }
    return new DeclaredNames(
        byFamily,
        Map.of(
            Family.COMPLEXITY, names(signals, Family.COMPLEXITY, "name"),
            Family.AUTHZ, names(signals, Family.AUTHZ, "name")));
  }

  List<String> of(Family family) {
    return byFamily.getOrDefault(family, List.of());
  }

  /** The names that inputs of scores may use: those of conditions, and of rules as such. */
  List<String> inputs(Family family) {
    List<String> names = new ArrayList<>(of(family));
    names.addAll(more.getOrDefault(family, List.of()));
    return names;
  }

  private static List<String> names(Section signals, Family family, String key) {
    List<String> names = new ArrayList<>();
    signals.sections(family.configKey()).forEach(s -> s.text(key).ifPresent(names::add));
    return names;
  }

  private static List<String> names(Section signals, Family family) {
    List<String> names = new ArrayList<>();
    for (Section section : signals.sections(family.configKey())) {
      String key = family == Family.AUTHZ ? "role" : "name";
      section
          .text(key)
          .ifPresent(name -> {
            if (family == Family.COMPLEXITY) {
              DIFFICULTIES.forEach(difficulty -> names.add(name + ":" + difficulty));
            } else {
              names.add(name);
            }
          });
    }
    return names;
  }

  private static List<String> outputs(Section routing) {
    List<String> names = new ArrayList<>();
    for (Section mapping : routing.section("projections").sections("mappings")) {
      for (Section output : mapping.sections("outputs")) {
        output.text("name").ifPresent(names::add);
      }
    }
    return names;
  }
}
