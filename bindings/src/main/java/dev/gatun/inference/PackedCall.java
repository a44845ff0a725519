package dev.gatun.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Several requests as one call, and its results as theirs again. A text that several of them ask
 * about, for the same or other tasks, is one sequence of the call; a result that several ask for is
 * one output.
 */
final class PackedCall {

  private final List<Request> requests;
  private final TokenBatch batch;
  private final List<Output> outputs;
  private final List<int[]> places = new ArrayList<>();
  private final Map<Output, Integer> numbers = new HashMap<>();

  PackedCall(List<Request> requests) {
    this.requests = requests;
    if (requests.size() == 1) {
      this.batch = requests.getFirst().batch();
      this.outputs = requests.getFirst().outputs();
    } else {
      this.batch = pack();
      this.outputs = gather();
    }
  }

  /** The sequences of all requests, each once. */
  TokenBatch batch() {
    return batch;
  }

  /** The results of all requests, each once. */
  List<Output> outputs() {
    return outputs;
  }

  /** The results of each request, in the order of the requests. */
  List<Encoded> split(Encoded whole) {
    if (requests.size() == 1) {
      return List.of(whole);
    }
    ModelInfo info = requests.getFirst().model().info();
    List<int[]> starts = outputs.stream().map(output -> starts(output, info)).toList();
    List<Encoded> parts = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      int[] place = places.get(i);
      List<Matrix> results = new ArrayList<>();
      for (Output output : requests.get(i).outputs()) {
        int number = Objects.requireNonNull(numbers.get(output.ofAll()));
        results.add(part(whole.results().get(number), starts.get(number), wanted(output, place)));
      }
      parts.add(new Encoded(results));
    }
    return parts;
  }

  /** One sequence as a key. */
  @SuppressWarnings("ArrayRecordComponent") // equality by content
  private record Text(int[] ids, int[] types) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Text text
          && Arrays.equals(ids, text.ids)
          && Arrays.equals(types, text.types);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(ids) + Arrays.hashCode(types);
    }
  }

  /** Numbers the distinct sequences and notes where each request's are. */
  private TokenBatch pack() {
    Map<Text, Integer> known = new LinkedHashMap<>();
    boolean typed = requests.stream().anyMatch(request -> request.batch().typeIds().length > 0);
    for (Request request : requests) {
      TokenBatch own = request.batch();
      int[] ids = own.ids();
      int[] types = own.typeIds().length > 0 ? own.typeIds() : new int[typed ? ids.length : 0];
      int[] offsets = own.offsets();
      int[] place = new int[own.sequences()];
      for (int s = 0; s < place.length; s++) {
        Text text =
            new Text(
                Arrays.copyOfRange(ids, offsets[s], offsets[s + 1]),
                typed ? Arrays.copyOfRange(types, offsets[s], offsets[s + 1]) : new int[0]);
        place[s] = known.computeIfAbsent(text, _ -> known.size());
      }
      places.add(place);
    }
    List<int[]> ids = known.keySet().stream().map(Text::ids).toList();
    return typed
        ? TokenBatch.of(ids, known.keySet().stream().map(Text::types).toList())
        : TokenBatch.of(ids);
  }

  /** Each kind of result once, for the sequences that some request wants it of. */
  private List<Output> gather() {
    Map<Output, BitSet> kinds = new LinkedHashMap<>();
    for (int i = 0; i < requests.size(); i++) {
      for (Output output : requests.get(i).outputs()) {
        BitSet sequences = kinds.computeIfAbsent(output.ofAll(), _ -> new BitSet());
        Arrays.stream(wanted(output, places.get(i))).forEach(sequences::set);
      }
    }
    List<Output> gathered = new ArrayList<>();
    kinds.forEach((kind, sequences) -> {
      numbers.put(kind, gathered.size());
      boolean all = sequences.cardinality() == batch.sequences();
      gathered.add(all ? kind : new Output.Some(kind, sequences.stream().boxed().toList()));
    });
    return gathered;
  }

  /** The sequences of the call that one output of a request is about. */
  private static int[] wanted(Output output, int[] place) {
    return output instanceof Output.Some(_, var sequences)
        ? sequences.stream().mapToInt(s -> place[s]).toArray()
        : place;
  }

  /** Where the rows of each sequence of the call begin in a result, and the last one ends. */
  private int[] starts(Output output, ModelInfo info) {
    int[] starts = new int[batch.sequences() + 1];
    boolean perToken = output.perToken(info);
    BitSet held = new BitSet();
    if (output instanceof Output.Some(_, var sequences)) {
      sequences.forEach(held::set);
    } else {
      held.set(0, batch.sequences());
    }
    for (int s = 0; s < batch.sequences(); s++) {
      int rows = !held.get(s) ? 0 : perToken ? batch.length(s) : 1;
      starts[s + 1] = starts[s] + rows;
    }
    return starts;
  }

  private static Matrix part(Matrix whole, int[] starts, int[] sequences) {
    int columns = whole.columns();
    int rows = Arrays.stream(sequences).map(s -> starts[s + 1] - starts[s]).sum();
    float[] values = new float[rows * columns];
    int at = 0;
    for (int s : sequences) {
      int count = (starts[s + 1] - starts[s]) * columns;
      System.arraycopy(whole.values(), starts[s] * columns, values, at, count);
      at += count;
    }
    return new Matrix(rows, columns, values);
  }
}
