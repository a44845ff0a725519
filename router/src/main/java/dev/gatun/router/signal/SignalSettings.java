package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;

/**
 * What whole families are told besides their rules.
 *
 * @param authzFailOpen whether requests of somebody unknown pass, without a role
 */
public record SignalSettings(
    DomainSettings domain,
    DetectorSettings detectors,
    ComparisonSettings comparison,
    CompressionSettings compression,
    boolean authzFailOpen,
    FailurePolicy.Policies failures,
    Compatibility compatibility) {

  public static SignalSettings byDefault() {
    return new SignalSettings(
        DomainSettings.byDefault(),
        DetectorSettings.byDefault(),
        ComparisonSettings.byDefault(),
        CompressionSettings.off(),
        false,
        FailurePolicy.Policies.byDefault(),
        Compatibility.GATUN);
  }
}
