package dev.gatun.server.exchange;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;

/** Writes an Arrow IPC stream or file; the columns stay the caller's. */
final class ArrowTableWriter implements TableWriter {
  private final VectorSchemaRoot root;
  private final ArrowWriter writer;

  private ArrowTableWriter(VectorSchemaRoot root, ArrowWriter writer) {
    this.root = root;
    this.writer = writer;
  }

  static ArrowTableWriter stream(List<FieldVector> columns, OutputStream out) throws IOException {
    VectorSchemaRoot root = new VectorSchemaRoot(columns);
    return started(root, new ArrowStreamWriter(root, noDictionaries(), Channels.newChannel(out)));
  }

  static ArrowTableWriter file(List<FieldVector> columns, OutputStream out) throws IOException {
    VectorSchemaRoot root = new VectorSchemaRoot(columns);
    WritableByteChannel channel = Channels.newChannel(out);
    return started(root, new ArrowFileWriter(root, noDictionaries(), channel));
  }

  private static DictionaryProvider noDictionaries() {
    return new DictionaryProvider.MapDictionaryProvider();
  }

  private static ArrowTableWriter started(VectorSchemaRoot root, ArrowWriter writer)
      throws IOException {
    writer.start();
    return new ArrowTableWriter(root, writer);
  }

  @Override
  public void write(int rows) throws IOException {
    root.setRowCount(rows);
    writer.writeBatch();
  }

  @Override
  public void finish() throws IOException {
    writer.end();
  }

  @Override
  public void close() {
    writer.close();
  }
}
