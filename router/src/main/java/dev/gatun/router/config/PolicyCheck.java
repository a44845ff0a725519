package dev.gatun.router.config;

import dev.gatun.router.decision.Decision;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.projection.Sources;
import dev.gatun.router.projection.Uses;
import dev.gatun.router.rule.Logic;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Decisions that never win, rules that nothing asks for, and models that no decision names. */
final class PolicyCheck {
  /** Their rules stand for each other: one that nothing asks for takes part all the same. */
  private static final Set<Family> TOGETHER = EnumSet.of(Family.DOMAIN, Family.PREFERENCE);

  /** Of these another check says that no decision guards by them. */
  private static final Set<Family> GUARDS = EnumSet.of(Family.JAILBREAK, Family.PII);

  private final ReadProfile profile;
  private final RouterConfig config;
  private final Logic logic;

  /** Rules of decisions that every request makes hold: found once, asked for every pair. */
  private final Set<Rule> always;

  private PolicyCheck(ReadProfile profile) {
    this.profile = profile;
    config = profile.config();
    ApartCheck apart = new ApartCheck(profile.routing());
    logic = new Logic(apart::areApart, apart::neverHolds);
    always =
        profile.decisions().stream()
            .map(Decision::rule)
            .filter(logic::alwaysHolds)
            .collect(Collectors.toUnmodifiableSet());
  }

  static void of(Section root, RouterConfig config, List<ReadProfile> profiles) {
    boolean areWhole = true;
    for (ReadProfile profile : profiles) {
      PolicyCheck check = new PolicyCheck(profile);
      boolean isKnown = isSound(profile.signals()) && isSound(profile.projections());
      if (isKnown) {
        check.contradictions();
        check.unreachable();
      }
      // A decision that could not be read may have named anything.
      boolean isWhole = isKnown && isSound(profile.section());
      if (isWhole) {
        check.unusedRules();
        check.unreadMappings();
      }
      areWhole &= isWhole;
    }
    if (areWhole) {
      unusedCards(root, config);
    }
  }

  /** Of what is broken there is nothing to say that its errors do not. */
  private static boolean isSound(Section section) {
    return !section.report().hasErrors(section.path());
  }

  private static String before(String name) {
    int colon = name.lastIndexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private void contradictions() {
    List<Section> sections = profile.winning();
    List<Decision> decisions = profile.decisions();
    for (int i = 0; i < sections.size(); i++) {
      Rule rule = decisions.get(i).rule();
      if (isSound(sections.get(i)) && !rule.equals(Rule.never()) && logic.neverHolds(rule)) {
        sections
            .get(i)
            .warning(
                "rules",
                "the conditions of decision \""
                    + decisions.get(i).name()
                    + "\" "
                    + (rule.keys().count() > 1 ? "contradict each other" : "never hold")
                    + ", so it never matches",
                "remove one of them, or the decision");
      }
    }
  }

  /** A decision behind one that holds whenever it does can never win. */
  private void unreachable() {
    List<Section> sections = profile.winning();
    List<Decision> decisions = profile.decisions();
    boolean tiers = decisions.stream().anyMatch(decision -> decision.tier() > 0);
    boolean upstream = config.global().router().compatibility() == Compatibility.UPSTREAM_0_3;
    if (tiers && upstream) {
      return;
    }
    boolean byConfidence = config.strategy(profile.routing()) == Strategy.CONFIDENCE && !tiers;
    List<Integer> read =
        IntStream.range(0, sections.size()).filter(i -> isSound(sections.get(i))).boxed().toList();
    for (int i : read) {
      Decision decision = decisions.get(i);
      Optional<Decision> winner =
          read.stream()
              .map(decisions::get)
              .filter(first -> !byConfidence && precedes(first, decision, tiers))
              .filter(first -> isTakenBy(decision.rule(), first.rule()))
              .findFirst();
      winner.ifPresent(first -> tell(sections.get(i), decision, first, tiers));
      if (winner.isEmpty()) {
        read.stream()
            .map(decisions::get)
            .filter(first -> isTwin(first, decision, tiers))
            .findFirst()
            .ifPresent(first -> tellTwin(sections.get(i), decision, first));
      }
    }
  }

  /** Whether two decisions match alike and only the rest of the order tells them apart. */
  private static boolean isTwin(Decision first, Decision then, boolean tiers) {
    boolean isBefore =
        first.priority() > then.priority()
            || (first.priority() == then.priority() && first.name().compareTo(then.name()) < 0);
    boolean isOfRank = !tiers || tier(first) == tier(then);
    return isBefore && isOfRank && first.rule().equals(then.rule());
  }

  private static void tellTwin(Section section, Decision decision, Decision first) {
    boolean byName = first.priority() == decision.priority();
    neverWins(
        section,
        decision,
        first,
        "has the same rules and " + (byName ? "comes first by its name" : "a higher priority"),
        "give them other rules, or remove one");
  }

  private static void neverWins(
      Section section, Decision decision, Decision first, String why, String hint) {
    section.warning(
        "name",
        "the decision \"" + decision.name() + "\" can never win: \"" + first.name() + "\" " + why,
        hint);
  }

  private void tell(Section section, Decision decision, Decision first, boolean tiers) {
    String matches = always.contains(first.rule()) ? "always matches" : "matches whenever it does";
    neverWins(
        section,
        decision,
        first,
        matches + " and has a " + (tiers ? "lower tier" : "higher priority"),
        tiers ? "give it a tier below that" : "give it a priority above " + first.priority());
  }

  /** Whether a decision is chosen before another whatever their confidences are. */
  private static boolean precedes(Decision first, Decision then, boolean tiers) {
    return tiers ? tier(first) < tier(then) : first.priority() > then.priority();
  }

  private static int tier(Decision decision) {
    return decision.tier() == 0 ? Integer.MAX_VALUE : decision.tier();
  }

  private boolean isTakenBy(Rule rule, Rule first) {
    if (always.contains(first)) {
      return true;
    }
    Set<SignalKey> keys = new HashSet<>(first.keys().toList());
    return rule.keys().anyMatch(keys::contains)
        && !logic.neverHolds(rule)
        && logic.implies(rule, first);
  }

  private void unusedRules() {
    Set<SignalKey> used = new HashSet<>();
    List<Rule> rules = profile.decisions().stream().map(Decision::rule).toList();
    Projections projections = profile.routing().projections();
    used.addAll(Uses.of(rules, projections, Compatibility.GATUN));
    Uses.named(projections).forEach(used::add);
    Section signals = profile.signals();
    for (Family family : Family.values()) {
      if (family == Family.PROJECTION || TOGETHER.contains(family) || GUARDS.contains(family)) {
        continue;
      }
      for (Section section : signals.sections(family.configKey())) {
        String key = family == Family.AUTHZ ? "role" : "name";
        Optional<String> name = section.text(key);
        if (name.isPresent() && !isUsed(family, name.get(), section, used)) {
          section.warning(
              key,
              "nothing asks for the " + family.type() + " rule \"" + name.get() + "\"",
              "name it in a decision or a projection, or remove it");
        }
      }
    }
  }

  private static boolean isUsed(Family family, String name, Section section, Set<SignalKey> used) {
    return Stream.of(name, section.text("name").orElse(name))
        .anyMatch(word ->
            used.stream()
                .filter(key -> key.family() == family)
                .anyMatch(key -> key.name().equals(word) || before(key.name()).equals(word)));
  }

  /** What no decision asks for is not known, so nothing is computed from it (spec §2). */
  private void unreadMappings() {
    if (config.global().router().compatibility() == Compatibility.UPSTREAM_0_3) {
      return;
    }
    Projections projections = profile.routing().projections();
    Sources sources = new Sources(projections);
    List<Section> sections = profile.projections().sections("mappings");
    for (int i = 0; i < Math.min(projections.mappings().size(), sections.size()); i++) {
      Set<Family> unasked = EnumSet.noneOf(Family.class);
      projections.mappings().get(i).outputs().forEach(o -> unasked.addAll(sources.of(o.key())));
      unasked.removeAll(profile.routing().families());
      if (!unasked.isEmpty()) {
        sections
            .get(i)
            .warning(
                "name",
                "no decision reads an output of this mapping or asks for "
                    + unasked.stream().map(Family::type).collect(Collectors.joining(", "))
                    + ", so it is computed in traces alone",
                "name an output in a decision, or remove the mapping");
      }
    }
  }

  private static void unusedCards(Section root, RouterConfig config) {
    Set<String> named = new HashSet<>();
    config.providers().defaultModel().flatMap(config::baseOf).ifPresent(named::add);
    List<Decision> decisions =
        config.profiles().stream().flatMap(p -> p.routing().decisions().stream()).toList();
    for (Decision decision : decisions) {
      decision.candidates().stream()
          .map(ModelRef::model)
          .flatMap(model -> config.baseOf(model).stream())
          .forEach(named::add);
    }
    boolean listed = config.global().router().includeConfigModelsInList();
    for (Section card : root.section("routing").sections("modelCards")) {
      Optional<String> name = card.text("name");
      if (!listed && name.isPresent() && !named.contains(name.get())) {
        card.warning(
            "name",
            "no decision names the model \"" + name.get() + "\", so only who asks for it gets it",
            "name it in a decision, remove it, or list models with"
                + " global.router.include_config_models_in_list");
      }
    }
  }
}
