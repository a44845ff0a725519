package dev.gatun.inference;

import dev.gatun.inference.fake.FakeEncoderModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine whose calls a test holds and releases, and which writes down what happens. The logits
 * of a sequence are its first id and its length.
 */
final class ScriptedEngine implements Engine {

  /** An id that makes the call fail. */
  static final int POISON = 666;

  private final Semaphore permits;
  private final SynchronousQueue<TokenBatch> entered = new SynchronousQueue<>();
  private final boolean held;
  private final List<String> events = new ArrayList<>();
  final AtomicInteger lanesOpen = new AtomicInteger();
  RuntimeException openingFails;

  private ScriptedEngine(boolean held) {
    this.held = held;
    this.permits = new Semaphore(0);
  }

  /** Every call waits until the test lets it go. */
  static ScriptedEngine held() {
    return new ScriptedEngine(true);
  }

  /** Calls run at once. */
  static ScriptedEngine free() {
    return new ScriptedEngine(false);
  }

  /** Waits until a lane has begun a call, and answers its batch. */
  TokenBatch awaitCall() throws InterruptedException {
    return entered.take();
  }

  /** Lets the call go that {@link #awaitCall} answered. */
  void release() {
    permits.release();
  }

  synchronized List<String> events() {
    return List.copyOf(events);
  }

  private synchronized void event(String event) {
    events.add(event);
  }

  @Override
  public RuntimeInfo runtime() {
    return new RuntimeInfo("0", 1, "scripted", "none", "none", 1);
  }

  @Override
  public Model load(Path directory, LoadOptions options) {
    return new ScriptedModel(directory.toString());
  }

  @Override
  public Lane openLane() {
    if (openingFails != null) {
      throw openingFails;
    }
    lanesOpen.incrementAndGet();
    return new ScriptedLane();
  }

  private final class ScriptedModel implements Model {
    private final String name;
    private final FakeEncoderModel fake =
        FakeEncoderModel.classifier(2, ids -> new float[] {ids[0], ids.length});

    ScriptedModel(String name) {
      this.name = name;
    }

    @Override
    public ModelInfo info() {
      return fake.info();
    }

    @Override
    public WeightOrigin origin() {
      return fake.origin();
    }

    @Override
    public void close() {
      fake.close();
      event("close " + name);
    }
  }

  private final class ScriptedLane implements Lane {
    @Override
    public Encoded run(Model model, TokenBatch batch, List<Output> outputs) {
      ScriptedModel scripted = (ScriptedModel) model;
      if (held) {
        try {
          entered.put(batch);
          permits.acquire();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      for (int id : batch.ids()) {
        if (id == POISON) {
          throw new InferenceException.Failed("poisoned");
        }
      }
      Encoded encoded = scripted.fake.encode(batch, outputs).join();
      event("run " + scripted.name + " " + batch.sequences());
      return encoded;
    }

    @Override
    public void close() {
      lanesOpen.decrementAndGet();
    }
  }
}
