package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import dev.gatun.inference.tokenize.TokenizerException;
import dev.gatun.router.port.Answer;
import java.util.concurrent.RejectedExecutionException;

/**
 * A text on its way through tokenizer and encoder.
 *
 * @param <T> what is read out of it
 */
@FunctionalInterface
interface Reading<T> {
  /** Reads; the calling thread waits. */
  T read() throws InterruptedException;

  /**
   * What an answer is.
   *
   * @throws InferenceException.Unavailable when there is none
   */
  static <T> T known(Answer<T> answer) {
    return answer.fold(
        known -> known,
        reason -> {
          throw new InferenceException.Unavailable(reason);
        });
  }

  /** What was read, or why it could not be. An interrupt withdraws the request. */
  static <T> Answer<T> answer(Reading<T> reading) {
    try {
      return Answer.of(reading.read());
    } catch (TokenizerException.TooLong e) {
      return Answer.failed("the text is too long to be read");
    } catch (TokenizerException e) {
      return Answer.failed("the text cannot be tokenized");
    } catch (RejectedExecutionException e) {
      return Answer.overloaded("too many long texts are waiting to be read");
    } catch (InferenceException.Overloaded e) {
      return Answer.overloaded(String.valueOf(e.getMessage()));
    } catch (InferenceException.TooLarge e) {
      return Answer.tooLarge(String.valueOf(e.getMessage()));
    } catch (InferenceException e) {
      return Answer.failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.failed("the request was cancelled");
    }
  }
}
