package dev.gatun.router.signal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which domains consist of which (spec signals §20.6). */
final class DomainParts {
  private DomainParts() {}

  /** Every domain that has parts, with itself and all its parts, direct or not. */
  static Map<String, Set<String>> of(List<Domain> domains) {
    Map<String, Optional<String>> parents = new HashMap<>();
    domains.forEach(domain -> parents.put(domain.name(), domain.parent()));
    Map<String, Set<String>> parts = new LinkedHashMap<>();
    for (Domain part : domains) {
      Set<String> seen = new HashSet<>();
      Optional<String> ancestor = part.parent();
      while (ancestor.isPresent() && seen.add(ancestor.get())) {
        String whole = ancestor.get();
        parts.computeIfAbsent(whole, _ -> new LinkedHashSet<>(Set.of(whole))).add(part.name());
        ancestor = parents.getOrDefault(whole, Optional.empty());
      }
    }
    return parts;
  }
}
