/** The process: the only module with sockets, disk, threads and both other modules. */
@org.jspecify.annotations.NullMarked
module dev.gatun.server {
  requires static org.jspecify;
}
