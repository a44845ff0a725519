package dev.gatun.server.exchange;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.vector.FieldVector;

/**
 * Writes a Parquet file: a page per batch and column, plain values compressed by Snappy, many
 * batches to a row group. The columns stay the caller's.
 */
final class ParquetTableWriter implements TableWriter {
  private static final int GROUP_ROWS_MAX = 1 << 16;
  private static final long GROUP_BYTES_MAX = 32 << 20;

  private final OutputStream out;
  private final List<ParquetShredder> columns;
  private final List<ParquetPages> leaves = new ArrayList<>();
  private final List<Consumer<ThriftOutput>> groups = new ArrayList<>();
  private long place;
  private long rowsWritten;
  private int rowsWaiting;

  private ParquetTableWriter(OutputStream out, List<ParquetShredder> columns) {
    this.out = out;
    this.columns = columns;
    columns.forEach(column -> column.leaves(leaves));
  }

  /**
   * Begins a file.
   *
   * @throws ExchangeException when a column has a type without a Parquet form
   */
  static ParquetTableWriter of(List<FieldVector> vectors, OutputStream out) throws IOException {
    List<ParquetShredder> columns = new ArrayList<>();
    for (FieldVector vector : vectors) {
      columns.add(ParquetShredder.of(vector, List.of(), 0, 0));
    }
    var writer = new ParquetTableWriter(out, columns);
    writer.emit(ParquetFile.MAGIC);
    return writer;
  }

  @Override
  public void write(int rows) throws IOException {
    for (ParquetShredder column : columns) {
      for (int row = 0; row < rows; row++) {
        column.write(row, 0, 0);
      }
    }
    leaves.forEach(ParquetPages::endPage);
    rowsWaiting += rows;
    long bytes = leaves.stream().mapToLong(ParquetPages::bytes).sum();
    if (rowsWaiting >= GROUP_ROWS_MAX || bytes >= GROUP_BYTES_MAX) {
      endGroup();
    }
  }

  private void endGroup() throws IOException {
    if (rowsWaiting == 0) {
      return;
    }
    List<Consumer<ThriftOutput>> chunks = new ArrayList<>();
    long bytes = 0;
    for (ParquetPages leaf : leaves) {
      chunks.add(leaf.metadata(place));
      bytes += leaf.plainBytes();
      emit(leaf.chunk());
    }
    long total = bytes;
    long rows = rowsWaiting;
    groups.add(group -> {
      group.structs(1, chunks);
      group.int64(2, total);
      group.int64(3, rows);
    });
    rowsWritten += rows;
    rowsWaiting = 0;
  }

  @Override
  public void finish() throws IOException {
    endGroup();
    List<Consumer<ThriftOutput>> schema = new ArrayList<>();
    schema.add(root -> {
      root.text(4, "schema");
      root.int32(5, columns.size());
    });
    columns.forEach(column -> column.schema(schema));
    byte[] footer =
        ThriftOutput.struct(file -> {
          file.int32(1, 2);
          file.structs(2, schema);
          file.int64(3, rowsWritten);
          file.structs(4, groups);
          file.text(6, "gatun");
        });
    emit(footer);
    for (int shift = 0; shift < 32; shift += 8) {
      emit(new byte[] {(byte) (footer.length >>> shift)});
    }
    emit(ParquetFile.MAGIC);
    out.flush();
  }

  private void emit(byte[] bytes) throws IOException {
    out.write(bytes);
    place += bytes.length;
  }

  /** The stream is the caller's. */
  @Override
  public void close() {}
}
