package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.SignalRule;
import java.util.ArrayList;
import java.util.List;

/** Reads the rules of the families under {@code routing.signals} that run. */
final class SignalDecoder {
  private final Compatibility compatibility;
  private final DetectorSettings detectors;
  private final Attachments attachments;

  SignalDecoder(Compatibility compatibility, DetectorSettings detectors, Attachments attachments) {
    this.compatibility = compatibility;
    this.detectors = detectors;
    this.attachments = attachments;
  }

  /** The rules of every family, those of one family in the order of the file. */
  List<SignalRule> rules(Section signals) {
    List<SignalRule> rules = new ArrayList<>();
    rules.addAll(DomainDecoder.domains(signals));
    rules.addAll(new KeywordDecoder(compatibility).keywords(signals));
    rules.addAll(StructureDecoder.structures(signals));
    rules.addAll(OutcomeDecoder.rules(signals));
    rules.addAll(new SafetyDecoder(compatibility, detectors).rules(signals));
    rules.addAll(new EmbeddingDecoder(compatibility).rules(signals));
    rules.addAll(new ReaskDecoder(compatibility).rules(signals));
    rules.addAll(new ComplexityDecoder(compatibility, attachments).rules(signals));
    rules.addAll(new PreferenceDecoder(compatibility).rules(signals));
    rules.addAll(new KbDecoder(compatibility).rules(signals));
    rules.addAll(new ContextDecoder(compatibility).sizes(signals));
    rules.addAll(new ConversationDecoder(compatibility).shapes(signals));
    rules.addAll(EventDecoder.events(signals, compatibility));
    rules.addAll(RoleDecoder.bindings(signals, compatibility));
    return rules;
  }
}
