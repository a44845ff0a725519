package dev.gatun.router.port;

import dev.gatun.router.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Says what it was told to say about a question's last turn, and keeps the questions. */
public final class FakeLanguageModel implements LanguageModel {
  private final Function<String, Answer<String>> replies;
  private final List<Chat> asked = new ArrayList<>();

  private FakeLanguageModel(Function<String, Answer<String>> replies) {
    this.replies = replies;
  }

  /**
   * A model.
   *
   * @param replies by the last turn
   */
  public static FakeLanguageModel saying(Function<String, String> replies) {
    return new FakeLanguageModel(text -> Answer.of(replies.apply(text)));
  }

  public static FakeLanguageModel failing(String reason) {
    return new FakeLanguageModel(_ -> Answer.failed(reason));
  }

  /** Every question, in order. */
  public List<Chat> asked() {
    return List.copyOf(asked);
  }

  /** The last turn of every question, in order. */
  public List<String> texts() {
    return asked.stream().map(chat -> chat.turns().getLast()).map(Message::text).toList();
  }

  @Override
  public Answer<String> reply(Chat chat) {
    asked.add(chat);
    return replies.apply(chat.turns().getLast().text());
  }

  @Override
  public boolean isThere(ModelRole role) {
    return true;
  }
}
