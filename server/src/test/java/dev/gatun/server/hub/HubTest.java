package dev.gatun.server.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubTest {
  private static final RepositoryId REPOSITORY = RepositoryId.of("owner/model", "main");
  private static final String WEIGHTS = "model.safetensors";
  private static final byte[] LARGE = bytes(100_000);
  private static final byte[] SMALL =
      "{\"small\": true}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  private final HubServer server = new HubServer();
  @TempDir private Path folder;

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void listsACommitAndFetchesItsFiles() throws IOException {
    server.file(WEIGHTS, LARGE).file("1_Pooling/config.json", SMALL);
    Hub hub = hub(Optional.empty());
    Listing listing = hub.list(REPOSITORY);
    assertEquals(HubServer.COMMIT, listing.commit());
    assertEquals(LARGE.length + SMALL.length, listing.bytes());

    for (HubFile file : listing.files()) {
      fetch(hub, file);
    }
    assertArrayEquals(LARGE, Files.readAllBytes(folder.resolve(WEIGHTS)));
    assertArrayEquals(SMALL, Files.readAllBytes(folder.resolve("1_Pooling/config.json")));
    assertEquals(2, countFiles());
    assertTrue(
        server.seen().stream().skip(1).allMatch(one -> one.path().contains(HubServer.COMMIT)));
  }

  @Test
  void theTokenIsForTheHubAlone() throws IOException {
    server.file(WEIGHTS, LARGE);
    Hub hub = hub(Optional.of("hf_secret"));
    fetch(hub, hub.list(REPOSITORY).files().getFirst());

    for (HubServer.Seen one : server.seen()) {
      String token = one.headers().get("authorization");
      assertEquals(one.storage() ? null : "Bearer hf_secret", token, one.path());
    }
    assertTrue(server.seen().getLast().storage(), "the redirect was followed");
    assertFalse(hubEndpoint(Optional.of("hf_secret")).toString().contains("hf_secret"));
  }

  @Test
  void aTokenIsNotSentUnencrypted() {
    Map<String, String> environment =
        Map.of("HF_ENDPOINT", "http://hub.example", "HF_TOKEN", "hf_secret");
    HubException refused =
        assertThrows(
            HubException.class,
            () -> HubEndpoint.of(name -> Optional.ofNullable(environment.get(name))));
    assertTrue(refused.getMessage().contains("unencrypted"), refused.getMessage());
    assertFalse(refused.getMessage().contains("hf_secret"), refused.getMessage());
  }

  @Test
  void aBrokenConnectionIsContinuedWhereItBroke() throws IOException {
    server.file(WEIGHTS, LARGE);
    server.breakAfter(WEIGHTS, 30_000, 20_000);
    Hub hub = hub(Optional.empty());
    fetch(hub, hub.list(REPOSITORY).files().getFirst());

    assertArrayEquals(LARGE, Files.readAllBytes(folder.resolve(WEIGHTS)));
    assertEquals(List.of("bytes=30000-", "bytes=50000-"), storageRanges());
  }

  @Test
  void aLaterRunContinuesWhatAnEarlierOneLeft() throws IOException {
    server.file(WEIGHTS, LARGE);
    server.breakAfter(WEIGHTS, 40_000, 0, 0, 0);
    Hub hub = hub(Optional.empty());
    HubFile file = hub.list(REPOSITORY).files().getFirst();
    HubException broken = assertThrows(HubException.class, () -> fetch(hub, file));
    assertTrue(broken.getMessage().contains("what is here is kept"), broken.getMessage());
    assertFalse(Files.exists(folder.resolve(WEIGHTS)));
    assertEquals(40_000, Files.size(folder.resolve(WEIGHTS + ".partial")));

    List<Long> progress = new ArrayList<>();
    hub(Optional.empty())
        .fetch(
            REPOSITORY,
            HubServer.COMMIT,
            file,
            folder.resolve(WEIGHTS),
            (_, bytes) -> progress.add(bytes));
    assertEquals(List.of(40_000L, 100_000L), progress);
    assertArrayEquals(LARGE, Files.readAllBytes(folder.resolve(WEIGHTS)));
  }

  @Test
  void aFileThatChangedMeanwhileBeginsAnew() throws IOException {
    server.file(WEIGHTS, LARGE);
    HubFile file = hub(Optional.empty()).list(REPOSITORY).files().getFirst();
    Files.write(folder.resolve(WEIGHTS + ".partial"), bytes(7));
    Files.writeString(folder.resolve(WEIGHTS + ".partial.etag"), "\"other\"");
    fetch(hub(Optional.empty()), file);
    assertArrayEquals(LARGE, Files.readAllBytes(folder.resolve(WEIGHTS)));
    assertEquals(List.of("bytes=7-"), storageRanges());
  }

  @Test
  void aServerWithoutRangesIsReadFromTheStart() throws IOException {
    server.file(WEIGHTS, LARGE);
    server.ignoreRanges();
    server.breakAfter(WEIGHTS, 50_000);
    Hub hub = hub(Optional.empty());
    fetch(hub, hub.list(REPOSITORY).files().getFirst());
    assertArrayEquals(LARGE, Files.readAllBytes(folder.resolve(WEIGHTS)));
  }

  @ParameterizedTest
  @CsvSource({"100000, SHA-256", "15, git blob id"})
  void otherBytesThanListedAreDiscarded(int length, String by) throws IOException {
    server.file("config.json", bytes(length));
    byte[] other = bytes(length);
    other[length / 2] ^= 1;
    server.serve("config.json", other);
    Hub hub = hub(Optional.empty());
    HubFile file = hub.list(REPOSITORY).files().getFirst();
    HubException wrong = assertThrows(HubException.class, () -> fetch(hub, file));
    assertTrue(wrong.getMessage().contains(by), wrong.getMessage());
    assertEquals(0, countFiles());
  }

  @Test
  void moreBytesThanListedAreNotStored() throws IOException {
    server.file(WEIGHTS, LARGE);
    server.serve(WEIGHTS, bytes(200_000));
    Hub hub = hub(Optional.empty());
    HubFile file = hub.list(REPOSITORY).files().getFirst();
    HubException wrong = assertThrows(HubException.class, () -> fetch(hub, file));
    assertTrue(wrong.getMessage().contains("longer than the 100000 bytes"), wrong.getMessage());
    assertTrue(Files.size(folder.resolve(WEIGHTS + ".partial")) <= LARGE.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x", "/etc/x", "a/../../x", "a//b", "a\\..\\b", "C:x", "./x", "a/", "a\u0000b"})
  void namesThatLeadOutAreRefused(String name) {
    server.file("config.json", SMALL).file(name, SMALL);
    Hub hub = hub(Optional.empty());
    HubException refused = assertThrows(HubException.class, () -> hub.list(REPOSITORY));
    assertTrue(refused.getMessage().contains("leads out of its folder"), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "401, set HF_TOKEN",
    "403, accept its terms",
    "404, check the name and the revision",
    "429, try again later",
    "503, try again later",
    "418, is not given out"
  })
  void everyRefusalSaysWhatToDo(int status, String remedy) {
    server.answer(status);
    HubException refused =
        assertThrows(HubException.class, () -> hub(Optional.empty()).list(REPOSITORY));
    assertTrue(refused.getMessage().contains(remedy), refused.getMessage());
    assertTrue(refused.getMessage().contains("answered " + status), refused.getMessage());
    assertTrue(refused.getMessage().startsWith("owner/model@main "), refused.getMessage());
  }

  @Test
  void redirectsEndAndStayInTheWeb() throws IOException {
    server.file(WEIGHTS, LARGE);
    Hub hub = hub(Optional.empty());
    HubFile file = hub.list(REPOSITORY).files().getFirst();
    server.redirectTo("file:///etc/hostname");
    assertTrue(
        assertThrows(HubException.class, () -> fetch(hub, file))
            .getMessage()
            .contains("no address of the web"));
    server.redirectTo(server.address() + "/owner/model/resolve/x/" + WEIGHTS);
    assertTrue(
        assertThrows(HubException.class, () -> fetch(hub, file))
            .getMessage()
            .contains("redirected more than 5 times"));
  }

  @Test
  void aSilentHostIsNotWaitedForWithoutEnd() throws IOException {
    try (ServerSocket silent = new ServerSocket(0)) {
      URI address = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      Hub hub = new Hub(new HubEndpoint(address, Optional.empty()), Duration.ofMillis(50));
      HubException gone = assertThrows(HubException.class, () -> hub.list(REPOSITORY));
      assertTrue(gone.getMessage().contains("no answer from 127.0.0.1"), gone.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../model", "owner/..", "owner/mo del", "o/n/x", "owner/%2e%2e", "/n"})
  void otherIdsAreNoRepositories(String id) {
    assertFalse(RepositoryId.looksLike(id));
    assertThrows(HubException.class, () -> RepositoryId.of(id, "main"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../x", "a b", "main?x", "a%2f"})
  void otherRevisionsAreRefused(String revision) {
    assertThrows(HubException.class, () -> RepositoryId.of("owner/model", revision));
  }

  private HubEndpoint hubEndpoint(Optional<String> token) {
    return new HubEndpoint(URI.create(server.address()), token);
  }

  private Hub hub(Optional<String> token) {
    return new Hub(hubEndpoint(token));
  }

  private void fetch(Hub hub, HubFile file) throws IOException {
    hub.fetch(REPOSITORY, HubServer.COMMIT, file, folder.resolve(file.name()), (_, _) -> {});
  }

  private List<String> storageRanges() {
    return server.seen().stream()
        .filter(HubServer.Seen::storage)
        .map(one -> one.headers().getOrDefault("range", ""))
        .filter(range -> !range.isEmpty())
        .toList();
  }

  private long countFiles() throws IOException {
    try (var walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).count();
    }
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    return bytes;
  }
}
