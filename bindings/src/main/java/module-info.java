/**
 * The Java face of inference: encoder models, tokenizers, and nothing of routing or HTTP.
 *
 * <p>Only {@code dev.gatun.inference.ffm} and the generated {@code dev.gatun.inference.abi} touch
 * native code; neither is exported.
 */
@org.jspecify.annotations.NullMarked
module dev.gatun.inference {
  requires static org.jspecify;
  requires ai.djl.api;
  requires ai.djl.tokenizers;
  requires com.google.gson;
  // The tokenizer engine's jars do not say which modules they need.
  requires org.slf4j;

  exports dev.gatun.inference;
  exports dev.gatun.inference.tokenize;
}
