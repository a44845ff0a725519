/**
 * The pure core of the product: from a request to a model. No I/O, no threads, no clock but an
 * injected one, no native code, no web framework.
 */
@org.jspecify.annotations.NullMarked
module dev.gatun.router {
  requires static org.jspecify;
  requires com.anyascii;
  requires net.gcardone.junidecode;
  requires re2j;
  requires org.apache.lucene.analysis.common;

  exports dev.gatun.router.algorithm;
  exports dev.gatun.router.config;
  exports dev.gatun.router.decision;
  exports dev.gatun.router.grounding;
  exports dev.gatun.router.migration;
  exports dev.gatun.router.model;
  exports dev.gatun.router.pii;
  exports dev.gatun.router.pipeline;
  exports dev.gatun.router.port;
  exports dev.gatun.router.projection;
  exports dev.gatun.router.rule;
  exports dev.gatun.router.signal;
  exports dev.gatun.router.text;
}
