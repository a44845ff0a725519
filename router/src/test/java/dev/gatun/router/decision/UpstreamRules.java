package dev.gatun.router.decision;

import dev.gatun.router.Cases;
import dev.gatun.router.config.Node;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decisions and signals of a case, with the looseness of upstream's evaluator: an unknown operator
 * is OR, a malformed NOT and an unknown type are false. Our loader refuses these.
 */
public final class UpstreamRules {
  private final List<Decision> decisions = new ArrayList<>();
  private final SignalTable table;
  private final SignalHits hits;

  public UpstreamRules(Node input) {
    Set<SignalKey> keys = new LinkedHashSet<>();
    for (Node node : Cases.items(Cases.at(input, "decisions"))) {
      Rule rule = rule(Cases.at(node, "rules"));
      rule.keys().forEach(keys::add);
      decisions.add(
          new Decision(
              Cases.text(node, "name"),
              "",
              (int) Cases.number(node, "priority"),
              (int) Cases.number(node, "tier"),
              rule,
              List.of(ModelRef.of("m")),
              Optional.empty(),
              List.of()));
    }
    List<Domain> domains = domains(Cases.at(input, "domains"));
    table = SignalTable.of(new LinkedHashSet<>(keys));
    hits = hits(Cases.at(input, "signals"), domains);
  }

  public List<Decision> decisions() {
    return decisions;
  }

  public SignalTable table() {
    return table;
  }

  public SignalHits hits() {
    return hits;
  }

  /** {@code Type:name} as our keys write it. */
  public static String canonical(String rule) {
    int colon = rule.indexOf(':');
    return rule.substring(0, colon).strip().toLowerCase(Locale.ROOT) + rule.substring(colon);
  }

  private static Rule rule(Node node) {
    if (!Cases.text(node, "type").isEmpty()) {
      Optional<Family> family = Family.ofType(Cases.text(node, "type"));
      return family.isEmpty()
          ? Rule.never()
          : Rule.on(new SignalKey(family.get(), Cases.text(node, "name")));
    }
    List<Rule> children =
        Cases.items(Cases.at(node, "conditions")).stream().map(UpstreamRules::rule).toList();
    return switch (Cases.text(node, "operator").toUpperCase(Locale.ROOT)) {
      case "AND" -> new Rule.All(children);
      case "NOT" -> children.size() == 1 ? Rule.not(children.getFirst()) : Rule.never();
      default -> new Rule.Any(children);
    };
  }

  private static List<Domain> domains(Node node) {
    List<Domain> domains = new ArrayList<>();
    for (Node domain : Cases.items(node)) {
      List<String> categories = Cases.texts(Cases.at(domain, "mmlu_categories"));
      domains.add(Domain.of(Cases.text(domain, "name"), categories.toArray(String[]::new)));
    }
    return domains;
  }

  private SignalHits hits(Node signals, List<Domain> domains) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    Node confidences = Cases.at(signals, "confidences");
    if (Cases.at(signals, "matched") instanceof Node.Mapping matched) {
      for (Node.Entry entry : matched.entries()) {
        Family family = Family.ofType(entry.key()).orElseThrow();
        List<String> names = Cases.texts(entry.value());
        if (family == Family.DOMAIN) {
          domains.stream()
              .filter(domain -> domain.mmluCategories().stream().anyMatch(names::contains))
              .forEach(domain -> recorder.holds(domain.key(), 0));
        }
        for (String name : names) {
          SignalKey key = new SignalKey(family, name);
          recorder.match(key, Cases.number(confidences, key.toString()));
        }
      }
    }
    return recorder.finish();
  }
}
