/** The process: the only module with sockets, disk, threads and both other modules. */
@org.jspecify.annotations.NullMarked
module dev.gatun.server {
  requires com.fasterxml.jackson.databind;
  requires com.google.protobuf;
  requires static org.jspecify;
  requires org.snakeyaml.engine;
}
