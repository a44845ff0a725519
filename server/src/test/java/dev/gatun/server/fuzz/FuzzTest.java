package dev.gatun.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.Identity;
import dev.gatun.router.pipeline.Reasoning.Changes;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Ports;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.config.ConfigText;
import dev.gatun.server.wire.ApiException;
import dev.gatun.server.wire.ChatRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Changed configurations and request bodies: whatever they say, the answer is a report or a reply,
 * never another exception. {@code ./gatun test --fuzz N} tries N of each, from a seed of its own,
 * and holds every one to {@value #MILLIS_MAX} ms.
 */
class FuzzTest {
  private static final int MILLIS_MAX = 100;

  /** Until the code is compiled nothing is said of time. */
  private static final int WARM = 2_000;

  private static final Path HOME = Path.of(System.getProperty("gatun.home", "."));
  private static final Optional<Integer> ASKED =
      Optional.ofNullable(Integer.getInteger("gatun.fuzz.documents"));
  private static final int DOCUMENTS = ASKED.orElse(3_000);
  private static final long SEED = Long.getLong("gatun.fuzz.seed", 1);

  @Test
  void noConfigurationFails() throws IOException {
    List<String> seeds = new ArrayList<>(List.of(ConfigFile.starterText()));
    try (var files = Files.list(HOME.resolve("router/src/test/baselines/config"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        seeds.add(Files.readString(file));
      }
    }
    assertTrue(seeds.size() > 5, "no seeds");
    int[] loaded = {0};
    fuzz(
        seeds,
        text -> {
          ConfigText file = new ConfigText(Path.of("fuzz.yaml"), text);
          Optional<RouterConfig> config =
              new ConfigSource.OfText(file)
                  .load(false, Optional.empty(), FuzzTest::variable)
                  .config();
          loaded[0] += config.isPresent() ? 1 : 0;
        });
    assertTrue(loaded[0] > DOCUMENTS / 100, "only " + loaded[0] + " could be loaded: all noise?");
  }

  @Test
  void noRequestFails() {
    Router router =
        new Router(
            new ConfigSource.OfText(
                    new ConfigText(Path.of("starter.yaml"), ConfigFile.starterText()))
                .load(false, Optional.empty(), _ -> Optional.empty())
                .config()
                .orElseThrow(),
            Ports.none());
    int[] routed = {0};
    fuzz(
        REQUESTS,
        text -> {
          try {
            ChatRequest chat = ChatRequest.parse(text.getBytes(StandardCharsets.UTF_8));
            router.route(
                new RouteRequest(
                    chat.conversation(), Identity.unknown(), chat.model(), "key", false));
            assertTrue(chat.forwarded("other", Changes.NONE).length > 0);
            routed[0]++;
          } catch (ApiException e) {
            assertEquals(400, e.error().code().status(), text);
          }
        });
    assertTrue(routed[0] > DOCUMENTS / 100, "only " + routed[0] + " could be routed: all noise?");
  }

  /** Every variable is set but those that would replace what the texts say. */
  private static Optional<String> variable(String name) {
    return name.startsWith("EMBEDDING_") ? Optional.empty() : Optional.of("v");
  }

  private static final List<String> REQUESTS =
      List.of(
          """
          {"model":"auto","messages":[{"role":"user","content":"refactor this function"}]}
          """,
          """
          {"model":"auto","stream":true,"stream_options":{"include_usage":false},"messages":[
          {"role":"system","content":"You are terse."},{"role":"user","content":[
          {"type":"text","text":"what is in it?"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
          {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function",
          "function":{"name":"look","arguments":"{\\"at\\":1}"}}]},
          {"role":"tool","tool_call_id":"1","content":"a cat"},
          {"role":"user","content":"and now?"}],
          "tools":[{"type":"function","function":{"name":"look","parameters":{}}}],
          "metadata":{"event_type":"payment"},"temperature":0.2,"max_tokens":10}
          """);

  private static void fuzz(List<String> seeds, Consumer<String> subject) {
    Mutation mutation = new Mutation(SEED, seeds);
    for (int i = 0; i < DOCUMENTS; i++) {
      String text = mutation.next();
      long millis = millis(subject, text, i);
      // Other processes may have been in the way: what is slow is slow again.
      for (int again = 0; isTimed(i) && millis > MILLIS_MAX && again < 5; again++) {
        millis = Math.min(millis, millis(subject, text, i));
      }
      long least = millis;
      assertTrue(!isTimed(i) || least <= MILLIS_MAX, () -> "took " + least + " ms:\n" + text);
      if (ASKED.isPresent() && (i + 1) % 50_000 == 0) {
        System.out.println("fuzz: " + (i + 1) + " of " + DOCUMENTS);
      }
    }
  }

  private static boolean isTimed(int document) {
    return ASKED.isPresent() && document > WARM;
  }

  private static long millis(Consumer<String> subject, String text, int document) {
    long before = System.nanoTime();
    try {
      subject.accept(text);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError("document " + document + " of seed " + SEED + ":\n" + text, e);
    }
    return (System.nanoTime() - before) / 1_000_000;
  }
}
