package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "listeners: [{api_keys: [\"$uperHush\"]}]",
        "listeners: [{api_keys: [\"${KEY:-Hush}\"]}]",
        "providers: {models: [{backend_refs: [{api_key: \"$$Hush\"}]}]}",
        "providers: {models: [{backend_refs: [{api_key: \"${KEY-Hush}\"}]}]}",
        "providers: {models: [{backend_refs: [{extra_headers: {X-Team: \"$Hush\"}}]}]}",
        "providers: {models: [{backend_refs: [{base_url: \"http://me:Hush@h/v1\"}]}]}",
        "providers: {models: [{backend_refs: [{endpoint: \"me:Hush@h:80\"}]}]}",
        "providers: {models: [{backend_refs: [{base_url: \"http://h/v1?api_key=Hush&a=b\"}]}]}",
        "global: {integrations: {mcp: {servers: [{url: \"https://h/mcp?a=b&token=Hush#x\"}]}}}",
        "global: {services: {response_api: {redis: {password: \"$Hush\"}}}}",
        "global: {stores: {vector_store: {llama_stack: {auth_token: \"$Hush\"}}}}",
        "global: {model_catalog: {external: [{access_key: \"$Hush\"}]}}",
        "global: {integrations: {looper: {headers: {Authorization: \"Bearer Hush\"}}}}",
        "global: {integrations: {mcp: {servers: [{env: {TOKEN: \"$Hush\"}}]}}}",
        "global: {integrations: {mcp: {servers: [{args: [serve, --token, Hush]}]}}}",
        "global: {integrations: {mcp: {servers: [{args: [--api-key=Hush]}]}}}",
        "global: {integrations: {mcp: {servers: [{args: [-H, \"Authorization: Hush\"]}]}}}",
        "x: {plugins: [{configuration: {backend_config: {headers: {A: Hush}}}}]}",
        "x: {plugins: [{configuration: {backend_config: {auth_header: Bearer Hush}}}]}",
        "providers: {models: [{backend_refs: [{chat_path: \"/v1/x?api_key=Hush\"}]}]}",
        "x: {plugins: [{configuration: {add: [{name: Cookie, value: Hush}]}}]}",
        "x: {plugins: [{configuration: {add: [{value: Hush, name: X-Api-Key}]}}]}"
      })
  void secretsAreHiddenWhereverTheyStand(String text) {
    Node document = Documents.yaml(text);
    assertFalse(Redaction.of(document).toString().contains("Hush"), text);
    Node other = Documents.yaml(text.replace("Hush", "Hushhush"));
    List<Difference> differences = ConfigDiff.between(document, other);
    assertEquals(1, differences.stream().map(Difference::path).distinct().count(), text);
    assertFalse(differences.toString().contains("Hush"), differences.toString());
    Node none = Documents.yaml("version: v0.3");
    assertFalse(ConfigDiff.between(none, document).toString().contains("Hush"), text);
  }

  @Test
  void theOrderOfSecretsTellsNone() {
    Node one = Documents.yaml("listeners: [{api_keys: [HushOne, HushTwo]}]");
    Node other = Documents.yaml("listeners: [{api_keys: [HushTwo, HushOne]}]");
    List<Difference> differences = ConfigDiff.between(one, other);
    assertEquals(Difference.Change.REORDERED, differences.getFirst().change());
    assertFalse(differences.toString().contains("Hush"), differences.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "listeners: [{api_keys: [\"${SHOWN}\"]}]",
        "providers: {models: [{backend_refs: [{api_key: $SHOWN}]}]}",
        "providers: {models: [{backend_refs: [{base_url: \"http://SHOWN/v1\"}]}]}",
        "providers: {models: [{backend_refs: [{base_url: \"http://h/v1?region=SHOWN\"}]}]}",
        "providers: {models: [{backend_refs: [{base_url: \"http://h/v1?key=${SHOWN}\"}]}]}",
        "global: {integrations: {mcp: {servers: [{args: [--token, \"${SHOWN}\"]}]}}}",
        "global: {integrations: {mcp: {servers: [{args: [--port, SHOWN]}]}}}",
        "global: {services: {authz: {providers: [{headers: {openai: SHOWN}}]}}}",
        "x: {plugins: [{configuration: {add: [{name: X-Team, value: SHOWN}]}}]}"
      })
  void whatIsNoSecretStays(String text) {
    Node document = Documents.yaml(text);
    assertEquals(document.toString(), Redaction.of(document).toString());
  }

  @Test
  void aPlaceThatHidesHidesForAllWhoShareTheText() {
    Node shared = Documents.yaml("Hush");
    Position at = shared.position();
    Node document =
        new Node.Mapping(
            at,
            List.of(new Node.Entry(at, "password", shared), new Node.Entry(at, "address", shared)));
    List<Difference> told = ConfigDiff.between(new Node.Mapping(at, List.of()), document);
    assertFalse(told.toString().contains("Hush"), told.toString());
  }

  @Test
  void aDefaultOfAKeyIsASecretInTheFile() {
    assertTrue(production("${KEY:-literal}").contains("a secret is written into the file"));
    assertTrue(production("literal").contains("a secret is written into the file"));
    assertTrue(production("$$literal").contains("a secret is written into the file"));
    assertFalse(production("${KEY}").contains("a secret is written into the file"));
    assertFalse(production("${KEY:-}").contains("a secret is written into the file"));
    assertFalse(production("$KEY").contains("a secret is written into the file"));
  }

  private static String production(String key) {
    Node document =
        Documents.yaml(
            "providers: {models: [{backend_refs: [{endpoint: h, api_key: \""
                + key
                + "\"}]}]}\n"
                + "routing: {}\n");
    DecodeOptions options =
        new DecodeOptions(
            true,
            Optional.empty(),
            name -> Optional.of("set"),
            Attachments.none(),
            ModelNames.none(),
            true);
    return ConfigDecoder.decode(document, options).diagnostics().stream()
        .filter(problem -> problem.severity() == Severity.WARNING)
        .map(Diagnostic::render)
        .toList()
        .toString();
  }
}
