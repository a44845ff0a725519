package dev.gatun.bench.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Precision;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CaseTest {
  private static final Path MODEL = Path.of("m");

  @Test
  void everyAxisVariesByItselfAndShortCasesComeFirst() {
    Axes axes = new Axes(List.of(512, 128, 8192), List.of(1, 32), List.of(1, 8), List.of(1, 6));

    List<Case> cases = Case.all(MODEL, "m", axes, List.of(128), 8192, true);

    assertEquals(
        List.of(
            "m 128 tokens",
            "m 128 tokens, 6 tasks",
            "m 512 tokens",
            "m 128 tokens, 8 callers",
            "m 32x128 tokens",
            "m 8192 tokens"),
        cases.stream().map(Case::toString).toList());
    assertTrue(cases.getLast().fresh());
  }

  @Test
  void whatAModelCannotDoIsLeftOut() {
    Axes axes = new Axes(List.of(128, 512, 1024), List.of(1), List.of(1), List.of(1, 6));
    assertEquals(2, Case.all(MODEL, "m", axes, List.of(128), 512, false).size());
  }

  @Test
  void optionsAreCheckedByName() {
    EncoderOptions options = new EncoderOptions();
    parser(options)
        .parseArgs("--lengths", "64,32,32", "--precision", "int8,bf16", "--tiers", "avx2,amx");
    Settings settings = options.settings();
    assertEquals(List.of(32, 64), settings.axes().lengths());
    assertEquals(List.of(32, 64), settings.axisLengths(), "lengths named are those of all axes");
    assertEquals(4, settings.variants().size());
    assertEquals(Precision.INT8, settings.variants().getFirst().precision());

    for (String[] wrong :
        new String[][] {{"--lengths", "0"}, {"--precision", "fp8"}, {"--threads", "-1"}}) {
      EncoderOptions refused = new EncoderOptions();
      parser(refused).parseArgs(wrong);
      String message = assertThrows(IllegalArgumentException.class, refused::settings).getMessage();
      assertTrue(message.contains(wrong[0]), message);
    }
  }

  private static CommandLine parser(EncoderOptions options) {
    return new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options));
  }
}
