package dev.gatun.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {
  @Test
  void everyCommandHasHelp() {
    for (String name : Bench.commandLine().getSubcommands().keySet()) {
      StringWriter out = new StringWriter();
      CommandLine line = Bench.commandLine().setOut(new PrintWriter(out));
      assertEquals(0, line.execute(name, "--help"), name);
      assertTrue(out.toString().startsWith("Usage: gatun bench " + name), out::toString);
    }
  }

  @Test
  void aWrongCommandLineIsStatusTwoAndSaysWhatIsWrong() {
    for (List<String> wrong :
        List.of(
            List.of("encoder", "--precision", "fp8"),
            List.of("encoder", "--lengths", "none"),
            List.of("encoder-worker"),
            List.of("encodr"),
            List.of("fidelity"),
            List.<String>of())) {
      StringWriter err = new StringWriter();
      CommandLine line = Bench.commandLine().setErr(new PrintWriter(err));
      assertEquals(2, line.execute(wrong.toArray(String[]::new)), wrong::toString);
      assertTrue(err.toString().startsWith("gatun: "), err::toString);
      assertTrue(err.toString().contains("--help'"), err::toString);
    }
  }
}
