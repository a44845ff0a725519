package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.RuntimeInfo;
import dev.gatun.server.wire.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatun version}: what runs here, down to the instruction set. */
@Command(name = "version", description = "Show the version of Gatun and what it runs on.")
final class Version implements Runnable {
  private final Console console;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  Version(Console console) {
    this.console = console;
  }

  /** The version of this build, as its module descriptor carries it. */
  static String number() {
    var descriptor = Version.class.getModule().getDescriptor();
    return descriptor == null ? "0" : descriptor.rawVersion().orElse("0");
  }

  @Override
  public void run() {
    try (Inference inference = Inference.open(InferenceOptions.defaults())) {
      RuntimeInfo runtime = inference.runtime();
      if (json) {
        console.json(tree(runtime));
      } else {
        print(runtime);
      }
    }
  }

  private static ObjectNode tree(RuntimeInfo runtime) {
    ObjectNode tree = Json.object();
    tree.put("version", number());
    tree.put("native_version", runtime.version());
    tree.put("abi", runtime.abi());
    tree.put("backend", runtime.backend());
    tree.put("isa", runtime.isa());
    tree.put("isa_detected", runtime.isaDetected());
    tree.put("cpus", runtime.cpus());
    tree.put("java", Runtime.version().toString());
    tree.put("java_vendor", System.getProperty("java.vendor", ""));
    tree.put("os", System.getProperty("os.name", "") + " " + System.getProperty("os.arch", ""));
    return tree;
  }

  private void print(RuntimeInfo runtime) {
    String capped =
        runtime.isa().equals(runtime.isaDetected())
            ? ""
            : " (this machine has " + runtime.isaDetected() + "; GATUN_ISA caps it)";
    console.line("gatun " + number());
    console.line(
        "native   "
            + runtime.version()
            + ", ABI "
            + runtime.abi()
            + ", backend "
            + runtime.backend());
    console.line("isa      " + runtime.isa() + capped + ", " + runtime.cpus() + " processors");
    console.line(
        "java     " + Runtime.version() + ", " + System.getProperty("java.vendor", "unknown"));
  }
}
