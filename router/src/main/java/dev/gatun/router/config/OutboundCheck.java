package dev.gatun.router.config;

import java.util.Set;

/** What calls to a model go by: the models that stand in for it, and the headers that pass. */
final class OutboundCheck {
  private OutboundCheck() {}

  /**
   * Checks an entry of {@code providers.models}.
   *
   * @param served names of all models there
   */
  static void of(Section model, Set<String> served) {
    for (Node.Scalar fallback : model.scalars("fallback_models")) {
      String name = fallback.text();
      if (model.text("name").orElse("").equals(name)) {
        tell(model, "fallback_models", fallback, "a model cannot stand in for itself", "remove it");
      } else if (!served.contains(name)) {
        tell(
            model,
            "fallback_models",
            fallback,
            "there is no provider model \"" + fallback.shown() + "\"",
            Report.didYouMean(name, served, "name one of providers.models"));
      }
    }
    Section headers = model.section("header_passthrough");
    for (String key : new String[] {"request", "response"}) {
      headers.scalars(key).stream()
          .filter(name -> !HeaderName.isValid(name.text()))
          .forEach(name ->
              tell(
                  headers,
                  key,
                  name,
                  "\"" + name.shown() + "\" is no name of a header",
                  "write letters, digits and hyphens"));
    }
  }

  private static void tell(
      Section section, String key, Node.Scalar at, String message, String hint) {
    section.report().error(at.position(), section.path() + "." + key, message, hint);
  }
}
