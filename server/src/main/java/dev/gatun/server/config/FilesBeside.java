package dev.gatun.server.config;

import dev.gatun.router.config.Attachments;
import dev.gatun.router.model.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Files that a configuration refers to by a path of its own: beside it, or below another folder of
 * such files. A relative path begins at the folder of the configuration, links resolved (spec
 * config §7.5).
 */
final class FilesBeside implements Attachments {
  /** Names another folder of such files. */
  static final String FOLDER_VARIABLE = "VLLM_SR_CONFIG_ASSET_ROOT";

  private static final String OWN_FOLDER = ".vllm-sr";

  /** Of an example; images of requests are as large as a request may be. */
  private static final int IMAGE_BYTES_MAX = 16 << 20;

  private final List<Path> folders;

  private FilesBeside(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /**
   * Files beside a configuration.
   *
   * @param assets another folder
   */
  static FilesBeside of(Path configuration, Optional<String> assets) {
    Path file = configuration.toAbsolutePath();
    try {
      file = file.toRealPath();
    } catch (IOException e) {
      // Reading the configuration itself reports that it is not there.
    }
    List<Path> folders = new ArrayList<>();
    Path folder = file.getParent();
    if (folder != null) {
      folders.add(folder.resolve(OWN_FOLDER));
      folders.add(folder);
    }
    assets.filter(text -> !text.isEmpty()).map(Path::of).ifPresent(folders::add);
    return new FilesBeside(folders);
  }

  @Override
  public Attachment read(String path) {
    return find(path, FilesBeside::document, Attachment.Missing::new);
  }

  @Override
  public Picture picture(String path) {
    return find(path, FilesBeside::image, Picture.Missing::new);
  }

  /** What is in the first of the folders that has it, or the places where it is not. */
  private <T> T find(String path, Function<Path, T> found, Function<List<String>, T> missing) {
    List<Path> places = folders.stream().map(f -> f.resolve(path).normalize()).toList();
    return places.stream()
        .filter(Files::exists)
        .findFirst()
        .map(found)
        .orElseGet(() -> missing.apply(places.stream().map(Path::toString).toList()));
  }

  private static Attachment document(Path file) {
    YamlReader.Result result = ConfigFile.read(file);
    return result
        .root()
        .<Attachment>map(Attachment.Found::new)
        .orElseGet(() -> new Attachment.Broken(result.diagnostics()));
  }

  private static Picture image(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      byte[] image = bytes.readNBytes(IMAGE_BYTES_MAX + 1);
      if (image.length > IMAGE_BYTES_MAX) {
        return new Picture.Broken("has more than " + IMAGE_BYTES_MAX + " bytes");
      }
      return Image.ofBytes(image)
          .<Picture>map(Picture.Found::new)
          .orElseGet(() -> new Picture.Broken("is no image of png, jpeg, gif or webp"));
    } catch (IOException e) {
      return new Picture.Broken("cannot be read: " + e.getMessage());
    }
  }
}
