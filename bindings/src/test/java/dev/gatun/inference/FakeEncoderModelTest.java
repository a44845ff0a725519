package dev.gatun.inference;

import dev.gatun.inference.fake.FakeEncoderModel;

class FakeEncoderModelTest extends EncoderModelContract {

  @Override
  EncoderModel open() {
    return FakeEncoderModel.classifier(2, ids -> new float[] {ids[0], ids.length});
  }

  @Override
  void end() {}
}
