package dev.gatun.server.inference;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.TextTask;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Classifiers whose answers are kept in a {@link TurnCache}. */
record RememberedEncoders(
    Encoders encoders, Function<TextTask, String> versions, TurnCache cache, String tenant)
    implements Encoders {
  /** About what a label and its two probabilities take. */
  private static final int LABEL_BYTES = 56;

  @Override
  public Encoders forTenant(String other) {
    return new RememberedEncoders(encoders, versions, cache, other);
  }

  @Override
  public List<String> labels(TextTask task) {
    return encoders.labels(task);
  }

  @Override
  public List<EncoderPlan> plans(String text, Set<TextTask> tasks) {
    return encoders.plans(text, tasks);
  }

  @Override
  public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
    Map<TextTask, Distribution> known = new EnumMap<>(TextTask.class);
    Set<TextTask> missing = EnumSet.noneOf(TextTask.class);
    for (TextTask task : tasks) {
      cache
          .find(key(text, task), Distribution.class)
          .ifPresentOrElse(answer -> known.put(task, answer), () -> missing.add(task));
    }
    if (missing.isEmpty()) {
      return Answer.of(known);
    }
    return encoders
        .classify(text, missing)
        .map(found -> {
          found.forEach((task, answer) ->
              cache.keep(key(text, task), answer, (long) LABEL_BYTES * answer.labels().size()));
          known.putAll(found);
          return known;
        });
  }

  private TurnCache.Key key(String text, TextTask task) {
    return TurnCache.key(tenant, versions.apply(task), task.word(), text);
  }
}
