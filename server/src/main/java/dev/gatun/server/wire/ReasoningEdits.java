package dev.gatun.server.wire;

import dev.gatun.router.pipeline.Reasoning;
import dev.gatun.router.pipeline.Reasoning.Setting;
import dev.gatun.router.pipeline.Reasoning.Value;
import dev.gatun.server.wire.ChatRequest.Span;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is decided about reasoning, as edits of a Chat Completions body. */
final class ReasoningEdits {
  static final String EFFORT = "reasoning_effort";
  private static final String TEMPLATE = "chat_template_kwargs";

  private ReasoningEdits() {}

  /**
   * The edits.
   *
   * @param members of the body
   */
  static List<Edit> of(byte[] body, MemberSpans members, Reasoning.Changes changes) {
    List<Edit> edits = new ArrayList<>();
    if (changes.dropsEffort()) {
      members.remove(EFFORT).ifPresent(edits::add);
    }
    changes
        .setting()
        .flatMap(setting ->
            setting.inTemplate()
                ? inTemplate(body, members, setting)
                : Optional.of(members.set(setting.parameter(), value(body, members, setting))))
        .ifPresent(edits::add);
    return edits;
  }

  /** What is neither an object nor null is the backend's to refuse. */
  private static Optional<Edit> inTemplate(byte[] body, MemberSpans members, Setting setting) {
    String value = value(body, members, setting);
    Optional<Span> template = members.value(TEMPLATE);
    if (template.filter(span -> body[span.start()] == '{').isPresent()) {
      return template.map(span -> MemberSpans.of(body, span).set(setting.parameter(), value));
    }
    String object = '{' + Json.quoted(setting.parameter()) + ':' + value + '}';
    return template.isEmpty() || body[template.get().start()] == 'n'
        ? Optional.of(members.set(TEMPLATE, object))
        : Optional.empty();
  }

  private static String value(byte[] body, MemberSpans members, Setting setting) {
    return switch (setting.value()) {
      case Value.Flag(boolean isOn) -> Boolean.toString(isOn);
      case Value.Effort(String word) -> Json.quoted(word);
      case Value.OfClient() -> {
        Span span = members.value(EFFORT).orElseThrow();
        yield new String(body, span.start(), span.end() - span.start(), StandardCharsets.UTF_8);
      }
    };
  }
}
