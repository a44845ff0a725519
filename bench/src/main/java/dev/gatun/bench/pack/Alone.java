package dev.gatun.bench.pack;

import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.router.grounding.Grounding;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.inference.DetectedLanguages;
import dev.gatun.server.inference.GroundingChecker;
import dev.gatun.server.inference.ModelChooser;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.PersonalDataFinder;
import dev.gatun.server.inference.SentenceEmbedder;
import dev.gatun.server.inference.TaskTrunk;
import dev.gatun.server.inference.ToolMatcher;
import dev.gatun.server.inference.Trunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every embedded model by itself on one prompt: the latency that its card states. */
final class Alone {
  private final Inference inference;
  private final ModelStore store;
  private final LoadOptions load;
  private final String text;
  private final List<Timed> timed = new ArrayList<>();

  private Alone(Inference inference, ModelStore store, LoadOptions load, String text) {
    this.inference = inference;
    this.store = store;
    this.load = load;
    this.text = text;
  }

  /**
   * Measures one model after the other, by the names of their cards.
   *
   * @param tasks of classifiers of texts
   */
  static List<Timed> measure(
      Inference inference, ModelStore store, LoadOptions load, String text, List<String> tasks) {
    Alone alone = new Alone(inference, store, load, text);
    alone.overTheTrunk(tasks);
    alone.grounding();
    alone.languages();
    alone.tools();
    alone.selection();
    return alone.timed;
  }

  private void add(String name, Runnable work) {
    timed.add(Timed.of(name, work));
  }

  private void overTheTrunk(List<String> tasks) {
    try (SentenceEmbedder embedder = SentenceEmbedder.open(inference, store, load)) {
      add(Trunk.MODEL, () -> Timed.require(embedder.embed(text)));
    }
    for (String task : tasks) {
      try (Trunk trunk = Trunk.open(inference, store, load);
          TaskTrunk one = TaskTrunk.open(trunk, List.of(task))) {
        add(TaskTrunk.model(task), () -> Timed.require(one.classify(text, List.of(task))));
      }
    }
    try (Trunk trunk = Trunk.open(inference, store, load);
        PersonalDataFinder finder = PersonalDataFinder.open(trunk, Compatibility.GATUN)) {
      add(PersonalDataFinder.MODEL, () -> Timed.require(finder.find(text)));
    }
  }

  /** The text as an answer, and as long a context. */
  private void grounding() {
    try (GroundingChecker checker = GroundingChecker.open(inference, store, load)) {
      add(
          GroundingChecker.MODEL,
          () -> {
            if (checker.check(text, "", text) instanceof Grounding.NotChecked(String reason)) {
              throw new IllegalStateException(reason);
            }
          });
    }
  }

  private void languages() {
    DetectedLanguages languages = DetectedLanguages.open(store);
    add(DetectedLanguages.MODEL, () -> Timed.require(languages.detect(text)));
  }

  private void tools() {
    try (ToolMatcher matcher = ToolMatcher.open(inference, store, load)) {
      add(ToolMatcher.MODEL, () -> Timed.require(matcher.ranked(text, matcher.catalogue())));
    }
  }

  private void selection() {
    try (ModelChooser chooser = ModelChooser.open(inference, store, load)) {
      add(ModelChooser.MODEL, () -> Timed.require(chooser.chances(text, Optional.empty())));
    }
  }
}
