package dev.gatun.bench.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.bench.report.Peak;
import dev.gatun.bench.report.Report;
import dev.gatun.inference.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The machine's peaks, each measured in a process whose tier is capped like the worker's. */
final class Peaks {
  private final Map<Place, Peak> peaks = new HashMap<>();

  /** A peak is one of the place, whatever the model computes in. */
  private record Place(int threads, String tier) {
    static Place of(Variant variant) {
      return new Place(variant.threads(), variant.tier());
    }
  }

  private Peaks() {}

  /**
   * Measures the peak of every number of threads and tier that a run uses.
   *
   * @param progress told why one is missing
   */
  static Peaks measure(Settings settings, Report report, Consumer<String> progress)
      throws IOException, InterruptedException {
    Peaks all = new Peaks();
    for (Place place : settings.variants().stream().map(Place::of).distinct().toList()) {
      Optional<Peak> peak = measure(settings.launcher(), place);
      peak.ifPresentOrElse(
          known -> {
            all.peaks.put(place, known);
            report.add(known);
          },
          () -> progress.accept("the machine's peak is not known; shares of it are left out"));
    }
    return all;
  }

  /** The peak of the place where a variant runs; empty when it could not be measured. */
  Optional<Peak> of(Variant variant) {
    return Optional.ofNullable(peaks.get(Place.of(variant)));
  }

  private static Optional<Peak> measure(Path launcher, Place place)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                launcher.toString(),
                "bench",
                "peak",
                "--json",
                "--threads",
                Integer.toString(place.threads())));
    builder.environment().put("GATUN_NO_BUILD", "1");
    if (!place.tier().isEmpty()) {
      builder.environment().put("GATUN_ISA", place.tier());
    }
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      return Optional.empty();
    }
    JsonNode root = new ObjectMapper().readTree(out);
    Map<Precision, Double> rates = new EnumMap<>(Precision.class);
    for (Precision precision : Precision.values()) {
      if (root.path(precision.word()).isNumber()) {
        rates.put(precision, root.path(precision.word()).asDouble());
      }
    }
    return Optional.of(new Peak(root.path("isa").asText(), place.threads(), rates));
  }
}
