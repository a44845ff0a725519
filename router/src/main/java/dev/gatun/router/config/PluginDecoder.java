package dev.gatun.router.config;

import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import java.util.Optional;

/** Checks {@code plugins} of a decision; none of them runs yet. */
final class PluginDecoder {
  private PluginDecoder() {}

  static void check(Section decision, String name) {
    for (Section section : decision.sections("plugins")) {
      String type = section.text("type").orElse("");
      if (!DecisionSchema.PLUGINS.contains(type)) {
        section.unnoticed(
            "type",
            "\"" + type + "\" is no plugin (decision \"" + name + "\")",
            Report.didYouMean(
                type,
                DecisionSchema.PLUGINS,
                "write one of " + String.join(", ", DecisionSchema.PLUGINS)));
      } else if (!DecisionSchema.PLUGINS_RUNNING.contains(type) && !isOff(section)) {
        section.unsupported("type", "the plugin " + type + " of decision \"" + name + "\"");
      }
    }
  }

  private static boolean isOff(Section plugin) {
    return plugin
        .value("configuration")
        .flatMap(node -> node instanceof Mapping map ? map.value("enabled") : Optional.empty())
        .flatMap(node -> node instanceof Scalar scalar ? Scalars.flag(scalar) : Optional.empty())
        .map(enabled -> !enabled)
        .orElse(false);
  }
}
