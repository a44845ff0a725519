package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of our own are read in full though they do not run yet (spec config §13). */
class UnusedKeysTest {
  private static final String FILE =
      """
      version: v0.3
      listeners: [{name: a, port: 1 LISTENER}]
      providers:
        models:
          - {name: small, backend_refs: [{endpoint: "127.0.0.1:1"}] MODEL}
          - {name: large, backend_refs: [{endpoint: "127.0.0.1:2"}]}
      routing:
        modelCards: [{name: small CARD}, {name: large}]
        signals: {SIGNALS}
        decisions:
          - name: d
            rules: {}
            modelRefs: [{model: small}, {model: large}]
            plugins: [PLUGIN]
      global: {GLOBAL}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          MODEL  | retry: {attempts: many}             | providers.models[0].retry.attempts
          MODEL  | retry: {attempts: 0}                | providers.models[0].retry.attempts
          MODEL  | retry: {on: bogus}                  | providers.models[0].retry.on
          MODEL  | retry: {on: [429, bogus]}           | providers.models[0].retry.on[1]
          MODEL  | breaker: banana                     | providers.models[0].breaker
          MODEL  | breaker: {window: banana}           | providers.models[0].breaker.window
          MODEL  | health: [1, 2]                      | providers.models[0].health
          MODEL  | header_passthrough: 7               | providers.models[0].header_passthrough
          MODEL  | header_passthrough: {request: ["a b"]} | \
          providers.models[0].header_passthrough.request
          MODEL  | lb_policy: banana                   | providers.models[0].lb_policy
          MODEL  | fallback_models: [nosuch]           | providers.models[0].fallback_models
          MODEL  | fallback_models: [small]            | providers.models[0].fallback_models
          CARD   | structured_output: banana           | routing.modelCards[0].structured_output
          GLOBAL | services: {management_api: {auth: {mode: beaer}}} | \
          global.services.management_api.auth.mode
          GLOBAL | router: {session_headers: {name: "bad name"}} | \
          global.router.session_headers.name
          GLOBAL | integrations: {mcp: {servers: [{name: a, transport: pigeon}]}} | \
          global.integrations.mcp.servers[0].transport
          """)
  void aValueThatMakesNoSenseIsAnError(String place, String written, String key) {
    assertEquals(List.of(key), keys(place, written, Severity.ERROR), written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          MODEL  | retry: {attempts: 2, on: [connect, 429, 503]}
          MODEL  | breaker: {failures: 5, window: 10s, open: 5s, half_open: 1}
          MODEL  | health: {path: /health, interval: 30s, timeout: 2s}
          MODEL  | header_passthrough: {request: [traceparent], response: [retry-after]}
          MODEL  | lb_policy: session
          MODEL  | fallback_models: [large]
          CARD   | structured_output: json_schema
          LISTENER | tls: {cert_file: a, key_file: b}
          GLOBAL | services: {management_api: {auth: {mode: bearer}}}
          GLOBAL | router: {session_headers: {echo: true, name: x-session-id}}
          """)
  void aValueThatMakesSenseIsOnlySaidNotToRun(String place, String written) {
    String text = text(place, written);
    assertEquals(List.of(), Documents.keys(Documents.decode(text), Severity.ERROR), text);
    assertEquals(1, Documents.keys(Documents.decode(text), Severity.UNSUPPORTED).size(), text);
  }

  /** Always an error inside safety-relevant blocks, at any depth of them (spec config §1.2). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LISTENER | tls: {cert_fil: x}                     | listeners[0].tls.cert_fil
          LISTENER | adress: h                              | listeners[0].adress
          SIGNALS  | jailbreak: [{name: j, calibration: {slop: 3}}] | \
          routing.signals.jailbreak[0].calibration.slop
          SIGNALS  | pii: [{name: p, patterns: [{type: A, regex: b, regx: c}]}] | \
          routing.signals.pii[0].patterns[0].regx
          SIGNALS  | role_bindings: [{name: r, role: r, subjects: [{kind: User, nam: u, \
          name: v}]}] | routing.signals.role_bindings[0].subjects[0].nam
          PLUGIN   | {type: response_jailbreak, configuraton: {enabled: true}} | \
          routing.decisions[0].plugins[0].configuraton
          PLUGIN   | {type: hallucination, configuration: {enabled: true}, enable: true} | \
          routing.decisions[0].plugins[0].enable
          GLOBAL   | services: {authz: {identity: {user_header: x}}} | \
          global.services.authz.identity.user_header
          GLOBAL   | services: {ratelimit: {providers: [{type: local-limiter, rules: [{name: a, \
          requests_per_unit: 1, unit: day, match: {usr: a}}]}]}} | \
          global.services.ratelimit.providers[0].rules[0].match.usr
          GLOBAL   | model_catalog: {modules: {prompt_guard: {treshold: 0.9}}} | \
          global.model_catalog.modules.prompt_guard.treshold
          GLOBAL   | model_catalog: {modules: {classifier: {pii: {treshold: 0.9}}}} | \
          global.model_catalog.modules.classifier.pii.treshold
          """)
  void anUnknownKeyOfSafetyIsAnErrorEvenWhenServing(String place, String written, String key) {
    assertEquals(List.of(key), keys(place, written, Severity.ERROR), written);

    Decoded upstream =
        Documents.decode(
            text(place, written)
                .replace("global: {", "global: {router: {compatibility: upstream-0.3}, "));
    assertTrue(Documents.keys(upstream, Severity.WARNING).contains(key), written);
  }

  @Test
  void elsewhereItIsAWarningWhenServing() {
    String plugin = "{type: fast_response, configuration: {message: a}, mesage: b}";

    assertEquals(List.of(), keys("PLUGIN", plugin, Severity.ERROR));
    assertTrue(
        keys("PLUGIN", plugin, Severity.WARNING)
            .contains("routing.decisions[0].plugins[0].mesage"));
  }

  private static List<String> keys(String place, String written, Severity severity) {
    return Documents.keys(Documents.decode(text(place, written)), severity);
  }

  private static String text(String place, String written) {
    boolean isAlone = List.of("PLUGIN", "SIGNALS", "GLOBAL").contains(place);
    String text = FILE.replace(place, isAlone ? written : ", " + written);
    for (String other : List.of("LISTENER", "MODEL", "CARD", "SIGNALS", "PLUGIN", "GLOBAL")) {
      text = text.replace(other, "");
    }
    return text;
  }
}
