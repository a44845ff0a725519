package dev.gatun.router.config;

import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.projection.Partition.Semantics;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Reads {@code routing.projections.partitions}. */
final class PartitionDecoder {
  private final Set<String> embeddings;

  /** Categories of the declared domains. */
  private final Map<String, List<String>> domains = new HashMap<>();

  PartitionDecoder(Section signals) {
    embeddings = new HashSet<>();
    signals.sections("embeddings").forEach(s -> s.text("name").ifPresent(embeddings::add));
    for (Section section : signals.sections("domains")) {
      section.text("name").ifPresent(n -> domains.put(n, section.texts("mmlu_categories")));
    }
  }

  List<Partition> partitions(Section projections) {
    List<Partition> partitions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : projections.sections("partitions")) {
      Optional<String> name = RuleNames.unchecked(section, names, "partition");
      Optional<Semantics> semantics = semantics(section);
      List<String> members = members(section);
      Optional<Family> family = family(section);
      checkDefault(section, members);
      double temperature = temperature(section, semantics);
      if (name.isPresent() && semantics.isPresent() && family.isPresent()) {
        checkCategories(section, semantics.get(), family.get(), members);
        partitions.add(
            new Partition(
                name.get(),
                family.get(),
                semantics.get(),
                members,
                section.text("default"),
                temperature));
      }
    }
    return partitions;
  }

  private static Optional<Semantics> semantics(Section section) {
    if (section.text("semantics").isEmpty()) {
      section.error(
          "semantics", "the partition has no semantics", "write exclusive or softmax_exclusive");
    }
    return section.word("semantics").map(w -> Semantics.valueOf(w.toUpperCase(Locale.ROOT)));
  }

  private static List<String> members(Section section) {
    List<String> members = section.texts("members");
    if (members.isEmpty()) {
      section.error("members", "a partition needs members", "list domain or embedding rules");
    } else if (members.size() == 1) {
      section.warning(
          "members",
          "a partition of one member decides nothing, and its default is never taken",
          "list a second member, or remove the partition");
    }
    List<String> distinct = new ArrayList<>(new LinkedHashSet<>(members));
    if (distinct.size() < members.size()) {
      section.warning("members", "a member is listed twice", "remove one of the two");
    }
    return distinct;
  }

  /** The family of all members; empty, and reported, when they have none in common. */
  private Optional<Family> family(Section section) {
    Set<Family> families = new HashSet<>();
    for (Scalar scalar : section.scalars("members")) {
      String member = scalar.text();
      if (embeddings.contains(member)) {
        families.add(Family.EMBEDDING);
      } else if (domains.containsKey(member)) {
        families.add(Family.DOMAIN);
      } else {
        List<String> known = new ArrayList<>(domains.keySet());
        known.addAll(embeddings);
        section
            .report()
            .error(
                scalar.position(),
                section.path() + ".members",
                "\"" + scalar.shown() + "\" is no declared domain or embedding rule",
                Report.didYouMean(member, known, "declare it under routing.signals"));
        return Optional.empty();
      }
    }
    if (families.size() > 1) {
      section.error(
          "members",
          "some members are domain rules and some are embedding rules",
          "make a partition of each kind");
      return Optional.empty();
    }
    return families.stream().findFirst();
  }

  private static void checkDefault(Section section, List<String> members) {
    Optional<String> otherwise = section.text("default");
    if (otherwise.isEmpty()) {
      section.error("default", "a partition needs a default", "name one of its members");
    } else if (!members.contains(otherwise.get())) {
      section.error(
          "default",
          "the default \"" + otherwise.get() + "\" is none of the members",
          Report.didYouMean(otherwise.get(), members, "name one of the members"));
    }
  }

  private static double temperature(Section section, Optional<Semantics> semantics) {
    OptionalDouble written = section.real("temperature");
    boolean needed = semantics.isPresent() && semantics.get() != Semantics.EXCLUSIVE;
    if (needed && !(written.orElse(0) > 0)) {
      section.error(
          "temperature",
          "a partition with softmax needs a temperature above 0",
          "write for example temperature: 0.1; lower is more decided");
    } else if (!needed && semantics.isPresent() && written.isPresent()) {
      section.warning(
          "temperature", "the temperature has no effect on semantics: exclusive", "remove it");
    }
    return written.orElse(0);
  }

  /** Members of a softmax are compared by probability, so the classifier must know each. */
  private void checkCategories(
      Section section, Semantics semantics, Family family, List<String> members) {
    if (semantics != Semantics.SOFTMAX_EXCLUSIVE || family != Family.DOMAIN) {
      return;
    }
    for (String member : members) {
      if (domains.getOrDefault(member, List.of()).isEmpty() && !Domain.LABELS.contains(member)) {
        section.error(
            "members",
            "the domain \"" + member + "\" has no mmlu_categories and is no category itself",
            Report.didYouMean(member, Domain.LABELS, "give it mmlu_categories"));
      }
    }
  }
}
