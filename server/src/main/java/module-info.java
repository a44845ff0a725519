/** The process: the only module with sockets, disk, threads and both other modules. */
@org.jspecify.annotations.NullMarked
module dev.gatun.server {
  requires aircompressor;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.github.benmanes.caffeine;
  requires com.github.pemistahl.lingua;
  requires com.google.protobuf;
  requires dev.gatun.inference;
  requires dev.gatun.router;
  requires info.picocli;
  requires io.github.resilience4j.circuitbreaker;
  requires io.github.resilience4j.core;
  requires io.helidon.common.task;
  requires io.helidon.webserver;
  requires io.modelcontextprotocol.sdk.mcp.core;
  requires io.modelcontextprotocol.sdk.mcp.json.jackson2;
  requires io.prometheus.metrics.config;
  requires io.prometheus.metrics.core;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires java.logging;
  requires java.net.http;
  requires org.apache.arrow.memory.core;
  requires org.apache.arrow.memory.unsafe;
  requires org.apache.arrow.vector;
  requires static org.jspecify;
  requires org.snakeyaml.engine;
  requires reactor.core;

  exports dev.gatun.server.classify;
  exports dev.gatun.server.inference;

  opens dev.gatun.server.cli to
      info.picocli;
}
