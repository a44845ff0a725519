package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.ContextSize;
import dev.gatun.router.signal.Event;
import dev.gatun.router.signal.Event.Severity;
import dev.gatun.router.signal.RoleBinding;
import dev.gatun.router.signal.SignalRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What files may say about signals that need no model. */
class RuleSignalDecoderTest {
  @Test
  void contextBoundsMayBeLeftOut() {
    ContextSize size = one("context: [{name: c}]", ContextSize.class);
    assertEquals(new ContextSize("c", 0, ContextSize.OPEN), size);
    size = one("context: [{name: c, min_tokens: 8K, max_tokens: 1.5M}]", ContextSize.class);
    assertEquals(new ContextSize("c", 8000, 1_500_000), size);
  }

  @Test
  void contextBoundsThatMeanNothingAreErrors() {
    assertTrue(report("context: [{name: c, min_tokens: many}]").contains("ERROR"));
    assertTrue(report("context: [{name: c, min_tokens: 8K, max_tokens: 1K}]").contains("above"));
  }

  @Test
  void upstreamReadsContextBoundsInItsOwnWay() {
    Decoded decoded = upstream("context: [{name: c, min_tokens: many}, {name: d}]");
    List<ContextSize> sizes =
        decoded.config().orElseThrow().routing().signals().of(ContextSize.class);
    assertEquals(List.of(new ContextSize("d", 0, 0)), sizes);
    assertTrue(Documents.render(decoded.diagnostics()).contains("can never match"));
  }

  @Test
  void aCountNeedsBounds() {
    String rule =
        "conversation: [{name: c, feature: {type: count, source: {type: message, role: user}}}]";
    assertTrue(report(rule).contains("ERROR"));
    assertTrue(upstream(rule).config().isPresent());
    String bounded = rule.replace("}}}]", "}}, predicate: {gte: 2}}]");
    assertTrue(!report(bounded).contains("predicate"), report(bounded));
    String quoted = report(bounded.replace("gte: 2", "gte: '2'"));
    assertTrue(quoted.contains("must be a number") && !quoted.contains("without bounds"), quoted);
  }

  @Test
  void whatNeverMatchesIsSaid() {
    String structure =
        "structure: [{name: s, feature: {type: count, source: {type: regex, pattern: x}},"
            + " predicate: {gt: 3, lt: 2}}]";
    assertTrue(report(structure).contains("no number is within these bounds"));
    assertTrue(report("events: [{name: e}]").contains("looks for nothing"));
    assertTrue(report("events: [{name: e, event_types: [付款失败]}]").contains("only beside one"));
    assertTrue(report("events: [{name: e, severities: [hig]}]").contains("\"high\"?"));
  }

  @Test
  void eventsAreReadWhole() {
    Event event =
        one(
            "events: [{name: e, event_types: [' outage '], severities: [Low],"
                + " severity_at_least: high, temporal: true, temporal_window: 2h}]",
            Event.class);
    assertEquals(List.of("outage"), event.types());
    assertEquals(List.of(Severity.LOW, Severity.CRITICAL, Severity.HIGH), event.severities());
    assertEquals(Duration.ofHours(2), event.window());
  }

  @Test
  void roleBindingsAreReadWhole() {
    RoleBinding binding =
        one(
            "role_bindings: [{name: b, role: r, on_error: fail,"
                + " subjects: [{kind: user, name: ' ada '}, {kind: Group, name: g}]}]",
            RoleBinding.class);
    assertEquals(
        new RoleBinding(
            "b",
            "r",
            List.of(new RoleBinding.User("ada"), new RoleBinding.Group("g")),
            RoleBinding.Unidentified.REFUSED),
        binding);
    String open = "role_bindings: [{name: b, role: r, on_error: match, subjects: [{kind: User,";
    assertTrue(report(open + " name: a}]}]").contains("gives the role to everybody"));
  }

  @Test
  void aBindingWithoutARoleIsAnErrorAndUnderUpstreamNothingToStartWith() {
    String roleless = "role_bindings: [{name: b, role: '', subjects: [{kind: User, name: a}]}]";
    assertTrue(report(roleless).contains("ERROR"), report(roleless));
    Decoded upstream = upstream(roleless);
    assertTrue(upstream.config().isPresent());
    assertTrue(upstream.has(Diagnostic.Severity.UNSUPPORTED));
  }

  @Test
  void upstreamLetsTwoEventRulesHaveOneName() {
    String twice = "events: [{name: e, event_types: [a]}, {name: e, event_types: [b]}]";
    assertTrue(report(twice).contains("declared twice"));
    List<Event> events = upstream(twice).config().orElseThrow().routing().signals().of(Event.class);
    assertEquals(2, events.size());
  }

  @Test
  void rolesNeedAListenerThatTrustsIdentityHeaders() {
    String file =
        """
        %s
        routing:
          signals:
            role_bindings: [{name: b, role: r, subjects: [{kind: Group, name: g}]}]
          decisions:
            - {name: d, rules: {type: authz, name: r}}
        """;
    String untrusted = Documents.render(Documents.decode(file.formatted("")).diagnostics());
    assertTrue(untrusted.contains("every request is refused"), untrusted);
    String trusted = "listeners: [{name: l, port: 0, trust_identity_headers: true}]";
    Decoded decoded = Documents.decode(file.formatted(trusted));
    assertFalse(Documents.render(decoded.diagnostics()).contains("identity headers"));
    assertTrue(decoded.config().orElseThrow().listeners().getFirst().trustIdentityHeaders());
  }

  @Test
  void identityHeadersAreConfigurable() {
    String file =
        "routing: {}\nglobal: {services: {authz: {fail_open: true,"
            + " identity: {user_id_header: %s}}}}";
    AuthzSettings settings = Documents.config(file.formatted("X-JWT-Sub")).global().authz();
    assertEquals(new AuthzSettings(true, "x-jwt-sub", "x-authz-user-groups"), settings);
    assertFalse(Documents.decode(file.formatted("'x y'")).config().isPresent());
  }

  private static <R extends SignalRule> R one(String rules, Class<R> type) {
    return Documents.config(document(rules)).routing().signals().of(type).getFirst();
  }

  private static String report(String rules) {
    List<Diagnostic> found =
        Documents.decode(document(rules)).diagnostics().stream()
            .filter(diagnostic -> diagnostic.key().startsWith("routing.signals"))
            .toList();
    return Documents.render(found);
  }

  private static Decoded upstream(String rules) {
    return ConfigDecoder.decode(
        Documents.yaml(document(rules)),
        new DecodeOptions(
            false, Optional.of(Compatibility.UPSTREAM_0_3), variable -> Optional.empty()));
  }

  private static String document(String rules) {
    return "version: v0.3\nrouting:\n  signals:\n    " + rules + "\n";
  }
}
