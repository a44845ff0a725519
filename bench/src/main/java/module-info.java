/** Measures everything, ships nothing. */
@org.jspecify.annotations.NullMarked
module dev.gatun.bench {
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires dev.gatun.inference;
  requires info.picocli;
  requires static jmh.core;
  requires static org.jspecify;

  opens dev.gatun.bench to
      info.picocli;
  opens dev.gatun.bench.encoder to
      info.picocli;
  opens dev.gatun.bench.fidelity to
      info.picocli;
  opens dev.gatun.bench.jmh to
      info.picocli;
  opens dev.gatun.bench.mix to
      info.picocli;
  opens dev.gatun.bench.soak to
      info.picocli;
  opens dev.gatun.bench.worker to
      info.picocli;
}
