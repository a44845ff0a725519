package dev.gatun.router.pii;

import com.google.re2j.Pattern;

/** Words that say what the number behind them is. */
final class Labels {
  /** Numbers of things, which are nobody's secret. */
  static final Pattern OF_OTHER_NUMBERS =
      Pattern.compile(
          "(?i)(?:^|[^\\p{L}])"
              + "(?:order|ref|reference|invoice|tracking|isbn|issn|ticket|case|part|model|serial"
              + "|commit|sku|bestellung|bestellnummer|rechnung|commande|facture|pedido|factura"
              + "|ordine|fattura|encomenda|fatura|bestelling|factuur|zamówieni[ea]|faktur[ay])"
              + "[^\\p{L}\\d]*(?:no|number|nr|code|numéro|número|numero|nummer)?[^\\p{L}\\d]*$");

  private Labels() {}
}
