package dev.gatun.server.inference;

import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.ModelRole;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Language models whose replies are kept in a {@link TurnCache}: those of temperature 0, which
 * would come again, and of them those that say what was asked.
 */
record RememberedReplies(
    LanguageModel model, List<ExternalModel> externals, TurnCache cache, String tenant)
    implements LanguageModel {

  @Override
  public LanguageModel forTenant(String other) {
    return new RememberedReplies(model, externals, cache, other);
  }

  @Override
  public boolean isThere(ModelRole role) {
    return model.isThere(role);
  }

  @Override
  public Answer<String> reply(Chat chat) {
    Optional<ExternalModel> asked =
        externals.stream().filter(external -> external.role() == chat.role()).findFirst();
    if (asked.isEmpty() || chat.limits().temperature() > 0) {
      return model.reply(chat);
    }
    return cache.remembered(
        key(asked.get(), chat),
        String.class,
        () -> model.reply(chat),
        reply -> asked.get().understands(reply) ? 2L * reply.length() : -1);
  }

  private TurnCache.Key key(ExternalModel asked, Chat chat) {
    String version = asked.address() + ' ' + asked.model() + ' ' + chat.limits();
    String turns =
        chat.turns().stream()
            .map(turn -> turn.role() + " " + turn.text().length() + " " + turn.text())
            .collect(Collectors.joining());
    return TurnCache.key(tenant, version, chat.role().word(), turns);
  }
}
