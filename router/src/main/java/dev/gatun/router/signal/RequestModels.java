package dev.gatun.router.signal;

import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Image;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Answer.Room;
import dev.gatun.router.port.AudioModel;
import dev.gatun.router.port.AudioModel.Heard;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.DomainTool;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.ImageModel;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.router.port.Languages;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.Inquiry.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The models of one request. What families will ask in any case is under way from the beginning, so
 * that it takes as long as the slowest answer and not as all together; whatever several families
 * ask about a text is asked once. A family waits until its deadline. Answers only ever reach the
 * thread that waits for them: one that comes later goes nowhere. For use by one thread.
 */
final class RequestModels {
  private final Ports ports;
  private final Map<String, Set<TextTask>> expected = new HashMap<>();
  private final Map<String, Map<TextTask, Inquiry<Map<TextTask, Distribution>>>> classified =
      new HashMap<>();
  private final RequestVectors compared;
  private final Optional<RequestVectors> preferred;
  private final RequestVectors pictured;
  private final Map<String, Inquiry<Mentions.Found>> mentions = new HashMap<>();
  private final Map<String, Inquiry<Distribution>> languages = new HashMap<>();
  private final Map<String, Inquiry<Distribution>> domains = new HashMap<>();
  private final Map<Audio, Inquiry<Heard>> heard = new HashMap<>();
  private final Map<Image, Inquiry<Embedding>> seen = new HashMap<>();
  private final Map<Chat, Inquiry<String>> replies = new HashMap<>();
  private final List<Inquiry<?>> all = new ArrayList<>();
  private final Set<Classified> used = new LinkedHashSet<>();
  private Room room = Room.ENOUGH;

  /** The models of a request that has asked nothing yet. */
  RequestModels(Ports ports) {
    this.ports = ports;
    this.compared = new RequestVectors(ports.embeddings(), this);
    this.preferred = ports.embeddings().ofPreferences().map(own -> new RequestVectors(own, this));
    this.pictured = new RequestVectors(ports.images().texts(), this);
  }

  /** Begins to ask what was not asked before. */
  void begin(Asked asked) {
    asked.classified.forEach((text, tasks) -> {
      expected.computeIfAbsent(text, _ -> EnumSet.noneOf(TextTask.class)).addAll(tasks);
      classify(text, tasks);
    });
    compared.ask(asked.embedded);
    preferred.orElse(compared).ask(asked.preferred);
    asked.searched.forEach(this::search);
    asked.told.forEach(this::tell);
    asked.shown.forEach(this::show);
    asked.spoken.forEach(this::listen);
    asked.seen.forEach(this::look);
    pictured.ask(asked.pictured);
    asked.chats.forEach(this::speak);
  }

  /** What classifiers said in time, each once, in the order in which families asked. */
  List<Classified> classified() {
    return List.copyOf(used);
  }

  /** What room models had for what families waited for since the last call of this. */
  Room takeRoom() {
    Room was = room;
    room = Room.ENOUGH;
    return was;
  }

  /** Withdraws what nobody has waited for. */
  void end() {
    all.forEach(Inquiry::drop);
  }

  /**
   * The models for one family.
   *
   * @param startNanos by the ticker, from when the limit counts
   */
  Ports until(long startNanos, Duration limit) {
    Deadline deadline = new Deadline(startNanos + limit.toNanos(), limit);
    return ports
        .withEncoders(new Classifiers(deadline))
        .withEmbeddings(vectors(deadline))
        .withMentions(new Finder(deadline))
        .withLanguages(new Detector(deadline))
        .withDomainTool(text -> show(text).await(deadline))
        .withAudio(new Listener(deadline))
        .withImages(new Viewer(deadline))
        .withLanguageModel(new Speaker(deadline));
  }

  private Embeddings vectors(Deadline deadline) {
    Embeddings all = compared.until(deadline);
    return preferred.map(own -> all.withPreferences(own.until(deadline))).orElse(all);
  }

  /** Whether nobody waits for the request any more. */
  boolean isWithdrawn() {
    return ports.tasks().isWithdrawn();
  }

  <T> Inquiry<T> begin(Supplier<Answer<T>> work) {
    Inquiry<T> inquiry = Inquiry.begin(work, ports, left -> room = room.and(left));
    all.add(inquiry);
    return inquiry;
  }

  /** Asks the classifiers that are there and were not asked yet. */
  private Map<TextTask, Inquiry<Map<TextTask, Distribution>>> classify(
      String text, Set<TextTask> tasks) {
    Map<TextTask, Inquiry<Map<TextTask, Distribution>>> known =
        classified.computeIfAbsent(text, _ -> new EnumMap<>(TextTask.class));
    Set<TextTask> missing = EnumSet.noneOf(TextTask.class);
    for (TextTask task : tasks) {
      if (!known.containsKey(task) && !ports.encoders().labels(task).isEmpty()) {
        missing.add(task);
      }
    }
    if (!missing.isEmpty()) {
      Inquiry<Map<TextTask, Distribution>> inquiry =
          begin(() -> ports.encoders().classify(text, missing));
      missing.forEach(task -> known.put(task, inquiry));
    }
    return known;
  }

  private Inquiry<Mentions.Found> search(String text) {
    return mentions.computeIfAbsent(text, _ -> begin(() -> ports.mentions().find(text)));
  }

  private Inquiry<Distribution> tell(String text) {
    return languages.computeIfAbsent(text, _ -> begin(() -> ports.languages().detect(text)));
  }

  private Inquiry<Distribution> show(String text) {
    DomainTool tool = ports.domainTool();
    return domains.computeIfAbsent(text, _ -> begin(() -> tool.classify(text)));
  }

  private Inquiry<Heard> listen(Audio audio) {
    return heard.computeIfAbsent(audio, _ -> begin(() -> ports.audio().hear(audio)));
  }

  private Inquiry<Embedding> look(Image image) {
    return seen.computeIfAbsent(image, _ -> begin(() -> ports.images().see(image)));
  }

  private Inquiry<String> speak(Chat chat) {
    return replies.computeIfAbsent(chat, _ -> begin(() -> ports.languageModel().reply(chat)));
  }

  private final class Classifiers implements Encoders {
    private final Deadline deadline;

    Classifiers(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public List<String> labels(TextTask task) {
      return ports.encoders().labels(task);
    }

    @Override
    public List<EncoderPlan> plans(String text, Set<TextTask> tasks) {
      return ports.encoders().plans(text, tasks);
    }

    /** Tasks without a classifier fail by themselves and leave the others their answers. */
    @Override
    public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
      Set<TextTask> together = EnumSet.copyOf(tasks);
      together.addAll(expected.getOrDefault(text, Set.of()));
      Map<TextTask, Inquiry<Map<TextTask, Distribution>>> known =
          RequestModels.this.classify(text, together);
      Map<TextTask, Distribution> answers = new EnumMap<>(TextTask.class);
      for (TextTask task : tasks) {
        Inquiry<Map<TextTask, Distribution>> inquiry = known.get(task);
        if (inquiry == null) {
          return Answer.failed("no classifier is loaded for " + task.word());
        }
        switch (inquiry.await(deadline)) {
          case Answer.Known<Map<TextTask, Distribution>>(var found) -> {
            Distribution distribution = Objects.requireNonNull(found.get(task));
            answers.put(task, distribution);
            used.add(new Classified(task, text, distribution));
          }
          case Answer.Failed<Map<TextTask, Distribution>> failure -> {
            return failure.again();
          }
        }
      }
      return Answer.of(answers);
    }
  }

  private final class Finder implements Mentions {
    private final Deadline deadline;

    Finder(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public boolean isThere() {
      return ports.mentions().isThere();
    }

    @Override
    public Answer<Found> find(String text) {
      return search(text).await(deadline);
    }
  }

  private final class Detector implements Languages {
    private final Deadline deadline;

    Detector(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public boolean isThere() {
      return ports.languages().isThere();
    }

    @Override
    public Answer<Distribution> detect(String text) {
      return tell(text).await(deadline, () -> ports.languages().atOnce(text));
    }
  }

  private final class Speaker implements LanguageModel {
    private final Deadline deadline;

    Speaker(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public boolean isThere(ModelRole role) {
      return ports.languageModel().isThere(role);
    }

    @Override
    public Answer<String> reply(Chat chat) {
      return speak(chat).await(deadline);
    }
  }

  private final class Listener implements AudioModel {
    private final Deadline deadline;

    Listener(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public Answer<Heard> hear(Audio audio) {
      return listen(audio).await(deadline);
    }

    @Override
    public Optional<Embeddings> texts() {
      return ports
          .audio()
          .texts()
          .map(own -> new RequestVectors(own, RequestModels.this).until(deadline));
    }
  }

  private final class Viewer implements ImageModel {
    private final Deadline deadline;

    Viewer(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public boolean isThere() {
      return ports.images().isThere();
    }

    @Override
    public Answer<Embedding> see(Image image) {
      return look(image).await(deadline);
    }

    @Override
    public Embeddings texts() {
      return pictured.until(deadline);
    }
  }
}
