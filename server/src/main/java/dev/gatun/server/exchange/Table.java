package dev.gatun.server.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A table being read, and answers to its rows being written. Not for use by several threads. */
public final class Table implements AutoCloseable {
  /** Off-heap bytes that one table may take, for reading and writing together. */
  static final long MEMORY_BYTES_MAX = 1L << 30;

  /** Says on standard error what a closed allocator still holds. */
  private static final Logger ALLOCATOR = Logger.getLogger("org.apache.arrow.memory");

  private final BufferAllocator allocator;
  private final Batches batches;
  private boolean damaged;

  private Table(BufferAllocator allocator, Batches batches) {
    this.allocator = allocator;
    this.batches = batches;
  }

  private interface Opening {
    Batches open(BufferAllocator allocator) throws IOException;
  }

  /**
   * Opens a file.
   *
   * @throws ExchangeException when it is not what the format says
   */
  public static Table open(Path file, TableFormat format) throws IOException {
    if (Files.isDirectory(file)) {
      throw new ExchangeException(file + " is a folder: a file with a table expected");
    }
    return open(allocator ->
        switch (format) {
          case JSONL -> JsonBatches.open(file, allocator);
          case ARROW_STREAM, ARROW_FILE -> ArrowBatches.file(file, allocator);
          case PARQUET -> ParquetBatches.open(file, allocator);
        });
  }

  /**
   * Opens an Arrow stream.
   *
   * @param origin its name in messages
   */
  public static Table stream(String origin, InputStream in) throws IOException {
    return open(allocator -> ArrowBatches.stream(origin, in, allocator));
  }

  private static Table open(Opening opening) throws IOException {
    requireBufferAddresses();
    BufferAllocator allocator = new RootAllocator(MEMORY_BYTES_MAX);
    try {
      return new Table(allocator, opening.open(allocator));
    } catch (IOException | RuntimeException e) {
      abandon(allocator);
      throw e;
    }
  }

  /** Arrow reads the addresses of buffers, which the JDK keeps to itself unless told otherwise. */
  private static void requireBufferAddresses() {
    Module arrow = BufferAllocator.class.getModule();
    if (!Object.class.getModule().isOpen("java.nio", arrow)) {
      String name = arrow.isNamed() ? arrow.getName() : "ALL-UNNAMED";
      throw new ExchangeException(
          "tables need java --add-opens=java.base/java.nio=" + name + ", which ./gatun gives");
    }
  }

  /**
   * Goes to the next batch; false when there is none.
   *
   * @throws ExchangeException when the table is damaged there
   */
  public boolean next() throws IOException {
    try {
      return batches.next();
    } catch (IOException | RuntimeException e) {
      damaged = true;
      throw e;
    }
  }

  /** Rows of the batch. */
  public int rows() {
    return batches.rows();
  }

  /**
   * A row of the batch.
   *
   * @throws IllegalArgumentException when what stands there is no row
   */
  public ObjectNode row(int index) {
    return batches.row(index);
  }

  /**
   * A table for the answers: the columns of this one, and theirs. Close it before this one.
   *
   * @param columns of the answers; they are there whatever the rows are
   * @throws ExchangeException when a column of this table cannot be written; names it and its type
   */
  public AnswerTable answers(Path output, TableFormat format, Set<AnswerColumn> columns)
      throws IOException {
    return new AnswerTable(allocator, batches, output, format, columns);
  }

  @Override
  public void close() throws IOException {
    try {
      batches.close();
    } finally {
      if (damaged) {
        abandon(allocator);
      } else {
        allocator.close();
      }
    }
  }

  /** Arrow's readers lose the buffers of a batch that they cannot read; the reason is known. */
  private static void abandon(BufferAllocator allocator) {
    Level before = ALLOCATOR.getLevel();
    ALLOCATOR.setLevel(Level.OFF);
    try {
      allocator.close();
    } catch (IllegalStateException lost) {
      ALLOCATOR.log(Level.FINE, "buffers of a damaged table are lost", lost);
    } finally {
      ALLOCATOR.setLevel(before);
    }
  }
}
