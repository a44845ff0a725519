package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Audio;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.AudioModel;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.FakeEmbeddings;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The encoders of one request. */
class RequestVectorsTest {
  private final FakeEmbeddings embeddings = new FakeEmbeddings("refund", "parcel", "poem", "proof");

  @Test
  void aTextOfAnotherFamilyFailsNobodyElse() {
    Embeddings picky =
        texts -> texts.contains("too long") ? Answer.failed("too long") : embeddings.embed(texts);
    Embeddings vectors = ofRequest(picky, "too long", "poem");
    assertInstanceOf(Answer.Known.class, vectors.embed(List.of("poem")));
    assertInstanceOf(Answer.Failed.class, vectors.embed(List.of("too long")));
  }

  @Test
  void preferencesAskTheirOwnEncoderWhereTheyHaveOne() {
    FakeEmbeddings own = new FakeEmbeddings("poem");
    Ports ports = Ports.none().withEmbeddings(embeddings.withPreferences(own));
    RequestModels models = new RequestModels(ports);
    Asked asked = new Asked();
    asked.embedded.add("refund");
    asked.preferred.add("refund");
    models.begin(asked);
    Ports until = models.until(0, Duration.ofSeconds(1));
    until.embeddings().embed(List.of("refund"));
    Preference.encoder(until).embed(List.of("refund"));
    assertEquals(List.of(List.of("refund")), embeddings.calls());
    assertEquals(List.of(List.of("refund")), own.calls());
    Ports truncated = ports.withEmbeddings(ports.embeddings().truncated(1)).forTenant("me");
    List<Embedding> shortened =
        Preference.encoder(truncated).embed(List.of("poem")).fold(found -> found, _ -> List.of());
    assertEquals(1, shortened.getFirst().dimension(), "and where it is changed");
    assertEquals(2, own.calls().size());
  }

  /** Whoever compares waits for no encoder longer than the family has. */
  @Test
  void everyEncoderOfARequestHasTheDeadline() {
    Tasks idle =
        new Tasks() {
          @Override
          public <T> Pending<T> begin(Supplier<Answer<T>> work) {
            return new Pending<>() {
              @Override
              public Optional<Answer<T>> await(long nanos) {
                return Optional.empty();
              }

              @Override
              public void drop() {}
            };
          }

          @Override
          public boolean isWithdrawn() {
            return true;
          }
        };
    AudioModel hearing =
        new AudioModel() {
          @Override
          public Answer<Heard> hear(Audio audio) {
            return Answer.failed("not asked");
          }

          @Override
          public Optional<Embeddings> texts() {
            return Optional.of(embeddings);
          }
        };
    Ports until =
        new RequestModels(
                Ports.none()
                    .withTasks(idle)
                    .withAudio(hearing)
                    .withEmbeddings(embeddings.withPreferences(embeddings)))
            .until(0, Duration.ofMillis(5));
    for (Embeddings encoder :
        List.of(
            until.embeddings(), Preference.encoder(until), until.audio().texts().orElseThrow())) {
      Answer<String> answer = encoder.waitFor(() -> Answer.of("too late"));
      assertEquals(Answer.failed("no answer within 5 ms"), answer);
      assertTrue(encoder.isWithdrawn());
    }
  }

  @Test
  void aRequestEmbedsATextOnceForAllFamilies() {
    Embeddings vectors = ofRequest(embeddings, "poem", "proof");
    vectors.embed(List.of("poem"));
    vectors.embed(List.of("proof", "poem"));
    vectors.embed(List.of("parcel", "poem", "parcel"));
    assertEquals(
        List.of(List.of("poem", "proof"), List.of("parcel")),
        embeddings.calls().stream().map(call -> call.stream().sorted().toList()).toList());
  }

  private static Embeddings ofRequest(Embeddings model, String... expected) {
    Asked asked = new Asked();
    asked.embedded.addAll(List.of(expected));
    RequestModels models = new RequestModels(Ports.none().withEmbeddings(model));
    models.begin(asked);
    return models.until(0, Duration.ofSeconds(1)).embeddings();
  }
}
