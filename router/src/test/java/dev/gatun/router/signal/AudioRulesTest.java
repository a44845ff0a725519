package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.AudioModel;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.FakeEmbeddings;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.EmbeddingRule.Aggregation;
import dev.gatun.router.signal.EmbeddingRule.Modality;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Embedding rules about what is said aloud (spec signals §20.1). */
class AudioRulesTest {
  private static final EmbeddingRule MONEY = rule("money", Modality.AUDIO, "refund");
  private static final EmbeddingRule VERSE = rule("verse", Modality.AUDIO, "poem");
  private static final EmbeddingRule PARCEL = rule("parcel", Modality.TEXT, "parcel");

  private final FakeEmbeddings embeddings = new FakeEmbeddings("refund", "poem", "parcel");
  private final List<Audio> heard = new ArrayList<>();

  private static EmbeddingRule rule(String name, Modality modality, String candidate) {
    return new EmbeddingRule(
        name, modality, 0.6, List.of(candidate), Aggregation.BLEND, Optional.empty());
  }

  private static Audio said(String what) {
    return new Audio("wav", what);
  }

  private static Message user(String text, Audio... spoken) {
    return new Message(Role.USER, text, List.of(), "", List.of(spoken), List.of());
  }

  /** Writes down what the data of the audio is. */
  private Ports transcribing() {
    return Ports.none()
        .withEmbeddings(embeddings)
        .withAudio(audio -> {
          heard.add(audio);
          return audio.base64().equals("noise")
              ? Answer.failed("cannot be heard")
              : Answer.of(new AudioModel.Heard.Words(audio.base64()));
        });
  }

  private static SignalHits evaluate(Ports ports, int topK, Message... messages) {
    List<EmbeddingRule> rules = List.of(MONEY, VERSE, PARCEL);
    SignalTable table = SignalTable.of(rules.stream().map(EmbeddingRule::key).toList());
    EmbeddingSettings settings =
        new EmbeddingSettings(PrototypeScoring.byDefault(), false, 0.5, topK);
    EmbeddingRule.Evaluator evaluator =
        new EmbeddingRule.Evaluator(rules, settings, Compatibility.GATUN, ports);
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    Answer<Coverage> answer =
        evaluator.evaluate(Facts.of(Conversation.of(messages)), ports, recorder);
    recorder.ran(
        new FamilyRun(
            Family.EMBEDDING, 1, answer.fold(_ -> Optional.empty(), Optional::of), Coverage.NONE));
    return recorder.finish();
  }

  private static List<String> names(SignalHits hits) {
    return hits.matched().stream().map(hit -> hit.key().name()).sorted().toList();
  }

  @Test
  void whatIsSaidIsComparedInItsWords() {
    SignalHits hits = evaluate(transcribing(), 0, user("", said("refund")));
    assertEquals(List.of("money"), names(hits));
    assertEquals(List.of("said aloud"), hits.matched().getFirst().evidence());
    assertTrue(hits.degraded().isEmpty());
  }

  @Test
  void aTextMatchesNoRuleAboutAudioAndAudioNoneAboutText() {
    assertEquals(List.of(), names(evaluate(transcribing(), 0, user("refund"))));
    assertEquals(List.of(), names(evaluate(transcribing(), 0, user("", said("parcel")))));
    assertEquals(
        List.of("money", "parcel"),
        names(evaluate(transcribing(), 0, user("parcel", said("refund")))));
  }

  @Test
  void onlyTheLastUserTurnIsHeardAndAllOfIt() {
    evaluate(transcribing(), 0, user("", said("poem")), user("refund"));
    assertEquals(List.of(), heard);
    SignalHits both = evaluate(transcribing(), 0, user("", said("poem"), said("poem refund")));
    assertEquals(2, heard.size());
    assertEquals(List.of("verse"), names(both), "the words together");
  }

  @Test
  void silenceIsNoFailure() {
    SignalHits hits = evaluate(transcribing(), 0, user("parcel", said("  ")));
    assertEquals(List.of("parcel"), names(hits));
    assertTrue(hits.degraded().isEmpty());
  }

  @Test
  void whatCannotBeHeardDegradesTheFamilyAndKeepsWhatTheTextSays() {
    SignalHits hits = evaluate(transcribing(), 0, user("parcel", said("noise")));
    assertEquals(List.of("parcel"), names(hits));
    assertEquals(Optional.of("cannot be heard"), hits.degraded().getFirst().degraded());
    embeddings.failing("no memory");
    SignalHits neither = evaluate(transcribing(), 0, user("parcel", said("noise")));
    assertEquals(Optional.of("no memory; no memory"), neither.degraded().getFirst().degraded());
  }

  @Test
  void vectorsOfAudioAreComparedWithTextsOfTheirOwnEncoder() {
    FakeEmbeddings own = new FakeEmbeddings("refund", "poem");
    AudioModel model =
        new AudioModel() {
          @Override
          public Answer<Heard> hear(Audio audio) {
            return own.embed(List.of(audio.base64())).map(v -> new Heard.Vector(v.getFirst()));
          }

          @Override
          public Optional<Embeddings> texts() {
            return Optional.of(own);
          }
        };
    Ports ports = Ports.none().withEmbeddings(embeddings).withAudio(model);
    assertEquals(List.of("verse"), names(evaluate(ports, 0, user("", said("poem")))));
    assertEquals(List.of(List.of("refund", "poem"), List.of("poem")), own.calls());
    assertFalse(embeddings.calls().stream().anyMatch(texts -> texts.contains("poem")));
  }

  @Test
  void theMeansOfBothAreKnown() {
    EmbeddingRule.Evaluator evaluator =
        new EmbeddingRule.Evaluator(
            List.of(MONEY, PARCEL),
            new EmbeddingSettings(PrototypeScoring.byDefault(), false, 0.5, 1),
            Compatibility.GATUN,
            transcribing());
    Map<String, Embedding> means = evaluator.means();
    assertEquals(List.of("money", "parcel"), means.keySet().stream().sorted().toList());
  }
}
