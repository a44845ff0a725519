package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is checked at one key of a decision or of a listener is checked under global as well. */
class GlobalCheckTest {
  private static final String HEAD = "version: v0.3\nrouting: {modelCards: [{name: m}]}\n";

  @Test
  void credentialsCanBeForwarded() {
    Decoded decoded =
        Documents.decode(
            HEAD + "global: {services: {authz: {providers: [{type: forward-authorization}]}}}");
    assertEquals(List.of(), Documents.keys(decoded, Severity.ERROR));
    assertEquals(
        List.of("global.services.authz.providers[0]"),
        Documents.keys(decoded, Severity.UNSUPPORTED));
  }

  @Test
  void weightsOfAllDecisionsAddUp() {
    String selection = "global: {router: {model_selection: {hybrid: {elo_weight: %s}}}}";
    String problems = Documents.problems(HEAD + selection.formatted("0.9"));
    assertTrue(problems.contains("ERROR"), problems);
    assertTrue(problems.contains("hybrid.elo_weight — the weights of hybrid add up to 1.6 —"));
    assertFalse(Documents.problems(HEAD + selection.formatted("0.3")).contains("ERROR"));
  }

  @Test
  void requiredDescriptionsAreRequiredOfAllCards() {
    String text =
        "version: v0.3\nrouting: {modelCards: [{name: m}, {name: n, description: CHAT}]}\n"
            + "global: {router: {model_selection: {router_dc: {require_descriptions: true}}}}";
    String problems = Documents.problems(text);
    assertTrue(problems.contains("router_dc.require_descriptions"), problems);
    assertTrue(problems.contains("have none: \"m\""), problems);
    String described = text.replace("{name: m}", "{name: m, description: a}");
    assertFalse(Documents.problems(described).contains("ERROR"), described);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{address: 127.0.0.1, port: 9000}",
        "{address: 0.0.0.0, port: 9000}",
        "{port: 9000}",
        "{address: \"::\", port: 9000}"
      })
  void aListenerAtTheSocketOfTheManagementIsAnError(String listener) {
    String text =
        "version: v0.3\nlisteners: [%s]\nrouting: {}\n"
            + "global: {services: {management_api: {address: 127.0.0.1, port: 9000}}}";
    Decoded decoded = Documents.decode(text.formatted(listener));
    assertEquals(List.of("listeners[0].port"), Documents.keys(decoded, Severity.ERROR));
    String other = text.formatted("{address: 127.0.0.2, port: 9000}");
    assertEquals(List.of(), Documents.keys(Documents.decode(other), Severity.ERROR));
  }

  @Test
  void theManagementApiIsForTheMachineAlone() {
    String text = "version: v0.3\nrouting: {}\nglobal: {services: {management_api: {address: %s}}}";
    for (String address : List.of("0.0.0.0", "\"::\"", "10.1.2.3")) {
      Decoded decoded = Documents.decode(text.formatted(address));
      assertEquals(
          List.of("global.services.management_api.address"),
          Documents.keys(decoded, Severity.ERROR));
    }
    for (String address : List.of("127.0.0.9", "\"::1\"", "0.0.0.0, auth: {mode: bearer}")) {
      Decoded decoded = Documents.decode(text.formatted(address));
      assertEquals(List.of(), Documents.keys(decoded, Severity.ERROR), address);
    }
  }

  @Test
  void aPortThatNobodyWroteCanStillBeChangedAtTheStart() {
    Decoded decoded =
        Documents.decode("version: v0.3\nlisteners: [{address: 0.0.0.0, port: 8080}]\nrouting: {}");
    assertEquals(List.of("listeners[0].port"), Documents.keys(decoded, Severity.WARNING));
    assertTrue(decoded.config().isPresent());
  }

  @Test
  void variablesStandInTemplatesBesideTheirPlaceholders() {
    Map<String, String> environment = Map.of("PLACE", "here", "user_content", "not this");
    Node expanded =
        new Expansion(name -> Optional.ofNullable(environment.get(name)), new Report())
            .expand(
                Documents.yaml(
                    """
                    request_template: 'ask ${PLACE} ${user_content} ${top_k} ${threshold}'
                    tool_arguments: {a: {b: ['${matched_domains}', '${PLACE}']}}
                    prompt_template: '${PLACE} %s'
                    """));
    assertEquals(
        Map.of(
            "request_template",
            "ask here ${user_content} ${top_k} ${threshold}",
            "tool_arguments",
            Map.of("a", Map.of("b", List.of("${matched_domains}", "here"))),
            "prompt_template",
            "here %s"),
        revealed(expanded));
  }

  private static Object revealed(Node node) {
    return switch (node) {
      case Node.Mapping mapping -> {
        Map<String, Object> map = new HashMap<>();
        mapping.entries().forEach(entry -> map.put(entry.key(), revealed(entry.value())));
        yield map;
      }
      case Node.Sequence list -> list.items().stream().map(GlobalCheckTest::revealed).toList();
      case Node.Scalar scalar -> scalar.text();
    };
  }
}
