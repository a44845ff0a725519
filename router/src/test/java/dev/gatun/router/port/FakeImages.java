package dev.gatun.router.port;

import dev.gatun.router.model.Image;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Sees the words that stand in the bytes of an image. Keeps what it was shown. */
public final class FakeImages implements ImageModel {
  private final FakeEmbeddings texts;
  private final List<Image> shown = new ArrayList<>();

  public FakeImages(String... vocabulary) {
    texts = new FakeEmbeddings(vocabulary);
  }

  /** An image of words. */
  public static Image of(String words) {
    byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
    return new Image("png", Base64.getEncoder().encodeToString(bytes));
  }

  /** Every image, as often as it was shown. */
  public List<Image> shown() {
    return List.copyOf(shown);
  }

  @Override
  public Answer<Embedding> see(Image image) {
    shown.add(image);
    String words = new String(Base64.getDecoder().decode(image.base64()), StandardCharsets.UTF_8);
    return texts.embed(List.of(words)).map(List::getFirst);
  }

  @Override
  public FakeEmbeddings texts() {
    return texts;
  }
}
