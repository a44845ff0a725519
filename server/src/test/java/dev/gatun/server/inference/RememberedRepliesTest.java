package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.config.Target;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.GuardParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Which replies of language models are used again. */
class RememberedRepliesTest {
  private final List<Chat> asked = new ArrayList<>();
  private final TurnCache cache = new TurnCache(1 << 20);
  private Answer<String> reply = Answer.of("Safety: Safe");

  private LanguageModel remembered(String model) {
    LanguageModel counting =
        new LanguageModel() {
          @Override
          public Answer<String> reply(Chat chat) {
            asked.add(chat);
            return reply;
          }

          @Override
          public boolean isThere(ModelRole role) {
            return true;
          }
        };
    ExternalModel external =
        new ExternalModel(
            ModelRole.GUARDRAIL,
            "guard",
            "vllm",
            new Target(false, "h", 80, ""),
            "/v1/chat/completions",
            model,
            Duration.ofSeconds(1),
            "Authorization",
            Optional.empty(),
            Limits.byDefault(),
            new ExternalModel.Reading(
                GuardParser.QWEN3GUARD, OptionalDouble.empty(), Optional.empty()));
    return cache.over(counting, List.of(external));
  }

  private static Chat chat(double temperature, String... turns) {
    return new Chat(
        ModelRole.GUARDRAIL,
        List.of(turns).stream().map(text -> Message.of(Role.USER, text)).toList(),
        new Limits(512, temperature));
  }

  private int calls(LanguageModel model, Chat chat) {
    int before = asked.size();
    assertEquals(reply, model.reply(chat));
    return asked.size() - before;
  }

  @Test
  void whatSaysWhatWasAskedIsUsedAgain() {
    LanguageModel model = remembered("g");
    assertEquals(1, calls(model, chat(0, "hello")));
    assertEquals(0, calls(model, chat(0, "hello")));
    assertEquals(1, calls(model, chat(0, "hello!")));
    assertEquals(1, calls(model, chat(0, "hel", "lo")));
    assertEquals(1, calls(model, chat(0, "he", "llo")));
  }

  @Test
  void nothingIsUsedForAnotherTenantOrAnotherModel() {
    LanguageModel model = remembered("g");
    assertEquals(1, calls(model.forTenant("a"), chat(0, "hello")));
    assertEquals(1, calls(model.forTenant("b"), chat(0, "hello")));
    assertEquals(0, calls(model.forTenant("a"), chat(0, "hello")));
    assertEquals(1, calls(remembered("other").forTenant("a"), chat(0, "hello")));
  }

  @Test
  void whatWouldComeOutOtherwiseIsAskedAgain() {
    LanguageModel model = remembered("g");
    assertEquals(1, calls(model, chat(0.5, "hello")));
    assertEquals(1, calls(model, chat(0.5, "hello")));
    reply = Answer.of("I do not know");
    assertEquals(1, calls(model, chat(0, "what")));
    assertEquals(1, calls(model, chat(0, "what")));
    reply = Answer.failed("gone");
    assertEquals(1, calls(model, chat(0, "who")));
    assertEquals(1, calls(model, chat(0, "who")));
  }
}
