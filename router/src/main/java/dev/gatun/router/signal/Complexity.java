package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Image;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.ImageModel;
import dev.gatun.router.port.Ports;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A rule that tells hard requests from easy ones by examples of both (spec signals §2): texts by
 * texts, and images by images.
 *
 * @param name unique among complexity rules; without a colon
 * @param threshold distance between the two scores from which a request is hard or easy; 0 or more
 * @param hard examples of hard requests
 * @param easy examples of easy requests
 */
public record Complexity(String name, double threshold, Examples hard, Examples easy)
    implements SignalRule {

  /** What a threshold of 0 is taken for where it divides. */
  private static final double THRESHOLD_MIN = 1e-6;

  public Complexity {
    if (name.indexOf(':') >= 0) {
      throw new IllegalArgumentException("the name of a complexity rule has no colon: " + name);
    }
  }

  /** What one side of a rule is known by. */
  public record Examples(List<String> texts, List<Image> images) {
    public Examples {
      texts = List.copyOf(texts);
      images = List.copyOf(images);
    }
  }

  /** Whether it says anything of images: only where it knows hard and easy ones. */
  public boolean comparesImages() {
    return !hard.images.isEmpty() && !easy.images.isEmpty();
  }

  /** How hard a request is. */
  public enum Difficulty {
    EASY,
    MEDIUM,
    HARD;

    /** As the names of outputs end. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Family family() {
    return Family.COMPLEXITY;
  }

  @Override
  public List<SignalKey> outputs() {
    return Arrays.stream(Difficulty.values()).map(this::output).toList();
  }

  @Override
  public boolean comparesTexts() {
    return true;
  }

  /** The name under which a difficulty is found. */
  public SignalKey output(Difficulty difficulty) {
    return part(difficulty.word());
  }

  private SignalKey part(String part) {
    return new SignalKey(Family.COMPLEXITY, name + ":" + part);
  }

  /**
   * The margin that counts, and what it says.
   *
   * @param fromImage whether it is that of the image
   */
  public record Fused(double margin, boolean fromImage, Difficulty difficulty) {
    /**
     * Takes the margin of larger size.
     *
     * @param text score of hard minus score of easy
     * @param image the same for an image, where there is one to compare
     * @param threshold size from which a text is hard or easy
     */
    public static Fused of(double text, OptionalDouble image, double threshold) {
      boolean fromImage = image.isPresent() && Math.abs(image.getAsDouble()) > Math.abs(text);
      double margin = fromImage ? image.getAsDouble() : text;
      Difficulty difficulty =
          margin > threshold
              ? Difficulty.HARD
              : margin < -threshold ? Difficulty.EASY : Difficulty.MEDIUM;
      return new Fused(margin, fromImage, difficulty);
    }
  }

  /**
   * How near a request is to the examples of each side.
   *
   * @param hard score among the hard ones
   * @param easy score among the easy ones
   */
  private record Sides(double hard, double easy) {
    /** Of a request without anything to compare. */
    private static final Sides NONE = new Sides(0, 0);

    double margin() {
      return hard - easy;
    }
  }

  /** All complexity rules of a configuration. Safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Complexity> rules;
    private final PrototypeScoring scoring;
    private final Compatibility compatibility;
    private final Exemplars<Map<String, Banks>> texts;
    private final Exemplars<Map<String, Banks>> images;
    private final boolean looks;

    /** Examples of both sides of a rule. */
    private record Banks(PrototypeBank hard, PrototypeBank easy) {
      Sides sides(Embedding query) {
        return new Sides(hard.score(query).score(), easy.score(query).score());
      }
    }

    /** Embeds the examples of all rules. */
    public Evaluator(
        List<Complexity> rules,
        PrototypeScoring scoring,
        Compatibility compatibility,
        Ports ports) {
      this.rules = List.copyOf(rules);
      this.scoring = scoring;
      this.compatibility = compatibility;
      this.texts =
          new Exemplars<>(
              ports.embeddings(),
              rules.stream().flatMap(r -> both(r.hard.texts, r.easy.texts)).toList(),
              this::texts);
      this.looks = ports.images().isThere() && rules.stream().anyMatch(Complexity::comparesImages);
      Map<String, Image> shown = new LinkedHashMap<>();
      rules.stream()
          .filter(rule -> looks && rule.comparesImages())
          .flatMap(r -> both(r.hard.images, r.easy.images))
          .forEach(image -> shown.putIfAbsent(image.base64(), image));
      this.images = new Exemplars<>(seen(ports.images(), shown), shown.keySet(), this::images);
    }

    private static <T> Stream<T> both(List<T> hard, List<T> easy) {
      return Stream.concat(hard.stream(), easy.stream());
    }

    private Map<String, Banks> texts(Map<String, Embedding> vectors) {
      Map<String, Banks> byRule = new LinkedHashMap<>();
      for (Complexity rule : rules) {
        byRule.put(
            rule.name,
            new Banks(
                PrototypeBank.of(rule.hard.texts, vectors, scoring, compatibility),
                PrototypeBank.of(rule.easy.texts, vectors, scoring, compatibility)));
      }
      return byRule;
    }

    private Map<String, Banks> images(Map<String, Embedding> vectors) {
      Map<String, Banks> byRule = new LinkedHashMap<>();
      for (Complexity rule : rules) {
        if (rule.comparesImages()) {
          byRule.put(rule.name, new Banks(bank(rule.hard, vectors), bank(rule.easy, vectors)));
        }
      }
      return byRule;
    }

    /** Messages call an image by its place in the file. */
    private PrototypeBank bank(Examples side, Map<String, Embedding> vectors) {
      List<PrototypeBank.Example> examples = new ArrayList<>();
      for (Image image : side.images) {
        String name = "image " + (examples.size() + 1);
        Embedding vector = Objects.requireNonNull(vectors.get(image.base64()));
        examples.add(new PrototypeBank.Example(image.base64(), name, vector));
      }
      return PrototypeBank.of(examples, scoring, compatibility);
    }

    /** A model as an encoder of images, which are named by the text that holds them. */
    private static Embeddings seen(ImageModel model, Map<String, Image> shown) {
      return contents -> {
        List<Embedding> vectors = new ArrayList<>();
        for (String content : contents) {
          switch (model.see(Objects.requireNonNull(shown.get(content)))) {
            case Answer.Known<Embedding>(Embedding vector) -> vectors.add(vector);
            case Answer.Failed<Embedding> failure -> {
              return failure.again();
            }
          }
        }
        return Answer.of(vectors);
      };
    }

    @Override
    public List<String> notices() {
      return Stream.of(texts, images)
          .flatMap(examples -> examples.made().stream())
          .flatMap(byRule -> byRule.entrySet().stream())
          .flatMap(entry -> {
            String owner = "complexity rule " + entry.getKey();
            return Stream.concat(
                entry.getValue().hard.notice(owner), entry.getValue().easy.notice(owner));
          })
          .toList();
    }

    @Override
    public List<String> embedded(Facts facts) {
      return Exemplars.compared(facts);
    }

    @Override
    public List<Image> seen(Facts facts) {
      return looks ? facts.shown().stream().toList() : List.of();
    }

    /** Without an image, what a text means lies among images, too. */
    @Override
    public List<String> pictured(Facts facts) {
      return looks && facts.shown().isEmpty() ? Exemplars.compared(facts) : List.of();
    }

    @Override
    public boolean asksAnotherProcess() {
      return looks;
    }

    /** Where images cannot be compared, what the text says counts all the same. */
    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      Answer<Map<String, Sides>> pictured = look(facts, ports);
      Map<String, Sides> images = pictured.fold(found -> found, _ -> Map.of());
      Answer<Coverage> read = read(facts, ports, images, recorder);
      return read.and(pictured.map(_ -> Coverage.NONE), Coverage::plus);
    }

    private Answer<Coverage> read(
        Facts facts, Ports ports, Map<String, Sides> images, SignalHits.Recorder recorder) {
      if (Exemplars.compared(facts).isEmpty() && !images.isEmpty()) {
        rules.forEach(rule -> judge(rule, Sides.NONE, images, recorder));
        return Answer.of(Coverage.NONE);
      }
      return texts.compare(
          facts,
          ports.embeddings(),
          (byRule, query) -> {
            for (Complexity rule : rules) {
              Sides text = Objects.requireNonNull(byRule.get(rule.name)).sides(query);
              recorder.value(rule.part("text_hard_score"), text.hard);
              recorder.value(rule.part("text_easy_score"), text.easy);
              recorder.value(rule.part("text_margin"), text.margin());
              judge(rule, text, images, recorder);
            }
            return Answer.of(query.coverage());
          });
    }

    /** By rule how near the image is, or else the text among images; empty without either. */
    private Answer<Map<String, Sides>> look(Facts facts, Ports ports) {
      if (seen(facts).isEmpty() && pictured(facts).isEmpty()) {
        return Answer.of(Map.of());
      }
      return images
          .answer(ports.images().texts())
          .fold(
              byRule ->
                  vector(facts, ports.images())
                      .map(query -> {
                        Map<String, Sides> sides = new LinkedHashMap<>();
                        byRule.forEach((rule, banks) -> sides.put(rule, banks.sides(query)));
                        return sides;
                      }),
              Answer::failed);
    }

    private static Answer<Embedding> vector(Facts facts, ImageModel model) {
      Optional<Image> shown = facts.shown();
      return shown.isPresent()
          ? model.see(shown.get())
          : model.texts().embed(Exemplars.compared(facts)).map(List::getFirst);
    }

    private void judge(
        Complexity rule, Sides text, Map<String, Sides> images, SignalHits.Recorder recorder) {
      Optional<Sides> image = Optional.ofNullable(images.get(rule.name));
      image.ifPresent(sides -> {
        recorder.value(rule.part("image_hard_score"), sides.hard);
        recorder.value(rule.part("image_easy_score"), sides.easy);
        recorder.value(rule.part("image_margin"), sides.margin());
      });
      double threshold =
          compatibility == Compatibility.UPSTREAM_0_3
              ? rule.threshold
              : Math.max(rule.threshold, scoring.marginThreshold());
      OptionalDouble shown = image.stream().mapToDouble(Sides::margin).findFirst();
      Fused fused = Fused.of(text.margin(), shown, threshold);
      recorder.value(rule.part("margin"), fused.margin);
      recorder.match(rule.output(fused.difficulty), confidence(fused, threshold));
    }

    private double confidence(Fused fused, double threshold) {
      double size = Math.abs(fused.margin);
      if (compatibility == Compatibility.UPSTREAM_0_3 || fused.difficulty != Difficulty.MEDIUM) {
        return size;
      }
      return Math.clamp(1 - size / Math.max(threshold, THRESHOLD_MIN), 0, 1);
    }
  }
}
