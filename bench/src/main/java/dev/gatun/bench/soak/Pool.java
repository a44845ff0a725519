package dev.gatun.bench.soak;

import dev.gatun.bench.model.HeadFolders;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.EncoderTask;
import dev.gatun.inference.Head;
import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TaskForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;

/** Models that come and go: a place may be closed and filled anew while others use it. */
final class Pool implements AutoCloseable {
  private static final int TASKS_MAX = 3;

  private final Inference inference;
  private final List<Path> folders;
  private final List<Precision> precisions;
  private final Path heads;
  private final AtomicReferenceArray<Opened> places;

  /** A model and tasks over it; they end with it. */
  record Opened(EncoderModel model, List<EncoderTask> tasks) {}

  /**
   * A full pool.
   *
   * @param precisions that every folder can be loaded in
   * @param heads where folders of tasks are made
   */
  Pool(Inference inference, List<Path> folders, List<Precision> precisions, Path heads) {
    this.inference = inference;
    this.folders = List.copyOf(folders);
    this.precisions = List.copyOf(precisions);
    this.heads = heads;
    List<Opened> models = new ArrayList<>();
    for (Path folder : folders) {
      for (Precision precision : precisions) {
        models.add(open(folder, precision, TASKS_MAX));
      }
    }
    places = new AtomicReferenceArray<>(models.toArray(Opened[]::new));
  }

  /** Some model; it may be closed by the time it is used. */
  Opened any(RandomGenerator random) {
    return places.get(random.nextInt(places.length()));
  }

  /**
   * Opens what is in a random place once more and closes what was there. Places keep their folder
   * and precision: what the pool holds would otherwise grow and shrink by chance.
   */
  void renew(RandomGenerator random) {
    int place = random.nextInt(places.length());
    Path folder = folders.get(place / precisions.size());
    Precision precision = precisions.get(place % precisions.size());
    Opened fresh = open(folder, precision, random.nextInt(TASKS_MAX + 1));
    places.getAndSet(place, fresh).model().close();
  }

  private Opened open(Path folder, Precision precision, int count) {
    EncoderModel model = inference.load(folder, LoadOptions.defaults().in(precision));
    List<EncoderTask> tasks = new ArrayList<>();
    try {
      while (model.info().head() != Head.NONE && tasks.size() < count) {
        tasks.add(model.task(HeadFolders.of(folder, heads), TaskForm.LOW_RANK));
      }
    } catch (IOException e) {
      model.close();
      throw new UncheckedIOException("no task over " + folder, e);
    }
    return new Opened(model, List.copyOf(tasks));
  }

  @Override
  public void close() {
    for (int i = 0; i < places.length(); i++) {
      places.get(i).model().close();
    }
  }
}
