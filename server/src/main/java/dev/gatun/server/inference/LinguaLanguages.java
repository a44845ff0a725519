package dev.gatun.server.inference;

import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import dev.gatun.inference.InferenceException;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Languages;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Natural languages as vLLM Semantic Router v0.3 tells them: all 75 of Lingua, with the confidences
 * of its Go edition 1.4, which are exp(Lᵢ) / Σ exp(Lⱼ) where Lᵢ is the sum of the log probabilities
 * of a text's runs of letters in a language, divided by its letters. The Java edition gives the
 * quotients L₁ / Lᵢ; L₁ follows from its table. Lingua keeps what it has read for good, {@value
 * #HEAP_BYTES_MIN} bytes for all languages. Safe for use by many threads.
 */
public final class LinguaLanguages implements Languages, AutoCloseable {
  /** Name of what is loaded. */
  public static final String MODEL = "lingua";

  /** Heap that the tables of all languages need, with what reading them needs besides. */
  private static final long HEAP_BYTES_MIN = 1_600_000_000;

  /** From here on only runs of three letters count. */
  private static final int LONG_UNITS = 120;

  private static final int LONG_RUN = 3;
  private static final int RUN_MAX = 5;

  private final LanguageDetector detector;
  private final MethodHandle probability;

  private LinguaLanguages(LanguageDetector detector, MethodHandle probability) {
    this.detector = detector;
    this.probability = probability;
  }

  /**
   * Opens Lingua and reads its tables: that takes longer than a request may wait.
   *
   * @throws InferenceException.Unavailable when the heap cannot hold them
   */
  public static LinguaLanguages open() {
    if (Runtime.getRuntime().maxMemory() < HEAP_BYTES_MIN) {
      throw new InferenceException.Unavailable(
          "the languages of compatibility upstream-0.3 need a heap of "
              + HEAP_BYTES_MIN / 1_000_000
              + " MB; set JAVA_TOOL_OPTIONS=-Xmx2g, or use compatibility gatun");
    }
    try {
      // The one way to a probability of Lingua's table; its name says that it is the module's own.
      MethodHandle probability =
          MethodHandles.publicLookup()
              .findVirtual(
                  LanguageDetector.class,
                  "lookUpNgramProbability-as5wtIs$lingua",
                  MethodType.methodType(float.class, Language.class, String.class));
      LanguageDetector detector =
          LanguageDetectorBuilder.fromAllLanguages().withPreloadedLanguageModels().build();
      return new LinguaLanguages(detector, probability);
    } catch (ReflectiveOperationException e) {
      throw new InferenceException.Unavailable("another version of Lingua than 1.2.2 is there", e);
    }
  }

  @Override
  public Answer<Distribution> detect(String text) {
    // Only letters make words there: signs of punctuation and vowel signs part them.
    String words = text.replaceAll("[^\\p{L}]+", " ");
    SortedMap<Language, Double> quotients = detector.computeLanguageConfidenceValues(words);
    if (quotients.isEmpty()) {
      return Answer.of(Distribution.of(List.of(), List.of()));
    }
    double most = quotients.size() == 1 ? -1 : logProbability(quotients.firstKey(), words);
    List<String> labels = new ArrayList<>();
    double[] p = new double[quotients.size()];
    double sum = 0;
    for (Map.Entry<Language, Double> entry : quotients.entrySet()) {
      double value = Math.exp(most / entry.getValue());
      p[labels.size()] = value;
      sum += value;
      labels.add(entry.getKey().getIsoCode639_1().toString().toLowerCase(Locale.ROOT));
    }
    List<Double> probabilities = new ArrayList<>();
    for (double value : p) {
      probabilities.add(value / sum);
    }
    return Answer.of(new Distribution(labels, probabilities, Coverage.NONE));
  }

  /** The sum of the log probabilities of the runs of a text, divided by its different letters. */
  private double logProbability(Language language, String text) {
    List<String> words = detector.splitTextIntoWords$lingua(detector.cleanUpInputText$lingua(text));
    int units = words.stream().mapToInt(String::length).sum();
    boolean isLong = units >= LONG_UNITS;
    double sum = 0;
    int letters = 0;
    for (int size = isLong ? LONG_RUN : 1; size <= (isLong ? LONG_RUN : RUN_MAX); size++) {
      for (String run : runs(words, size)) {
        double p = probability(language, run);
        sum += p > 0 ? Math.log(p) : 0;
        letters += size == 1 && p > 0 ? 1 : 0;
      }
    }
    return letters > 0 ? sum / letters : sum;
  }

  private static Set<String> runs(List<String> words, int size) {
    Set<String> runs = new LinkedHashSet<>();
    for (String word : words) {
      for (int at = 0; at + size <= word.length(); at++) {
        runs.add(word.substring(at, at + size));
      }
    }
    return runs;
  }

  /** Of a run, or of the longest beginning that the table has; 0 without one. */
  private double probability(Language language, String run) {
    for (int end = run.length(); end > 0; end--) {
      float p = lookUp(language, run.substring(0, end));
      if (p > 0) {
        return p;
      }
    }
    return 0;
  }

  private float lookUp(Language language, String run) {
    try {
      return (float) probability.invokeExact(detector, language, run);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("Lingua declares no exception", e);
    }
  }

  /** Lets go of what was read. */
  @Override
  public void close() {
    detector.unloadLanguageModels();
  }
}
