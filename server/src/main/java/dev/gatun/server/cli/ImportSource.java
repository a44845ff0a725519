package dev.gatun.server.cli;

import dev.gatun.server.hub.Hub;
import dev.gatun.server.hub.HubFile;
import dev.gatun.server.hub.Listing;
import dev.gatun.server.hub.RepositoryId;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.models.OnnxSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where an imported model comes from. */
sealed interface ImportSource {
  /**
   * A file to be taken.
   *
   * @param name path inside the model folder
   */
  record Item(String name, long bytes) {}

  /** For messages. */
  String where();

  /** What the model is called when the user does not say. */
  String usualName();

  /** What will be read, before it is. */
  List<Item> items();

  /** What the content is a function of, for {@code digests.json}. */
  SortedMap<String, String> origin();

  /**
   * Brings the files into a folder; those that are already there whole are kept.
   *
   * @return what had to be assumed, for the user to know; mostly nothing
   */
  Optional<String> fill(Path folder, TransferLine progress) throws IOException;

  /** A model folder on this machine. */
  record Folder(Path path, List<Item> items) implements ImportSource {
    /** Reads the names; says when it cannot be a model. */
    static Folder of(Path path) throws IOException {
      List<String> names = new ArrayList<>();
      try (Stream<Path> walk = Files.walk(path, 2)) {
        walk.filter(Files::isRegularFile)
            .forEach(file -> names.add(path.relativize(file).toString().replace('\\', '/')));
      }
      ModelFiles.requireModel(path.toString(), names);
      List<Item> items = new ArrayList<>();
      for (String name : ModelFiles.wanted(names)) {
        items.add(new Item(name, Files.size(path.resolve(name))));
      }
      return new Folder(path, List.copyOf(items));
    }

    @Override
    public String where() {
      return path.toString();
    }

    @Override
    public String usualName() {
      return fileName(path);
    }

    @Override
    public SortedMap<String, String> origin() {
      return new TreeMap<>(
          java.util.Map.of("source", "folder", "folder", path.toAbsolutePath().toString()));
    }

    @Override
    public Optional<String> fill(Path folder, TransferLine progress) throws IOException {
      for (Item item : items) {
        Path target = folder.resolve(item.name());
        Files.createDirectories(target.getParent());
        // The content, also where the folder of a download cache holds links to it.
        Files.copy(path.resolve(item.name()), target, StandardCopyOption.REPLACE_EXISTING);
        progress.at(item.name(), item.bytes(), item.bytes());
      }
      return Optional.empty();
    }
  }

  /** An ONNX export of a BERT encoder. */
  record Onnx(OnnxSource source, List<Item> items) implements ImportSource {
    static Onnx of(Path path) throws IOException {
      return new Onnx(new OnnxSource(path), List.of(new Item(fileName(path), Files.size(path))));
    }

    @Override
    public String where() {
      return source.onnx().toString();
    }

    @Override
    public String usualName() {
      String file = fileName(source.onnx()).replaceFirst("\\.onnx$", "");
      return file.startsWith("model") ? fileName(source.home()) : file;
    }

    @Override
    public SortedMap<String, String> origin() {
      return new TreeMap<>(
          java.util.Map.of("source", "onnx", "file", source.onnx().toAbsolutePath().toString()));
    }

    @Override
    public Optional<String> fill(Path folder, TransferLine progress) throws IOException {
      Optional<String> pooling = source.write(folder);
      progress.at(items.getFirst().name(), items.getFirst().bytes(), items.getFirst().bytes());
      return pooling.map(assumed ->
          where()
              + " has no modules.json beside it, so embeddings are taken as "
              + assumed
              + "; if the model pools otherwise, put its modules.json there and import again");
    }
  }

  /** A repository of a hub at one commit. */
  record Repository(Hub hub, String endpoint, RepositoryId id, String commit, List<HubFile> files)
      implements ImportSource {
    static Repository of(Hub hub, String endpoint, RepositoryId id) {
      Listing listing = hub.list(id);
      List<String> names = listing.files().stream().map(HubFile::name).toList();
      ModelFiles.requireModel(id.toString(), names);
      List<String> wanted = ModelFiles.wanted(names);
      return new Repository(
          hub,
          endpoint,
          id,
          listing.commit(),
          listing.files().stream().filter(file -> wanted.contains(file.name())).toList());
    }

    @Override
    public String where() {
      return id.toString();
    }

    @Override
    public String usualName() {
      return id.name();
    }

    @Override
    public List<Item> items() {
      return files.stream().map(file -> new Item(file.name(), file.bytes())).toList();
    }

    @Override
    public SortedMap<String, String> origin() {
      return new TreeMap<>(
          java.util.Map.of(
              "source", "hub", "endpoint", endpoint, "repository", id.id(), "commit", commit));
    }

    @Override
    public Optional<String> fill(Path folder, TransferLine progress) throws IOException {
      for (HubFile file : files) {
        Path target = folder.resolve(file.name());
        // It got its name only after its digest was checked.
        if (Files.notExists(target) || Files.size(target) != file.bytes()) {
          hub.fetch(
              id, commit, file, target, (at, bytes) -> progress.at(at.name(), bytes, at.bytes()));
        } else {
          progress.at(file.name(), file.bytes(), file.bytes());
        }
      }
      return Optional.empty();
    }
  }

  private static String fileName(Path path) {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? "model" : name.toString();
  }
}
