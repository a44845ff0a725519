package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;

/**
 * What whole families are told besides their rules.
 *
 * @param authzFailOpen whether requests of somebody unknown pass, without a role
 * @param lazy whether families that ask models are asked in the order of their cost, and only while
 *     somebody is interested in them
 */
public record SignalSettings(
    DomainSettings domain,
    DetectorSettings detectors,
    ComparisonSettings comparison,
    CompressionSettings compression,
    boolean authzFailOpen,
    FailurePolicy.Policies failures,
    boolean lazy,
    Compatibility compatibility) {

  /** The same for families that nobody needs, which refuse no request. */
  SignalSettings refusingNobody() {
    return new SignalSettings(
        domain, detectors, comparison, compression, true, failures, lazy, compatibility);
  }

  /** The same with every family asked at once. */
  SignalSettings eager() {
    return new SignalSettings(
        domain, detectors, comparison, compression, authzFailOpen, failures, false, compatibility);
  }

  public static SignalSettings byDefault() {
    return new SignalSettings(
        DomainSettings.byDefault(),
        DetectorSettings.byDefault(),
        ComparisonSettings.byDefault(),
        CompressionSettings.off(),
        false,
        FailurePolicy.Policies.byDefault(),
        false,
        Compatibility.GATUN);
  }
}
