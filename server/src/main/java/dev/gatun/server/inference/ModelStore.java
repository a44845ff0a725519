package dev.gatun.server.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.TaskFolder;
import dev.gatun.inference.TaskForm;
import dev.gatun.server.digest.Sha256;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelCard;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The directory that holds the model folders built with this program. A folder is opened only when
 * every file has the digest that its {@code digests.json} gives.
 */
public final class ModelStore {
  private static final String DIGESTS = "digests.json";
  private static final String CARD = "card.yaml";
  private static final List<String> WEIGHTS =
      List.of("model.safetensors", "adapter_model.safetensors", "head.safetensors");

  private final Path directory;

  public ModelStore(Path directory) {
    this.directory = directory;
  }

  /** The directory of all models. */
  public Path directory() {
    return directory;
  }

  /** One digest of all files of a model; empty when it is not built. */
  public Optional<String> digest(String name) {
    try {
      return Optional.of(Sha256.of(path(name).resolve(DIGESTS)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The folder of a model, whether or not it exists. */
  public Path path(String name) {
    return directory.resolve(name);
  }

  /**
   * Opens and checks a model. A file whose digest the engine knows is not read again for that.
   *
   * @throws InferenceException.Refused when a file is missing or changed, the folder is unusable,
   *     or its self-test fails
   */
  public ModelFolder open(Inference inference, String name, LoadOptions options) {
    Path folder = path(name);
    requireBuilt(folder);
    ModelFolder opened = ModelFolder.open(inference, folder, options);
    try {
      check(folder, opened.encoder().origin().digests());
      requireSame(folder, new FolderModel(opened, Optional.empty()));
      return opened;
    } catch (InferenceException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * The folder of a model that is no encoder, checked.
   *
   * @throws InferenceException.Refused when a file is missing or changed
   */
  public Path checked(String name) {
    Path folder = path(name);
    requireBuilt(folder);
    check(folder, Map.of());
    return folder;
  }

  /**
   * Opens and checks an adapter over its trunk.
   *
   * @throws InferenceException.Refused when a file is missing or changed, the folder is unusable,
   *     or its self-test fails
   */
  TaskFolder task(ModelFolder trunk, String name) {
    Path folder = path(name);
    requireBuilt(folder);
    check(folder, Map.of());
    TaskFolder task = TaskFolder.open(trunk, folder, TaskForm.LOW_RANK);
    try {
      requireSame(folder, new FolderModel(trunk, Optional.of(task)));
      return task;
    } catch (InferenceException e) {
      task.close();
      throw e;
    }
  }

  private static void requireSame(Path folder, FolderModel opened) {
    SelfTest.read(folder).ifPresent(test -> test.require(opened));
  }

  /**
   * Compares every file of a model folder with its digest.
   *
   * @return how many files that were; empty when the folder has no digests
   * @throws InferenceException.Refused when one is missing or changed
   */
  public static OptionalInt verify(Path folder) {
    return verify(folder, Map.of());
  }

  /** The same, of which some digests are known: those files are not read again. */
  static OptionalInt verify(Path folder, Map<String, String> known) {
    return Files.isRegularFile(folder.resolve(DIGESTS))
        ? OptionalInt.of(check(folder, known))
        : OptionalInt.empty();
  }

  /**
   * The SHA-256 of what a folder answers by, as its digests state it: its weights, or of what has
   * none of the usual names, the first file that its card gives a digest of.
   */
  public static Optional<String> weights(Path folder) throws IOException {
    Path digests = folder.resolve(DIGESTS);
    if (!Files.isRegularFile(digests)) {
      return Optional.empty();
    }
    JsonNode files = Json.read(Files.readAllBytes(digests)).path("files");
    List<String> carded = new ArrayList<>();
    if (Files.isRegularFile(folder.resolve(CARD))) {
      JsonNode card = ModelCard.tree(folder.resolve(CARD));
      card.path("digests").properties().forEach(file -> carded.add(file.getKey()));
    }
    List<String> sharded = new ArrayList<>();
    files.properties().forEach(file -> sharded.add(file.getKey()));
    return Stream.of(
            WEIGHTS.stream(),
            carded.stream(),
            sharded.stream().filter(file -> file.endsWith(".safetensors")))
        .flatMap(all -> all)
        .filter(files::has)
        .findFirst()
        .map(file -> files.path(file).asText());
  }

  /**
   * The card of a model.
   *
   * @throws InferenceException.Refused when it is missing or damaged
   */
  public ModelCard card(String name) {
    Path file = path(name).resolve(CARD);
    try {
      return ModelCard.read(file);
    } catch (IOException e) {
      throw new InferenceException.Refused(file, "cannot be read; run ./gatun build", e);
    } catch (ModelBuildException e) {
      throw new InferenceException.Refused(file, "is damaged; run ./gatun build", e);
    }
  }

  private static void requireBuilt(Path folder) {
    if (!Files.isRegularFile(folder.resolve(DIGESTS))) {
      throw new InferenceException.Refused(folder, "no " + DIGESTS + "; run ./gatun build");
    }
  }

  private static String remedy(JsonNode made) {
    return made.path("sources").has("imported")
        ? " has changed since it was imported; import it again (gatun model import --yes)"
        : " has changed since it was built; run ./gatun build";
  }

  /** Compares the files with their digests, of which some may be known. */
  private static int check(Path folder, Map<String, String> known) {
    int checked = 0;
    try {
      JsonNode made = Json.read(Files.readAllBytes(folder.resolve(DIGESTS)));
      for (Map.Entry<String, JsonNode> file : made.path("files").properties()) {
        String found = known.get(file.getKey());
        if (found == null) {
          found = Sha256.of(folder.resolve(file.getKey()));
        }
        if (!found.equals(file.getValue().asText())) {
          throw new InferenceException.Refused(folder, file.getKey() + remedy(made));
        }
        checked++;
      }
      return checked;
    } catch (JsonProcessingException e) {
      throw new InferenceException.Refused(folder, DIGESTS + " is damaged; run ./gatun build", e);
    } catch (IOException e) {
      throw new InferenceException.Refused(
          folder, "cannot be read: " + e.getMessage() + "; run ./gatun build", e);
    }
  }
}
