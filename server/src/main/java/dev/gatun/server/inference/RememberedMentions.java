package dev.gatun.server.inference;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Mentions;

/** Mentions of personal data that are kept in a {@link TurnCache}: where they are, not the text. */
record RememberedMentions(Mentions mentions, String version, TurnCache cache, String tenant)
    implements Mentions {
  private static final int MENTION_BYTES = 80;

  @Override
  public Mentions forTenant(String other) {
    return new RememberedMentions(mentions, version, cache, other);
  }

  @Override
  public boolean isThere() {
    return mentions.isThere();
  }

  @Override
  public Answer<Found> find(String text) {
    return cache.remembered(
        TurnCache.key(tenant, version, "pii", text),
        Found.class,
        () -> mentions.find(text),
        found -> (long) MENTION_BYTES * found.mentions().size());
  }
}
