/** Measures everything, ships nothing. */
@org.jspecify.annotations.NullMarked
module dev.gatun.bench {
  requires static org.jspecify;
}
