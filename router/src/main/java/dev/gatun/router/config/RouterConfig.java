package dev.gatun.router.config;

import dev.gatun.router.config.Providers.Backend;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.model.ModelCard;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.Complexity;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.EmbeddingRule;
import dev.gatun.router.signal.EmbeddingRule.Modality;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Jailbreak;
import dev.gatun.router.signal.OnError;
import dev.gatun.router.signal.Pii;
import dev.gatun.router.signal.Preference;
import dev.gatun.router.signal.SignalRule;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A whole validated configuration file, with defaults filled in and every name resolved.
 *
 * @param cards facts about models, for all profiles
 * @param profiles first the default one, then the others in the order of the file
 */
public record RouterConfig(
    String version,
    List<Listener> listeners,
    Providers providers,
    List<ModelCard> cards,
    List<Profile> profiles,
    GlobalSettings global) {

  public RouterConfig {
    listeners = List.copyOf(listeners);
    cards = List.copyOf(cards);
    profiles = List.copyOf(profiles);
    if (profiles.isEmpty() || !profiles.getFirst().isDefault()) {
      throw new IllegalArgumentException("the first profile must be the default one");
    }
  }

  /** What decides where no entry point was asked for. */
  public Routing routing() {
    return profiles.getFirst().routing();
  }

  /**
   * How a model or adapter is served.
   *
   * @param model entry of the base model
   * @param adapter present when the adapter is asked for and not its base
   */
  public record Serving(Providers.Model model, Optional<String> adapter) {
    /** The model name to send to one of its backends. */
    public String nameAt(Backend backend) {
      return adapter.orElse(backend.upstreamModel());
    }
  }

  /** Whether rules of a family in a profile need its classifier; some can do without. */
  public boolean asksClassifier(Routing routing, Family family) {
    return family.task().isPresent()
        && routing.families().contains(family)
        && (family != Family.MODALITY || global.detectors().modality().asksClassifier())
        && (family != Family.DOMAIN
            || (Domain.askClassifier(routing.domains()) && global.domain().isLocal()))
        && (family != Family.JAILBREAK
            || (judgesAttacks(routing) && global.detectors().guard().isEmpty()));
  }

  /** Whether a profile looks for personal data that patterns do not find. */
  public boolean asksPersonalData(Routing routing) {
    return routing.families().contains(Family.PII)
        && Pii.askClassifier(routing.signals().of(Pii.class));
  }

  private static boolean judgesAttacks(Routing routing) {
    return routing.signals().of(Jailbreak.class).stream().anyMatch(Jailbreak::asksClassifier);
  }

  /** The roles of models of other processes that a family asks in a profile. */
  public Set<ModelRole> rolesAsked(Routing routing, Family family) {
    Set<ModelRole> roles = EnumSet.noneOf(ModelRole.class);
    if (!routing.families().contains(family)) {
      return roles;
    }
    DetectorSettings detectors = global.detectors();
    boolean isGuarded = detectors.guard().isPresent() && detectors.jailbreak().enabled();
    if (family == Family.JAILBREAK && judgesAttacks(routing) && isGuarded) {
      roles.add(ModelRole.GUARDRAIL);
    }
    if (family == Family.EMBEDDING && compares(routing, Modality.AUDIO)) {
      roles.add(audioRole());
    }
    boolean sees =
        (family == Family.EMBEDDING && compares(routing, Modality.IMAGE))
            || (family == Family.COMPLEXITY && comparesImages(routing));
    if (sees && global.external(ModelRole.IMAGE_EMBEDDING).isPresent()) {
      roles.add(ModelRole.IMAGE_EMBEDDING);
    }
    if (family == Family.PREFERENCE
        && global.comparison().preference() instanceof Preference.Chooser.Model) {
      roles.add(ModelRole.PREFERENCE);
    }
    return roles;
  }

  private static boolean compares(Routing routing, Modality modality) {
    return routing.signals().of(EmbeddingRule.class).stream()
        .anyMatch(rule -> rule.modality() == modality);
  }

  private static boolean comparesImages(Routing routing) {
    return routing.signals().of(Complexity.class).stream().anyMatch(Complexity::comparesImages);
  }

  /** Of two models that listen the one whose vectors need no words. */
  private ModelRole audioRole() {
    return global.external(ModelRole.AUDIO_EMBEDDING).isPresent()
        ? ModelRole.AUDIO_EMBEDDING
        : ModelRole.TRANSCRIPTION;
  }

  /** Whether a profile asks the tool of another process that tells domains. */
  public boolean asksDomainTool(Routing routing) {
    return global.domainTool().isPresent()
        && routing.families().contains(Family.DOMAIN)
        && Domain.askClassifier(routing.domains());
  }

  /** Whether requests are refused while whatever a family asks does not answer. */
  public boolean refusesWithout(Family family) {
    return switch (global.router().failures().of(family).onFailure()) {
      case CLOSED -> true;
      case OPEN -> false;
      case DEFAULT ->
          family == Family.JAILBREAK
              && profiles.stream()
                  .flatMap(profile -> profile.routing().signals().of(Jailbreak.class).stream())
                  .anyMatch(rule -> rule.onError() == OnError.FAIL);
    };
  }

  /** Families whose rules compare texts by their vectors, in any profile. */
  public Set<Family> comparing() {
    Set<Family> comparing = EnumSet.noneOf(Family.class);
    for (Profile profile : profiles) {
      Routing routing = profile.routing();
      routing.signals().all().stream()
          .filter(this::comparesTexts)
          .map(SignalRule::family)
          .filter(routing.families()::contains)
          .forEach(comparing::add);
      if (routing.families().contains(Family.KB) && !global.comparison().bases().isEmpty()) {
        comparing.add(Family.KB);
      }
    }
    return comparing;
  }

  /** Whether a rule compares texts by the vectors of the encoder that is for all families. */
  boolean comparesTexts(SignalRule rule) {
    boolean isChosen =
        rule instanceof Preference
            && global.comparison().preference() instanceof Preference.Chooser.Model;
    boolean isElsewhere = rule instanceof EmbeddingRule embedding && isElsewhere(embedding);
    boolean isOwn = rule instanceof Preference && global.own(Family.PREFERENCE).isPresent();
    return rule.comparesTexts() && !isChosen && !isElsewhere && !isOwn;
  }

  /** Whether the model that hears or sees also embeds the examples of a rule. */
  private boolean isElsewhere(EmbeddingRule rule) {
    return switch (rule.modality()) {
      case TEXT -> false;
      case AUDIO -> audioRole() == ModelRole.AUDIO_EMBEDDING;
      case IMAGE -> true;
    };
  }

  /** The encoder that compares texts of preference rules alone, where rules ask one. */
  public Optional<OwnModel> preferenceEncoder() {
    boolean isAsked =
        global.comparison().preference() instanceof Preference.Chooser.Likeness
            && profiles.stream()
                .anyMatch(profile -> profile.routing().families().contains(Family.PREFERENCE));
    return global.own(Family.PREFERENCE).filter(_ -> isAsked);
  }

  /** What orders decisions that match: the profile's own word, or else the router's. */
  public Strategy strategy(Routing routing) {
    return routing.strategy().orElse(global.router().strategy());
  }

  /** Where a model or adapter is served, when it is. */
  public Optional<Serving> serving(String name) {
    return baseOf(name)
        .flatMap(providers::model)
        .map(model -> new Serving(model, Optional.of(name).filter(n -> !n.equals(model.name()))));
  }

  /**
   * The name of the card that has this name, or else an adapter of this name: the first such card
   * in the order of their names.
   */
  Optional<String> baseOf(String name) {
    Optional<String> own = cards.stream().map(ModelCard::name).filter(name::equals).findFirst();
    return own.or(() ->
        cards.stream()
            .filter(card -> card.loras().stream().anyMatch(l -> l.name().equals(name)))
            .map(ModelCard::name)
            .min(Comparator.naturalOrder()));
  }
}
