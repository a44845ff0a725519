package dev.gatun.router.model;

import java.util.ArrayList;
import java.util.List;

/**
 * One turn of a conversation.
 *
 * @param text string content, or the {@code text} of the text parts joined by one space; empty when
 *     the turn has none
 * @param calls of an assistant turn
 * @param answers the id of the call of which a tool turn is the result; empty when it names none
 * @param spoken its audio parts in order
 * @param shown its images in order; those that are kept elsewhere are none
 */
public record Message(
    Role role,
    String text,
    List<ToolCall> calls,
    String answers,
    List<Audio> spoken,
    List<Image> shown) {
  public Message {
    calls = List.copyOf(calls);
    spoken = List.copyOf(spoken);
    shown = List.copyOf(shown);
  }

  public static Message of(Role role, String text) {
    return new Message(role, text, List.of(), "", List.of(), List.of());
  }

  /** What a user says and shows. */
  public static Message showing(String text, List<Image> shown) {
    return new Message(Role.USER, text, List.of(), "", List.of(), shown);
  }

  /** What an assistant says and asks of tools. */
  public static Message calling(String text, List<ToolCall> calls) {
    return new Message(Role.ASSISTANT, text, calls, "", List.of(), List.of());
  }

  /** What a tool says to a call. */
  public static Message result(String call, String text) {
    return new Message(Role.TOOL, text, List.of(), call, List.of(), List.of());
  }

  /** Its text and its calls. */
  List<String> written() {
    List<String> written = new ArrayList<>(List.of(text));
    calls.forEach(call -> written.add(call.json()));
    return written;
  }
}
