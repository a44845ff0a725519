package dev.gatun.inference;

class NativeEncoderModelTest extends EncoderModelContract {

  private final Inference inference = Inference.open(InferenceOptions.defaults());

  @Override
  EncoderModel open() {
    return inference.load(Golden.carried().resolve("errors/control-ok"));
  }

  @Override
  void end() {
    inference.close();
  }
}
