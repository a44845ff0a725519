package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

  @ParameterizedTest
  @EnumSource
  void theCheckerOfAnswersSaysWhatTheOtherFrameworkDid(Precision precision) {
    ModelStore store = new ModelStore(MODELS);
    Path folder = store.path(GroundingChecker.MODEL);
    ExchangeTest test = ExchangeTest.read(folder).orElseThrow();
    LoadOptions options = LoadOptions.defaults().in(precision);
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        GroundingChecker checker = GroundingChecker.unverified(inference, store, folder, options)) {
      SelfTest.Outcome outcome = test.run(checker);
      assertTrue(outcome.passed(), outcome.toString());
    }
  }

  private Path drifted() throws IOException {
    return drifted(NAME);
  }

  private Path copied(String name) throws IOException {
    Path from = MODELS.resolve(name);
    Path to = Files.createDirectory(temporary.resolve(name));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  /** Makes the digests of a folder fit a file that was changed. */
  private static void digest(Path changed) throws IOException {
    Path digests = changed.resolveSibling("digests.json");
    ObjectNode files = Json.object();
    files.putObject("files").put(String.valueOf(changed.getFileName()), Sha256.of(changed));
    Files.delete(digests);
    Files.write(digests, Json.bytes(files));
  }

  /** A folder like the built one, whose stored values are others. */
  private Path drifted(String name) throws IOException {
    Path to = copied(name);
    Path probe = to.resolve(SelfTest.FILE);
    ObjectNode tree = (ObjectNode) Json.read(Files.readAllBytes(probe));
    ArrayNode second = (ArrayNode) tree.path("values").get(1);
    second.set(0, DoubleNode.valueOf(second.get(0).doubleValue() + 3));
    Files.delete(probe);
    Files.write(probe, Json.bytes(tree));
    digest(probe);
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

  /** Its adapter is what it was. */
  @ParameterizedTest
  @EnumSource
  void aCheckerWhoseNetworkDriftsIsRefused(Precision precision) throws IOException {
    Path network = copied(GroundingChecker.MODEL).resolve("evidence.safetensors");
    negate(network, "word");
    digest(network);
    refusesTheChecker(precision);
  }

  /** One of the weights that join the two models. */
  @ParameterizedTest
  @EnumSource
  void aCheckerThatJoinsItsModelsOtherwiseIsRefused(Precision precision) throws IOException {
    Path checker = copied(GroundingChecker.MODEL).resolve("checker.json");
    String written = Files.readString(checker);
    Files.delete(checker);
    Files.writeString(checker, written.replaceFirst("\"missing\": 1\\.", "\"missing\": 0."));
    assertNotEquals(written, Files.readString(checker));
    digest(checker);
    refusesTheChecker(precision);
  }

  /** Other signs for a tensor of halves. */
  private static void negate(Path file, String tensor) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int header = (int) ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
    JsonNode places =
        Json.read(Arrays.copyOfRange(all, Long.BYTES, Long.BYTES + header))
            .path(tensor)
            .path("data_offsets");
    int data = Long.BYTES + header;
    for (int at = places.path(0).asInt(); at < places.path(1).asInt(); at += Short.BYTES) {
      all[data + at + 1] ^= (byte) 0x80;
    }
    Files.delete(file);
    Files.write(file, all);
  }

  private void refusesTheChecker(Precision precision) throws IOException {
    Files.createSymbolicLink(temporary.resolve(Trunk.MODEL), MODELS.resolve(Trunk.MODEL));
    ModelStore store = new ModelStore(temporary);
    LoadOptions options = LoadOptions.defaults().in(precision);
    try (Inference inference = Inference.open(InferenceOptions.defaults())) {
      refused(
          GroundingChecker.MODEL, () -> GroundingChecker.open(inference, store, options).close());
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
  void damagedExchangesAreNamed() throws IOException {
    Files.writeString(
        temporary.resolve(SelfTest.FILE), "{\"exchanges\":[{\"context\":\"A cat.\"}]}");
    InferenceException.Refused refused =
        assertThrows(InferenceException.Refused.class, () -> ExchangeTest.read(temporary));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("probe.json is damaged (an exchange without its q"), message);
  }

  @Test
  void whatIsNoNumberIsNoSmallDifference() {
    SelfTest test =
        new SelfTest(
            temporary, SelfTest.Kind.SCORES, List.of("a"), List.of(new double[] {0.5, 0.5}));
    List<double[]> found = List.of(new double[] {Double.NaN, 0.5});
    assertFalse(test.outcome(found, Precision.INT8).passed());
  }

  @Test
  void aFolderWithoutAProbeHasNoSelfTest() {
    assertEquals(Optional.empty(), SelfTest.read(temporary));
    assertEquals(Optional.empty(), ExchangeTest.read(temporary));
  }
}
