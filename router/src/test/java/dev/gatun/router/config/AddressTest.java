package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of backends: what no request could reach is said when the file is read. */
class AddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo bar:80",
        "h:80a0",
        "[::1:8000",
        "::1]:8000",
        "1:2:3",
        ":::1",
        "1::2::3",
        "g::1",
        "12345::1",
        "::1.2.3.400",
        "h:99999",
        "h:9999999999",
        "h/with blank",
        "ho\\\"st",
        "http://",
        "ftp://h"
      })
  void anImpossibleAddressIsAnError(String address) {
    String problems = problems("endpoint", address);
    assertTrue(problems.contains("backend_refs[0].endpoint — not an address"), problems);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h",
        "h:80",
        "my_service:8000",
        "a-b.c:1/v1",
        "10.0.0.1",
        "[::1]:8000",
        "::1",
        "fe80::1%eth0",
        "1:2:3:4:5:6:7:8",
        "::ffff:10.0.0.1",
        "https://h.example/v1/x~y",
        "http://[2001:db8::1]:80/"
      })
  void aPossibleOneIsNone(String address) {
    assertEquals("", problems("endpoint", address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:pw@10.0.0.1:8000/v1",
        "user:pw@10.0.0.1:8000",
        "https://user@h/v1?x=@",
        "http://user:p@w@h"
      })
  void aUserInAnAddressIsRefusedWithoutBeingTold(String address) {
    String problems = problems("base_url", address);
    assertTrue(problems.startsWith("ERROR config.yaml:"), problems);
    assertTrue(problems.contains("api_key"), problems);
    assertFalse(problems.contains("pw") || problems.contains("p@w"), problems);
  }

  @Test
  void anAtSignBehindTheHostIsNoUser() {
    assertEquals("", problems("base_url", "http://h/v1/@me"));
  }

  @Test
  void underTheRulesOfV03TheFileCanBeUsed() {
    DecodeOptions options =
        new DecodeOptions(false, Optional.of(Compatibility.UPSTREAM_0_3), name -> Optional.empty());
    Decoded decoded = ConfigDecoder.decode(Documents.yaml(text("endpoint", "foo bar:80")), options);
    assertTrue(decoded.config().isPresent(), Documents.render(decoded.diagnostics()));
  }

  private static String problems(String key, String address) {
    return Documents.problems(text(key, address));
  }

  private static String text(String key, String address) {
    return "version: v0.3\n"
        + "providers:\n"
        + "  defaults: {default_model: m}\n"
        + "  models: [{name: m, backend_refs: [{"
        + key
        + ": \""
        + address
        + "\"}]}]\n"
        + "routing: {modelCards: [{name: m}]}\n";
  }
}
