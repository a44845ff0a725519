/**
 * Reads and writes tables for bulk work: Apache Arrow streams and files, Apache Parquet, JSON
 * lines. Everything goes in batches, off the heap, under a limit, and is freed when closed.
 *
 * <p>{@link dev.gatun.server.exchange.Table} opens one. Arrow's types stay in this package.
 */
package dev.gatun.server.exchange;
