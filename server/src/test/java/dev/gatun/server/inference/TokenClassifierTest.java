package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.router.pii.TokenLabels;
import dev.gatun.router.pii.TokenShapes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenClassifierTest {
  private static final String MODEL = "gatun-pii";
  private static final ModelStore STORE =
      new ModelStore(Path.of(System.getProperty("gatun.models")));

  /** Shapes of words are the token types; windows and probabilities are taken together again. */
  @Test
  void aTextOfOneWindowHasTheLabelsOfItsLogits() throws Exception {
    String text = "Write to Marta Kowalczyk, 12 Rue des Lilas, Lyon, marta@example.org.";
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        Trunk trunk = Trunk.open(inference, STORE, LoadOptions.defaults());
        TokenClassifier classifier = TokenClassifier.open(trunk, STORE.card(MODEL));
        FolderModel model =
            FolderModel.open(inference, STORE, STORE.path(MODEL), LoadOptions.defaults())) {
      TokenLabels found = classifier.classify(text);
      Matrix logits = logits(model, text);
      assertEquals(model.labels().names(), found.names());
      for (int token = 1; token < logits.rows() - 1; token++) {
        double[] p = Softmax.of(logits, token, 1);
        assertEquals(p[found.best()[token]], found.scores()[token], 1e-5, "token " + token);
      }
    }
  }

  private static Matrix logits(FolderModel model, String text) throws Exception {
    Tokens tokens = model.base().tokenizer().encode(text);
    int[] shapes = TokenShapes.of(text, tokens.startsUtf16(), tokens.endsUtf16());
    TokenBatch batch = TokenBatch.of(List.of(tokens.ids()), List.of(shapes));
    Output output = model.output(Output.logits());
    return model.base().encoder().encode(batch, List.of(output)).get().single();
  }
}
