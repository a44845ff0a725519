package dev.gatun.server.external;

import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.config.RemoteEmbeddings;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.AudioModel;
import dev.gatun.router.port.ImageModel;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.ModelRole;
import dev.gatun.server.upstream.Upstream;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The models of a configuration, by their roles. Safe for use by many threads. */
public final class ExternalModels implements LanguageModel {
  private final Map<ModelRole, Asked> asked = new EnumMap<>(ModelRole.class);

  /** A model and the client that asks it. */
  record Asked(ExternalModel model, ExternalClient client) {
    /** One that answers in vectors. */
    RemoteEncoder encoder() {
      return new RemoteEncoder(client, model.model(), OptionalInt.empty(), RemoteEmbeddings.BATCH);
    }
  }

  /**
   * The models.
   *
   * @param models one for each role at most
   * @param upstream outlives this
   */
  public ExternalModels(List<ExternalModel> models, Upstream upstream) {
    this(models, upstream, CarefulCalls.LEFT_ALONE);
  }

  /**
   * The same.
   *
   * @param leftAlone how long a model is left alone when it fails
   */
  ExternalModels(List<ExternalModel> models, Upstream upstream, Duration leftAlone) {
    for (ExternalModel model : models) {
      ExternalClient client = new ExternalClient(service(model), upstream, leftAlone);
      asked.put(model.role(), new Asked(model, client));
    }
  }

  /** What listens; of two models the one whose vectors need no words. */
  AudioModel audio() {
    Asked encoder = asked.get(ModelRole.AUDIO_EMBEDDING);
    Asked transcriber = asked.get(ModelRole.TRANSCRIPTION);
    if (encoder != null) {
      return AudioEncoder.of(encoder);
    }
    return transcriber == null ? AudioModel.none() : new Transcriber(transcriber);
  }

  /** What sees. */
  ImageModel images() {
    Asked encoder = asked.get(ModelRole.IMAGE_EMBEDDING);
    return encoder == null ? ImageModel.none() : ImageEncoder.of(encoder);
  }

  /** All of them. */
  Collection<Asked> all() {
    return Collections.unmodifiableCollection(asked.values());
  }

  private static ExternalClient.Service service(ExternalModel model) {
    return new ExternalClient.Service(
        model.role().word() + "/" + model.name(),
        URI.create(model.address()),
        model.timeout(),
        model.authHeader(),
        model.authValue());
  }

  @Override
  public boolean isThere(ModelRole role) {
    return asked.containsKey(role);
  }

  @Override
  public Answer<String> reply(Chat chat) {
    Asked one = asked.get(chat.role());
    if (one == null) {
      return LanguageModel.none().reply(chat);
    }
    byte[] body = ChatBody.of(one.model.model(), chat);
    return one.client.ask(
        new ExternalClient.Question<>(body, CarefulCalls.REPLY_BYTES_MAX, ChatBody::read));
  }
}
