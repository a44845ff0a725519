package dev.gatun.server.exchange;

import java.io.IOException;

/** Writes the columns it was made for, batch by batch. */
interface TableWriter extends AutoCloseable {
  /** Writes what the columns hold now, this many rows. */
  void write(int rows) throws IOException;

  /** Writes what comes after the last batch. */
  void finish() throws IOException;

  @Override
  void close() throws IOException;
}
