package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * English words that exclude each other: opposites, and members of one closed list. Two questions
 * that stand apart in such a word have different answers however alike they look.
 */
final class Contrasts {
  /** One group in a line; the two sides of a bar exclude each other, as do words without bars. */
  private static final String GROUPS =
      """
      best | worst
      better | worse
      good great | bad terrible
      start begin launch open | stop end finish quit close
      before | after
      with | without
      increase raise grow gain rise | decrease reduce shrink lose loss fall drop lower
      more | less fewer
      most | least fewest
      maximum max highest largest biggest longest | minimum min lowest smallest shortest
      high higher | low lower
      big bigger large larger | small smaller little tiny
      long longer | short shorter
      fast faster quick | slow slower
      hot hotter warm | cold colder cool
      old older oldest | new newer newest young younger youngest
      early earlier earliest | late later latest
      first | second | third | fourth | fifth | last
      previous last | next
      past | future | present
      yesterday | today | tomorrow
      morning | afternoon | evening | night
      day daily | night | week weekly | month monthly | year yearly annual | hour hourly
      always | never
      all every | none
      everyone everybody | nobody
      everything | nothing
      buy purchase | sell | rent
      borrow | lend
      send | receive
      give | take
      import | export
      upload | download
      install | uninstall
      enable activate allow permit | disable deactivate forbid prevent block ban
      accept approve | reject refuse decline deny
      add insert append | remove delete subtract
      create make build | destroy delete
      include | exclude
      connect attach | disconnect detach
      encrypt encode compress | decrypt decode decompress
      lock | unlock
      login | logout
      subscribe follow | unsubscribe unfollow
      push | pull
      win | lose
      succeed success pass | fail failure
      love like | hate dislike
      remember | forget
      arrive arrival | depart departure leave
      enter entry | exit
      appear | disappear
      agree | disagree
      cause | cure prevent
      help | harm hurt
      safe | dangerous unsafe
      legal | illegal
      possible | impossible
      moral | immoral
      correct right true | incorrect wrong false
      left | right
      up upward | down downward
      above over | below under
      inside indoor internal | outside outdoor external
      front | back rear
      top | bottom
      north northern | south southern | east eastern | west western
      public | private
      free | paid
      cheap cheaper cheapest | expensive
      rich wealthy | poor
      easy easier easiest simple | hard harder hardest difficult complex
      strong stronger | weak weaker
      heavy heavier | light lighter
      thick | thin
      wide | narrow
      deep | shallow
      full | empty
      clean | dirty
      wet | dry
      hard | soft
      happy | sad unhappy
      healthy | unhealthy sick
      alive | dead
      advantage benefit pro | disadvantage drawback con
      positive | negative
      plus | minus
      odd | even
      single unmarried | married | divorced
      single | double | triple
      male man men boy he husband father son brother king | female woman women girl she wife \
      mother daughter sister queen
      parent parents | child children kid kids
      teacher | student
      doctor | patient | nurse
      employer | employee
      buyer customer | seller
      husband | wife | boyfriend | girlfriend
      uncle | aunt
      cat | dog | horse | cow | pig | rabbit | hamster
      breakfast | lunch | dinner
      spring | summer | autumn fall | winter
      monday | tuesday | wednesday | thursday | friday | saturday | sunday
      january | february | march | april | june | july | august | september | october | november \
      | december
      red | green | blue | yellow | black | white | orange | purple | brown | pink | grey gray
      gold | silver | copper | bronze | iron | steel | aluminium aluminum
      celsius | fahrenheit | kelvin
      metre meter | kilometre kilometer km | centimetre centimeter cm | millimetre millimeter mm \
      | mile | foot feet | inch | yard
      kilogram kg | gram | milligram mg | microgram mcg | pound lb | ounce oz | tonne ton
      litre liter | millilitre milliliter ml | gallon | pint
      second | minute | hour | day | week | month | year | decade | century
      dollar usd | euro eur | pound gbp | yen jpy | rupee inr | yuan cny
      byte | kilobyte kb | megabyte mb | gigabyte gb | terabyte tb
      python | java | javascript | typescript | ruby | php | perl | rust | golang | kotlin | swift \
      | scala | haskell | c++ | c# | matlab
      windows | linux | macos mac | ubuntu | debian | fedora
      android | ios iphone
      chrome | firefox | safari | edge
      mysql | postgresql postgres | sqlite | oracle | mongodb | redis
      aws | azure | gcp
      react | angular | vue | svelte
      tcp | udp
      http | https | ftp | ssh
      client | server
      frontend | backend
      english | french | german | spanish | italian | portuguese | dutch | russian | chinese \
      | japanese | korean | arabic | hindi | turkish | polish | latin | greek
      america american usa | britain british uk | canada canadian | australia australian | france \
      | germany | spain spanish | italy italian | india indian | china | japan | russia \
      | brazil brazilian | mexico mexican | pakistan pakistani | iran iranian | israel israeli \
      | ukraine ukrainian | turkey | egypt egyptian | nigeria nigerian | kenya kenyan
      london | paris | berlin | madrid | rome | tokyo | delhi | mumbai | bangalore | chennai | \
       boston \
      | chicago | seattle | toronto | sydney | beijing | moscow | dubai | singapore
      mercury | venus | earth | mars | jupiter | saturn | uranus | neptune | pluto
      christian christianity | muslim islam | hindu hinduism | buddhist buddhism | jewish judaism
      democrat democratic | republican
      facebook | instagram | whatsapp | twitter | snapchat | linkedin | youtube | tiktok | reddit
      gmail | outlook | yahoo
      bachelor | master | phd doctorate
      physics | chemistry | biology | mathematics math | economics | psychology
      virus | bacteria
      vitamin | mineral
      asset | liability
      debit | credit
      profit | loss
      income revenue | expense cost
      supply | demand
      inflation | deflation
      bull bullish | bear bearish
      acid | base alkali
      plural | singular
      vowel | consonant
      synonym | antonym
      noun | verb | adjective | adverb
      ascending | descending
      horizontal | vertical
      clockwise | counterclockwise anticlockwise
      input | output
      read | write
      hardware | software
      analog analogue | digital
      wired | wireless
      online | offline
      local | remote global
      temporary | permanent
      minor | major
      junior | senior
      introvert | extrovert
      optional | required mandatory
      """;

  /** Stem to the places of its word: group and side. */
  private static final Map<String, List<Place>> PLACES = places();

  private record Place(int group, int side) {}

  private Contrasts() {}

  /** The stem under which a word in lower case is compared. */
  static String stem(String word) {
    EnglishStemmer stemmer = new EnglishStemmer();
    stemmer.setCurrent(word);
    stemmer.stem();
    return stemmer.getCurrent();
  }

  /**
   * Whether two texts stand on different sides of a contrast.
   *
   * @param left stems that only the one text has
   * @param right stems that only the other text has
   */
  static boolean between(Set<String> left, Set<String> right) {
    Set<Place> sides = new HashSet<>();
    left.forEach(stem -> sides.addAll(PLACES.getOrDefault(stem, List.of())));
    return right.stream()
        .flatMap(stem -> PLACES.getOrDefault(stem, List.of()).stream())
        .anyMatch(place ->
            !sides.contains(place)
                && sides.stream().anyMatch(other -> other.group() == place.group()));
  }

  private static Map<String, List<Place>> places() {
    Map<String, List<Place>> places = new HashMap<>();
    int group = 0;
    for (String line : GROUPS.strip().split("\n", -1)) {
      int side = 0;
      for (String words : line.split("\\|", -1)) {
        for (String word : words.strip().split(" ", -1)) {
          places.computeIfAbsent(stem(word), _ -> new ArrayList<>()).add(new Place(group, side));
        }
        side++;
      }
      group++;
    }
    return Map.copyOf(places);
  }
}
