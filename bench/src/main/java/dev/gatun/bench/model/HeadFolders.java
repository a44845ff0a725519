package dev.gatun.bench.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * The head of a classifier as a task of its own, so that several classifiers on one trunk can be
 * measured where only one is at hand: each task reads this folder and holds weights of its own.
 */
public final class HeadFolders {
  /** Tensors of heads, of either family. */
  private static final List<String> HEADS =
      List.of("head.", "classifier.", "pooler.", "bert.pooler.");

  private HeadFolders() {}

  /**
   * The folder of a model's head, made anew.
   *
   * @param model a folder with one {@code model.safetensors}
   * @param folders where such folders are kept
   */
  public static Path of(Path model, Path folders) throws IOException {
    Path absolute = model.toAbsolutePath().normalize();
    Path folder =
        folders.resolve(absolute.getFileName() + "-" + Integer.toHexString(absolute.hashCode()));
    Files.createDirectories(folder);
    Path config = folder.resolve("config.json");
    Files.copy(absolute.resolve("config.json"), config, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel from = FileChannel.open(absolute.resolve("model.safetensors"))) {
      copyHead(from, folder.resolve("head.safetensors"));
    }
    return folder;
  }

  private static void copyHead(FileChannel from, Path file) throws IOException {
    long length = read(from, 0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    JsonNode header = new ObjectMapper().readTree(read(from, 8, (int) length).array());
    ObjectNode kept = new ObjectMapper().createObjectNode();
    long end = 0;
    for (Map.Entry<String, JsonNode> tensor : header.properties()) {
      if (HEADS.stream().anyMatch(tensor.getKey()::startsWith)) {
        JsonNode offsets = tensor.getValue().path("data_offsets");
        long bytes = offsets.path(1).asLong() - offsets.path(0).asLong();
        ObjectNode entry = tensor.getValue().deepCopy();
        entry.putArray("data_offsets").add(end).add(end + bytes);
        kept.set(tensor.getKey(), entry);
        end += bytes;
      }
    }
    String json = kept.toString();
    byte[] text = (json + " ".repeat(-json.length() & 7)).getBytes(StandardCharsets.UTF_8);
    Path part = file.resolveSibling("head." + ProcessHandle.current().pid());
    try (FileChannel to =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      write(to, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, text.length));
      write(to, ByteBuffer.wrap(text));
      for (String name : (Iterable<String>) kept::fieldNames) {
        JsonNode offsets = header.path(name).path("data_offsets");
        long start = offsets.path(0).asLong();
        write(to, read(from, 8 + length + start, (int) (offsets.path(1).asLong() - start)));
      }
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("model.safetensors ends within a tensor");
      }
    }
    return buffer.flip();
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
