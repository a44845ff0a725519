package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;

/** What an {@code expect.json} asks of the message of a refusal; case does not matter. */
final class Expectation {

  private Expectation() {}

  static void check(JsonObject expect, InferenceException.Refused refusal) {
    String said = refusal.getMessage().toLowerCase(Locale.ROOT);
    for (String mention : Golden.strings(expect.get("mention_all"))) {
      assertTrue(said.contains(mention.toLowerCase(Locale.ROOT)), mention + " not in: " + said);
    }
    List<String> any = Golden.strings(expect.get("mention_any"));
    assertTrue(
        any.stream().anyMatch(mention -> said.contains(mention.toLowerCase(Locale.ROOT))),
        any + " not in: " + said);
    assertTrue(said.lines().count() == 1, "one line: " + said);
  }
}
