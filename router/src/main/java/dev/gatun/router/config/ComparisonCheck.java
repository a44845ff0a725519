package dev.gatun.router.config;

import dev.gatun.router.decision.Decision;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.EmbeddingRule;
import dev.gatun.router.signal.Family;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Problems of embedding rules that show only beside the rest of the file (spec signals §6). */
final class ComparisonCheck {
  private static final String ENDPOINT = "declare one in global.model_catalog.external";
  private static final String WITHOUT = "; --allow-unsupported starts without";

  private final ReadProfile profile;

  private ComparisonCheck(ReadProfile profile) {
    this.profile = profile;
  }

  static void of(ReadProfile profile) {
    ComparisonCheck check = new ComparisonCheck(profile);
    check.modalities();
    check.images();
    if (profile.config().global().comparison().embedding().topK() == 1) {
      check.conjunctions();
      if (check.isUpstream()) {
        check.partitions();
      }
    }
  }

  private boolean isUpstream() {
    return profile.config().global().router().compatibility() == Compatibility.UPSTREAM_0_3;
  }

  private List<Section> rules() {
    return profile.signals().sections("embeddings");
  }

  private void modalities() {
    for (Section rule : rules()) {
      switch (rule.word("query_modality").orElse("text")) {
        case "image" -> image(rule);
        case "audio" -> audio(rule);
        default -> {}
      }
    }
  }

  /** Upstream reads images by a model of its own, which has no place here. */
  private void image(Section rule) {
    Section config = RemoteEmbeddingsDecoder.section(profile.root());
    String message = "image needs an endpoint with the role image_embedding";
    if (!seesImages() && config.word("model_type").orElse("").equals("multimodal")) {
      rule.notRun("query_modality", message, ENDPOINT + WITHOUT);
    } else if (!seesImages()) {
      rule.error("query_modality", message, ENDPOINT);
    }
  }

  private boolean seesImages() {
    return ExternalDecoder.section(profile.root(), ModelRole.IMAGE_EMBEDDING).isPresent();
  }

  /** Examples of complexity that are images. */
  private void images() {
    for (Section rule : profile.signals().sections("complexity")) {
      for (String side : List.of("hard", "easy")) {
        Section examples = rule.section(side);
        if (!examples.scalars(ComplexityDecoder.IMAGES).isEmpty() && !seesImages()) {
          examples.notRun(
              ComplexityDecoder.IMAGES,
              "images are compared by an endpoint with the role image_embedding",
              ENDPOINT + WITHOUT);
        }
        boolean isAlone =
            examples.scalars(ComplexityDecoder.IMAGES).isEmpty()
                && (!rule.section("hard").scalars(ComplexityDecoder.IMAGES).isEmpty()
                    || !rule.section("easy").scalars(ComplexityDecoder.IMAGES).isEmpty());
        if (isAlone) {
          rule.warning(
              side,
              "images count only where there are hard and easy ones",
              "add "
                  + side
                  + "."
                  + ComplexityDecoder.IMAGES
                  + ", or remove those of the other side");
        }
      }
    }
  }

  private void audio(Section rule) {
    boolean hasEndpoint =
        ExternalDecoder.AUDIO.stream()
            .anyMatch(role -> ExternalDecoder.section(profile.root(), role).isPresent());
    if (!hasEndpoint) {
      rule.error(
          "query_modality",
          "audio needs an endpoint with the role transcription or audio_embedding",
          ENDPOINT);
    }
  }

  /** Of several embedding rules one is kept, so two of them never hold together. */
  private void conjunctions() {
    List<Section> sections = profile.winning();
    List<Decision> decisions = profile.decisions();
    for (int i = 0; i < decisions.size(); i++) {
      if (needsTwo(decisions.get(i).rule())) {
        sections
            .get(i)
            .warning(
                "name",
                "the decision \""
                    + decisions.get(i).name()
                    + "\" asks for two embedding rules, of which only one is kept",
                "set top_k in global.model_catalog.embeddings.semantic.embedding_config");
      }
    }
  }

  private boolean needsTwo(Rule rule) {
    return switch (rule) {
      case Rule.On _, Rule.Measured _, Rule.Despite _, Rule.Not _ -> false;
      case Rule.Any(List<Rule> of) -> of.stream().anyMatch(this::needsTwo);
      case Rule.All(List<Rule> of) ->
          compete(of.stream().flatMap(ComparisonCheck::required).collect(Collectors.toSet()))
              || of.stream().anyMatch(this::needsTwo);
    };
  }

  /** Winners of partitions are kept whatever else is, and so are the best of each modality. */
  private boolean compete(Set<String> names) {
    if (isUpstream()) {
      return names.size() > 1;
    }
    Set<String> exempt =
        profile.routing().projections().partitions().stream()
            .filter(partition -> partition.family() == Family.EMBEDDING)
            .flatMap(partition -> partition.members().stream())
            .collect(Collectors.toSet());
    return profile.routing().signals().of(EmbeddingRule.class).stream()
        .filter(rule -> names.contains(rule.name()) && !exempt.contains(rule.name()))
        .collect(Collectors.groupingBy(EmbeddingRule::modality))
        .values()
        .stream()
        .anyMatch(rules -> rules.size() > 1);
  }

  /** Embedding rules that must hold for a rule to. */
  private static Stream<String> required(Rule rule) {
    return switch (rule) {
      case Rule.On on ->
          on.key().family() == Family.EMBEDDING ? Stream.of(on.key().name()) : Stream.empty();
      case Rule.All(List<Rule> of) -> of.stream().flatMap(ComparisonCheck::required);
      case Rule.Any _, Rule.Measured _, Rule.Despite _, Rule.Not _ -> Stream.empty();
    };
  }

  private void partitions() {
    Set<String> names =
        rules().stream().flatMap(rule -> rule.text("name").stream()).collect(Collectors.toSet());
    List<Section> partitions =
        profile.projections().sections("partitions").stream()
            .filter(partition -> partition.texts("members").stream().anyMatch(names::contains))
            .toList();
    if (partitions.size() > 1) {
      partitions
          .get(1)
          .warning(
              "members",
              "a second partition of embedding rules, of which only one is kept in all",
              "set top_k in global.model_catalog.embeddings.semantic.embedding_config");
    }
  }
}
