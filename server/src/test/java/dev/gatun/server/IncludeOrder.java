package dev.gatun.server;

import java.util.List;
import java.util.Map;

/** Which folder of the C++ code may include which. */
final class IncludeOrder {
  /** Folder of native/ → folders of native/ whose headers it may include, besides its own. */
  private static final Map<String, List<String>> NATIVE =
      Map.of(
          "runtime", List.of(),
          "weights", List.of("runtime"),
          "model", List.of("runtime"),
          "backend", List.of("model", "runtime"),
          "encoder", List.of("model", "backend", "weights", "runtime"),
          "abi", List.of("encoder", "model", "backend", "weights", "runtime"));

  private IncludeOrder() {}

  /** {@code file} and {@code included} as they stand: repository path and text of the include. */
  static boolean allows(String file, String included) {
    if (file.startsWith("kernels/")) {
      return !included.equals("gatun.h")
          && !included.startsWith("native/")
          && (!file.startsWith("kernels/include/") || included.startsWith("kernels/"));
    }
    if (!file.startsWith("native/") || file.startsWith("native/tests/")) {
      return true;
    }
    String from = file.split("/", 3)[1];
    String to = included.replaceFirst("^native/", "").split("/", 2)[0];
    if (from.equals("include")) {
      return false;
    }
    if (to.equals("kernels")) {
      return file.startsWith("native/backend/cpu/");
    }
    if (included.equals("gatun.h")) {
      return from.equals("abi") || from.equals("model");
    }
    boolean ours = NATIVE.containsKey(to);
    boolean device = included.matches("(native/)?backend/\\w+/.*") && from.equals("encoder");
    return !ours || to.equals(from) || (NATIVE.get(from).contains(to) && !device);
  }
}
