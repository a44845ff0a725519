package dev.gatun.router.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What signals look at: the texts of a conversation, its counts, and who asks.
 *
 * @param conversation all of it
 * @param identity who asks
 * @param counts of messages and tools
 * @param currentUser last non-empty user text, or empty
 * @param priorUsers earlier non-empty user texts, oldest first
 * @param nonUser non-empty system, developer and assistant texts in order
 * @param toolTexts non-empty tool results in order; never part of {@link #evaluationText}
 * @param evaluationText the text most signals read: the current user text, or all non-user texts
 *     without one, possibly shortened
 */
public record Facts(
    Conversation conversation,
    Identity identity,
    TurnCounts counts,
    String currentUser,
    List<String> priorUsers,
    List<String> nonUser,
    List<String> toolTexts,
    String evaluationText) {

  public Facts {
    priorUsers = List.copyOf(priorUsers);
    nonUser = List.copyOf(nonUser);
    toolTexts = List.copyOf(toolTexts);
  }

  /** What is known of a conversation of somebody unknown. */
  public static Facts of(Conversation conversation) {
    return of(conversation, Identity.unknown());
  }

  public static Facts of(Conversation conversation, Identity identity) {
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
    return new Facts(
        conversation,
        identity,
        TurnCounts.of(conversation),
        current,
        users,
        nonUser,
        tools,
        current.isEmpty() ? String.join(" ", nonUser) : current);
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

  /**
   * What the user says aloud in the last user turn. Earlier turns were heard when they were the
   * last, and are not what is asked now.
   */
  public List<Audio> spoken() {
    return conversation.messages().reversed().stream()
        .filter(message -> message.role() == Role.USER)
        .findFirst()
        .map(Message::spoken)
        .orElse(List.of());
  }

  /** Whether there is nothing at all to judge: no text, no tool result, no sound and no image. */
  public boolean isSilent() {
    return evaluationText.isEmpty()
        && toolTexts.isEmpty()
        && spoken().isEmpty()
        && shown().isEmpty();
  }

  /** The first image of the conversation (spec signals §0). */
  public Optional<Image> shown() {
    return conversation.messages().stream()
        .flatMap(message -> message.shown().stream())
        .findFirst();
  }

  /** Whether the conversation holds an answer that the user can judge. */
  public boolean hasAssistantReply() {
    return conversation.messages().stream()
        .anyMatch(message -> message.role() == Role.ASSISTANT && !message.text().isEmpty());
  }

  /** The same request, of which most signals read another text. */
  public Facts withEvaluationText(String text) {
    return new Facts(
        conversation, identity, counts, currentUser, priorUsers, nonUser, toolTexts, text);
  }

  /**
   * The texts whose length, with a space between them, is the size of the request: all turns with
   * their calls of tools, tool results and tool schemas; in {@code upstream-0.3} the non-user texts
   * and then the current user text.
   */
  public List<String> contextTexts(Compatibility compatibility) {
    List<String> texts = new ArrayList<>();
    switch (compatibility) {
      case GATUN -> {
        conversation.messages().stream().map(Message::written).forEach(texts::addAll);
        texts.addAll(conversation.toolSchemas());
      }
      case UPSTREAM_0_3 -> {
        texts.addAll(nonUser);
        texts.add(currentUser);
      }
    }
    texts.removeIf(String::isEmpty);
    return texts;
  }

  /** Whose turn the last message is; empty when there is none. */
  public Optional<Role> lastRole() {
    return role(1);
  }

  public boolean lastIsToolResult() {
    return lastRole().equals(Optional.of(Role.TOOL));
  }

  /** Whether the user speaks right after a tool. */
  public boolean lastUserAfterToolResult() {
    return lastRole().equals(Optional.of(Role.USER)) && role(2).equals(Optional.of(Role.TOOL));
  }

  private Optional<Role> role(int fromEnd) {
    int index = conversation.messages().size() - fromEnd;
    return index < 0 ? Optional.empty() : Optional.of(conversation.messages().get(index).role());
  }
}
