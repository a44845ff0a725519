package dev.gatun.router.pipeline;

import dev.gatun.router.pii.Mention;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.UserFeedback;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Models whose answers look like chance and are the same for the same text. Some words mean
 * something to them: what is "broken" cannot be read, an "attack" is one, "math" is math, and a
 * "verse" points where other verses do.
 */
final class HashedModels {
  private static final int COMPONENTS = 4;
  private int asked;

  /** Questions since they were forgotten. */
  int asked() {
    return asked;
  }

  void forget() {
    asked = 0;
  }

  Ports ports() {
    return Ports.none()
        .withEncoders(new Classifiers())
        .withEmbeddings(embeddings())
        .withMentions(this::mentions)
        .withLanguages(text -> answer(text, distribution(text, List.of("en", "de", "fr"))));
  }

  private <T> Answer<T> answer(String text, T answer) {
    asked++;
    return text.contains("broken") ? Answer.failed("cannot be read") : Answer.of(answer);
  }

  private Answer<Mentions.Found> mentions(String text) {
    double score = random(text, "pii").nextDouble();
    Mention mention = new Mention(0, 1, "PERSON", score, score, Mention.Evidence.MODEL);
    return answer(text, new Mentions.Found(List.of(mention), Coverage.NONE));
  }

  private Embeddings embeddings() {
    return texts -> {
      asked++;
      return texts.stream().anyMatch(text -> text.contains("broken"))
          ? Answer.failed("cannot be read")
          : Answer.of(texts.stream().map(HashedModels::vector).toList());
    };
  }

  private static Embedding vector(String text) {
    Random random = random(text.contains("verse") ? "verse" : text, "vector");
    float[] components = new float[COMPONENTS];
    double squares = 0;
    for (int i = 0; i < COMPONENTS; i++) {
      components[i] = 2 * random.nextFloat() - 1;
      squares += components[i] * (double) components[i];
    }
    for (int i = 0; i < COMPONENTS; i++) {
      components[i] /= (float) Math.sqrt(squares);
    }
    return Embedding.of(components, Coverage.NONE);
  }

  private final class Classifiers implements Encoders {
    @Override
    public List<String> labels(TextTask task) {
      return switch (task) {
        case DOMAIN -> Domain.LABELS;
        case FACT_CHECK -> List.of("no_fact_check_needed", "needs_fact_check");
        case JAILBREAK -> List.of("benign", "jailbreak");
        case MODALITY -> List.of("AR", "DIFFUSION", "BOTH");
        case USER_FEEDBACK -> UserFeedback.LABELS;
      };
    }

    @Override
    public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
      Map<TextTask, Distribution> answers = new EnumMap<>(TextTask.class);
      for (TextTask task : tasks) {
        boolean attack = task == TextTask.JAILBREAK && text.contains("attack");
        boolean math = task == TextTask.DOMAIN && text.contains("math");
        answers.put(
            task,
            attack
                ? Distribution.of(labels(task), List.of(0.1, 0.9))
                : math ? certain("math") : distribution(text + task.word(), labels(task)));
      }
      return answer(text, answers);
    }

    private Distribution certain(String label) {
      List<Double> chances = new ArrayList<>();
      labels(TextTask.DOMAIN).forEach(other -> chances.add(other.equals(label) ? 1.0 : 0.0));
      return Distribution.of(labels(TextTask.DOMAIN), chances);
    }
  }

  /** One label gets most of it, more or less. */
  private static Distribution distribution(String text, List<String> labels) {
    Random random = random(text, "distribution");
    double[] weights = new double[labels.size()];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.pow(random.nextDouble(), 8);
      sum += weights[i];
    }
    List<Double> chances = new ArrayList<>();
    for (double weight : weights) {
      chances.add(weight / sum);
    }
    return Distribution.of(labels, chances);
  }

  private static Random random(String text, String purpose) {
    return new Random((text + '\n' + purpose).hashCode());
  }
}
