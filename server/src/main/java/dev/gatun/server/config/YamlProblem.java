package dev.gatun.server.config;

import dev.gatun.router.config.Position;

/** Well-formed YAML that a configuration may not use. */
final class YamlProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Position position;
  private final String hint;

  YamlProblem(Position position, String what, String hint) {
    super(what, null, false, false);
    this.position = position;
    this.hint = hint;
  }

  Position position() {
    return position;
  }

  String what() {
    return String.valueOf(getMessage());
  }

  String hint() {
    return hint;
  }
}
