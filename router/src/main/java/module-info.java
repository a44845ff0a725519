/**
 * The pure core of the product: from a request to a model. No I/O, no threads, no clock but an
 * injected one, no native code, no web framework.
 */
@org.jspecify.annotations.NullMarked
module dev.gatun.router {
  requires static org.jspecify;
}
