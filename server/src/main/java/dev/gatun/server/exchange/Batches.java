package dev.gatun.server.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;

/** A table that is read batch by batch. Not for use by several threads. */
interface Batches extends AutoCloseable {
  /**
   * The columns. They hold the values of the batch that was read last, are the same objects for
   * every batch, and are freed by {@link #close}.
   */
  List<FieldVector> columns();

  /**
   * Columns that are not given out, name to why, as the end of a sentence about the column. They
   * cost a row something only where it is asked for them.
   */
  Map<String, String> unread();

  /** Reads the next batch into the columns; false when there is none. */
  boolean next() throws IOException;

  /** Rows of the batch. */
  int rows();

  /**
   * One row of the batch as an object.
   *
   * @throws IllegalArgumentException when what stands there is no row
   */
  ObjectNode row(int index);

  @Override
  void close() throws IOException;
}
