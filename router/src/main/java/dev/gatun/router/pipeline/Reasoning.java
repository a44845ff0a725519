package dev.gatun.router.pipeline;

import dev.gatun.router.config.Providers;
import dev.gatun.router.config.Providers.Model;
import dev.gatun.router.config.Providers.ReasoningFamily;
import dev.gatun.router.config.Providers.ReasoningFamily.Kind;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Target;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.ModelRef;
import java.util.Optional;

/**
 * Whether the model that answers is to reason, and how it is told (spec projections-decisions §8).
 *
 * @param order present when the router decides about it; otherwise the client's own words count
 */
public record Reasoning(Mode mode, Optional<Order> order) {
  private static final String EFFORT = "reasoning_effort";
  private static final String OPENAI = "openai";
  private static final String OPENAI_HOST = "api.openai.com";

  /** What v0.3 asks for where nobody asks for any reasoning. */
  private static final String LEAST_EFFORT = "low";

  /** Who decides, and how. */
  public enum Mode {
    ON("on"),
    OFF("off"),
    /** As the client wants it, because it chose the model itself. */
    CLIENT("client");

    private final String word;

    Mode(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /**
   * What the router wants of a model.
   *
   * @param family that of the model, when it has one
   * @param effort in the words of the family, used while the model is to reason
   * @param tidies whether the client's effort goes even where nothing takes its place, and the
   *     least effort is asked for where there is to be none: as v0.3 does
   */
  public record Order(Optional<ReasoningFamily> family, String effort, boolean tidies) {}

  /** What is decided about reasoning where the outcome of a request is known. */
  public static Reasoning of(Outcome outcome, RouterConfig config) {
    if (outcome instanceof Outcome.Selected selected) {
      boolean isOn = selected.candidate().flatMap(ModelRef::reasoning).orElse(false);
      return new Reasoning(isOn ? Mode.ON : Mode.OFF, Optional.of(order(selected, config)));
    }
    boolean isKept = outcome instanceof Outcome.Kept && !isUpstream(config);
    return new Reasoning(isKept ? Mode.CLIENT : Mode.OFF, Optional.empty());
  }

  private static boolean isUpstream(RouterConfig config) {
    return config.global().router().compatibility() == Compatibility.UPSTREAM_0_3;
  }

  private static Order order(Outcome.Selected selected, RouterConfig config) {
    Providers providers = config.providers();
    boolean isAnyTold = providers.models().stream().anyMatch(m -> m.reasoningFamily().isPresent());
    return new Order(
        config
            .serving(selected.model())
            .map(RouterConfig.Serving::model)
            .flatMap(Model::reasoningFamily),
        selected.candidate().flatMap(ModelRef::reasoningEffort).orElse(providers.reasoningEffort()),
        isAnyTold && isUpstream(config));
  }

  /**
   * Whether a backend is OpenAI itself, which takes efforts where others have no place for them.
   */
  public static boolean isOpenAi(String provider, Target target) {
    return provider.equals(OPENAI) && target.host().equalsIgnoreCase(OPENAI_HOST);
  }

  /**
   * What becomes of the body of a request.
   *
   * @param hasEffort whether the client wrote a {@code reasoning_effort}
   * @param isOpenAi whether OpenAI itself gets it
   */
  public Changes changes(boolean hasEffort, boolean isOpenAi) {
    return order.map(told -> changes(told, hasEffort, isOpenAi)).orElse(Changes.NONE);
  }

  private Changes changes(Order order, boolean hasEffort, boolean isOpenAi) {
    if (order.family.isEmpty()) {
      return new Changes(order.tidies, Optional.empty());
    }
    ReasoningFamily family = order.family.get();
    return switch (family.kind()) {
      case CHAT_TEMPLATE_KWARGS -> template(family, new Value.Flag(mode == Mode.ON));
      case TOP_LEVEL_REASONING_EFFORT -> beside(order, family);
      case REASONING_EFFORT ->
          isOpenAi ? beside(order, family) : effortInTemplate(order, family, hasEffort);
    };
  }

  /** While it is off, what the client wrote stays where it is. */
  private Changes beside(Order order, ReasoningFamily family) {
    return mode == Mode.ON
        ? new Changes(
            !family.parameter().equals(EFFORT),
            Optional.of(new Setting(false, family.parameter(), new Value.Effort(order.effort))))
        : Changes.NONE;
  }

  private Changes effortInTemplate(Order order, ReasoningFamily family, boolean hasEffort) {
    if (mode == Mode.ON) {
      return template(family, new Value.Effort(order.effort));
    }
    if (hasEffort) {
      return template(family, new Value.OfClient());
    }
    return order.tidies ? template(family, new Value.Effort(LEAST_EFFORT)) : Changes.NONE;
  }

  private static Changes template(ReasoningFamily family, Value value) {
    return new Changes(true, Optional.of(new Setting(true, family.parameter(), value)));
  }

  /** The effort that the model is asked for; empty where it is told none. */
  public Optional<String> effort() {
    return order
        .filter(_ -> mode == Mode.ON)
        .filter(o -> o.family.map(ReasoningFamily::kind).filter(Kind::takesEffort).isPresent())
        .map(Order::effort);
  }

  /**
   * Edits of a request body.
   *
   * @param dropsEffort whether the client's {@code reasoning_effort} goes
   * @param setting what is told instead
   */
  public record Changes(boolean dropsEffort, Optional<Setting> setting) {
    /** The body stays as it is. */
    public static final Changes NONE = new Changes(false, Optional.empty());
  }

  /**
   * One member of a request body.
   *
   * @param inTemplate whether it stands in {@code chat_template_kwargs}, not beside the messages
   */
  public record Setting(boolean inTemplate, String parameter, Value value) {}

  /** What a member says. */
  public sealed interface Value {
    record Flag(boolean isOn) implements Value {}

    record Effort(String word) implements Value {}

    /** What the client wrote as {@code reasoning_effort}. */
    record OfClient() implements Value {}
  }
}
