/** Measures everything, ships nothing; open, since picocli fills the fields of every command. */
@org.jspecify.annotations.NullMarked
open module dev.gatun.bench {
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires dev.gatun.inference;
  requires dev.gatun.router;
  requires dev.gatun.server;
  requires info.picocli;
  requires java.management;
  requires static jmh.core;
  requires static org.jspecify;
}
