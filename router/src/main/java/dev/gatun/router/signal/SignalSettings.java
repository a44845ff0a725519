package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;

/** What whole families are told besides their rules. */
public record SignalSettings(
    DomainSettings domain,
    DetectorSettings detectors,
    ComparisonSettings comparison,
    Compatibility compatibility) {}
