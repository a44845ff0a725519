package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.router.config.OwnModel;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.Family;
import dev.gatun.server.models.EmbeddingHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of the user: copies of embedded ones, which have to say the same. */
class TrunksTest {
  private static final ModelStore STORE =
      new ModelStore(Path.of(System.getProperty("gatun.models")));
  private static final String TEXT = "My landlord keeps the deposit. Which court decides on that?";

  private static Inference inference;

  @TempDir private Path temporary;

  private Trunks trunks;

  @BeforeAll
  static void start() {
    inference = Inference.open(InferenceOptions.defaults());
  }

  @AfterAll
  static void stop() {
    inference.close();
  }

  @BeforeEach
  void open() {
    trunks = new Trunks(inference, STORE, LoadOptions.defaults());
  }

  @AfterEach
  void close() {
    trunks.close();
  }

  /** A copy of an embedded model without its digests, which are about the original. */
  private Path copy(String model, String name, Set<String> without) throws IOException {
    Path from = STORE.path(model);
    Path to = temporary.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        String relative = from.relativize(file).toString();
        if (Files.isDirectory(file)) {
          Files.createDirectories(to.resolve(relative));
        } else if (!without.contains(relative) && !relative.equals("digests.json")) {
          Files.copy(file, to.resolve(relative));
        }
      }
    }
    return to;
  }

  private static OwnModel own(Family family, Path model) {
    return new OwnModel(
        family,
        Optional.of(model.toString()),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty());
  }

  private static OwnModel adapter(Family family, Optional<Path> model, Path adapter) {
    return new OwnModel(
        family,
        model.map(Path::toString),
        Optional.of(adapter.toString()),
        Optional.empty(),
        OptionalInt.empty());
  }

  private Distribution domain(Map<TextTask, OwnModel> own) {
    return classified(TextTask.DOMAIN, own);
  }

  private Distribution classified(TextTask task, Map<TextTask, OwnModel> own) {
    try (NativeEncoders encoders =
        NativeEncoders.open(
            trunks,
            List.of(task),
            own,
            Compatibility.GATUN,
            (_, e) -> {
              throw e;
            })) {
      return known(encoders.classify(TEXT, task));
    }
  }

  private static <T> T known(Answer<T> answer) {
    return answer.fold(
        value -> value,
        reason -> {
          throw new AssertionError(reason);
        });
  }

  private static String refused(Runnable opening) {
    return String.valueOf(
        assertThrows(InferenceException.Refused.class, opening::run).getMessage());
  }

  @Test
  void anAdapterSharesTheTrunkThatIsLoaded() throws IOException {
    Path folder = copy("gatun-domain", "housing", Set.of("card.yaml"));
    Distribution embedded = domain(Map.of());

    Distribution found =
        domain(Map.of(TextTask.DOMAIN, adapter(Family.DOMAIN, Optional.empty(), folder)));

    assertEquals(embedded.labels(), found.labels());
    assertEquals(embedded.raw(), found.raw(), "the same weights over the same trunk");
    assertEquals(found.raw(), found.probabilities(), "no card, no calibration");
    assertEquals(1, trunks.infos().size());
  }

  @Test
  void aCardCounts() throws IOException {
    Path folder = copy("gatun-domain", "housing", Set.of());

    assertEquals(
        domain(Map.of()).probabilities(),
        domain(Map.of(TextTask.DOMAIN, own(Family.DOMAIN, folder))).probabilities());
  }

  @Test
  void anAdapterRunsOverTheModelThatIsNamed() throws IOException {
    Path trunk = copy(Trunk.MODEL, "trunk", Set.of());
    Path folder = copy("gatun-domain", "housing", Set.of("card.yaml"));
    Distribution embedded = domain(Map.of());

    Distribution found =
        domain(Map.of(TextTask.DOMAIN, adapter(Family.DOMAIN, Optional.of(trunk), folder)));

    assertEquals(embedded.raw(), found.raw());
    assertEquals(2, trunks.infos().size(), "a trunk of its own beside the embedded one");
  }

  @Test
  void tasksOfSeveralTrunksAreAnsweredTogether() throws IOException {
    Path trunk = copy(Trunk.MODEL, "trunk", Set.of());
    Path folder = copy("gatun-domain", "housing", Set.of());
    Set<TextTask> tasks = Set.of(TextTask.DOMAIN, TextTask.JAILBREAK, TextTask.FACT_CHECK);
    try (NativeEncoders encoders =
        NativeEncoders.open(
            trunks,
            tasks,
            Map.of(TextTask.DOMAIN, adapter(Family.DOMAIN, Optional.of(trunk), folder)),
            Compatibility.GATUN,
            (_, e) -> {
              throw e;
            })) {
      Map<TextTask, Distribution> all = known(encoders.classify(TEXT, tasks));

      assertEquals(tasks, all.keySet());
      assertEquals(domain(Map.of()).probabilities(), all.get(TextTask.DOMAIN).probabilities());
      assertEquals(
          List.of(Trunk.MODEL, "trunk"),
          encoders.plans(TEXT, tasks).stream().map(plan -> plan.model()).sorted().toList());
    }
  }

  @Test
  void aLinearHeadReadsTheEmbedding() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("guard"));
    float[][] weights = new float[2][385];
    weights[1][0] = 3;
    weights[1][384] = 0.25f;
    new EmbeddingHead(Trunk.MODEL, List.of("benign", "Jailbreak"), weights).write(folder);
    double first;
    try (SentenceEmbedder embedder = new SentenceEmbedder(trunks.embedded())) {
      first = known(embedder.embed(TEXT))[0];
    }

    Distribution found =
        classified(TextTask.JAILBREAK, Map.of(TextTask.JAILBREAK, own(Family.JAILBREAK, folder)));

    assertEquals(List.of("benign", "jailbreak"), found.labels());
    double logit = 3 * first + 0.25;
    assertEquals(1 / (1 + Math.exp(-logit)), found.probability("jailbreak"), 1e-6);
  }

  @Test
  void personalDataIsFoundByAModelOfTheUser() throws IOException {
    Path folder = copy("gatun-pii", "names", Set.of());
    String text = "Write to Ingrid Halvorsen, ingrid@example.org, before 4 May 2024.";
    try (PersonalDataFinder embedded =
            PersonalDataFinder.open(trunks.embedded(), Compatibility.GATUN);
        PersonalDataFinder found =
            PersonalDataFinder.own(trunks, own(Family.PII, folder), Compatibility.GATUN)) {
      Mentions.Found mentions = known(found.find(text));

      assertEquals(known(embedded.find(text)), mentions);
      assertFalse(mentions.mentions().isEmpty());
    }
  }

  @Test
  void aSentenceEncoderOfTheUserGivesItsOwnVectors() throws IOException {
    Path folder = copy(Trunk.MODEL, "encoder", Set.of());
    try (SentenceEmbedder embedded = new SentenceEmbedder(trunks.embedded());
        SentenceEmbedder found = trunks.embedder(encoder(folder, "bert", OptionalInt.empty()));
        SentenceEmbedder last = trunks.embedder(encoder(folder, "bert", OptionalInt.of(6)));
        SentenceEmbedder early = trunks.embedder(encoder(folder, "bert", OptionalInt.of(3)))) {
      float[] vector = known(embedded.embed(TEXT));

      assertArrayEquals(vector, known(found.embed(TEXT)));
      assertArrayEquals(vector, known(last.embed(TEXT)));
      assertTrue(SentenceEmbedder.cosine(vector, known(early.embed(TEXT))) < 0.99);
    }
  }

  private static OwnModel encoder(Path folder, String architecture, OptionalInt layer) {
    return new OwnModel(
        Family.EMBEDDING,
        Optional.of(folder.toString()),
        Optional.empty(),
        Optional.of(architecture),
        layer);
  }

  @Test
  void whatIsNotWhatItsKeySaysIsRefused() throws IOException {
    Path encoder = copy(Trunk.MODEL, "encoder", Set.of());
    Path pii = copy("gatun-pii", "names", Set.of());
    Path modality = copy("gatun-modality", "pictures", Set.of());

    String layers = refused(() -> trunks.embedder(encoder(encoder, "bert", OptionalInt.of(7))));
    assertTrue(layers.contains("has 6 layers, target_layer is 7"), layers);
    String family =
        refused(() -> trunks.embedder(encoder(encoder, "modernbert", OptionalInt.empty())));
    assertTrue(family.contains("is of the family bert, not modernbert"), family);
    String head = refused(() -> trunks.classifier(own(Family.DOMAIN, pii), TextTask.DOMAIN));
    assertTrue(head.contains("does not classify texts as a whole"), head);
    String tokens = refused(() -> trunks.tokens(own(Family.PII, modality)));
    assertTrue(tokens.contains("does not classify tokens"), tokens);
    String labels =
        refused(() -> trunks.classifier(own(Family.JAILBREAK, modality), TextTask.JAILBREAK));
    assertTrue(labels.contains("a model for jailbreak has jailbreak"), labels);
    String adapter =
        refused(() ->
            trunks.classifier(adapter(Family.DOMAIN, Optional.empty(), encoder), TextTask.DOMAIN));
    assertTrue(adapter.contains("is no adapter"), adapter);
    String over =
        refused(() ->
            trunks.classifier(
                adapter(Family.MODALITY, Optional.of(modality), modality), TextTask.MODALITY));
    assertTrue(over.contains("is no whole model"), over);
    String none = refused(() -> trunks.tokens(own(Family.PII, temporary.resolve("nowhere"))));
    assertTrue(none.contains("no such directory"), none);
  }

  @Test
  void aChangedFileIsRefused() throws IOException {
    Path folder = copy(Trunk.MODEL, "encoder", Set.of());
    Files.copy(STORE.path(Trunk.MODEL).resolve("digests.json"), folder.resolve("digests.json"));
    Files.writeString(folder.resolve("tokenizer.json"), " ", StandardOpenOption.APPEND);

    String message = refused(() -> trunks.embedder(encoder(folder, "bert", OptionalInt.empty())));
    assertTrue(message.contains("tokenizer.json has changed"), message);
  }
}
