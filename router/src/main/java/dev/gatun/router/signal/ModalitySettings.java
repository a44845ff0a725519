package dev.gatun.router.signal;

import java.util.List;

/**
 * How requests for pictures are told apart: {@code global.model_catalog.modules.modality_detector}.
 *
 * @param enabled whether they are at all
 * @param keywords that ask for a picture
 * @param bothKeywords that beside one of these ask for text as well
 * @param confidence from which a hybrid detector believes the classifier; 0 to 1
 * @param ratio of that confidence from which the classifier wins against keywords; 0 to 1
 */
public record ModalitySettings(
    boolean enabled,
    Method method,
    List<String> keywords,
    List<String> bothKeywords,
    double confidence,
    double ratio) {

  /** Who decides. */
  public enum Method {
    CLASSIFIER,
    KEYWORD,
    HYBRID
  }

  public ModalitySettings {
    keywords = List.copyOf(keywords);
    bothKeywords = List.copyOf(bothKeywords);
    if (!(confidence >= 0 && confidence <= 1 && ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException(
          "confidence and ratio must be 0 to 1, got " + confidence + " and " + ratio);
    }
  }

  /** No detector. */
  public static ModalitySettings off() {
    return new ModalitySettings(false, Method.CLASSIFIER, List.of(), List.of(), 0, 0);
  }

  /** Whether the classifier has a say. */
  public boolean asksClassifier() {
    return enabled && method != Method.KEYWORD;
  }
}
