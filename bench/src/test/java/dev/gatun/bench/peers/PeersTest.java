package dev.gatun.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.bench.report.Agreement;
import dev.gatun.bench.report.Ratio;
import dev.gatun.bench.report.Row;
import dev.gatun.inference.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
  private static final String RECORDS =
      """
      {"threads":2,"records":[
       {"model":"modernbert","engine":"ov-int8","start_up":true,"load_ms":900.0,"rss_mb":500},
       {"model":"modernbert","engine":"ov-int8","rows":1,"length":128,"tasks":1,"round":0,
        "rss_mb":510,"ms":[30.0,26.0,28.0],"output":[[1.0,2.0,4.0]],"output_kind":"logits"},
       {"model":"modernbert","engine":"gatun-int8","rows":1,"length":128,"tasks":1,"round":0,
        "rss_mb":200,"ms":[14.0,14.0],"output":[[2.0,3.0,4.9]],"output_kind":"logits"},
       {"model":"modernbert","engine":"gatun-fp32","rows":1,"length":128,"tasks":1,"round":0,
        "rss_mb":900,"ms":[99.0],"output":[[2.0,3.0,5.0]],"output_kind":"logits"},
       {"model":"modernbert","engine":"ov-int8","rows":1,"length":128,"tasks":1,"round":1,
        "rss_mb":510,"ms":[60.0]},
       {"model":"modernbert","engine":"gatun-int8","rows":1,"length":128,"tasks":1,"round":1,
        "rss_mb":200,"ms":[20.0]},
       {"model":"modernbert","engine":"ov-int8","rows":1,"length":512,"tasks":1,"round":0,
        "rss_mb":0,"error":"broken"}]}
      """;

  @TempDir private Path folder;

  private static PeerResults results() throws IOException {
    return PeerResults.of(new ObjectMapper().readTree(RECORDS));
  }

  @Test
  void ratiosAreTakenInsideARound() throws IOException {
    assertEquals(
        List.of(new Ratio("ov-int8", "int8", "modernbert", 128, 1, 1, 2.5, 2)),
        results().ratios().stream().filter(r -> r.precision().equals("int8")).toList());
  }

  @Test
  void rowsPoolTheRoundsAndNameOurEngine() throws IOException {
    List<Row> rows = results().rows("amx", Map.of(), Optional.empty());
    Row peer = rows.getFirst();
    assertEquals("ov-int8", peer.engine());
    assertEquals(29, peer.p50Millis());
    assertEquals(60, peer.p99Millis());
    assertEquals(900, peer.loadMillis());
    assertEquals(4, peer.calls());
    Row ours = rows.get(1);
    assertEquals("gatun int8 amx", ours.engine() + " " + ours.precision() + " " + ours.isa());
    assertEquals(3, rows.size(), "an engine that failed has no row");
  }

  @Test
  void agreementIsTheCosineOfCentredLogits() throws IOException {
    List<Agreement> agreements = results().agreements();
    assertEquals(2, agreements.size());
    assertEquals("gatun-fp32", agreements.getFirst().reference());
    // (−4/3, −1/3, 5/3) with itself, whatever was added to all of them.
    assertEquals(1, agreements.getFirst().cosine(), 1e-12);
    assertTrue(agreements.getLast().cosine() > 0.999 && agreements.getLast().cosine() < 1);
  }

  @Test
  void whatIsMissingIsNamedWithTheRemedy() throws IOException {
    Peers peers = new Peers(folder, folder.resolve(".work"));
    Peers.Run run = run(List.of("ov-int8", "ov-bf16"));
    assertEquals(1, peers.missing(run).size());
    Files.writeString(folder.resolve("bench_encoder.py"), "");
    assertTrue(peers.missing(run).getFirst().contains("./setup.sh"), peers.missing(run)::toString);
    Path python = Files.createDirectories(folder.resolve(".venv/bin")).resolve("python");
    assertTrue(Files.createFile(python).toFile().setExecutable(true));
    assertEquals(3, peers.missing(run).size(), "weights and two prepared files");
    assertTrue(peers.missing(run).get(1).contains("prepare --models modernbert"));
    Path model = Files.createDirectories(folder.resolve(".work/modernbert"));
    for (String file : List.of("model.safetensors", "ov-int8.xml", "ov-fp32.xml")) {
      Files.createFile(model.resolve(file));
    }
    assertEquals(List.of(), peers.missing(run));
  }

  @Test
  void ourWorkersAreExternalEnginesOfTheirBench() {
    List<String> command =
        new Peers(Path.of("p"), Path.of("w"))
            .command(run(List.of("ort-int8")), Path.of("a b/gatun"), Path.of("o.json"));
    assertTrue(
        command.contains(
            "gatun-int8='a b/gatun' bench encoder-worker --serve --threads {threads} --precision"
                + " int8"),
        command::toString);
    assertEquals("gatun-int8", command.getLast(), "the baseline is a peer or, without, ours");
  }

  private static Peers.Run run(List<String> engines) {
    return new Peers.Run(
        List.of("modernbert"),
        engines,
        List.of(Precision.BF16, Precision.INT8),
        2,
        List.of(128),
        6,
        true,
        3,
        2,
        1);
  }
}
