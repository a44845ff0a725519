package dev.gatun.server.inference;

import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.model.Audio;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.AudioModel;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.ModelRole;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was heard, kept in a {@link TurnCache}: a conversation with tools sends what the user said
 * with every step. Models of a temperature above 0 are asked again.
 */
record RememberedAudio(
    AudioModel model, List<ExternalModel> externals, TurnCache cache, String tenant)
    implements AudioModel {
  private static final Set<ModelRole> ROLES =
      EnumSet.of(ModelRole.TRANSCRIPTION, ModelRole.AUDIO_EMBEDDING);

  RememberedAudio {
    externals = externals.stream().filter(asked -> ROLES.contains(asked.role())).toList();
  }

  @Override
  public AudioModel forTenant(String other) {
    return new RememberedAudio(model, externals, cache, other);
  }

  @Override
  public Optional<Embeddings> texts() {
    return model.texts();
  }

  @Override
  public Answer<Heard> hear(Audio audio) {
    if (externals.stream().anyMatch(asked -> asked.limits().temperature() > 0)) {
      return model.hear(audio);
    }
    return cache.remembered(
        TurnCache.key(tenant, version(), "audio " + audio.format(), audio.base64()),
        Heard.class,
        () -> model.hear(audio),
        RememberedAudio::bytes);
  }

  private String version() {
    return externals.stream()
        .map(asked -> asked.role().word() + ' ' + asked.address() + ' ' + asked.model())
        .collect(Collectors.joining(" "));
  }

  private static long bytes(Heard heard) {
    return switch (heard) {
      case Heard.Words(String text) -> 2L * text.length();
      case Heard.Vector(var embedding) -> (long) Float.BYTES * embedding.dimension();
    };
  }
}
