package dev.gatun.bench.measure;

/** Ends a process when this one is ended from outside, so that nothing goes on measuring. */
public final class EndsWithUs implements AutoCloseable {
  private final Thread hook;

  /** From now on until {@link #close}. */
  public EndsWithUs(Process process) {
    hook = new Thread(process::destroy, "end-" + process.pid());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      return; // This process is ending and the hook at work: nothing is left to take back.
    }
  }
}
