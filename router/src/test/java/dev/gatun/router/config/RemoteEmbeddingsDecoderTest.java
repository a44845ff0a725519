package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Secret;
import dev.gatun.router.signal.Family;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A sentence encoder of another process: its settings, and what is wrong with them. */
class RemoteEmbeddingsDecoderTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("KEY", "sk-embed", "BROKEN", "sk embed\n", "EMPTY", "");

  private static final String RULES =
      Documents.HEAD
          + """
              embeddings: [{name: e, threshold: 0.5, candidates: [a]}]
              reasks: [{name: r, threshold: 0.8}]
              jailbreak: [{name: j}]
            decisions:
              - name: d
                rules:
                  operator: OR
                  conditions:
                    [{type: embedding, name: e}, {type: reask, name: r}, {type: jailbreak, name: j}]
          """;

  private static final String SMALL = "base_url: 'https://e.example/v1', model: acme/small";

  private static Decoded decode(String global) {
    DecodeOptions options =
        new DecodeOptions(false, name -> Optional.ofNullable(ENVIRONMENT.get(name)));
    return ConfigDecoder.decode(Documents.yaml(RULES + global), options);
  }

  private static String global(String router, String config) {
    return "global:\n  router: "
        + router
        + "\n  model_catalog:\n    embeddings:\n      semantic:\n        embedding_config:\n"
        + "          "
        + config
        + "\n";
  }

  private static String remote(String remote) {
    return global("{}", "{backend: remote, remote: {" + remote + "}}");
  }

  private static RemoteEmbeddings encoder(String remote) {
    Decoded decoded = decode(remote(remote));
    return decoded
        .config()
        .flatMap(config -> config.global().remoteEmbeddings())
        .orElseThrow(() -> new AssertionError(Documents.render(decoded.diagnostics())));
  }

  private static String problems(String global) {
    return Documents.render(decode(global).diagnostics());
  }

  @Test
  void everySettingIsRead() {
    RemoteEmbeddings encoder =
        encoder(
            "base_url: 'HTTP://10.0.0.5:8080/api/v1/', model: acme/small, api_key_env: KEY,"
                + " dimensions: 384, timeout_ms: 250, batch_max: 7");
    assertEquals("http://10.0.0.5:8080/api/v1/embeddings", encoder.address());
    assertEquals("acme/small", encoder.model());
    assertEquals(Optional.of(new Secret("sk-embed")), encoder.key());
    assertEquals(OptionalInt.of(384), encoder.dimensions());
    assertEquals(Duration.ofMillis(250), encoder.timeout());
    assertEquals(7, encoder.batchMax());
    assertFalse(encoder.toString().contains("sk-embed"), encoder.toString());
  }

  @Test
  void whatIsNotWrittenHasItsDefault() {
    RemoteEmbeddings encoder = encoder(SMALL);
    assertEquals("https://e.example/v1/embeddings", encoder.address());
    assertEquals(Optional.empty(), encoder.key());
    assertEquals(OptionalInt.empty(), encoder.dimensions());
    assertEquals(RemoteEmbeddings.TIMEOUT, encoder.timeout());
    assertEquals(RemoteEmbeddings.BATCH, encoder.batchMax());
    assertEquals("", problems(remote(SMALL)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "e.example/v1",
        "ftp://e.example/v1",
        "https://",
        "https://user:secret@e.example/v1",
        "https://e.example/v1?key=secret",
        "https://e.example/v1#x",
        "https://e.example/v 1",
        "https://e.example:99999/v1",
        "https://e.example/v1/embeddings"
      })
  void anotherAddressIsAnErrorThatDoesNotRepeatIt(String url) {
    String said = problems(remote("model: m, base_url: '" + url + "'"));
    assertTrue(said.contains("ERROR config.yaml:23:"), said);
    assertTrue(said.contains("remote.base_url — not the address"), said);
    assertFalse(said.contains("secret"), said);
  }

  @ParameterizedTest
  @CsvSource({
    "'model: m', remote.base_url — the encoder has no address",
    "'base_url: https://h', remote.model — the encoder has no name",
    "'base_url: https://h, model: m, dimensions: 0', remote.dimensions — must be from 1 to 16384",
    "'base_url: https://h, model: m, timeout_ms: 0', remote.timeout_ms — must be from 1 to",
    "'base_url: https://h, model: m, batch_max: -1', remote.batch_max — must be from 1 to",
    "'base_url: https://h, model: m, api_key_env: GONE', variable \"GONE\" is not set",
    "'base_url: https://h, model: m, api_key_env: EMPTY', variable \"EMPTY\" is not set",
    "'base_url: https://h, model: m, api_key_env: BROKEN', what BROKEN holds has a blank"
  })
  void whatIsMissingOrImpossibleIsAnErrorAtItsPlace(String remote, String message) {
    String said = problems(remote(remote));
    assertTrue(said.contains("ERROR config.yaml:23:"), said);
    assertTrue(said.contains(message), said);
    assertFalse(said.contains("sk embed"), said);
  }

  @Test
  void aMisspeltKeyIsReported() {
    String said = problems(remote(SMALL + ", dimension: 3"));
    assertTrue(said.contains("did you mean \"dimensions\"?"), said);
  }

  @Test
  void withoutASectionThereIsNobodyToAsk() {
    String said = problems(global("{}", "{backend: remote}"));
    assertTrue(said.contains("embedding_config.backend — an encoder of another process"), said);
  }

  @Test
  void aSectionThatNobodyAsksForHasNoEffect() {
    String said = problems(global("{}", "{backend: candle, remote: {" + SMALL + "}}"));
    assertTrue(said.contains("WARNING"), said);
    assertTrue(said.contains("embedding_config.remote — this key has no effect"), said);
    Decoded decoded = decode(global("{}", "{remote: {" + SMALL + "}}"));
    assertEquals(Optional.empty(), decoded.config().orElseThrow().global().remoteEmbeddings());
  }

  @Test
  void theKindOfTheEmbeddedModelHasNoEffectBesideIt() {
    String config = "{backend: remote, model_type: bert, target_dimension: 768, remote: {";
    String said = problems(global("{}", config + SMALL + "}}"));
    assertTrue(said.contains("model_type — this key has no effect"), said);
    assertEquals(1, said.lines().count(), said);
  }

  @Test
  void aVectorIsNotMadeLonger() {
    String config = "{backend: remote, target_dimension: %d, remote: {" + SMALL + ", %s}}";
    String said = problems(global("{}", config.formatted(512, "dimensions: 384")));
    assertTrue(said.contains("target_dimension — the service's vectors have 384"), said);
    assertEquals("", problems(global("{}", config.formatted(256, "dimensions: 384"))));
  }

  @Test
  void familiesThatCompareWaitAsLongAsTheEncoderMayTake() {
    GlobalSettings slow =
        decode(remote(SMALL + ", timeout_ms: 60000")).config().orElseThrow().global();
    Duration wait = slow.router().failures().of(Family.EMBEDDING).deadline();
    assertTrue(wait.compareTo(Duration.ofSeconds(60)) > 0, wait.toString());
    assertEquals(Duration.ofSeconds(10), slow.router().failures().of(Family.LANGUAGE).deadline());
    String hurried =
        global(
            "{signals: {deadline: 300ms}}",
            "{backend: remote, remote: {" + SMALL + ", timeout_ms: 900}}");
    String said = problems(hurried);
    assertTrue(said.contains("remote.timeout_ms — signals of embedding, reask wait"), said);
  }

  @Test
  void onlyFamiliesWhoseRulesCompareTextsAskIt() {
    RouterConfig config = decode(remote(SMALL)).config().orElseThrow();
    assertEquals(Set.of(Family.EMBEDDING, Family.REASK), config.comparing());
  }

  @Test
  void aRecordOfNonsenseIsNotMade() {
    Target target = Target.parse("http://h/v1", "").orElseThrow();
    OptionalInt unsaid = OptionalInt.empty();
    for (int batch : new int[] {0, -1}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new RemoteEmbeddings(
                  target, "/e", "m", Optional.empty(), unsaid, Duration.ofSeconds(1), batch));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new RemoteEmbeddings(target, "/e", "m", Optional.empty(), unsaid, Duration.ZERO, 1));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new RemoteEmbeddings(
                target,
                "/e",
                "m",
                Optional.empty(),
                OptionalInt.of(1 << 15),
                Duration.ofSeconds(1),
                1));
  }
}
