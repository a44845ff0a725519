package dev.gatun.inference;

import java.util.ArrayList;
import java.util.List;

/** Several requests as one batch, and its results as theirs again. */
final class PackedCall {

  private final List<Request> requests;
  private final TokenBatch batch;

  PackedCall(List<Request> requests) {
    this.requests = requests;
    this.batch = requests.size() == 1 ? requests.getFirst().batch() : pack(requests);
  }

  TokenBatch batch() {
    return batch;
  }

  /** The results of each request, in the order of the requests. */
  List<Encoded> split(Encoded whole) {
    if (requests.size() == 1) {
      return List.of(whole);
    }
    List<Encoded> parts = new ArrayList<>(requests.size());
    int token = 0;
    int sequence = 0;
    for (Request request : requests) {
      int tokenEnd = token + request.batch().tokens();
      int sequenceEnd = sequence + request.batch().sequences();
      List<Matrix> results = new ArrayList<>(whole.results().size());
      for (int i = 0; i < whole.results().size(); i++) {
        boolean perToken = request.outputs().get(i).perToken(request.model().info());
        Matrix all = whole.results().get(i);
        results.add(perToken ? all.slice(token, tokenEnd) : all.slice(sequence, sequenceEnd));
      }
      parts.add(new Encoded(results));
      token = tokenEnd;
      sequence = sequenceEnd;
    }
    return parts;
  }

  private static TokenBatch pack(List<Request> requests) {
    int tokens = requests.stream().mapToInt(request -> request.batch().tokens()).sum();
    int sequences = requests.stream().mapToInt(request -> request.batch().sequences()).sum();
    boolean typed = requests.stream().anyMatch(request -> request.batch().typeIds().length > 0);
    int[] ids = new int[tokens];
    int[] typeIds = new int[typed ? tokens : 0];
    int[] offsets = new int[sequences + 1];
    int token = 0;
    int sequence = 0;
    for (Request request : requests) {
      TokenBatch part = request.batch();
      int[] types = part.typeIds();
      System.arraycopy(part.ids(), 0, ids, token, part.tokens());
      System.arraycopy(types, 0, typeIds, typed ? token : 0, types.length);
      for (int i = 0; i < part.sequences(); i++) {
        offsets[sequence + 1] = offsets[sequence] + part.length(i);
        sequence++;
      }
      token += part.tokens();
    }
    return new TokenBatch(ids, typeIds, offsets);
  }
}
