package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.gatun.inference.fake.FakeEncoderModel;
import dev.gatun.inference.tokenize.Tokenizer;
import dev.gatun.inference.tokenize.TokenizerException;
import dev.gatun.inference.tokenize.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Folders as a whole: control folders load, every other is refused with the due message. */
class ModelFolderTest {

  private static final float LOGITS = 1e-4f;
  private static final Path CARRIED = Golden.carried().resolve("errors");

  private static final List<String> FILES_OF_CONTROL =
      List.of("config.json", "model.safetensors", "tokenizer.json", "jailbreak_type_mapping.json");

  @TempDir Path directory;

  private final Inference inference = Inference.open(InferenceOptions.defaults());

  @AfterEach
  void nothingIsLeft() {
    inference.close();
    LaneThreads.assertNone();
  }

  @TestFactory
  Stream<DynamicTest> carriedFolders() {
    return Golden.folders(CARRIED).stream()
        .map(folder ->
            DynamicTest.dynamicTest(
                folder.getFileName().toString(), () -> check(overlaid(folder))));
  }

  @TestFactory
  Stream<DynamicTest> wholeSet() {
    return Golden.shared("all folders that must be refused").stream()
        .flatMap(root -> Golden.folders(root.resolve("errors")).stream())
        .filter(folder -> !folder.getFileName().toString().startsWith("adapter-"))
        .map(folder ->
            DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
  }

  private void check(Path folder) {
    JsonObject expect = Golden.json(folder.resolve("expect.json"));
    if (expect.get("must_fail").getAsBoolean()) {
      Expectation.check(
          expect,
          assertThrows(
              InferenceException.Refused.class, () -> ModelFolder.open(inference, folder)));
      return;
    }
    try (ModelFolder open = ModelFolder.open(inference, folder)) {
      Tokens tokens = open.tokenizer().encode(expect.get("text").getAsString());
      assertArrayEquals(Golden.ints(expect.get("ids")), tokens.ids());
      Matrix logits =
          open.encoder()
              .encode(TokenBatch.of(tokens.ids()), List.of(Output.logits()))
              .join()
              .single();
      assertArrayEquals(Golden.floats(expect.get("logits")), logits.values(), LOGITS);
      assertEquals(open.encoder().info().labels(), open.labels().size());
    }
  }

  /**
   * Carried folders hold what differs from {@code control-ok}, and name under {@code absent} what
   * is missing.
   */
  private Path overlaid(Path folder) throws IOException {
    Path whole = Files.createDirectory(directory.resolve(folder.getFileName()));
    copy(CARRIED.resolve("control-ok"), whole);
    copy(folder, whole);
    JsonObject expect = Golden.json(folder.resolve("expect.json"));
    if (expect.has("absent")) {
      for (String file : Golden.strings(expect.get("absent"))) {
        Files.delete(whole.resolve(file));
      }
    }
    return whole;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void noFileMayLieOutsideTheFolder() throws IOException {
    Path control = CARRIED.resolve("control-ok").toAbsolutePath();
    for (String file : FILES_OF_CONTROL) {
      Path folder = Files.createDirectory(directory.resolve("without-" + file));
      copy(control, folder);
      Files.delete(folder.resolve(file));
      Files.createSymbolicLink(folder.resolve(file), control.resolve(file));
      String message =
          assertThrows(InferenceException.Refused.class, () -> ModelFolder.open(inference, folder))
              .getMessage();
      assertTrue(message.contains(file + " is a link that leads outside"), message);
    }
  }

  /** Repositories of a Hugging Face cache: blobs, and snapshots of links to them. */
  @Test
  void aSnapshotOfLinksToBlobsIsAFolder() throws IOException {
    Path blobs = Files.createDirectories(directory.resolve("models--a--b/blobs"));
    Path snapshot = Files.createDirectories(directory.resolve("models--a--b/snapshots/1"));
    copy(CARRIED.resolve("control-ok"), blobs);
    try (Stream<Path> files = Files.list(blobs)) {
      for (Path file : files.toList()) {
        Path name = file.getFileName();
        Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs").resolve(name));
      }
    }
    check(snapshot);
  }

  @Test
  void aDirectoryThatIsNotThereIsRefused() {
    Path absent = directory.resolve("absent");
    String message =
        assertThrows(InferenceException.Refused.class, () -> ModelFolder.open(inference, absent))
            .getMessage();
    assertTrue(message.contains("absent: no such directory"), message);
  }

  @Test
  void aClassifierWithoutLabelsIsRefused() throws IOException {
    copy(CARRIED.resolve("control-ok"), directory);
    Files.delete(directory.resolve("jailbreak_type_mapping.json"));
    JsonObject config = Golden.json(directory.resolve("config.json"));
    config.remove("id2label");
    config.remove("label2id");
    Files.writeString(directory.resolve("config.json"), config.toString());
    String message =
        assertThrows(InferenceException.Refused.class, () -> ModelFolder.open(inference, directory))
            .getMessage();
    assertTrue(message.contains("label"), message);
  }

  @Test
  void closingAFolderClosesItsParts() {
    ModelFolder folder = ModelFolder.open(inference, CARRIED.resolve("control-ok"));
    folder.close();
    folder.close();
    assertThrows(TokenizerException.Closed.class, () -> folder.tokenizer().encode("a"));
    assertThrows(
        InferenceException.Closed.class,
        () -> folder.encoder().encode(TokenBatch.of(1), List.of(Output.logits())));
  }

  @Test
  void partsFromElsewhereMustBelongTogether() {
    Path file = CARRIED.resolve("control-ok/tokenizer.json");
    try (Tokenizer tokenizer = Tokenizer.load(file);
        FakeEncoderModel encoder = FakeEncoderModel.classifier(2, _ -> new float[2])) {
      assertThrows(
          IllegalArgumentException.class,
          () -> ModelFolder.of(encoder, tokenizer, Labels.of("only one")));
      try (ModelFolder folder = ModelFolder.of(encoder, tokenizer, Labels.of("no", "yes"))) {
        assertEquals("yes", folder.labels().name(1));
      }
    }
  }

  @Test
  void theRuntimeDescribesItself() {
    RuntimeInfo runtime = inference.runtime();
    assertEquals("cpu", runtime.backend());
    assertTrue(runtime.isa().matches("scalar|(avx2|avx512|amx|neon)[a-z0-9]*"), runtime::toString);
    assertTrue(runtime.cpus() >= 1);
  }
}
