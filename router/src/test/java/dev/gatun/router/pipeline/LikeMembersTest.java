package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.port.FakeEmbeddings;
import dev.gatun.router.port.Ports;
import java.util.List;
import org.junit.jupiter.api.Test;

class LikeMembersTest {
  private static final String CONFIG =
      """
      routing:
        signals:
          embeddings:
            - {name: money, threshold: 0.3, candidates: [refund price, refund]}
            - {name: cost, threshold: 0.3, candidates: [price refund]}
            - {name: post, threshold: 0.3, candidates: [parcel]}
        projections:
          partitions:
            - {name: topic, semantics: SEMANTICS, members: [money, cost, post], default: post}
        decisions: [{name: d, rules: {type: embedding, name: money}}]
      """;

  @Test
  void membersOfASoftmaxThatAreAlikeAreReported() {
    List<String> notices = notices("softmax_exclusive, temperature: 0.1");
    assertEquals(1, notices.size(), notices.toString());
    assertTrue(notices.getFirst().contains("partition topic: the examples of money and cost"));
    assertEquals(notices, notices("softmax_all, temperature: 0.1"));
  }

  @Test
  void theRawScoresOfAnExclusivePartitionDecideWell() {
    assertEquals(List.of(), notices("exclusive"));
  }

  private static List<String> notices(String semantics) {
    Ports ports = Ports.none().withEmbeddings(new FakeEmbeddings("refund", "price", "parcel"));
    return new Router(Documents.config(CONFIG.replace("SEMANTICS", semantics)), ports).notices();
  }
}
