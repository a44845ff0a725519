package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.config.Node;
import org.junit.jupiter.api.Test;

class ConfigPatchTest {
  private static final String TEXT =
      """
      # mine
      version: v0.3
      global:
        router:
          # why
          strategy: priority # for now
          auto_model_name: auto
      listeners:
        - port: 1 # first
        - port: 2
      """;

  private static Node tree(String yaml) {
    return YamlReader.read("config.yaml", yaml).root().orElseThrow();
  }

  private static String patched(String patch) {
    return ConfigPatch.apply(TEXT, tree(TEXT), tree(patch));
  }

  @Test
  void mappingsMergeAndCommentsStay() {
    assertEquals(
        TEXT.replace("strategy: priority", "strategy: confidence")
            .replace(
                "auto_model_name: auto\n", "auto_model_name: auto\n    degraded_start: true\n"),
        patched("global: {router: {strategy: confidence, degraded_start: true}}"));
  }

  @Test
  void whatStandsInBracesOnOneLineStaysThere() {
    String text =
        """
        listeners: [{name: a, port: 1}, {name: b}] # both
        # of models
        models:
          - {name: small, at: "http://127.0.0.1:9", ids: [x, 5, "5"]} # the first
          - name: large
            extra: {} # none
            long: [one,
              two, # with a comment
              three]
        rule: {type: keyword, name: n} # why
        """;
    String expected =
        text.replace("long: [one,\n      two, # with a comment\n      three]", "LONG")
            .replace("LONG", "long:\n      - one\n      - two # with a comment\n      - three")
            .replace("keyword, name: n}", "pii, name: n, more: {a: [b]}}");
    String written = ConfigPatch.apply(text, tree(text), tree("rule: {type: pii, more: {a: [b]}}"));
    assertEquals(expected, written);
  }

  @Test
  void nullTakesAKeyAway() {
    assertEquals(
        TEXT.replace("    auto_model_name: auto\n", ""),
        patched("global: {router: {auto_model_name: null, never_there: ~}}"));
  }

  @Test
  void listsAndScalarsReplace() {
    String listeners = TEXT.substring(0, TEXT.indexOf("  - port"));
    assertEquals(listeners + "  - port: 3\n", patched("listeners: [{port: 3, name: null}]"));
    String global = TEXT.substring(0, TEXT.indexOf("global"));
    String rest = TEXT.substring(TEXT.indexOf("listeners"));
    assertEquals(global + "global: none\n" + rest, patched("global: none"));
  }
}
