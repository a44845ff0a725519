package dev.gatun.inference;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Names of a classifier's rows. Names are trimmed and in Unicode normal form C, so that they can be
 * compared with {@link String#equals}.
 *
 * @param names the label of every row; empty for a model without a classifier
 */
public record Labels(List<String> names) {

  private static final Labels NONE = new Labels(List.of());

  public Labels {
    names = names.stream().map(Labels::normalize).toList();
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Integer before = seen.putIfAbsent(names.get(i), i);
      if (before != null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "duplicate label %s at index %d and %d", names.get(i), before, i));
      }
    }
  }

  /** Of a model without a classifier. */
  public static Labels none() {
    return NONE;
  }

  /** Labels in the order of the rows. */
  public static Labels of(String... names) {
    return new Labels(List.of(names));
  }

  /**
   * Reads the labels of a model folder from {@code config.json} and every {@code *_mapping.json}.
   *
   * <p>Anonymous names in the configuration ({@code LABEL_0} …) give way to those of a mapping
   * file; apart from that, all files must say the same.
   *
   * @return the labels, empty when no file has any
   * @throws InferenceException.Refused when a file is damaged, has a gap or a duplicate, or
   *     disagrees with another
   */
  public static Labels read(Path directory) {
    return LabelFiles.read(directory);
  }

  /** Number of labels. */
  public int size() {
    return names.size();
  }

  /** The label of a row. */
  public String name(int index) {
    return names.get(index);
  }

  /** The row of a label, which is trimmed and normalised first. */
  public OptionalInt index(String name) {
    int index = names.indexOf(normalize(name));
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
  }

  static String normalize(String name) {
    return Normalizer.normalize(name.strip(), Normalizer.Form.NFC);
  }
}
