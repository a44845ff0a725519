package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.router.migration.Migration;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged documents get a report or a working router, never an exception. */
class DecoderFuzzTest {
  private static final List<String> TEXTS =
      List.of(
          "",
          "~",
          "null",
          "no",
          "0",
          "-1",
          "1e309",
          "NaN",
          "99999999999999999999",
          "0x",
          "_",
          ".",
          "${",
          "${A",
          "${A:-}",
          "$",
          "$$",
          "://",
          "[::",
          "host:99999",
          "(",
          "\\p{Han}+",
          "AND",
          "NOT",
          "NOR",
          "static",
          "elo",
          "keyword",
          "domain",
          "math",
          "text",
          "true",
          "m",
          "é😀",
          "\u0000");

  private static final String LEGACY =
      """
      default_model: m
      model_config: {m: {preferred_endpoints: [e], access_key: k, loras: [{name: l}]}}
      vllm_endpoints: [{name: e, address: h, port: 1, provider_profile: p}]
      provider_profiles: {p: {type: openai}}
      keyword_rules: [{name: a, operator: OR, keywords: [x]}]
      decisions: [{name: d, rules: {type: keyword, name: a}, model_refs: [{model: m}]}]
      bert_model: {model_id: b, threshold: 0.5}
      embedding_models: {hnsw_config: {top_k: 1}}
      classifier: {category_model: {model_id: c}, pii_model: {}}
      hallucination_mitigation: {nli_model: {model_id: n}}
      external_models: [{provider: vllm, endpoint: "h:1"}]
      backend_models: {model_config: {n: {}}}
      providers: {model_targets: {t: {backends: [b]}}, backends: {b: {auth_profile: a}}}
      global: {runtime: {strategy: priority}, modules: {prompt_guard: {model_id: g}}}
      """;

  @Test
  void noDocumentBreaksTheDecoder() throws IOException {
    long seed = 20_260_103L;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<Node> seeds = seeds();
    for (int round = 0; round < 6000; round++) {
      Node document = seeds.get(random.nextInt(seeds.size()));
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        document = mutate(document, random, seeds);
      }
      try {
        run(document);
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed + ", round " + round + ": " + document, e);
      }
    }
  }

  private static void run(Node document) {
    DecodeOptions options = new DecodeOptions(false, name -> Optional.of("1"));
    if (document instanceof Node.Mapping mapping) {
      for (Compatibility compatibility : Compatibility.values()) {
        ConfigDecoder.decode(Migration.of(mapping, compatibility).document(), options);
      }
    }
    Optional<RouterConfig> config = ConfigDecoder.decode(document, options).config();
    if (config.isPresent()) {
      Conversation hello = Conversation.ofUser("refund the math invioce copy 退款");
      new Router(config.get(), Ports.none()).route(new RouteRequest(hello, "MoM", "r", true));
    }
  }

  private static List<Node> seeds() throws IOException {
    Path home = Path.of(System.getProperty("gatun.home", ".."));
    List<Node> seeds = new ArrayList<>();
    seeds.add(Documents.yaml(LEGACY));
    try (Stream<Path> files = Files.list(home.resolve("router/src/test/baselines/config"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        seeds.add(Documents.yaml(Files.readString(file)));
      }
    }
    return seeds;
  }

  /** The tree with one node, chosen on the way down, replaced, removed, doubled or moved. */
  private static Node mutate(Node node, RandomGenerator random, List<Node> seeds) {
    if (random.nextInt(5) == 0) {
      return replacement(node, random, seeds);
    }
    return switch (node) {
      case Node.Scalar scalar -> replacement(scalar, random, seeds);
      case Node.Sequence(Position at, List<Node> items) when !items.isEmpty() -> {
        List<Node> changed = new ArrayList<>(items);
        int index = random.nextInt(items.size());
        switch (random.nextInt(8)) {
          case 0 -> changed.remove(index);
          case 1 -> changed.add(items.get(index));
          default -> changed.set(index, mutate(items.get(index), random, seeds));
        }
        yield new Node.Sequence(at, changed);
      }
      case Node.Mapping(Position at, List<Node.Entry> entries) when !entries.isEmpty() -> {
        List<Node.Entry> changed = new ArrayList<>(entries);
        int index = random.nextInt(entries.size());
        Node.Entry entry = entries.get(index);
        switch (random.nextInt(12)) {
          case 0 -> changed.remove(index);
          case 1 -> changed.add(entry);
          case 2 -> changed.set(index, renamed(entry, random));
          default ->
              changed.set(
                  index,
                  new Node.Entry(
                      entry.position(), entry.key(), mutate(entry.value(), random, seeds)));
        }
        yield new Node.Mapping(at, changed);
      }
      case Node.Sequence sequence -> replacement(sequence, random, seeds);
      case Node.Mapping mapping -> replacement(mapping, random, seeds);
    };
  }

  private static Node.Entry renamed(Node.Entry entry, RandomGenerator random) {
    String key = entry.key() + TEXTS.get(random.nextInt(TEXTS.size()));
    return new Node.Entry(entry.position(), key, entry.value());
  }

  private static Node replacement(Node node, RandomGenerator random, List<Node> seeds) {
    Position at = node.position();
    return switch (random.nextInt(6)) {
      case 0 -> new Node.Sequence(at, List.of(node));
      case 1 -> new Node.Mapping(at, List.of(new Node.Entry(at, "type", node)));
      case 2 -> part(seeds.get(random.nextInt(seeds.size())), random);
      default ->
          new Node.Scalar(at, TEXTS.get(random.nextInt(TEXTS.size())), random.nextBoolean(), false);
    };
  }

  private static Node part(Node node, RandomGenerator random) {
    return switch (node) {
      case Node.Mapping(Position at, List<Node.Entry> entries)
          when !entries.isEmpty() && random.nextInt(4) > 0 ->
          part(entries.get(random.nextInt(entries.size())).value(), random);
      case Node.Sequence(Position at, List<Node> items)
          when !items.isEmpty() && random.nextInt(4) > 0 ->
          part(items.get(random.nextInt(items.size())), random);
      case Node.Mapping mapping -> mapping;
      case Node.Sequence sequence -> sequence;
      case Node.Scalar scalar -> scalar;
    };
  }
}
