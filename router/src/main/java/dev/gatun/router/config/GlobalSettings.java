package dev.gatun.router.config;

import dev.gatun.router.decision.Strategy;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.ComparisonSettings;
import dev.gatun.router.signal.CompressionSettings;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.DomainSettings;
import dev.gatun.router.signal.FailurePolicy;
import dev.gatun.router.signal.Family;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Settings of the whole process, defaults filled in.
 *
 * @param remoteEmbeddings what compares texts in place of the embedded sentence encoder
 * @param externals models of other processes, one for a role at most
 * @param named encoder models that parts of the file name, also those that do not run
 * @param own models that run in place of the embedded ones, one for a family at most
 * @param domainTool what tells domains in another process
 */
public record GlobalSettings(
    RouterSettings router,
    ManagementApi managementApi,
    NativeSettings nativeSettings,
    DomainSettings domain,
    DetectorSettings detectors,
    ComparisonSettings comparison,
    CompressionSettings compression,
    AuthzSettings authz,
    Optional<RemoteEmbeddings> remoteEmbeddings,
    List<ExternalModel> externals,
    List<NamedModel> named,
    List<OwnModel> own,
    Optional<McpTool> domainTool) {

  public GlobalSettings {
    externals = List.copyOf(externals);
    named = List.copyOf(named);
    own = List.copyOf(own);
  }

  public static GlobalSettings byDefault() {
    return new GlobalSettings(
        RouterSettings.byDefault(),
        ManagementApi.byDefault(),
        NativeSettings.byDefault(),
        DomainSettings.byDefault(),
        DetectorSettings.byDefault(),
        ComparisonSettings.byDefault(),
        CompressionSettings.off(),
        AuthzSettings.byDefault(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** The language model of another process with a role. */
  public Optional<ExternalModel> external(ModelRole role) {
    return externals.stream().filter(model -> model.role() == role).findFirst();
  }

  /** The model that a family asks in place of the embedded one. */
  public Optional<OwnModel> own(Family family) {
    return own.stream().filter(model -> model.family() == family).findFirst();
  }

  /** Which of the response headers about routing a client gets. */
  public enum ResponseHeaders {
    FULL,
    MINIMAL,
    NONE
  }

  /** What becomes of a request whose signals the models have no room for. */
  public enum Overload {
    /** It is refused, and may come again. */
    SHED,
    /** The default model answers it, without a decision. */
    DEFAULT_MODEL
  }

  /**
   * How requests are routed and answered.
   *
   * @param autoModelNames requested models that ask for routing, besides {@code auto}; not empty
   * @param includeConfigModelsInList whether the model list names cards too
   * @param degradedStart whether to start although a model that a rule needs is missing
   * @param overload what becomes of a request whose signals the models have no room for
   * @param failures deadlines of signals, and what becomes of a request when they fail
   * @param lazySignals whether signals that cannot change the decision are left out
   * @param reuseBytesMax of what is remembered of the texts of earlier requests
   */
  public record RouterSettings(
      Compatibility compatibility,
      Strategy strategy,
      List<String> autoModelNames,
      boolean includeConfigModelsInList,
      boolean degradedStart,
      ResponseHeaders responseHeaders,
      Overload overload,
      FailurePolicy.Policies failures,
      boolean lazySignals,
      long reuseBytesMax) {
    /** Some ten thousand turns with a handful of classifiers and a vector each. */
    public static final long REUSE_BYTES = 64L << 20;

    public RouterSettings {
      autoModelNames = List.copyOf(autoModelNames);
    }

    /** Every name that asks for routing by the default profile. */
    public Set<String> automaticNames() {
      Set<String> names = new LinkedHashSet<>(autoModelNames);
      names.add("auto");
      return names;
    }

    public static RouterSettings byDefault() {
      return new RouterSettings(
          Compatibility.GATUN,
          Strategy.PRIORITY,
          List.of("MoM"),
          false,
          false,
          ResponseHeaders.FULL,
          Overload.SHED,
          FailurePolicy.Policies.byDefault(),
          false,
          REUSE_BYTES);
    }
  }

  /**
   * Where the management interface listens.
   *
   * @param address loopback unless the file says otherwise
   */
  public record ManagementApi(String address, int port) {
    public static ManagementApi byDefault() {
      return new ManagementApi("127.0.0.1", 8080);
    }
  }

  /**
   * How encoder models run. What is empty the runtime decides.
   *
   * @param backend {@code auto} or the name of a backend
   * @param libraryDir directory of the native library
   * @param modelsDir directory of the built model folders
   * @param lazy whether models are loaded when they are first asked, not at start
   * @param isaMax the highest instruction set to use
   * @param pinThreads whether each thread stays on one processor
   * @param precision {@code fp32}, {@code bf16} or {@code int8}
   * @param cacheDir where packed weights are kept, or {@code off}
   * @param cacheBytesMax of everything that is kept there
   */
  public record NativeSettings(
      String backend,
      Optional<String> libraryDir,
      Optional<String> modelsDir,
      boolean lazy,
      Optional<String> isaMax,
      OptionalInt lanes,
      OptionalInt threadsPerLane,
      boolean pinThreads,
      Optional<String> precision,
      Optional<String> cacheDir,
      OptionalLong cacheBytesMax,
      OptionalInt tokensPerBatchMax,
      OptionalInt queueTokensMax) {

    public static NativeSettings byDefault() {
      return new NativeSettings(
          "auto",
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalInt.empty(),
          OptionalInt.empty());
    }
  }
}
