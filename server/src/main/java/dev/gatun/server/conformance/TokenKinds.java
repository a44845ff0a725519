package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.text.TokenCalibration;
import dev.gatun.router.text.TokenCalibration.Use;
import dev.gatun.router.text.TokenRatio;
import dev.gatun.server.wire.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is learned from the tokens that providers count. */
final class TokenKinds {
  /** Categories that the cases ask for even when nothing was observed in them. */
  private static final List<String> ASKED = List.of(TokenCalibration.DEFAULT, "code", "zh");

  private static final long[] SIZES = {1, 100, 5000};

  private TokenKinds() {}

  static Map<String, Kind> all() {
    return Map.of("tokens.calibration", TokenKinds::calibration);
  }

  private static ObjectNode calibration(Input input) {
    TokenCalibration calibration =
        new TokenCalibration(
            Map.of(),
            input.number("decay"),
            input.flag("conservative") ? Use.CONSERVATIVE : Use.MEAN);
    Set<String> categories = new LinkedHashSet<>(ASKED);
    for (Input observation : input.items("observations")) {
      String category = observation.text("category");
      calibration =
          calibration.observed(category, observation.whole("bytes"), observation.whole("tokens"));
      categories.add(category.isEmpty() ? TokenCalibration.DEFAULT : category);
    }
    ObjectNode output = Json.object();
    for (String category : categories) {
      output.set(category, learned(calibration, category));
    }
    return output;
  }

  private static ObjectNode learned(TokenCalibration calibration, String category) {
    TokenRatio ratio = calibration.ratio(category);
    ObjectNode to =
        Json.object()
            .put("mean_ratio", ratio.mean())
            .put("conservative_ratio", ratio.conservative())
            .put("samples", ratio.samples())
            .put("calibrated", ratio.isCalibrated());
    for (long size : SIZES) {
      to.withArray("estimate_1_100_5000").add(calibration.estimate(category).tokens(size));
    }
    return to;
  }
}
