package dev.gatun.server.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.router.port.Answer;
import dev.gatun.server.models.HeadTensors;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tools answer a request: the mean of the cosine of their sentence vectors and of that of the
 * same vectors moved by low-rank maps, which {@code model-cards/tools/train.py} fits. Safe for use
 * by many threads.
 */
public final class ToolMatcher implements Probed {
  /** Name of what brings requests and tools together. */
  public static final String MODEL = "gatun-tools";

  private static final int RANK = 32;

  /** Tools of the catalogue that a self-test compares a text with. */
  private static final int PROBED_TOOLS = 8;

  /** Tools whose vectors are kept; each takes three kilobytes. */
  private static final int KEPT_MAX = 4_096;

  private final SentenceEmbedder embedder;
  private final LowRankMap ofRequests;
  private final LowRankMap ofTools;
  private final double threshold;
  private final List<Tool> catalogue;

  private final Map<Tool, Moved> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Tool, Moved> eldest) {
          return size() > KEPT_MAX;
        }
      };

  private ToolMatcher(
      SentenceEmbedder embedder, HeadTensors maps, double threshold, List<Tool> catalogue) {
    this.embedder = embedder;
    this.ofRequests = LowRankMap.of(maps, "query", RANK, embedder.dimension());
    this.ofTools = LowRankMap.of(maps, "tool", RANK, embedder.dimension());
    this.threshold = threshold;
    this.catalogue = List.copyOf(catalogue);
  }

  /** A tool that may be called. */
  public record Tool(String name, String description) {}

  /**
   * A tool and how well it fits.
   *
   * @param score by which tools are ordered, −1 to 1
   * @param cosine of the plain vectors, which says whether any tool fits
   */
  public record Match(Tool tool, double score, double cosine) {}

  /** A sentence vector, and where a map moves it. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
  private record Moved(float[] plain, float[] moved) {}

  /**
   * Opens the sentence encoder, the maps and the catalogue that comes with them.
   *
   * @throws InferenceException when a file is missing, changed or unusable, or a self-test fails
   */
  public static ToolMatcher open(Inference inference, ModelStore store, LoadOptions options) {
    Path folder = store.checked(MODEL);
    return Probed.tested(folder, unverified(inference, store, folder, options));
  }

  static ToolMatcher unverified(
      Inference inference, ModelStore store, Path folder, LoadOptions options) {
    double threshold = OwnFolders.card(folder).orElseThrow().threshold().orElseThrow();
    SentenceEmbedder embedder = SentenceEmbedder.open(inference, store, options);
    try {
      HeadTensors maps = HeadTensors.read(folder.resolve("maps.safetensors"));
      return new ToolMatcher(embedder, maps, threshold, catalogue(folder.resolve("tools.json")));
    } catch (IOException | ModelBuildException e) {
      embedder.close();
      throw new InferenceException.Refused(folder, "cannot be read; run ./gatun build", e);
    }
  }

  private static List<Tool> catalogue(Path file) throws IOException {
    List<Tool> tools = new ArrayList<>();
    for (JsonNode tool : Json.read(Files.readAllBytes(file))) {
      tools.add(new Tool(tool.path("name").asText(), tool.path("description").asText()));
    }
    return tools;
  }

  /** The tools that come with Gatun. */
  public List<Tool> catalogue() {
    return catalogue;
  }

  /** Cosine from which a tool fits; below, a tool drawn at random often has it as well. */
  public double threshold() {
    return threshold;
  }

  /** What embeds the texts. */
  public SentenceEmbedder embedder() {
    return embedder;
  }

  /** All tools, best first; of equal ones the one named first. */
  public Answer<List<Match>> ranked(String request, List<Tool> tools) {
    return moved(request, ofRequests)
        .fold(query -> ranked(query, tools), reason -> Answer.failed(reason));
  }

  private Answer<List<Match>> ranked(Moved query, List<Tool> tools) {
    List<Match> matches = new ArrayList<>();
    for (Tool tool : tools) {
      switch (vector(tool)) {
        case Answer.Known<Moved>(Moved vector) -> matches.add(match(query, tool, vector));
        case Answer.Failed<Moved>(String reason, _) -> {
          return Answer.failed(reason);
        }
      }
    }
    matches.sort(Comparator.comparingDouble(Match::score).reversed());
    return Answer.of(List.copyOf(matches));
  }

  private static Match match(Moved query, Tool tool, Moved vector) {
    double cosine = SentenceEmbedder.cosine(query.plain, vector.plain);
    double moved = SentenceEmbedder.cosine(query.moved, vector.moved);
    return new Match(tool, (cosine + moved) / 2, cosine);
  }

  private Answer<Moved> vector(Tool tool) {
    synchronized (kept) {
      Moved known = kept.get(tool);
      if (known != null) {
        return Answer.of(known);
      }
    }
    Answer<Moved> made = moved(tool.name() + ": " + tool.description(), ofTools);
    if (made instanceof Answer.Known<Moved>(Moved vector)) {
      synchronized (kept) {
        kept.put(tool, vector);
      }
    }
    return made;
  }

  private Answer<Moved> moved(String text, LowRankMap map) {
    return embedder
        .embed(text)
        .fold(
            vector -> Answer.of(new Moved(vector, map.moved(vector))),
            reason -> Answer.failed(reason));
  }

  /** Scores of the first tools of the catalogue, in its order. */
  @Override
  public double[] probe(String text) {
    List<Tool> tools = catalogue.stream().limit(PROBED_TOOLS).toList();
    Moved query = Reading.known(moved(text, ofRequests));
    return tools.stream()
        .mapToDouble(tool -> match(query, tool, Reading.known(vector(tool))).score())
        .toArray();
  }

  @Override
  public Precision precision() {
    return embedder.trunk().info().precision();
  }

  @Override
  public void close() {
    embedder.close();
  }
}
