package dev.gatun.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Everything a run has found so far. Written after every case, so that an interrupted run keeps its
 * rows. Safe for all threads.
 */
public final class Report {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Optional<Path> out;
  private final Machine machine;
  private final String version;
  private final String command;
  private final String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final List<Peak> peaks = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private List<Ratio> ratios = List.of();
  private List<Agreement> agreements = List.of();
  private boolean complete;

  /**
   * A report without rows.
   *
   * @param out where to write it; empty: nowhere
   * @param command what was typed
   */
  public Report(Optional<Path> out, Machine machine, String version, String command) {
    this.out = out;
    this.machine = machine;
    this.version = version;
    this.command = command;
  }

  /** Adds a row, or replaces the one of the same engine and case. */
  public synchronized void put(Row row) {
    String key =
        String.join(
            "|",
            row.engine(),
            row.model(),
            row.precision(),
            row.isa(),
            row.length() + "x" + row.batch(),
            row.concurrency() + "/" + row.tasks() + "/" + row.threads());
    rows.put(key, row);
  }

  /** Adds a measured peak. */
  public synchronized void add(Peak peak) {
    peaks.add(peak);
  }

  /** Adds what a reader has to know: an engine that failed, a peer that is missing. */
  public synchronized void note(String text) {
    notes.add(text);
  }

  /** Replaces what the comparison with peers has found. */
  public synchronized void compared(List<Ratio> newRatios, List<Agreement> newAgreements) {
    ratios = List.copyOf(newRatios);
    agreements = List.copyOf(newAgreements);
  }

  /** Says that nothing is left to measure. */
  public synchronized void complete() {
    complete = true;
  }

  /** Rows in the order they were first added. */
  public synchronized List<Row> rows() {
    return List.copyOf(rows.values());
  }

  /** Ratios to peers, empty without peers. */
  public synchronized List<Ratio> ratios() {
    return ratios;
  }

  /** Agreement with fp32, empty without peers. */
  public synchronized List<Agreement> agreements() {
    return agreements;
  }

  /** Writes the file, if there is one: whole or not at all. */
  public synchronized void write() throws IOException {
    if (out.isPresent()) {
      Path file = out.get().toAbsolutePath();
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.createDirectories(file.getParent());
      Files.write(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree()));
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** The report as JSON. */
  public synchronized ObjectNode tree() {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode facts = root.putObject("machine");
    facts.put("cpu", machine.cpu()).put("cpus", machine.cpus());
    facts.put("memory_mb", machine.memoryMebibytes());
    facts.put("system", machine.system()).put("java", machine.java());
    root.put("date", date).put("version", version).put("command", command);
    root.put("complete", complete);
    array(root.putArray("peaks"), peaks, Peak::write);
    array(root.putArray("rows"), rows.values(), Row::write);
    array(root.putArray("ratios"), ratios, Ratio::write);
    array(root.putArray("agreement"), agreements, Agreement::write);
    notes.forEach(root.putArray("notes")::add);
    return root;
  }

  private static <T> void array(
      ArrayNode array, Iterable<T> values, BiConsumer<T, ObjectNode> write) {
    for (T value : values) {
      write.accept(value, array.addObject());
    }
  }
}
