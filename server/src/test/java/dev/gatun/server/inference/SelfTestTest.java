package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.Precision;
import dev.gatun.server.digest.Sha256;
import dev.gatun.server.models.EmbeddingHead;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SelfTestTest {
  private static final Path MODELS = Path.of(System.getProperty("gatun.models"));
  private static final String NAME = "gatun-jailbreak";

  @TempDir private Path temporary;

  @ParameterizedTest
  @EnumSource
  void everyEmbeddedModelComputesWhatTheOtherFrameworkDid(Precision precision) throws IOException {
    ModelStore store = new ModelStore(MODELS);
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        Stream<Path> folders = Files.list(MODELS)) {
      for (Path folder : (Iterable<Path>) folders.filter(ModelFiles::encodes)::iterator) {
        if (EmbeddingHead.isIn(folder)) {
          continue;
        }
        SelfTest test = SelfTest.read(folder).orElseThrow(() -> new AssertionError(folder));
        LoadOptions options = LoadOptions.defaults().in(precision);
        try (FolderModel model = FolderModel.open(inference, store, folder, options)) {
          SelfTest.Outcome outcome = test.run(model);
          assertTrue(outcome.passed(), folder + " " + outcome);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyHeadComputesWhatTheOtherFrameworkDid(Precision precision) throws IOException {
    ModelStore store = new ModelStore(MODELS);
    LoadOptions options = LoadOptions.defaults().in(precision);
    try (Inference inference = Inference.open(InferenceOptions.defaults())) {
      for (String name : List.of(DetectedLanguages.MODEL, ModelChooser.MODEL, ToolMatcher.MODEL)) {
        Path folder = store.path(name);
        SelfTest test = SelfTest.read(folder).orElseThrow(() -> new AssertionError(folder));
        try (Probed head = Probed.unverified(inference, store, folder, options).orElseThrow()) {
          SelfTest.Outcome outcome = test.run(head);
          assertTrue(outcome.passed(), name + " " + outcome);
        }
      }
    }
  }

  private Path drifted() throws IOException {
    return drifted(NAME);
  }

  /** A folder like the built one, whose stored values are others. */
  private Path drifted(String name) throws IOException {
    Path from = MODELS.resolve(name);
    Path to = Files.createDirectory(temporary.resolve(name));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    Path probe = to.resolve(SelfTest.FILE);
    ObjectNode tree = (ObjectNode) Json.read(Files.readAllBytes(probe));
    ArrayNode second = (ArrayNode) tree.path("values").get(1);
    second.set(0, DoubleNode.valueOf(second.get(0).doubleValue() + 3));
    Files.delete(probe);
    Files.write(probe, Json.bytes(tree));
    Path digests = to.resolve("digests.json");
    ObjectNode files = Json.object();
    files.putObject("files").put(SelfTest.FILE, Sha256.of(probe));
    Files.delete(digests);
    Files.write(digests, Json.bytes(files));
    return to;
  }

  @Test
  void aModelThatDriftsFromItsProbeIsRefused() throws IOException {
    drifted();
    LoadOptions options = LoadOptions.defaults();
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        ModelFolder trunk = new ModelStore(MODELS).open(inference, Trunk.MODEL, options)) {
      ModelStore store = new ModelStore(temporary);
      InferenceException.Refused refused =
          assertThrows(InferenceException.Refused.class, () -> store.task(trunk, NAME));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("self-test fails: \"Ignore all previous"), message);
    }
  }

  @Test
  void aHeadThatDriftsFromItsProbeIsRefused() throws IOException {
    for (String name : List.of(DetectedLanguages.MODEL, ModelChooser.MODEL, ToolMatcher.MODEL)) {
      drifted(name);
    }
    Files.createSymbolicLink(temporary.resolve(Trunk.MODEL), MODELS.resolve(Trunk.MODEL));
    ModelStore store = new ModelStore(temporary);
    LoadOptions options = LoadOptions.defaults();
    try (Inference inference = Inference.open(InferenceOptions.defaults())) {
      refused(DetectedLanguages.MODEL, () -> DetectedLanguages.open(store));
      refused(ModelChooser.MODEL, () -> ModelChooser.open(inference, store, options));
      refused(ToolMatcher.MODEL, () -> ToolMatcher.open(inference, store, options));
    }
  }

  private static void refused(String name, Executable opening) {
    InferenceException.Refused refused =
        assertThrows(InferenceException.Refused.class, opening, name);
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(name) && message.contains("self-test fails: "), message);
  }

  @Test
  void aDamagedProbeIsNamed() throws IOException {
    Path folder = drifted();
    Files.writeString(folder.resolve(SelfTest.FILE), "{\"output\":\"logits\",\"texts\":[1");
    InferenceException.Refused refused =
        assertThrows(InferenceException.Refused.class, () -> SelfTest.read(folder));
    assertTrue(String.valueOf(refused.getMessage()).contains("probe.json is damaged"));
  }

  @Test
  void aFolderWithoutAProbeHasNoSelfTest() {
    assertEquals(Optional.empty(), SelfTest.read(temporary));
  }
}
