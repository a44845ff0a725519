package dev.gatun.server.external;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.server.wire.Json;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what a tool says of a text: {@code {class, confidence, probabilities?}} (spec signals
 * §20.5). A class is a label or the number of a category, probabilities are by label or in the
 * order of the categories. Nothing of it is believed before it is checked.
 */
final class ToolAnswer {
  private static final int CATEGORIES_MAX = 256;
  private static final int LABEL_LENGTH_MAX = 64;

  /** Probabilities are often rounded. */
  private static final double SUM_MAX = 1.02;

  private static final double ROUNDED = 1e-3;

  private final List<String> categories;

  /** Labels as they are compared, to how the configuration writes them. */
  private final Map<String, String> known = new HashMap<>();

  /**
   * A reader.
   *
   * @param categories to which the numbers of answers belong
   * @param labels what rules and the classifier of domains know
   */
  ToolAnswer(List<String> categories, Collection<String> labels) {
    this.categories = List.copyOf(categories);
    categories.forEach(label -> known.put(folded(label), label));
    labels.forEach(label -> known.put(folded(label), label));
  }

  private static String folded(String label) {
    return label.toLowerCase(Locale.ROOT).replace('_', ' ').strip();
  }

  /** Something is wrong with it. */
  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
      super(message, null, false, false);
    }
  }

  /** Categories that a server lists as {@code {categories: [...]}}; empty when it does not. */
  static Optional<List<String>> categories(CallToolResult result) {
    try {
      JsonNode list = object(result).path("categories");
      List<String> categories = new ArrayList<>();
      for (JsonNode label : list) {
        if (!label.isTextual() || !isLabel(label.textValue())) {
          return Optional.empty();
        }
        categories.add(label.textValue());
      }
      boolean isGood =
          list.isArray()
              && !categories.isEmpty()
              && categories.size() <= CATEGORIES_MAX
              && categories.stream().map(ToolAnswer::folded).distinct().count()
                  == categories.size();
      return isGood ? Optional.of(categories) : Optional.empty();
    } catch (Wrong e) {
      return Optional.empty();
    }
  }

  /** Labels reach headers and metrics, where commas and line ends would mean something. */
  private static boolean isLabel(String label) {
    return !label.isBlank()
        && label.length() <= LABEL_LENGTH_MAX
        && label.chars().allMatch(c -> c >= ' ' && c <= '~' && ",:\"\\".indexOf(c) < 0);
  }

  /** What the tool says, or what is wrong with it. */
  Answer<Distribution> read(CallToolResult result) {
    try {
      JsonNode said = object(result);
      String label = label(said.path("class"));
      double confidence = probability(said.path("confidence"), "confidence");
      JsonNode probabilities = said.path("probabilities");
      if (probabilities.isMissingNode() || probabilities.isNull()) {
        return Answer.of(Distribution.of(List.of(label), List.of(confidence)));
      }
      Map<String, Double> byLabel = probabilities(probabilities);
      double greatest = byLabel.values().stream().mapToDouble(p -> p).max().orElse(0);
      if (byLabel.getOrDefault(label, 0.0) < greatest - ROUNDED) {
        throw new Wrong("named a class that is not the likeliest by its own probabilities");
      }
      return Answer.of(
          Distribution.of(List.copyOf(byLabel.keySet()), List.copyOf(byLabel.values())));
    } catch (Wrong e) {
      return Answer.failed(String.valueOf(e.getMessage()));
    }
  }

  private static JsonNode object(CallToolResult result) throws Wrong {
    if (Boolean.TRUE.equals(result.isError())) {
      throw new Wrong("said that it failed");
    }
    JsonNode structured = Json.tree(result.structuredContent());
    JsonNode tree = structured.isObject() ? structured : text(result);
    if (!tree.isObject()) {
      throw new Wrong("did not answer with one JSON object");
    }
    return tree;
  }

  private static JsonNode text(CallToolResult result) throws Wrong {
    List<Content> content = Optional.ofNullable(result.content()).orElse(List.of());
    if (content.size() != 1 || !(content.getFirst() instanceof TextContent text)) {
      throw new Wrong("did not answer with one text");
    }
    try {
      return Json.read(text.text().getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new Wrong("did not answer in JSON");
    }
  }

  private String label(JsonNode node) throws Wrong {
    if (node.isIntegralNumber()) {
      int index = node.canConvertToInt() ? node.intValue() : -1;
      if (index < 0 || index >= categories.size()) {
        throw new Wrong("named a class by a number that no category has");
      }
      return known(categories.get(index));
    }
    if (!node.isTextual()) {
      throw new Wrong("named no class");
    }
    return known(node.textValue());
  }

  private String known(String label) throws Wrong {
    String found = known.get(folded(label));
    if (found == null) {
      throw new Wrong("named a class that no rule and no classifier of domains knows");
    }
    return found;
  }

  private static double probability(JsonNode node, String what) throws Wrong {
    double value = node.isNumber() ? node.doubleValue() : Double.NaN;
    if (!(value >= 0 && value <= 1)) {
      throw new Wrong("gave a " + what + " that is no number from 0 to 1");
    }
    return value;
  }

  private Map<String, Double> probabilities(JsonNode node) throws Wrong {
    Map<String, Double> byLabel = new LinkedHashMap<>();
    if (node.isArray()) {
      if (node.size() != categories.size()) {
        throw new Wrong("gave " + node.size() + " probabilities of " + categories.size());
      }
      for (int i = 0; i < node.size(); i++) {
        put(byLabel, categories.get(i), node.get(i));
      }
    } else if (node.isObject() && !node.isEmpty()) {
      for (Map.Entry<String, JsonNode> one : node.properties()) {
        put(byLabel, one.getKey(), one.getValue());
      }
    } else {
      throw new Wrong("gave probabilities that are neither a list nor by label");
    }
    double sum = byLabel.values().stream().mapToDouble(p -> p).sum();
    if (sum > SUM_MAX) {
      throw new Wrong("gave probabilities of more than 1 together");
    }
    return byLabel;
  }

  private void put(Map<String, Double> byLabel, String label, JsonNode value) throws Wrong {
    if (byLabel.put(known(label), probability(value, "probability")) != null) {
      throw new Wrong("gave two probabilities of one class");
    }
  }
}
