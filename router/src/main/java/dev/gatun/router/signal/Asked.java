package dev.gatun.router.signal;

import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Image;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.FamilyEvaluator.Question;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What families ask models in any case, so that all of it begins at once. For one thread. */
final class Asked {
  /** Tasks of classifiers, by text. */
  final Map<String, Set<TextTask>> classified = new LinkedHashMap<>();

  /** Texts whose vectors are asked for. */
  final List<String> embedded = new ArrayList<>();

  /** Texts whose vectors preference rules ask for. */
  final List<String> preferred = new ArrayList<>();

  /** Texts in which personal data is looked for. */
  final List<String> searched = new ArrayList<>();

  /** Texts whose language is asked for. */
  final List<String> told = new ArrayList<>();

  /** Texts that a tool is to tell the domain of. */
  final List<String> shown = new ArrayList<>();

  /** Audio that is listened to. */
  final List<Audio> spoken = new ArrayList<>();

  /** Images that are looked at. */
  final List<Image> seen = new ArrayList<>();

  /** Texts whose vectors among images are asked for. */
  final List<String> pictured = new ArrayList<>();

  /** What language models are asked. */
  final List<LanguageModel.Chat> chats = new ArrayList<>();

  /** Adds what one family asks about a request. */
  void add(Family family, FamilyEvaluator evaluator, Facts facts) {
    questions(evaluator, facts);
    (family == Family.PREFERENCE ? preferred : embedded).addAll(evaluator.embedded(facts));
    searched.addAll(evaluator.searched(facts));
    told.addAll(evaluator.told(facts));
    shown.addAll(evaluator.shown(facts));
    spoken.addAll(evaluator.spoken(facts));
    seen.addAll(evaluator.seen(facts));
    pictured.addAll(evaluator.pictured(facts));
    chats.addAll(evaluator.chats(facts));
  }

  private void questions(FamilyEvaluator evaluator, Facts facts) {
    for (Question question : evaluator.questions(facts)) {
      classified
          .computeIfAbsent(question.text(), _ -> EnumSet.noneOf(TextTask.class))
          .add(question.task());
    }
  }
}
