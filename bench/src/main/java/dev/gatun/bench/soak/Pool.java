package dev.gatun.bench.soak;

import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;

/** Models that come and go: a place may be closed and filled anew while others use it. */
final class Pool implements AutoCloseable {
  private final Inference inference;
  private final List<Path> folders;
  private final List<Precision> precisions;
  private final AtomicReferenceArray<EncoderModel> places;

  /**
   * A full pool.
   *
   * @param precisions that every folder can be loaded in
   */
  Pool(Inference inference, List<Path> folders, List<Precision> precisions) {
    this.inference = inference;
    this.folders = List.copyOf(folders);
    this.precisions = List.copyOf(precisions);
    List<EncoderModel> models = new ArrayList<>();
    for (Path folder : folders) {
      for (Precision precision : precisions) {
        models.add(open(folder, precision));
      }
    }
    places = new AtomicReferenceArray<>(models.toArray(EncoderModel[]::new));
  }

  /** Some model; it may be closed by the time it is used. */
  EncoderModel any(RandomGenerator random) {
    return places.get(random.nextInt(places.length()));
  }

  /** Opens a model of a random folder and precision, puts it somewhere, closes what was there. */
  void renew(RandomGenerator random) {
    Path folder = folders.get(random.nextInt(folders.size()));
    Precision precision = precisions.get(random.nextInt(precisions.size()));
    EncoderModel fresh = open(folder, precision);
    places.getAndSet(random.nextInt(places.length()), fresh).close();
  }

  private EncoderModel open(Path folder, Precision precision) {
    return inference.load(folder, LoadOptions.defaults().in(precision));
  }

  @Override
  public void close() {
    for (int i = 0; i < places.length(); i++) {
      places.get(i).close();
    }
  }
}
