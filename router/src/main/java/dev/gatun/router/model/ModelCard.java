package dev.gatun.router.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Facts about a served model.
 *
 * @param contextWindow tokens, when known
 * @param qualityScore 0 to 1, when known
 * @param loras adapters served on this base
 */
public record ModelCard(
    String name,
    Optional<String> paramSize,
    OptionalLong contextWindow,
    String description,
    List<String> capabilities,
    List<Lora> loras,
    OptionalDouble qualityScore,
    Optional<String> modality,
    List<String> tags) {

  public ModelCard {
    capabilities = List.copyOf(capabilities);
    loras = List.copyOf(loras);
    tags = List.copyOf(tags);
  }

  /** A LoRA adapter that the backend serves under its own name. */
  public record Lora(String name, String description) {}

  /** A card of which only the name is known. */
  public static ModelCard named(String name) {
    return new ModelCard(
        name,
        Optional.empty(),
        OptionalLong.empty(),
        "",
        List.of(),
        List.of(),
        OptionalDouble.empty(),
        Optional.empty(),
        List.of());
  }
}
