package dev.gatun.server.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.config.Target;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.GuardParser;
import dev.gatun.server.upstream.Upstream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Language models behind TLS, whose certificates the Java runtime trusts or does not. */
class ExternalTlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final byte[] REPLY =
      "{\"choices\":[{\"message\":{\"content\":\"Safety: Safe\"}}]}"
          .getBytes(StandardCharsets.UTF_8);

  private HttpsServer server;
  private SSLContext usual;

  @TempDir Path folder;

  @BeforeEach
  void start() throws Exception {
    usual = SSLContext.getDefault();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(selfSigned("server", "localhost"), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          try (exchange;
              InputStream body = exchange.getRequestBody()) {
            body.readAllBytes();
            exchange.sendResponseHeaders(200, REPLY.length);
            exchange.getResponseBody().write(REPLY);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    SSLContext.setDefault(usual);
    server.stop(0);
  }

  /** A store with a key and the certificate that it has given itself. */
  private KeyStore selfSigned(String name, String host) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "san=dns:" + host,
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    assertEquals(0, keytool.waitFor(), Files.readString(folder.resolve(name + ".log")));
    return KeyStore.getInstance(file.toFile(), PASSWORD);
  }

  /** As the runtime does with {@code javax.net.ssl.trustStore}. */
  private static void trust(KeyStore store) throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLContext.setDefault(context);
  }

  private KeyStore certificateOf(String name) throws Exception {
    KeyStore own = KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), PASSWORD);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(name, own.getCertificate(name));
    return store;
  }

  private Answer<String> ask(String host) {
    ExternalModel model =
        new ExternalModel(
            ModelRole.GUARDRAIL,
            "guard",
            "vllm",
            new Target(true, host, server.getAddress().getPort(), ""),
            "/v1/chat/completions",
            "acme/guard",
            Duration.ofSeconds(30),
            "Authorization",
            Optional.empty(),
            Limits.byDefault(),
            new ExternalModel.Reading(GuardParser.AUTO, OptionalDouble.empty(), Optional.empty()));
    try (Upstream upstream = new Upstream()) {
      Message text = Message.of(Role.USER, "hello");
      return new ExternalModels(List.of(model), upstream)
          .reply(new Chat(ModelRole.GUARDRAIL, List.of(text), Limits.byDefault()));
    }
  }

  private void refused(String host) {
    String reason = assertInstanceOf(Answer.Failed.class, ask(host)).reason();
    assertTrue(reason.contains("TLS failed"), reason);
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() {
    refused("localhost");
  }

  @Test
  void aCertificateInTheTrustStoreIsTrusted() throws Exception {
    trust(certificateOf("server"));
    assertEquals(Answer.of("Safety: Safe"), ask("localhost"));
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    trust(certificateOf("server"));
    refused("127.0.0.1");
  }

  @Test
  void aTrustStoreWithoutTheCertificateDoesNotHelp() throws Exception {
    selfSigned("other", "localhost");
    trust(certificateOf("other"));
    refused("localhost");
  }
}
