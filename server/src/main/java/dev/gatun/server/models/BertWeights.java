package dev.gatun.server.models;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tensors of a BERT encoder under the names of a Hugging Face {@code BertModel}, taken from an
 * ONNX export of one.
 *
 * <p>Exporters keep the names of biases, norms and embeddings, but fold the weight of each linear
 * layer, transposed to [in, out], into an initialiser with a made-up name. It is found as the
 * second input of the MatMul node that carries the path of the layer, {@code
 * /encoder/layer.0/attention/self/query/MatMul}.
 */
final class BertWeights {
  private static final String POOLER = "pooler.dense.";

  private BertWeights() {}

  /**
   * @param origin name of the ONNX file, for messages
   * @throws ModelBuildException when a tensor is missing or has another shape than {@code shape}
   *     asks; all such tensors are named. Only the pooler may be missing: an export of embeddings
   *     alone has none
   */
  static SortedMap<String, Tensor> of(OnnxGraph graph, BertShape shape, String origin) {
    var tensors = new TreeMap<String, Tensor>();
    var problems = new ArrayList<String>();
    shape
        .tensors()
        .forEach((name, wanted) -> {
          Tensor direct = graph.initializers().get(name);
          if (direct != null) {
            accept(name, direct, wanted, tensors, problems);
            return;
          }
          String node = node(name);
          Tensor stored = graph.initializers().get(graph.factors().getOrDefault(node, ""));
          if (stored == null && name.startsWith(POOLER) && hasNoPooler(graph)) {
            return;
          }
          if (stored == null || stored.shape().size() != 2) {
            problems.add(name + " missing (no MatMul node " + node + ")");
            return;
          }
          accept(name, stored.transposed(), wanted, tensors, problems);
        });
    if (!problems.isEmpty()) {
      throw new ModelBuildException(
          origin,
          "is not the encoder its card describes: " + String.join("; ", problems),
          "use the artifact and version that the model card names, or correct its config");
    }
    return tensors;
  }

  private static boolean hasNoPooler(OnnxGraph graph) {
    return !graph.initializers().containsKey(POOLER + "bias");
  }

  private static String node(String tensor) {
    String layer = tensor.replaceFirst("\\.(weight|bias)$", "");
    return "/" + layer.replace(".", "/").replace("/layer/", "/layer.") + "/MatMul";
  }

  private static void accept(
      String name,
      Tensor tensor,
      List<Integer> wanted,
      SortedMap<String, Tensor> tensors,
      List<String> problems) {
    if (tensor.shape().equals(wanted)) {
      tensors.put(name, tensor);
    } else {
      problems.add(name + " is " + tensor.shape() + ", expected " + wanted);
    }
  }
}
