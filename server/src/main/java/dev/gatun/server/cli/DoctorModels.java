package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.server.OfflineRouter;
import dev.gatun.server.StartException;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code gatun doctor models}: how the models of a configuration share their work (spec classifiers
 * §6, §8.1).
 */
@Command(
    name = "models",
    description = {
      "Load the models of a configuration and say how they share their work, and what a text",
      "costs in layer passes: how often it is carried through a layer, for all that is asked",
      "together, and with a computation of its own for each."
    },
    footer = {
      "",
      "Design: trunk (no task), shared-trunk (heads alone), shared-bottom (one pass up to the",
      "lowest adapted layer), stacked (adapters in every layer, one copy of the weights), single",
      "(one such task)."
    })
final class DoctorModels implements Callable<Integer> {
  private static final String TEXT =
      "Our landlord has not returned the deposit although we handed over the keys six weeks ago,"
          + " and he does not answer letters. Which deadline does the law set, and to which court"
          + " would we have to go if he does not pay?";

  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--text", description = "Text to plan for (default: one of about 50 tokens).")
  private String text = TEXT;

  @Option(names = "--json", description = "One JSON object per computation.")
  private boolean json;

  DoctorModels(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RouterConfig settings = config.require(console);
    try (OfflineRouter router =
        OfflineRouter.open(settings, config.hash(settings), ModelOptions.builtIns())) {
      List<EncoderPlan> plans = router.plans(text);
      if (!json) {
        console.line(line("model", "design", "tokens", "passes", "alone", "asked by"));
      }
      plans.forEach(this::show);
    } catch (StartException e) {
      throw new Failure(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
    console.flush();
    return ExitStatus.OK;
  }

  private void show(EncoderPlan plan) {
    if (json) {
      ObjectNode object = Json.object().put("model", plan.model()).put("design", plan.plan());
      plan.signals().forEach(object.putArray("asked_by")::add);
      object.put("tokens", plan.rows()).put("layer_passes", plan.passes());
      console.json(object.put("layer_passes_alone", plan.alone()));
      return;
    }
    console.line(
        line(
            plan.model(),
            plan.plan(),
            Integer.toString(plan.rows()),
            number(plan.passes()),
            number(plan.alone()),
            String.join(", ", plan.signals())));
  }

  private static String number(double passes) {
    return String.format(Locale.ROOT, "%.1f", passes);
  }

  private static String line(
      String model, String design, String tokens, String passes, String alone, String askedBy) {
    return String.format(
            Locale.ROOT,
            "%-22s %-13s %6s %7s %7s  %s",
            model,
            design,
            tokens,
            passes,
            alone,
            askedBy)
        .stripTrailing();
  }
}
