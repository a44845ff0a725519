package dev.gatun.inference;

import dev.gatun.inference.fake.FakeEncoderModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An engine whose calls a test holds and releases, and which writes down what happens. The logits
 * of a sequence are its first id and its length. A long request takes three slices. Its clock moves
 * by as much as the test says while it computes.
 */
final class ScriptedEngine implements Engine {

  /** An id that makes the call fail. */
  static final int POISON = 666;

  private static final int SLICES = 3;

  private final Semaphore permits;
  private final SynchronousQueue<TokenBatch> entered = new SynchronousQueue<>();
  private volatile boolean held;
  private final List<String> events = new ArrayList<>();
  final AtomicInteger lanesOpen = new AtomicInteger();
  RuntimeException openingFails;
  RuntimeException reservingFails;
  final AtomicLong nanos = new AtomicLong();
  volatile long callNanos;

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

  /** Lets everything go from now on. */
  void letGo() {
    held = false;
    permits.release(Short.MAX_VALUE);
  }

  /** What happened but for loading, in order. */
  synchronized List<String> events() {
    return events.stream().filter(event -> !event.startsWith("room ")).toList();
  }

  /** The calls that lanes made room for. */
  synchronized List<String> rooms() {
    return events.stream().filter(event -> event.startsWith("room ")).toList();
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
  public Lane openLane(int number) {
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
    public EncoderTask task(Path directory, TaskForm form) {
      return fake.task(directory, form);
    }

    @Override
    public Plan plan(TokenBatch batch, List<Output> outputs) {
      return fake.plan(batch, outputs);
    }

    @Override
    public void close() {
      fake.close();
      event("close " + name);
    }
  }

  private final class ScriptedLane implements Lane {
    private ScriptedModel begun;
    private TokenBatch batch;
    private List<Output> outputs;
    private int slices;

    @Override
    public void reserve(Model model, int tokens) {
      if (reservingFails != null) {
        throw reservingFails;
      }
      event("room " + ((ScriptedModel) model).name + " " + tokens);
    }

    @Override
    public Encoded run(Model model, TokenBatch packed, List<Output> wanted) {
      compute(packed);
      Encoded encoded = ((ScriptedModel) model).fake.encode(packed, wanted).join();
      event("run " + ((ScriptedModel) model).name + " " + packed.sequences());
      return encoded;
    }

    @Override
    public void begin(Model model, TokenBatch packed, List<Output> wanted) {
      if (begun != null) {
        throw new AssertionError("two passes on a lane");
      }
      begun = (ScriptedModel) model;
      batch = packed;
      outputs = wanted;
      slices = 0;
      event("begin " + begun.name);
    }

    @Override
    public Optional<Encoded> advance(Duration budget) {
      compute(batch);
      slices++;
      event("slice " + begun.name);
      if (slices < SLICES) {
        return Optional.empty();
      }
      Encoded encoded = begun.fake.encode(batch, outputs).join();
      begun = null;
      return Optional.of(encoded);
    }

    @Override
    public void cancel() {
      event("cancel " + begun.name);
      begun = null;
    }

    @Override
    public long workspaceBytes() {
      return 0;
    }

    @Override
    public void close() {
      lanesOpen.decrementAndGet();
    }

    private void compute(TokenBatch packed) {
      if (held) {
        try {
          while (held && !entered.offer(packed, 1, TimeUnit.MILLISECONDS)) {
            Thread.onSpinWait();
          }
          if (held) {
            permits.acquire();
          }
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      nanos.addAndGet(callNanos);
      for (int id : packed.ids()) {
        if (id == POISON) {
          begun = null;
          throw new InferenceException.Failed("poisoned");
        }
      }
    }
  }
}
