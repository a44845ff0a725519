package dev.gatun.router.pii;

import java.util.List;

/** Kinds of personal data that the classifier and the exact recognisers tell apart. */
public final class PersonalTypes {
  /** As rules name them, in any case. */
  public static final List<String> ALL =
      List.of(
          "AGE",
          "CREDIT_CARD",
          "DATE_TIME",
          "DOMAIN_NAME",
          "EMAIL_ADDRESS",
          "GPE",
          "IBAN_CODE",
          "IP_ADDRESS",
          "NRP",
          "ORGANIZATION",
          "PERSON",
          "PHONE_NUMBER",
          "STREET_ADDRESS",
          "TITLE",
          "US_DRIVER_LICENSE",
          "US_SSN",
          "ZIP_CODE");

  private PersonalTypes() {}
}
