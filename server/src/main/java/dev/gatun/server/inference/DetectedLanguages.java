package dev.gatun.server.inference;

import com.github.pemistahl.lingua.api.IsoCode639_1;
import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import dev.gatun.inference.Precision;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Languages;
import dev.gatun.server.learn.Probability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Natural languages. Runs of letters decide about sentences. Of a text with few letters they name
 * candidates, and Lingua, whose counts come from far more text, has a say as well. Lingua keeps a
 * language for good once it was a candidate, 17 MB each; a service that reads few languages holds
 * few. Safe for use by many threads.
 */
public final class DetectedLanguages implements Languages, Probed {
  /** Name of the folder of the table. */
  public static final String MODEL = "gatun-language";

  /** Makes probabilities of mean scores; fitted by {@code model-cards/language/train.py}. */
  private static final double SHARPNESS = 7;

  /** Features of about six short words; from there on Lingua adds nothing. */
  private static final int SHORT_FEATURES_MAX = 160;

  private static final int CANDIDATES = 6;

  /** What Lingua's word weighs against that of the table. */
  private static final double WEIGHT = 5;

  /** What Lingua keeps of a language, with what reading it takes besides. */
  private static final long LANGUAGE_BYTES = 34_000_000;

  private static final Distribution NOTHING = Distribution.of(List.of(), List.of());

  private final NgramLanguages table;

  private DetectedLanguages(NgramLanguages table) {
    this.table = table;
  }

  /**
   * Opens the table; Lingua's counts are read by {@link #read}, or when a text first needs them.
   *
   * @throws dev.gatun.inference.InferenceException when the table is missing or changed, or its
   *     self-test fails
   */
  public static DetectedLanguages open(ModelStore store) {
    Path folder = store.checked(MODEL);
    return Probed.tested(folder, unverified(folder));
  }

  static DetectedLanguages unverified(Path folder) {
    return new DetectedLanguages(NgramLanguages.read(folder));
  }

  /** Probabilities by the table alone, in its order: Lingua is a library, and slow to start. */
  @Override
  public double[] probe(String text) {
    return probabilities(table.scores(text).means());
  }

  @Override
  public Precision precision() {
    return Precision.FP32;
  }

  /**
   * Reads Lingua's counts of languages, so that no text has to wait for them. Of more than half the
   * heap would hold, the later ones are left to the first text that needs them.
   *
   * @param codes ISO 639-1; those that are not known are passed over
   */
  public void read(Set<String> codes) {
    Set<Language> languages =
        codes.stream()
            .filter(table.labels()::contains)
            .limit(Runtime.getRuntime().maxMemory() / 2 / LANGUAGE_BYTES)
            .map(code -> Language.getByIsoCode639_1(isoCode(code)))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Language.class)));
    if (!languages.isEmpty()) {
      // The builder wants two or more. Counts are kept for all detectors, so this one may go.
      boolean preloaded = true;
      new LanguageDetector(languages, 0, preloaded, false, languages.size());
    }
  }

  private static IsoCode639_1 isoCode(String label) {
    return IsoCode639_1.valueOf(label.toUpperCase(Locale.ROOT));
  }

  /** What the table alone says. */
  @Override
  public Optional<Distribution> atOnce(String text) {
    NgramLanguages.Scores found = table.scores(text);
    return Optional.of(found.features() == 0 ? NOTHING : distribution(found.means()));
  }

  @Override
  public Answer<Distribution> detect(String text) {
    NgramLanguages.Scores found = table.scores(text);
    if (found.features() == 0) {
      return Answer.of(NOTHING);
    }
    double[] scores = found.means();
    if (found.features() <= SHORT_FEATURES_MAX) {
      consult(text, scores);
    }
    return Answer.of(distribution(scores));
  }

  /** Adds Lingua's word on the likeliest languages; the others stay behind the worst of these. */
  private void consult(String text, double[] scores) {
    List<Integer> likeliest = order(scores).subList(0, CANDIDATES);
    Map<String, Integer> places = new HashMap<>();
    IsoCode639_1[] codes =
        likeliest.stream()
            .map(place -> {
              String label = table.labels().get(place);
              places.put(label, place);
              return isoCode(label);
            })
            .toArray(IsoCode639_1[]::new);
    Map<Language, Double> said =
        LanguageDetectorBuilder.fromIsoCodes639_1(codes)
            .build()
            .computeLanguageConfidenceValues(text);
    if (said.isEmpty()) {
      return;
    }
    Map<Integer, Double> relative = new HashMap<>();
    said.forEach((language, value) ->
        relative.put(
            places.get(language.getIsoCode639_1().toString().toLowerCase(Locale.ROOT)), value));
    double most = IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).max().orElse(0);
    for (int place : likeliest) {
      scores[place] += WEIGHT * penalty(relative.getOrDefault(place, 0.0));
    }
    double least = likeliest.stream().mapToDouble(place -> scores[place]).min().orElse(most);
    for (int i = 0; i < scores.length; i++) {
      if (!likeliest.contains(i)) {
        scores[i] = Math.min(scores[i], least);
      }
    }
  }

  /**
   * Lingua gives the quotient of two mean log probabilities, the likeliest language's above this
   * one's: 1 for the likeliest, down to 0.
   */
  private static double penalty(double relative) {
    return 1 - 1 / Math.max(0.05, relative);
  }

  private static double[] probabilities(double[] scores) {
    double[] sharp = Arrays.stream(scores).map(score -> SHARPNESS * score).toArray();
    return Probability.softmax(sharp);
  }

  private Distribution distribution(double[] scores) {
    double[] p = probabilities(scores);
    List<String> labels = new ArrayList<>();
    List<Double> probabilities = new ArrayList<>();
    for (int place : order(p)) {
      labels.add(table.labels().get(place));
      probabilities.add(p[place]);
    }
    return new Distribution(labels, probabilities, Coverage.NONE);
  }

  /** Places by falling value. */
  private static List<Integer> order(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
        .toList();
  }
}
