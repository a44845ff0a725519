package dev.gatun.server.external;

import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.ModelRole;
import dev.gatun.server.upstream.Upstream;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The language models of a configuration, by their roles. Safe for use by many threads. */
public final class ExternalModels implements LanguageModel {
  private final Map<ModelRole, ExternalClient> clients = new EnumMap<>(ModelRole.class);

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
      clients.put(model.role(), new ExternalClient(model, upstream, leftAlone));
    }
  }

  /** All of them. */
  Collection<ExternalClient> clients() {
    return Collections.unmodifiableCollection(clients.values());
  }

  @Override
  public boolean isThere(ModelRole role) {
    return clients.containsKey(role);
  }

  @Override
  public Answer<String> reply(Chat chat) {
    ExternalClient client = clients.get(chat.role());
    return client == null ? LanguageModel.none().reply(chat) : client.reply(chat);
  }
}
