package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.all;
import static dev.gatun.router.config.Shape.and;
import static dev.gatun.router.config.Shape.atLeast;
import static dev.gatun.router.config.Shape.count;
import static dev.gatun.router.config.Shape.entries;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.gone;
import static dev.gatun.router.config.Shape.inert;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.later;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.real;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.share;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.texts;
import static dev.gatun.router.config.Shape.unchecked;
import static dev.gatun.router.config.Shape.whole;
import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.config.Shape.Real;
import dev.gatun.router.config.Shape.Word;
import dev.gatun.router.port.ModelRole;

/** Keys under {@code global.model_catalog}. */
final class CatalogSchema {
  private static final String HALLUCINATION = "hallucination detection";
  private static final String ENGINE_DECIDES = "the engine reads it from the model";
  private static final String BACKEND_DECIDES = "global.native.backend decides where models run";
  private static final String NO_DETECTION = "only hallucination detection reads it, see enabled";
  private static final Keys PROTOTYPE_SCORING =
      keys(
          runs("enabled", flag()),
          runs("cluster_similarity_threshold", real()),
          runs("max_prototypes", whole()),
          runs("best_weight", real()),
          runs("top_m", whole()),
          runs("margin_threshold", real()));

  /** A sentence encoder of another process. */
  private static final Keys REMOTE =
      keys(
          all(text(), "base_url model api_key_env"),
          and(
              runs("dimensions", whole(1, RemoteEmbeddings.DIMENSIONS_MAX)),
              runs("timeout_ms", whole(1, 600_000)),
              runs("batch_max", whole(1, 2_048))));

  /** Kinds of embedding models that upstream knows; the embedded one is of the last. */
  private static final Word MODEL_TYPE =
      word("qwen3", "gemma", "mmbert", "multimodal", "bert")
          .anyCased()
          .runningOnly("qwen3", "gemma", "mmbert", "bert");

  /** What models of other processes are there for. */
  private static final Word ROLE =
      word(ModelRole.words().toArray(String[]::new))
          .runningOnly(
              ExternalDecoder.RUNNING.stream().map(ModelRole::word).toArray(String[]::new));

  /** Which model is meant. */
  private static final Field[] MODEL = {
    runs("model_ref", text()),
    runs("model_id", text()),
    runs("adapter", text()),
    inert("use_cpu", flag(), BACKEND_DECIDES),
    inert("use_modernbert", flag(), ENGINE_DECIDES),
    inert("use_mmbert_32k", flag(), ENGINE_DECIDES)
  };

  static final Keys DOMAIN_CLASSIFIER =
      classifier(
          runs("threshold", share()).unchecked(),
          runs("fallback_category", text()),
          inert("category_mapping_path", text(), ENGINE_DECIDES));

  static final Keys CLASSIFIER =
      keys(
          runs("domain", DOMAIN_CLASSIFIER),
          runs("mcp", mcp()),
          runs("pii", pii()),
          runs(
              "preference",
              keys(
                  runs("use_contrastive", flag()),
                  runs("embedding_model", text()),
                  runs("prototype_scoring", PROTOTYPE_SCORING))));

  /** How long texts are shortened for signals; 0 stands for the profile's value. */
  static final Keys PROMPT_COMPRESSION =
      keys(
          runs("enabled", flag()),
          runs(
              "profile",
              word("default", "coding", "medical", "security", "multi_turn", "multi-turn")
                  .anyCased()),
          runs("max_tokens", whole(0, Integer.MAX_VALUE)).unchecked(),
          runs("min_length", whole(0, Integer.MAX_VALUE)).unchecked(),
          runs("skip_signals", texts()),
          runs("textrank_weight", atLeast(0)).unchecked(),
          runs("position_weight", atLeast(0)).unchecked(),
          runs("tfidf_weight", atLeast(0)).unchecked(),
          runs("novelty_weight", atLeast(0)).unchecked(),
          runs("position_depth", share()).unchecked(),
          runs("preserve_first_n", whole(0, Integer.MAX_VALUE)).unchecked(),
          runs("preserve_last_n", whole(0, Integer.MAX_VALUE)).unchecked());

  static final Keys MODULES =
      keys(
          runs("prompt_compression", PROMPT_COMPRESSION),
          runs("prompt_guard", promptGuard()),
          runs("classifier", CLASSIFIER),
          runs("complexity", keys(runs("prototype_scoring", PROTOTYPE_SCORING))),
          runs("hallucination_mitigation", hallucination()),
          runs("feedback_detector", feedback()),
          runs("modality_detector", modalityDetector()));

  static final Keys MODEL_CATALOG =
      keys(
          runs("embeddings", embeddings()),
          runs("system", system()),
          runs("external", list(external())),
          runs("kbs", list(kb())),
          runs("modules", MODULES),
          gone(
              "classifiers", "use global.model_catalog.modules, or a signal of family classifier"));

  /** The file that holds the exemplars of a knowledge base. */
  static final Keys KB_MANIFEST =
      keys(
          runs("version", text()),
          runs("description", text()),
          runs("labels", entries(keys(runs("description", text()), runs("exemplars", texts())))));

  private CatalogSchema() {}

  private static Keys system() {
    return keys(
        all(
            text(),
            "prompt_guard domain_classifier pii_classifier fact_check_classifier"
                + " feedback_detector"),
        and(
            later("hallucination_detector", text(), HALLUCINATION),
            later("hallucination_explainer", text(), HALLUCINATION)));
  }

  private static Keys embeddings() {
    Keys config =
        keys(
            runs("backend", word("candle", "openvino", "remote").runningOnly("candle", "remote"))
                .unchecked(),
            runs("model_type", MODEL_TYPE).unchecked(),
            runs("preload_embeddings", flag()),
            runs("target_dimension", whole(0, 1 << 20)).unchecked(),
            runs("target_layer", whole(0, 1_000)).unchecked(),
            runs("enable_soft_matching", flag()),
            runs("top_k", whole()),
            runs("min_score_threshold", real()),
            runs("prototype_scoring", PROTOTYPE_SCORING),
            runs("remote", REMOTE));
    Keys semantic =
        keys(
            all(text(), "qwen3_model_path gemma_model_path mmbert_model_path bert_model_path"),
            and(
                later("multimodal_model_path", text(), "encoders of pictures"),
                inert("use_cpu", flag(), BACKEND_DECIDES),
                runs("embedding_config", config)));
    return keys(
        runs("semantic", semantic),
        gone("bert", "use global.model_catalog.embeddings.semantic.bert_model_path"));
  }

  private static Keys external() {
    Keys endpoint =
        keys(
            all(text(), "address name prompt_template"),
            unchecked(word("http", "https").anyCased(), "protocol"),
            unchecked(whole(0, 65535), "port"),
            and(inert("use_chat_template", flag(), "the model's own server applies it to chats")));
    return keys(
        all(text(), "llm_provider llm_model_name access_key"),
        unchecked(ROLE, "model_role"),
        unchecked(word("qwen3guard", "json", "simple", "auto"), "parser_type"),
        unchecked(whole(1, 3_600), "llm_timeout_seconds"),
        unchecked(whole(1, 1 << 20), "max_tokens"),
        unchecked(share(), "threshold"),
        unchecked(new Real(0, 2), "temperature"),
        and(runs("llm_endpoint", endpoint)));
  }

  private static Keys mcp() {
    return keys(
        all(flag(), "enabled"),
        unchecked(word(McpDecoder.TRANSPORTS.toArray(String[]::new)).anyCased(), "transport_type"),
        all(text(), "command url tool_name"),
        all(texts(), "args"),
        all(entries(text()), "env"),
        unchecked(share(), "threshold"),
        unchecked(whole(1, 3_600), "timeout_seconds"));
  }

  private static Keys kb() {
    Keys metric =
        keys(
            runs("name", text()),
            runs("type", word("group_margin")),
            runs("positive_group", text()),
            runs("negative_group", text()));
    return keys(
        runs("name", text()),
        runs("source", keys(runs("path", text()), runs("manifest", text()))),
        runs("threshold", share()),
        runs("label_thresholds", entries(share())),
        runs("groups", entries(texts())),
        runs("metrics", list(metric)),
        runs("prototype_scoring", PROTOTYPE_SCORING));
  }

  /** A classifier that comes with the program. */
  private static Keys classifier(Field... more) {
    return keys(MODEL, more);
  }

  private static Keys promptGuard() {
    return classifier(
            runs("enabled", flag()),
            runs("threshold", share()).unchecked(),
            inert("jailbreak_mapping_path", text(), ENGINE_DECIDES),
            runs("use_vllm", flag()))
        .strict();
  }

  private static Keys pii() {
    return classifier(
            inert("threshold", share(), "every pii rule has its own").unchecked(),
            inert("pii_mapping_path", text(), ENGINE_DECIDES))
        .strict();
  }

  private static Keys feedback() {
    return classifier(
        runs("enabled", flag()),
        runs("threshold", share()).unchecked(),
        inert("feedback_mapping_path", text(), ENGINE_DECIDES));
  }

  private static Keys hallucination() {
    Keys detector =
        keys(
            all(text(), "model_ref model_id adapter"),
            all(flag(), "use_cpu enable_nli_filtering"),
            unchecked(share(), "threshold min_span_confidence nli_entailment_threshold"),
            unchecked(count(), "min_span_length context_window_size"));
    Keys explainer =
        keys(
            all(text(), "model_ref model_id adapter"),
            all(flag(), "use_cpu"),
            unchecked(share(), "threshold"));
    return keys(
        later("enabled", flag(), HALLUCINATION),
        inert("on_hallucination_detected", text(), NO_DETECTION),
        runs("fact_check", classifier(runs("threshold", share()).unchecked())),
        inert("detector", detector, NO_DETECTION),
        inert("explainer", explainer, NO_DETECTION));
  }

  private static Keys modalityDetector() {
    return keys(
        runs("enabled", flag()),
        later("prompt_prefixes", texts(), "answers with pictures"),
        runs("method", word("classifier", "keyword", "hybrid")),
        runs("keywords", texts()),
        runs("both_keywords", texts()),
        runs("confidence_threshold", share()),
        runs("lower_threshold_ratio", share()),
        runs(
            "classifier",
            keys(runs("model_path", text()), inert("use_cpu", flag(), BACKEND_DECIDES))));
  }
}
