package dev.gatun.server.external;

import dev.gatun.router.model.Audio;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.AudioModel;
import dev.gatun.router.port.Embeddings;
import dev.gatun.server.external.ExternalModels.Asked;
import java.util.Optional;

/**
 * A model of another process that embeds audio and texts alike. Safe for use by many threads.
 *
 * @param encoder that it is asked by
 */
record AudioEncoder(RemoteEncoder encoder) implements AudioModel {
  static AudioEncoder of(Asked asked) {
    return new AudioEncoder(asked.encoder());
  }

  @Override
  public Answer<Heard> hear(Audio audio) {
    return encoder.embed(audio).map(Heard.Vector::new);
  }

  @Override
  public Optional<Embeddings> texts() {
    return Optional.of(encoder);
  }
}
