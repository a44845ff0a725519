package dev.gatun.server.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A backend on a real socket that does exactly what a test's script says, down to the byte and to
 * the moment the connection breaks.
 */
public final class FakeBackend implements AutoCloseable {
  /** What to do with one request. */
  @FunctionalInterface
  public interface Script {
    void answer(Call call) throws Exception;
  }

  private final ServerSocket server;
  private final Script script;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

  private FakeBackend(Script script) throws IOException {
    this.script = script;
    this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  }

  public static FakeBackend start(Script script) {
    try {
      FakeBackend backend = new FakeBackend(script);
      Thread.ofVirtual().name("fake-backend").start(backend::accept);
      return backend;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Connections accepted so far. */
  public int connections() {
    return sockets.size();
  }

  /** Calls received and not yet taken. */
  public int waiting() {
    return calls.size();
  }

  /** The next request received. */
  public Call taken() throws InterruptedException {
    Call call = calls.poll(10, TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("no request reached the backend within 10 s");
    }
    return call;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().name("fake-backend-call").start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String h = line(in); !h.isEmpty(); h = line(in)) {
          int colon = h.indexOf(':');
          headers.put(h.substring(0, colon), h.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        Call call = new Call(socket, in, line, headers, body, new CountDownLatch(1));
        calls.add(call);
        script.answer(call);
      }
    } catch (Exception ended) {
      // A connection that breaks is part of many tests; they look at the other side.
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    while (c >= 0 && c != '\n') {
      if (c != '\r') {
        line.append((char) c);
      }
      c = in.read();
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One request and the connection it came on. */
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  public record Call(
      Socket socket,
      InputStream in,
      String requestLine,
      Map<String, String> headers,
      byte[] body,
      CountDownLatch proceed) {

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    public void send(String raw) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(raw.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    public void json(int status, String json) throws IOException {
      int length = json.getBytes(StandardCharsets.UTF_8).length;
      send(
          "HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
              .formatted(status, length, json));
    }

    public void eventsHead() throws IOException {
      send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n");
      send("transfer-encoding: chunked\r\n\r\n");
    }

    public void chunk(String data) throws IOException {
      int length = data.getBytes(StandardCharsets.UTF_8).length;
      send(Integer.toHexString(length) + "\r\n" + data + "\r\n");
    }

    public void end() throws IOException {
      send("0\r\n\r\n");
    }

    /** Waits until the other side has closed; true when it did. */
    public boolean closedByPeer() {
      try {
        return in.read() < 0;
      } catch (IOException e) {
        return true;
      }
    }

    /** Waits until the test lets the script go on. */
    public void await() throws InterruptedException {
      if (!proceed.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the test never let the backend go on");
      }
    }
  }
}
