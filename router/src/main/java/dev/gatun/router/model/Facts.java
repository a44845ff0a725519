package dev.gatun.router.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The texts of a conversation that signals look at.
 *
 * @param conversation all of it
 * @param currentUser last non-empty user text, or empty
 * @param priorUsers earlier non-empty user texts, oldest first
 * @param nonUser non-empty system, developer and assistant texts in order
 * @param toolTexts non-empty tool results in order; never part of {@link #evaluationText}
 */
public record Facts(
    Conversation conversation,
    String currentUser,
    List<String> priorUsers,
    List<String> nonUser,
    List<String> toolTexts) {

  public Facts {
    priorUsers = List.copyOf(priorUsers);
    nonUser = List.copyOf(nonUser);
    toolTexts = List.copyOf(toolTexts);
  }

  public static Facts of(Conversation conversation) {
    List<String> users = new ArrayList<>();
    List<String> nonUser = new ArrayList<>();
    List<String> tools = new ArrayList<>();
    for (Message message : conversation.messages()) {
      if (message.text().isEmpty()) {
        continue;
      }
      switch (message.role()) {
        case USER -> users.add(message.text());
        case SYSTEM, DEVELOPER, ASSISTANT -> nonUser.add(message.text());
        case TOOL -> tools.add(message.text());
      }
    }
    String current = users.isEmpty() ? "" : users.removeLast();
    return new Facts(conversation, current, users, nonUser, tools);
  }

  /**
   * What else a rule with {@code include_history} looks at: non-user texts, prior user texts and
   * tool results, each once.
   */
  public List<String> history() {
    LinkedHashSet<String> texts = new LinkedHashSet<>(nonUser);
    texts.addAll(priorUsers);
    texts.addAll(toolTexts);
    return List.copyOf(texts);
  }

  /** Whether the conversation holds an answer that the user can judge. */
  public boolean hasAssistantReply() {
    return conversation.messages().stream()
        .anyMatch(message -> message.role() == Role.ASSISTANT && !message.text().isEmpty());
  }

  /** The text most signals read: the current user text, or all non-user texts without one. */
  public String evaluationText() {
    return currentUser.isEmpty() ? String.join(" ", nonUser) : currentUser;
  }
}
