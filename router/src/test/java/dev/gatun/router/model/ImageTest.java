package dev.gatun.router.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data:image/png;base64,AAAA  | png
          data:image/jpg;base64,AAAA  | jpeg
          data:image/jpeg;base64,AAAA | jpeg
          data:image/gif;base64,AAAA  | gif
          DATA:image/WebP;base64,AAAA | webp
          """)
  void aDataUriHoldsAnImage(String written, String type) {
    Image image = Image.ofDataUri(written).orElseThrow();
    assertEquals(new Image(type, "AAAA"), image);
    assertEquals("data:image/" + type + ";base64,AAAA", image.uri());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://host/cat.png",
        "./cat.png",
        "data:image/png;base64,",
        "data:image/png,AAAA",
        "data:image/svg+xml;base64,AAAA",
        "data:text/plain;base64,AAAA",
        "data:image/;base64,AAAA"
      })
  void anythingElseHoldsNone(String address) {
    assertEquals(Optional.empty(), Image.ofDataUri(address));
  }

  @ParameterizedTest
  @CsvSource({
    "89504e470d0a1a0a00, png",
    "ffd8ffe000104a4649, jpeg",
    "474946383961010001, gif",
    "524946461a00000057454250, webp"
  })
  void itsFirstBytesSayHowAnImageIsCoded(String hex, String type) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    String base64 = Base64.getEncoder().encodeToString(bytes);
    assertEquals(Optional.of(new Image(type, base64)), Image.ofBytes(bytes));
    assertEquals(Optional.of(new Image(type, base64)), Image.ofBase64(base64));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cat.png", "A", "AAAA", "UklGRhoAAABXQVZF"})
  void whatBeginsOtherwiseIsNone(String base64) {
    assertEquals(Optional.empty(), Image.ofBase64(base64));
    assertEquals(Optional.empty(), Image.ofBytes(base64.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whatItShowsIsNotPrinted() {
    assertFalse(new Image("png", "c2VjcmV0").toString().contains("c2VjcmV0"));
  }

  @Test
  void itHasATypeAndBytes() {
    assertThrows(IllegalArgumentException.class, () -> new Image("svg", "AAAA"));
    assertThrows(IllegalArgumentException.class, () -> new Image("png", ""));
  }

  @Test
  void theFirstImageOfAConversationCounts() {
    Image cat = new Image("png", "AAAA");
    Image dog = new Image("png", "BBBB");
    Conversation conversation =
        Conversation.of(
            Message.of(Role.SYSTEM, "look"),
            Message.showing("", List.of(cat, dog)),
            Message.showing("and this?", List.of(dog)));
    assertEquals(Optional.of(cat), Facts.of(conversation).shown());
    assertEquals(Optional.empty(), Facts.of(Conversation.of()).shown());
  }
}
