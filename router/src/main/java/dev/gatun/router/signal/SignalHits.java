package dev.gatun.router.signal;

import dev.gatun.router.pii.Span;
import dev.gatun.router.port.Answer.Room;
import dev.gatun.router.text.Compressed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Everything the signals said about one request. Immutable and safe to share. */
public final class SignalHits implements SignalView {
  private final Recorder recorded;

  /** Of what nobody records into any more. */
  private SignalHits(Recorder recorded) {
    this.recorded = recorded;
  }

  /**
   * A rule that matched.
   *
   * @param confidence as recorded, 0 to 1 for probabilities
   * @param evidence what in the text made it match, for people
   * @param soft whether it only matched because no rule reached its own threshold
   * @param spans where what it found lies; families that find no places have none
   */
  public record Hit(
      SignalKey key, double confidence, List<String> evidence, boolean soft, List<Span> spans) {
    public Hit {
      evidence = List.copyOf(evidence);
      spans = List.copyOf(spans);
    }

    /** A match without places. */
    public Hit(SignalKey key, double confidence, List<String> evidence) {
      this(key, confidence, evidence, false, List.of());
    }

    private Hit with(double newConfidence) {
      return new Hit(key, newConfidence, evidence, soft, spans);
    }
  }

  /** Matches in the order of evaluation, families one after another. */
  public List<Hit> matched() {
    return Collections.unmodifiableList(recorded.matched);
  }

  /** Matches of one family in the order of evaluation. */
  public List<Hit> matched(Family family) {
    return recorded.matched(family);
  }

  /** Raw values, such as the probability of every domain; also of rules that did not match. */
  public Map<SignalKey, Double> values() {
    return Collections.unmodifiableMap(recorded.values);
  }

  /** One entry per family that was evaluated, in order. */
  public List<FamilyRun> runs() {
    return Collections.unmodifiableList(recorded.runs);
  }

  /** Whether the evaluation ended because nobody waits for the request any more. */
  public boolean isWithdrawn() {
    return recorded.withdrawn;
  }

  /** Families of which nothing is known and nothing would matter: not asked, or in vain. */
  public Set<Family> skipped() {
    return Collections.unmodifiableSet(recorded.skipped);
  }

  /** Why the request must not be answered: nobody says who asks. For the client. */
  public Optional<String> denial() {
    return recorded.denial;
  }

  /** What was left out of the text that most families read, when it was too long. */
  public Optional<Compressed> compressed() {
    return recorded.compressed;
  }

  /** What classifiers said, calibrated and not, in the order in which families asked. */
  public List<Classified> classified() {
    return Collections.unmodifiableList(recorded.classified);
  }

  /** Families that were asked and could not answer. */
  public List<FamilyRun> degraded() {
    return recorded.runs.stream().filter(run -> run.degraded().isPresent()).toList();
  }

  /** Why a family could not answer whose models had no room, where its policy leaves that open. */
  public Optional<String> overload() {
    return recorded.overload();
  }

  /** Why the request must not be answered: a safety rule that fails closed could not judge it. */
  public Optional<String> refusal() {
    return recorded.refusal;
  }

  /** Confidence of a signal that holds for a rule, directly or by another name. */
  public OptionalDouble confidence(SignalKey key) {
    double confidence = recorded.confidence(key);
    return Double.isNaN(confidence) ? OptionalDouble.empty() : OptionalDouble.of(confidence);
  }

  @Override
  public double at(int slot) {
    return recorded.at(slot);
  }

  @Override
  public double value(SignalKey key) {
    return recorded.value(key);
  }

  @Override
  public boolean isDegraded(Family family) {
    return recorded.isDegraded(family);
  }

  /**
   * Collects what the families say, and what partitions, composers and projections make of it. Not
   * for use by several threads.
   */
  public static final class Recorder implements SignalView {
    /** Evidence of a match that stands for "unknown". */
    private static final String UNJUDGED = "could not be judged";

    private final SignalTable table;
    private final double[] confidences;
    private final List<Hit> matched = new ArrayList<>();
    private final Map<SignalKey, Double> values = new LinkedHashMap<>();
    private final List<FamilyRun> runs = new ArrayList<>();
    private Optional<String> refusal = Optional.empty();
    private final List<Alias> aliases = new ArrayList<>();
    private final EnumSet<Family> degraded = EnumSet.noneOf(Family.class);
    private Optional<String> denial = Optional.empty();
    private Optional<Compressed> compressed = Optional.empty();
    private OnFailure onFailure = OnFailure.DEFAULT;
    private final EnumSet<Family> skipped = EnumSet.noneOf(Family.class);
    private final List<Classified> classified = new ArrayList<>();
    private boolean withdrawn;

    public Recorder(SignalTable table) {
      this.table = table;
      confidences = new double[table.size()];
      Arrays.fill(confidences, Double.NaN);
    }

    private Recorder(Recorder from) {
      table = from.table;
      confidences = from.confidences.clone();
      matched.addAll(from.matched);
      values.putAll(from.values);
      runs.addAll(from.runs);
      refusal = from.refusal;
      aliases.addAll(from.aliases);
      degraded.addAll(from.degraded);
      denial = from.denial;
      compressed = from.compressed;
      onFailure = from.onFailure;
      skipped.addAll(from.skipped);
      classified.addAll(from.classified);
      withdrawn = from.withdrawn;
    }

    /** The same, for whoever wants to see what would come of it. */
    public Recorder copy() {
      return new Recorder(this);
    }

    /** Says that nobody waits for the request any more. */
    Recorder withdraw() {
      withdrawn = true;
      return this;
    }

    public boolean isWithdrawn() {
      return withdrawn;
    }

    /** Says which families nobody was interested in. */
    void skipped(Set<Family> families) {
      skipped.addAll(families);
    }

    /** Whether nothing is known of one of these families, because nobody needs it. */
    public boolean isSkipped(Set<Family> families) {
      return !Collections.disjoint(skipped, families);
    }

    /** Says what classifiers were asked and said. */
    void classified(List<Classified> answers) {
      classified.addAll(answers);
    }

    /** Says that most families read a shortened text. */
    void compressed(Compressed text) {
      compressed = Optional.of(text);
    }

    /** Another name under which a match holds. */
    private record Alias(SignalKey key, double confidence, SignalKey of) {}

    /** What becomes of the request when the family fails that records from here on. */
    Recorder under(OnFailure policy) {
      onFailure = policy;
      return this;
    }

    /** Records a match. */
    public Recorder match(SignalKey key, double confidence, List<String> evidence) {
      return match(new Hit(key, confidence, evidence));
    }

    /** Records a match. */
    public Recorder match(Hit hit) {
      matched.add(hit);
      return holds(hit.key, hit.confidence);
    }

    public Recorder match(SignalKey key, double confidence) {
      return match(key, confidence, List.of());
    }

    /** Makes a signal hold for rules without listing it as a match. */
    public Recorder holds(SignalKey key, double confidence) {
      int slot = table.slot(key);
      if (slot >= 0) {
        confidences[slot] = confidence;
      }
      return this;
    }

    /** The same for as long as a match is there that it is another name of. */
    public Recorder holds(SignalKey key, double confidence, SignalKey of) {
      aliases.add(new Alias(key, confidence, of));
      return holds(key, confidence);
    }

    public Recorder value(SignalKey key, double value) {
      values.put(key, value);
      return this;
    }

    /**
     * Records what a safety rule says of a text that could not be judged.
     *
     * @param reason one line for the operator
     */
    public Recorder failed(SignalKey key, OnError onError, String reason) {
      OnError said =
          switch (onFailure) {
            case OPEN -> OnError.NO_MATCH;
            case CLOSED -> OnError.FAIL;
            case DEFAULT -> onError;
          };
      switch (said) {
        case MATCH -> match(key, 1.0, List.of(UNJUDGED));
        case NO_MATCH -> {}
        case FAIL -> refusal = Optional.of(key + " could not be judged: " + reason);
      }
      return this;
    }

    /** Ends the evaluation: nobody may answer this request. */
    public Recorder deny(String reason) {
      denial = Optional.of(reason);
      return this;
    }

    public boolean isDenied() {
      return denial.isPresent();
    }

    public Recorder ran(FamilyRun run) {
      runs.add(run);
      if (run.degraded().isPresent()) {
        degraded.add(run.family());
        if (run.onFailure() == OnFailure.CLOSED && refusal.isEmpty()) {
          refusal = run.degraded().map(why -> run.family().type() + " signals failed: " + why);
        }
      }
      return this;
    }

    /** See {@link SignalHits#overload}. */
    public Optional<String> overload() {
      return runs.stream()
          .filter(run -> run.room() != Room.ENOUGH && run.onFailure() == OnFailure.DEFAULT)
          .findFirst()
          .flatMap(run -> run.degraded().map(why -> run.family().type() + " signals: " + why));
    }

    /** Puts matches and runs into the order of the families, in whatever order they were asked. */
    void inOrder() {
      matched.sort(Comparator.comparing(hit -> hit.key().family()));
      runs.sort(Comparator.comparing(FamilyRun::family));
    }

    /** Matches of one family in the order of evaluation. */
    public List<Hit> matched(Family family) {
      return matched.stream().filter(hit -> hit.key().family() == family).toList();
    }

    /** Whether a signal is listed as a match under this very name. */
    public boolean isMatched(SignalKey key) {
      for (Hit hit : matched) {
        if (hit.key().equals(key)) {
          return true;
        }
      }
      return false;
    }

    /** Confidence of a signal that holds, directly or by another name; NaN when it does not. */
    public double confidence(SignalKey key) {
      int slot = table.slot(key);
      return slot < 0 ? Double.NaN : confidences[slot];
    }

    /** Whether a family was asked and did answer. */
    public boolean isAnswered(Family family) {
      return runs.stream().anyMatch(r -> r.family() == family && r.degraded().isEmpty());
    }

    /** Changes how sure a match is. */
    public void adjust(SignalKey key, double confidence) {
      matched.replaceAll(hit -> hit.key().equals(key) ? hit.with(confidence) : hit);
      holds(key, confidence);
    }

    /** Takes a match back, and with it what held only as another name of it. */
    public void drop(SignalKey key) {
      matched.removeIf(hit -> hit.key().equals(key));
      holds(key, Double.NaN);
      aliases.removeIf(alias -> {
        if (alias.of.equals(key) && !isMatched(alias.key)) {
          holds(alias.key, Double.NaN);
        }
        return alias.of.equals(key);
      });
      aliases.stream()
          .filter(alias -> Double.isNaN(confidence(alias.key)))
          .forEach(alias -> holds(alias.key, alias.confidence));
    }

    /** Puts the matches of a family into another order; they must be the same ones. */
    public void reorder(Family family, List<Hit> order) {
      Iterator<Hit> next = order.iterator();
      matched.replaceAll(hit -> hit.key().family() == family ? next.next() : hit);
    }

    @Override
    public double at(int slot) {
      return confidences[slot];
    }

    @Override
    public double value(SignalKey key) {
      Double value = values.get(key);
      return value == null ? Double.NaN : value;
    }

    @Override
    public boolean isDegraded(Family family) {
      return degraded.contains(family);
    }

    public SignalHits finish() {
      return new SignalHits(copy());
    }
  }
}
