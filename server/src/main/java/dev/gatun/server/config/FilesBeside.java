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
    List<String> places = new ArrayList<>();
    for (Path folder : folders) {
      Path file = folder.resolve(path);
      if (Files.exists(file)) {
        YamlReader.Result result = ConfigFile.read(file);
        return result
            .root()
            .<Attachment>map(Attachment.Found::new)
            .orElseGet(() -> new Attachment.Broken(result.diagnostics()));
      }
      places.add(file.toString());
    }
    return new Attachment.Missing(places);
  }

  @Override
  public Picture picture(String path) {
    List<String> places = new ArrayList<>();
    for (Path folder : folders) {
      Path file = folder.resolve(path).normalize();
      if (Files.exists(file)) {
        return picture(file);
      }
      places.add(file.toString());
    }
    return new Picture.Missing(places);
  }

  private static Picture picture(Path file) {
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
