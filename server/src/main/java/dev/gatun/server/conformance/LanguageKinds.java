package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Languages;
import dev.gatun.router.signal.Language;
import dev.gatun.server.inference.DetectedLanguages;
import dev.gatun.server.inference.LinguaLanguages;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.models.ModelsLocation;
import dev.gatun.server.wire.Json;
import java.util.Map;

/**
 * The language of a text, by the detector that a router of these semantics asks. It is opened with
 * the first case.
 */
final class LanguageKinds {
  private static final double LEAST = 0.3;

  private static final class Ours {
    private static final Languages LANGUAGES =
        DetectedLanguages.open(new ModelStore(ModelsLocation.builtIns()));
  }

  private static final class Upstream {
    private static final Languages LANGUAGES = LinguaLanguages.open();
  }

  private LanguageKinds() {}

  static Map<String, Kind> of(Compatibility compatibility) {
    return Map.of("language.detect", input -> detect(input, compatibility));
  }

  private static ObjectNode detect(Input input, Compatibility compatibility) {
    double threshold = input.number("threshold");
    Languages detector =
        switch (compatibility) {
          case GATUN -> Ours.LANGUAGES;
          case UPSTREAM_0_3 -> Upstream.LANGUAGES;
        };
    return switch (detector.detect(input.text("text"))) {
      case Answer.Failed<Distribution>(String reason, _) -> throw new Refused(reason);
      case Answer.Known<Distribution>(Distribution found) -> {
        Language.Detected detected =
            Language.Evaluator.detected(found, threshold > 0 ? threshold : LEAST, compatibility);
        yield Json.object()
            .put("language", detected.language())
            .put("confidence", detected.confidence());
      }
    };
  }
}
