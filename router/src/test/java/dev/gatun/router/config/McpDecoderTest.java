package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.McpTool.Transport.Http;
import dev.gatun.router.config.McpTool.Transport.Stdio;
import dev.gatun.router.model.Secret;
import dev.gatun.router.signal.DomainSettings;
import dev.gatun.router.signal.Family;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tool that tells domains: its settings, and what is wrong with them. */
class McpDecoderTest {
  private static final String KEY = "global.model_catalog.modules.classifier.mcp.";

  private static String file(String mcp) {
    return file(mcp, "{threshold: 0.4}");
  }

  private static String file(String mcp, String domain) {
    return Documents.HEAD
        + """
            domains: [{name: math}]
          decisions: [{name: d, rules: {type: domain, name: math}}]
        global:
          model_catalog:
            modules:
              classifier:
                domain: DOMAIN
                mcp: {MCP}
        """
            .replace("DOMAIN", domain)
            .replace("MCP", mcp);
  }

  private static McpTool tool(String mcp) {
    return Documents.config(file(mcp)).global().domainTool().orElseThrow();
  }

  private static List<String> found(String text, Severity severity) {
    return Documents.decode(text).diagnostics().stream()
        .filter(d -> d.severity() == severity)
        .map(d -> d.key() + ": " + d.message())
        .toList();
  }

  @Test
  void aProcessIsReadWithAllItsSettings() {
    String mcp =
        "enabled: true, transport_type: stdio, command: /opt/classify, args: ['-v', 2], env: {KEY:"
            + " secret}, tool_name: classify_text, threshold: 0.7, timeout_seconds: 3";
    McpTool tool = tool(mcp);
    assertEquals(
        new Stdio("/opt/classify", List.of("-v", "2"), Map.of("KEY", new Secret("secret"))),
        tool.transport());
    assertEquals("classify_text", tool.name());
    assertEquals(Duration.ofSeconds(3), tool.timeout());
    assertEquals("classify", tool.transport().shown());
    assertFalse(tool.toString().contains("secret"), tool.toString());
    DomainSettings domain = Documents.config(file(mcp)).global().domain();
    assertEquals(OptionalDouble.of(0.7), domain.tool());
    assertTrue(domain.isLocal());
    assertEquals(List.of(), Documents.decode(file(mcp)).diagnostics());
  }

  @ParameterizedTest
  @CsvSource({
    "streamable-http, false",
    "STREAMABLE-HTTP, false",
    "streamable_http, false",
    "http, false",
    "sse, true"
  })
  void aServerOnTheNetworkHasAUrl(String word, boolean streams) {
    McpTool tool =
        tool(
            "enabled: true, tool_name: t, url: 'https://h:8443/mcp/?k=1', transport_type: " + word);
    assertEquals(
        new Http(new Target(true, "h", 8443, "/mcp"), "/mcp/?k=1", streams), tool.transport());
    assertEquals("https://h:8443", tool.transport().shown());
    assertEquals(McpTool.TIMEOUT, tool.timeout());
  }

  @ParameterizedTest
  @CsvSource({
    "http://h, http://h, ''",
    "HTTPS://h?k=1, https://h, ?k=1",
    "http://h?k=/, http://h, ?k=/",
    "'http://[::1]:8080/', http://[::1]:8080, /",
    "http://10.0.0.1:80/a_b-c.d, http://10.0.0.1, /a_b-c.d"
  })
  void aUrlIsTakenApart(String url, String origin, String resource) {
    Http http = (Http) tool("enabled: true, tool_name: t, url: '" + url + "'").transport();
    assertEquals(origin, http.shown());
    assertEquals(resource, http.resource());
  }

  @Test
  void theTransportIsWhatTheOtherKeysAreFor() {
    assertEquals("stdio", tool("enabled: true, tool_name: t, command: c").transport().word());
    assertEquals(
        "streamable-http",
        tool("enabled: true, tool_name: t, transport_type: '', url: 'http://h'")
            .transport()
            .word());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          command: c                                        | tool_name
          tool_name: t                                      | transport_type
          tool_name: t, command: c, url: 'http://h'         | transport_type
          tool_name: t, transport_type: stdio               | command
          tool_name: t, transport_type: http                | url
          tool_name: t, transport_type: sse                 | url
          tool_name: t, transport_type: websocket, url: u   | transport_type
          tool_name: t, url: 'ftp://h'                      | url
          tool_name: t, url: 'http://user@h'                | url
          tool_name: t, url: 'http://h/#a'                  | url
          tool_name: t, url: 'http:// h'                    | url
          tool_name: t, url: 'h:8090'                       | url
          tool_name: t, url: 'http://h:port/'               | url
          tool_name: t, url: 'http://h:99999/'              | url
          tool_name: t, url: 'http:///mcp'                  | url
          tool_name: t, command: c, timeout_seconds: 0      | timeout_seconds
          tool_name: t, command: c, threshold: 1.5          | threshold
          tool_name: t, command: c, env: {'A=B': c}         | env
          tool_name: t, command: "a\\0b"                     | command
          """)
  void whatIsMissingOrWrongIsAnErrorWithItsPlace(String mcp, String key) {
    List<Diagnostic> errors =
        Documents.decode(file("enabled: true, " + mcp)).diagnostics().stream()
            .filter(d -> d.severity() == Severity.ERROR)
            .toList();
    assertEquals(List.of(KEY + key), errors.stream().map(Diagnostic::key).distinct().toList());
    assertTrue(errors.getFirst().render().startsWith("config.yaml:1"), errors.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tool_name: t                                                      | enabled
          enabled: true, tool_name: t, url: 'http://h', args: [a]           | args
          enabled: true, tool_name: t, transport_type: stdio, command: c, url: 'http://h' | url
          """)
  void whatHasNoEffectIsSaid(String mcp, String key) {
    List<String> warnings = found(file(mcp), Severity.WARNING);
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.getFirst().startsWith(KEY + key), warnings.toString());
    assertEquals(List.of(), found(file(mcp), Severity.ERROR));
  }

  @Test
  void aToolThatIsOffIsNotRead() {
    String off = file("enabled: false, transport_type: '', threshold: 0, command: c");
    assertTrue(Documents.config(off).global().domainTool().isEmpty());
    assertEquals(List.of(), Documents.decode(off).diagnostics());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{model_ref: ''}", "{model_ref: '', model_id: ''}"})
  void withoutALocalModelTheToolIsAlone(String domain) {
    String text = file("enabled: true, tool_name: t, command: c", domain);
    RouterConfig config = Documents.config(text);
    assertFalse(config.global().domain().isLocal());
    assertFalse(config.asksClassifier(config.profiles().getFirst().routing(), Family.DOMAIN));
    assertTrue(config.asksDomainTool(config.profiles().getFirst().routing()));
    assertEquals(List.of(), Documents.decode(text).diagnostics());
  }

  @Test
  void anEmptyModelOfTheSystemIsNone() {
    String text =
        file("enabled: true, tool_name: t, command: c")
            .replace("    modules:", "    system: {domain_classifier: ''}\n    modules:");
    assertFalse(Documents.config(text).global().domain().isLocal());
    String off = text.replace("enabled: true", "enabled: false");
    assertEquals(1, found(off, Severity.ERROR).size(), found(off, Severity.ERROR).toString());
  }

  @Test
  void theFamilyWaitsAsLongAsItsTool() {
    String slow = "enabled: true, tool_name: t, command: c, timeout_seconds: 20";
    assertEquals(
        Duration.ofSeconds(21),
        Documents.config(file(slow)).global().router().failures().of(Family.DOMAIN).deadline());
    String impatient =
        file(slow).replace("global:", "global:\n  router: {signals: {deadline: 5s}}");
    assertEquals(
        List.of(KEY + "timeout_seconds: domain signals wait only 5000 ms"),
        found(impatient, Severity.WARNING));
  }

  @Test
  void aToolThatNoRuleAsksIsSaidToBeIdle() {
    String text =
        file("enabled: true, tool_name: t, command: c")
            .replace("domains: [{name: math}]", "keywords: [{name: k, keywords: [a]}]")
            .replace("{type: domain, name: math}", "{type: keyword, name: k}");
    assertEquals(List.of(KEY + "enabled: no rule asks this tool"), found(text, Severity.WARNING));
  }

  @Test
  void variablesAreNotShown() {
    Node document = Documents.yaml(file("env: {KEY: hidden, OTHER: \"${REF}\"}"));
    String shown = Redaction.of(document).toString();
    assertFalse(shown.contains("hidden"), shown);
    assertTrue(shown.contains("${REF}"), shown);
  }
}
