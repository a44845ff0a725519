package dev.gatun.router.config;

import dev.gatun.router.projection.Mapping;
import dev.gatun.router.projection.Sources;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.RawValues;
import dev.gatun.router.signal.SignalKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Finds the projections of a profile that compute something else under the other semantics. */
final class ProjectionDifferences {
  /** Families of which upstream tells what it measured only where a rule matches, or never. */
  private static final Set<Family> HIDDEN =
      EnumSet.of(Family.CONTEXT, Family.CONVERSATION, Family.REASK, Family.STRUCTURE);

  private final ReadProfile profile;
  private final Set<Family> ours;
  private final Set<Family> upstream;
  private final List<SemanticDifference> found = new ArrayList<>();

  private ProjectionDifferences(ReadProfile profile, Set<Family> ours, Set<Family> upstream) {
    this.profile = profile;
    this.ours = ours;
    this.upstream = upstream;
  }

  /**
   * The differences of a profile.
   *
   * @param ours families that we evaluate
   * @param upstream families that upstream evaluates
   */
  static List<SemanticDifference> of(ReadProfile profile, Set<Family> ours, Set<Family> upstream) {
    ProjectionDifferences differences = new ProjectionDifferences(profile, ours, upstream);
    differences.partitions();
    profile.projections().sections("scores").forEach(differences::score);
    differences.unread();
    differences.composers();
    return differences.found;
  }

  private void add(Section rule, String point, String ours, String upstream) {
    found.add(new SemanticDifference(rule.position(), rule.path(), point, ours, upstream));
  }

  /** A partition of one member is applied by nobody. */
  private void partitions() {
    for (Section partition : profile.projections().sections("partitions")) {
      if (partition.text("default").isPresent() && partition.scalars("members").size() > 1) {
        add(
            partition,
            "partition default",
            "has confidence 0 and counts only where its members are evaluated",
            "always holds, with confidence 1.0");
      }
    }
  }

  private void score(Section score) {
    Set<String> told = new HashSet<>();
    for (Section input : score.sections("inputs")) {
      Family.ofType(input.text("type").orElse(""))
          .filter(family -> family != Family.PROJECTION)
          .ifPresent(family -> {
            switch (input.text("value_source").orElse("binary")) {
              case "raw" -> raw(score, family, told);
              case "confidence" -> confidence(score, family, input, told);
              default -> binary(score, family, input, told);
            }
          });
    }
  }

  private void raw(Section score, Family family, Set<String> told) {
    if (HIDDEN.contains(family) && RawValues.by(family).whole() && told.add("raw")) {
      add(
          score,
          "raw values",
          "what was measured, whether or not the rule matches",
          family == Family.CONTEXT ? "always 0" : "0 where the rule does not match");
    }
  }

  private void confidence(Section score, Family family, Section input, Set<String> told) {
    if (told.add("confidences")) {
      add(
          score,
          "confidences",
          "a confidence that is 0 or not there is 0",
          "a confidence that is 0 or not there counts as 1.0");
    }
    named(score, family, input, told);
  }

  private void binary(Section score, Family family, Section input, Set<String> told) {
    boolean isZero = input.real("match").equals(OptionalDouble.of(0));
    if (isZero && told.add("match")) {
      add(score, "match: 0", "a rule that matches adds nothing", "is read as 1");
    }
    named(score, family, input, told);
  }

  /** What counts as a match of an input. */
  private void named(Section score, Family family, Section input, Set<String> told) {
    if (family == Family.AUTHZ && told.add("authz")) {
      add(score, "authz in scores", "a role counts as in decisions", "never matches");
    }
    boolean byLabel =
        family == Family.DOMAIN && hasLabels(input.text("name").orElse(""), profile.routing());
    if (byLabel && told.add("domain")) {
      add(
          score,
          "domain in scores",
          "also matches through the mmlu_categories of the domain",
          "matches by the name of the domain alone");
    }
  }

  private static boolean hasLabels(String name, Routing routing) {
    return routing.domains().stream()
        .filter(domain -> domain.name().equals(name))
        .map(Domain::mmluCategories)
        .flatMap(List::stream)
        .anyMatch(label -> !label.equals(name));
  }

  /** A mapping that no decision reads, over families that no decision asks for. */
  private void unread() {
    Sources sources = new Sources(profile.routing().projections());
    List<Mapping> mappings = profile.routing().projections().mappings();
    List<Section> sections = profile.projections().sections("mappings");
    for (int i = 0; i < Math.min(mappings.size(), sections.size()); i++) {
      Mapping mapping = mappings.get(i);
      boolean isKnown =
          mapping.outputs().stream().allMatch(output -> ours.containsAll(sources.of(output.key())));
      if (!isKnown) {
        add(
            sections.get(i),
            "unread mapping",
            "is not computed: no decision asks for the families behind it",
            "is computed as if none of their rules matched");
      }
    }
  }

  /** Upstream does not follow what a composer asks for. */
  private void composers() {
    if (!ours.contains(Family.COMPLEXITY)) {
      return;
    }
    for (Section rule : profile.signals().sections(Family.COMPLEXITY.configKey())) {
      boolean isFollowed =
          profile.routing().projections().composers().entrySet().stream()
              .filter(composer -> rule.text("name").equals(Optional.of(composer.getKey())))
              .flatMap(composer -> composer.getValue().keys())
              .map(SignalKey::family)
              .allMatch(family -> family == Family.PROJECTION || upstream.contains(family));
      if (!isFollowed) {
        add(
            rule,
            "composer",
            "what its composer asks for is evaluated",
            "what its composer asks for is not evaluated, where no decision asks for it, too");
      }
    }
  }
}
