package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.text.Decisive;
import dev.gatun.router.text.Decisive.Difference;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.inference.SentenceEmbedder;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether an answer to one text may serve another: what the semantic cache compares. Texts that
 * differ in a number, a negation, a quoted string, a name or an opposite are no hit however alike
 * their vectors are; their similarity is {@value #GUARDED} of the cosine.
 */
record CacheTask() implements Task {
  /** Least similarity of a hit; docs/cli.md says how it was chosen. */
  static final double THRESHOLD = 0.95;

  /** Keeps such pairs in order, and below every threshold that trusts vectors. */
  static final double GUARDED = 0.7;

  @Override
  public String name() {
    return "cache";
  }

  @Override
  public String form() {
    return "{\"text_a\", \"text_b\"} -> {\"label\": hit or miss, \"scores\":{\"similarity\", "
        + "\"cosine\"}, \"guard\"?}";
  }

  @Override
  public Set<AnswerColumn> columns() {
    return EnumSet.of(AnswerColumn.LABEL, AnswerColumn.SCORES);
  }

  @Override
  public Predictor open(Resources resources) {
    return new Comparing(
        SentenceEmbedder.open(resources.inference(), resources.store(), resources.load()));
  }

  private record Comparing(SentenceEmbedder embedder) implements Predictor {
    @Override
    public ObjectNode answer(Row row) {
      String left = row.text("text_a");
      String right = row.text("text_b");
      double cosine = SentenceEmbedder.cosine(embed(left), embed(right));
      Optional<Difference> difference = Decisive.of(left).from(Decisive.of(right));
      double similarity = difference.isPresent() ? GUARDED * cosine : cosine;
      boolean hit = difference.isEmpty() && similarity >= THRESHOLD;
      ObjectNode answer = row.answer().put("label", hit ? "hit" : "miss");
      answer.putObject("scores").put("similarity", similarity).put("cosine", cosine);
      difference.ifPresent(guard -> answer.put("guard", guard.word()));
      return answer;
    }

    private float[] embed(String text) {
      return Row.known(embedder.embed(text));
    }

    @Override
    public List<String> warnings() {
      return embedder.origin().warnings();
    }

    @Override
    public void close() {
      embedder.close();
    }
  }
}
