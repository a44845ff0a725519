package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Models that somebody else's list names, as {@code providers.models} and {@code
 * routing.modelCards}. Keys become names of variables of the environment, never texts.
 */
public final class Inventory {
  private static final String ANTHROPIC = "anthropic";

  private final Map<String, Draft> models = new LinkedHashMap<>();
  private final Map<String, List<Node>> references = new LinkedHashMap<>();
  private final Map<String, Draft> cards = new LinkedHashMap<>();
  private final Map<String, String> ids = new LinkedHashMap<>();
  private final Map<String, String> formats = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  Inventory() {}

  /** What reading a list came to: the document, what its reader should know, how many models. */
  public record Result(Mapping document, List<String> notes, int models) {
    public Result {
      notes = List.copyOf(notes);
    }
  }

  /** The provider entry of a model, begun with its card when there is none. */
  Draft model(String name) {
    card(name);
    return models.computeIfAbsent(name, Inventory::named);
  }

  Draft card(String name) {
    return cards.computeIfAbsent(name, Inventory::named);
  }

  /** One more place where a model is served. */
  void reference(String name, Draft reference) {
    model(name);
    references.computeIfAbsent(name, _ -> new ArrayList<>()).add(reference.node());
  }

  /** How a backend calls a model; a model has one such name, so another one is told. */
  void servedAs(String name, String id) {
    String first = ids.putIfAbsent(name, id);
    if (first == null) {
      model(name).put("provider_model_id", id);
    } else if (!first.equals(id)) {
      note(
          name
              + " is called "
              + first
              + " and "
              + id
              + " by its backends; both are asked for "
              + first
              + ": give the other a model of its own where that is wrong");
    }
  }

  /** Whose way a model is asked in: all of its backends have to speak the same. */
  void spoken(String name, String provider) {
    String format = provider.equals(ANTHROPIC) ? ANTHROPIC : "openai";
    String first = formats.putIfAbsent(name, format);
    if (first == null && format.equals(ANTHROPIC)) {
      model(name).put("api_format", format);
    } else if (first != null && !first.equals(format)) {
      note(
          name
              + " has backends that speak "
              + first
              + " and "
              + format
              + "; all are asked in the first way: give the others a model of their own");
    }
  }

  void note(String text) {
    notes.add(text);
  }

  private static Draft named(String name) {
    Draft draft = new Draft(Draft.NOWHERE);
    draft.put("name", new Scalar(Draft.NOWHERE, name, isOdd(name), false));
    return draft;
  }

  /** A name that YAML could take for something else. */
  private static boolean isOdd(String name) {
    return name.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.');
  }

  /**
   * Says where the key of a reference comes from.
   *
   * @param written a reference to the environment in any of the usual spellings, or the key itself
   * @param owner whose key it is, for a name when the key itself was written
   */
  void key(Draft reference, String written, String owner) {
    String text = written.strip();
    if (text.isEmpty()) {
      return;
    }
    Optional<String> variable = variable(text);
    String name = variable.orElseGet(() -> variableFor(owner));
    reference.put("api_key_env", name);
    if (variable.isEmpty()) {
      note("set the variable " + name + " to the key of " + owner + ", which was not copied");
    }
  }

  private static Optional<String> variable(String text) {
    if (text.startsWith("os.environ/")) {
      return Optional.of(text.substring("os.environ/".length()));
    }
    if (text.startsWith("${") && text.endsWith("}")) {
      return Optional.of(text.substring(2, text.length() - 1));
    }
    return text.startsWith("$") ? Optional.of(text.substring(1)) : Optional.empty();
  }

  private static String variableFor(String owner) {
    StringBuilder name = new StringBuilder();
    for (char c : owner.toUpperCase(Locale.ROOT).toCharArray()) {
      boolean plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      name.append(plain ? c : '_');
    }
    return (Character.isDigit(name.charAt(0)) ? "_" : "") + name + "_API_KEY";
  }

  /** A price per million tokens from one per token. */
  static String perMillion(String perToken) {
    return new BigDecimal(perToken).movePointRight(6).stripTrailingZeros().toPlainString();
  }

  Result result() {
    Draft document = new Draft(Draft.NOWHERE);
    document.put("version", "v0.3");
    Draft providers = document.inner("providers");
    models.keySet().stream()
        .findFirst()
        .ifPresent(first ->
            providers
                .inner("defaults")
                .put("default_model", new Scalar(Draft.NOWHERE, first, isOdd(first), false)));
    List<Node> served = new ArrayList<>();
    models.forEach((name, model) -> {
      List<Node> places = references.getOrDefault(name, List.of());
      if (!places.isEmpty()) {
        model.put("backend_refs", new Sequence(Draft.NOWHERE, places));
      }
      served.add(model.node());
    });
    providers.put("models", new Sequence(Draft.NOWHERE, served));
    List<Node> described = new ArrayList<>();
    cards.values().forEach(card -> described.add(card.node()));
    document.inner("routing").put("modelCards", new Sequence(Draft.NOWHERE, described));
    return new Result(document.node(), notes, models.size());
  }
}
