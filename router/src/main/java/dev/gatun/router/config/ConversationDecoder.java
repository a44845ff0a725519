package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.ConversationShape;
import dev.gatun.router.signal.ConversationShape.Count;
import dev.gatun.router.signal.ConversationShape.Exists;
import dev.gatun.router.signal.ConversationShape.Source;
import dev.gatun.router.signal.ConversationShape.Test;
import dev.gatun.router.signal.Predicate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads {@code routing.signals.conversation}. */
final class ConversationDecoder {
  private final Compatibility compatibility;

  ConversationDecoder(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  List<ConversationShape> shapes(Section signals) {
    List<ConversationShape> shapes = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("conversation")) {
      Optional<String> name = RuleNames.next(section, names, "conversation");
      Optional<Source> source = source(section.section("feature"));
      Optional<Test> test = test(section);
      if (name.isPresent() && source.isPresent() && test.isPresent()) {
        shapes.add(new ConversationShape(name.get(), source.get(), test.get()));
      }
    }
    return shapes;
  }

  private static Optional<Source> source(Section feature) {
    Section source = feature.section("source");
    if (source.isUnwritten("type")) {
      source.error(
          "type",
          "a conversation rule needs a source",
          "write feature.source.type: message, tool_definition or another source");
    }
    String type = source.word("type").orElse("");
    if (source.text("role").isPresent() && !source.isUnwritten("type") && !type.equals("message")) {
      source.error("role", "only messages have a role", "write type: message, or remove it");
    }
    return switch (type) {
      case "message" -> Optional.of(messages(source.word("role").orElse("")));
      case "tool_definition" -> Optional.of(Source.TOOL_DEFINITIONS);
      case "assistant_tool_call" -> Optional.of(Source.TOOL_CALLS);
      case "assistant_tool_cycle" -> Optional.of(Source.TOOL_CYCLES);
      default -> Optional.empty();
    };
  }

  private static Source messages(String role) {
    return switch (role) {
      case "user" -> Source.USER_MESSAGES;
      case "assistant" -> Source.ASSISTANT_MESSAGES;
      case "system" -> Source.SYSTEM_MESSAGES;
      case "developer" -> Source.DEVELOPER_MESSAGES;
      case "tool" -> Source.TOOL_MESSAGES;
      case "non_user" -> Source.NON_USER_MESSAGES;
      default -> Source.MESSAGES;
    };
  }

  private Optional<Test> test(Section rule) {
    Section feature = rule.section("feature");
    Optional<Predicate> predicate = PredicateDecoder.predicate(rule);
    return switch (feature.word("type").orElse("")) {
      case "exists" -> {
        if (predicate.isPresent()) {
          rule.error(
              "predicate", "what exists has no number to compare", "write feature.type: count");
        }
        yield Optional.of(new Exists());
      }
      case "count" -> Optional.of(new Count(counted(rule, predicate)));
      default -> {
        if (feature.isUnwritten("type")) {
          feature.error(
              "type", "the feature does not say what is taken", "write type: count or exists");
        }
        yield Optional.empty();
      }
    };
  }

  /** Upstream takes a count without bounds for one that always matches. */
  private Predicate counted(Section rule, Optional<Predicate> predicate) {
    Predicate bounds = predicate.orElse(Predicate.any());
    Section written = rule.section("predicate");
    if (Stream.of("gt", "gte", "lt", "lte").noneMatch(written::has)) {
      String message = "a count without bounds matches every request";
      String hint = "write predicate: {gte: 1}, or another bound";
      switch (compatibility) {
        case GATUN -> rule.error("predicate", message, hint);
        case UPSTREAM_0_3 -> rule.warning("predicate", message, hint);
      }
    }
    return bounds;
  }
}
