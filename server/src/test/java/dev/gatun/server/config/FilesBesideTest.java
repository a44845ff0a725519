package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.router.config.Attachments.Attachment;
import dev.gatun.router.config.Attachments.Picture;
import dev.gatun.router.model.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesBesideTest {
  private static final String MANIFEST = "bases/own/labels.json";

  @TempDir Path folder;

  @Test
  void aPathBeginsAtTheConfigurationWithLinksResolved() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real"));
    write(real.resolve(MANIFEST), "{\"labels\": {}}");
    Path file = Files.writeString(real.resolve("config.yaml"), "version: v0.3");
    Path link = Files.createSymbolicLink(folder.resolve("config.yaml"), file);
    Attachment found = FilesBeside.of(link, Optional.empty()).read(MANIFEST);
    assertInstanceOf(Attachment.Found.class, found);
  }

  @Test
  void theFolderOfItsOwnComesFirstAndTheOtherLast() throws IOException {
    Path file = folder.resolve("config.yaml");
    Path assets = folder.resolve("assets");
    write(assets.resolve(MANIFEST), "[third");
    FilesBeside files = FilesBeside.of(file, Optional.of(assets.toString()));
    assertInstanceOf(Attachment.Broken.class, files.read(MANIFEST));
    write(folder.resolve(MANIFEST), "[second]");
    assertInstanceOf(Attachment.Found.class, files.read(MANIFEST));
    write(folder.resolve(".vllm-sr").resolve(MANIFEST), "[first");
    assertInstanceOf(Attachment.Broken.class, files.read(MANIFEST));
  }

  @Test
  void nothingIsToldWithThePlacesThatWereLookedAt() {
    Attachment none =
        FilesBeside.of(folder.resolve("config.yaml"), Optional.empty()).read(MANIFEST);
    assertEquals(2, assertInstanceOf(Attachment.Missing.class, none).places().size());
  }

  @Test
  void anImageIsReadAsFarAsItIsOne() throws IOException {
    FilesBeside files = FilesBeside.of(folder.resolve("config.yaml"), Optional.empty());
    List<String> places =
        List.of(folder.resolve(".vllm-sr/a.png").toString(), folder.resolve("a.png").toString());
    assertEquals(
        places, assertInstanceOf(Picture.Missing.class, files.picture("./a.png")).places());
    write(folder.resolve("a.png"), "GIF89a");
    assertEquals(
        new Image("gif", "R0lGODlh"),
        assertInstanceOf(Picture.Found.class, files.picture("./a.png")).image());
    Path away = folder.resolve("a.png").toAbsolutePath();
    assertInstanceOf(Picture.Found.class, files.picture(away.toString()));
    write(folder.resolve("a.png"), "a text");
    assertEquals(
        "is no image of png, jpeg, gif or webp",
        assertInstanceOf(Picture.Broken.class, files.picture("./a.png")).reason());
    assertInstanceOf(Picture.Broken.class, files.picture("./"), "a folder");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
