package dev.gatun.server.hub;

import dev.gatun.server.digest.Sha256;
import dev.gatun.server.wire.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A hub on two real sockets: one lists and gives small files, to the other it redirects for large
 * ones. Misbehaves as a test wants.
 */
public final class HubServer implements AutoCloseable {
  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** One request as it arrived; header names in lower case. */
  public record Seen(boolean storage, String path, Map<String, String> headers) {}

  private final ServerSocket hub = listen();
  private final ServerSocket storage = listen();
  private final Map<String, byte[]> files = new TreeMap<>();
  private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());

  /** File name to the bytes of the body after which the connection ends, in this order. */
  private final Map<String, List<Integer>> breaks = new ConcurrentHashMap<>();

  private final Map<String, byte[]> served = new ConcurrentHashMap<>();
  private volatile Optional<String> location = Optional.empty();
  private volatile int status = 200;
  private volatile boolean ranges = true;

  public HubServer() {
    accept(hub, false);
    accept(storage, true);
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String address() {
    return "http://127.0.0.1:" + hub.getLocalPort();
  }

  public HubServer file(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  /** Every file of a folder. */
  public HubServer folder(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        file(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return this;
  }

  public void breakAfter(String name, Integer... bytes) {
    breaks.put(name, new ArrayList<>(Arrays.asList(bytes)));
  }

  /** Gives other bytes than it lists. */
  public void serve(String name, byte[] content) {
    served.put(name, content);
  }

  public void redirectTo(String address) {
    location = Optional.of(address);
  }

  public void answer(int code) {
    status = code;
  }

  public void ignoreRanges() {
    ranges = false;
  }

  public List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** Files above this size are in the storage, known by their SHA-256. */
  private static boolean isLarge(byte[] content) {
    return content.length > 4096;
  }

  private void accept(ServerSocket server, boolean isStorage) {
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> serve(socket, isStorage));
            } catch (SocketException closed) {
              return;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
  }

  private void serve(Socket socket, boolean isStorage) {
    try (socket;
        var in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      String request = in.readLine();
      Map<String, String> headers = new HashMap<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        String[] parts = line.split(": ", 2);
        headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
      }
      Seen one = new Seen(isStorage, request.split(" ", 3)[1], headers);
      seen.add(one);
      respond(one, socket.getOutputStream());
    } catch (IOException gone) {
      return;
    }
  }

  private void respond(Seen request, OutputStream out) throws IOException {
    String name =
        request.path().replaceFirst("^/[^/]+/[^/]+/resolve/[^/]+/", "").replaceFirst("\\?.*", "");
    byte[] content = files.get(name);
    if (status != 200) {
      send(out, status, Map.of(), "{\"error\":\"as told\"}".getBytes(StandardCharsets.UTF_8), -1);
    } else if (request.path().startsWith("/api/models/")) {
      send(out, 200, Map.of(), listing(), -1);
    } else if (content == null) {
      send(out, 404, Map.of("X-Error-Message", "Entry not found"), new byte[0], -1);
    } else if (!request.storage() && isLarge(content)) {
      Map<String, String> headers = new HashMap<>();
      String elsewhere =
          "http://localhost:" + storage.getLocalPort() + request.path() + "?signature=secret";
      headers.put("Location", location.orElse(elsewhere));
      headers.put("X-Linked-ETag", "\"" + Sha256.of(content) + "\"");
      send(out, 302, headers, new byte[0], -1);
    } else {
      give(request, name, served.getOrDefault(name, content), out);
    }
  }

  private void give(Seen request, String name, byte[] content, OutputStream out)
      throws IOException {
    List<Integer> left = breaks.getOrDefault(name, List.of());
    int end = left.isEmpty() ? -1 : left.removeFirst();
    String etag = "\"v" + Arrays.hashCode(content) + "\"";
    String range = request.headers().getOrDefault("range", "");
    boolean same = etag.equals(request.headers().get("if-range"));
    if (ranges && same && range.startsWith("bytes=")) {
      int from = Integer.parseInt(range.substring(6, range.indexOf('-')));
      String of = "bytes " + from + "-" + (content.length - 1) + "/" + content.length;
      byte[] rest = Arrays.copyOfRange(content, from, content.length);
      send(out, 206, Map.of("ETag", etag, "Content-Range", of), rest, end);
    } else {
      send(out, 200, Map.of("ETag", etag), content, end);
    }
  }

  /**
   * @param end bytes of the body after which the connection ends, or -1
   */
  private static void send(
      OutputStream out, int code, Map<String, String> headers, byte[] body, int end)
      throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + code + " x\r\nConnection: close\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: " + body.length + "\r\n\r\n");
    out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
    out.write(body, 0, end < 0 ? body.length : Math.min(end, body.length));
    out.flush();
  }

  private byte[] listing() {
    var tree = Json.object().put("sha", COMMIT);
    var siblings = tree.putArray("siblings");
    files.forEach((name, content) -> {
      var file = siblings.addObject().put("rfilename", name).put("size", content.length);
      if (isLarge(content)) {
        file.putObject("lfs").put("sha256", Sha256.of(content)).put("size", content.length);
      } else {
        file.put("blobId", blob(content));
      }
    });
    return Json.bytes(tree);
  }

  /** Made apart from the code under test. */
  private static String blob(byte[] content) {
    try {
      var digest = java.security.MessageDigest.getInstance("SHA-1");
      digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
      return java.util.HexFormat.of().formatHex(digest.digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    hub.close();
    storage.close();
  }
}
