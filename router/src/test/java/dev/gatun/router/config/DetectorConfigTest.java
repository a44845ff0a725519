package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the loader says about rules and settings of detectors. */
class DetectorConfigTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          domains: [{name: d, examples: [a, b, c, a, d]}] | 4 different examples are too few
          domains: [{name: ab, parent: abc}, {name: abd}] | did you mean "ab"?
          domains: [{name: d, parent: d}] | a part of itself
          domains: [{name: a, parent: b}, {name: b, parent: a}] | a part of itself
          fact_check: [{name: needs_factcheck}] | did you mean "needs_fact_check"?
          user_feedbacks: [{name: wrong}] | can never match
          modality: [{name: image}] | can never match
          language: [{name: en-US}] | write "en"
          language: [{name: english}] | write one of af, ar
          language: [{name: "no"}] | write nb or nn
          language: [{name: gd}] | can never match
          pii: [{name: p, pii_types_allowed: [email]}] | write EMAIL_ADDRESS
          jailbreak: [{name: j, method: contrastiv}] | did you mean "contrastive"?
          jailbreak: [{name: j, jailbreak_patterns: [x]}] | write method: hybrid
          jailbreak: [{name: j, method: contrastive}] | can never match
          jailbreak: [{name: j, calibration: {slope: 4}}] | calibrated already
          jailbreak: [{name: j, method: hybrid, calibration: {slope: 0}}] | above 0
          pii: [{name: p, pii_types_allowed: [EMAIL_ADRESS]}] | did you mean "EMAIL_ADDRESS"?
          pii: [{name: p, patterns: [{builtin: ibn}]}] | did you mean "iban"?
          pii: [{name: p, patterns: [{type: X}]}] | either a regex or a builtin
          pii: [{name: p, patterns: [{type: X, regex: '('}]}] | RE2 syntax
          pii: [{name: p, patterns: [{regex: 'x'}]}] | write type:
          pii: [{name: p, on_error: ignore}] | match, no_match, fail
          """)
  void rules(String rule, String part) {
    assertReports("routing:\n  signals:\n    " + rule + "\n", part);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          modality_detector: {enabled: true} | write method
          modality_detector: {enabled: true, method: keyword} | list words
          modality_detector: {enabled: true, method: classifier} | confidence_threshold
          modality_detector: {enabled: true, method: hybrid, confidence_threshold: 0.5} | ratio
          prompt_guard: {use_vllm: true, use_mmbert_32k: true} | keep one of them
          prompt_guard: {threshold: 1.5} | from 0 to 1
          classifier: {pii: {threshold: 0.9}} | every pii rule has its own
          """)
  void settings(String setting, String part) {
    assertReports("global:\n  model_catalog:\n    modules:\n      " + setting + "\n", part);
  }

  private static void assertReports(String text, String part) {
    Decoded decoded = ConfigDecoder.decode(Documents.yaml(text), DecodeOptions.lenient());
    String report = Documents.render(decoded.diagnostics());
    assertTrue(report.contains(part), report);
  }
}
