package dev.gatun.inference.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.inference.Golden;
import dev.gatun.inference.abi.gatun_h;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the C compiler makes of {@code gatun.h} against what the generated code makes of it. */
class AbiTest {

  private static final String DESCRIPTOR = "$descriptor";

  @Test
  void generatedCodeAgreesWithTheCompiler() throws Exception {
    assertEquals(
        String.join("\n", new TreeSet<>(compiled())),
        String.join("\n", new TreeSet<>(generated())));
  }

  /** The table that {@code gatun_abi_dump}, built beside the library, prints. */
  private static List<String> compiled() throws IOException, InterruptedException {
    Path dump = Path.of(System.getProperty("gatun.library")).resolveSibling("gatun_abi_dump");
    Process process = new ProcessBuilder(dump.toString()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().toList();
  }

  private static List<String> generated() throws Exception {
    // Descriptors sit beside their symbols, which are looked up in what has been loaded.
    NativeLibrary.load(Path.of(System.getProperty("gatun.library")));
    List<String> facts = new ArrayList<>();
    for (Method method : gatun_h.class.getMethods()) {
      String name = method.getName();
      if (name.startsWith("GATUN_")) {
        facts.add("constant " + name + " " + method.invoke(null));
      } else if (name.endsWith(DESCRIPTOR)) {
        String function = name.substring(0, name.length() - DESCRIPTOR.length());
        facts.add("function " + function + " " + shown((FunctionDescriptor) method.invoke(null)));
      }
    }
    for (String struct : structs()) {
      Class<?> type = Class.forName("dev.gatun.inference.abi." + struct);
      layout(struct, (GroupLayout) type.getMethod("layout").invoke(null), facts);
    }
    return facts;
  }

  private static List<String> structs() throws IOException {
    Path sources = Golden.home().resolve("bindings/src/main/java/dev/gatun/inference/abi");
    try (Stream<Path> files = Files.list(sources)) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !name.startsWith("gatun_h"))
          .toList();
    }
  }

  private static void layout(String struct, GroupLayout layout, List<String> facts) {
    facts.add("struct " + struct + " " + layout.byteSize() + " " + layout.byteAlignment());
    for (MemoryLayout member : layout.memberLayouts()) {
      if (!(member instanceof PaddingLayout)) {
        String name = member.name().orElseThrow();
        long offset = layout.byteOffset(PathElement.groupElement(name));
        facts.add(
            String.join(
                " ",
                "field",
                struct,
                name,
                Long.toString(offset),
                Long.toString(member.byteSize()),
                shown(member)));
      }
    }
  }

  private static String shown(FunctionDescriptor function) {
    return function.returnLayout().map(AbiTest::shown).orElse("void")
        + function.argumentLayouts().stream()
            .map(AbiTest::shown)
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String shown(MemoryLayout layout) {
    return switch (layout) {
      case ValueLayout.OfInt _ -> "i32";
      case ValueLayout.OfLong _ -> "i64";
      case ValueLayout.OfFloat _ -> "f32";
      case AddressLayout _ -> "ptr";
      case SequenceLayout array -> "char[" + array.elementCount() + "]";
      default -> layout.toString();
    };
  }
}
