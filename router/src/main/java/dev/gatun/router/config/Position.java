package dev.gatun.router.config;

/**
 * A place in a configuration file.
 *
 * @param file as the user named it
 * @param line 1-based
 * @param column 1-based
 */
public record Position(String file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
