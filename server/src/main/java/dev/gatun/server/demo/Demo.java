package dev.gatun.server.demo;

import dev.gatun.server.http.Sockets;
import java.util.Map;
import java.util.Optional;

/** The two demo models of the starter configuration. */
public final class Demo implements AutoCloseable {
  private final DemoModel fast;
  private final DemoModel expert;

  private Demo(DemoModel fast, DemoModel expert) {
    this.fast = fast;
    this.expert = expert;
  }

  /** Starts both. */
  public static Demo start() throws Sockets.Unavailable {
    DemoModel fast = DemoModel.start("demo-fast");
    try {
      return new Demo(fast, DemoModel.start("demo-expert"));
    } catch (Sockets.Unavailable e) {
      fast.close();
      throw e;
    }
  }

  /** The variables by which the starter configuration finds the models. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(
        Map.of(
                "GATUN_DEMO_FAST", "127.0.0.1:" + fast.port(),
                "GATUN_DEMO_EXPERT", "127.0.0.1:" + expert.port())
            .get(name));
  }

  @Override
  public void close() {
    fast.close();
    expert.close();
  }
}
