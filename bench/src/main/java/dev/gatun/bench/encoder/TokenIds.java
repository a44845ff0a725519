package dev.gatun.bench.encoder;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Seeded token ids: the same for every engine that is asked the same. */
final class TokenIds {
  /** Below lie special tokens, above rare ones; both as the peers' bench draws them. */
  private static final int FROM = 1000;

  private static final int TO = 30_000;

  private TokenIds() {}

  /** A request of the external protocol. */
  static ObjectNode request(int rows, int length, int vocabulary) {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(rows * 1_000_003L + length);
    int from = Math.min(FROM, vocabulary / 2);
    int to = Math.min(TO, vocabulary);
    ObjectNode request = new ObjectMapper().createObjectNode();
    ArrayNode batch = request.putArray("batch");
    for (int i = 0; i < rows; i++) {
      random.ints(length, from, to).forEach(batch.addArray()::add);
    }
    return request;
  }
}
