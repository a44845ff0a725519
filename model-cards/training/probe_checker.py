"""What the checker of answers says of a few exchanges: scores of answers, chances of their words.

probe.py writes it beside what its adapter alone computes. The exchanges are own ones: supported,
with a number or a name changed, invented; a context of several windows; an answer of two segments.
Some chances lie between 0 and 1, where a small change of a model shows most.
"""

import json

import numpy as np

import probe_heads
import trunk

FOLDER = probe_heads.CARDS / "hallucination"

FERRY = (
    "The ferry Aurora was built in Turku in 1987 and carries 420 passengers. Captain Ilse Brandt "
    "took her over in May 2003. She crosses to the island twice a day, at 7:15 and at 18:40, and "
    "stays in the harbour when the wind is stronger than nine on the scale of Beaufort."
)
LEASE = (
    "The tenant pays 1,150 euros a month, in advance, on the third working day. The deposit is "
    "three months' rent and is returned within six weeks after the keys, less what repairs cost. "
    "Pets need the landlord's consent, which was given for one cat on 4 June 2019."
)
GARDENS = (
    "The botanical garden of Altenmoor was laid out by Friedrich Halm, a chemist, who had come "
    "home from Java with two hundred boxes of seeds. He bought the meadow behind the mill, drained "
    "it with clay pipes and planted oaks along the northern edge to keep the wind away. The first "
    "glass house was heated with peat. It burned down in the winter of 1871, and of the palms in "
    "it a single one was saved, which the gardeners had carried out on a door.",
    "His daughter Clara drew every plant that flowered. Her eleven volumes lie in the library of "
    "the town, and two of them were shown in Vienna in 1898, where a jury gave her a silver medal. "
    "She corresponded with collectors in Lisbon, Kew and Buenos Aires, and exchanged bulbs with "
    "them by post. Most of her letters are lost; those that are left were found in a hat box when "
    "the gardener's cottage was sold.",
    "After the war the town took the garden over. Potatoes grew between the roses for three years, "
    "and the iron fence went to the smelter. In 1952 a school class planted the avenue of lindens "
    "that leads to the pond. The pond itself is older than the garden: monks kept carp in it, and "
    "its sluice still bears the mark of the abbey, a heron with a key.",
    "Today 64 people work there, among them nine apprentices. The new palm house by the architect "
    "Mirjam Osei was opened in September 2014; it cost 7.3 million euros, a third of which came "
    "from a lottery. It stores the heat of summer in gravel under the floor and needs no boiler "
    "before December. Visitors pay four euros, children nothing, and on Mondays it is closed.",
    "The seed bank in the old stable keeps samples of 3,800 species at twenty degrees below zero. "
    "Every ten years a part of each sample is sown to see whether it still comes up. What the "
    "garden learned about the germination of bog plants is used wherever drained moors are made "
    "wet again, from Estonia to Patagonia.",
)
EXCHANGES = [
    (FERRY, "", "The Aurora was built in Turku in 1987 and carries 420 passengers."),
    (FERRY, "When does the ferry cross?", "She crosses at 7:15 and at 19:40, twice a day."),
    (FERRY, "", "Captain Marta Vogel took the ferry over in May 2003. She was built in Turku."),
    (
        LEASE,
        "What about the deposit, and may I keep a dog?",
        "The deposit is two months' rent. It comes back within six weeks after the keys. A dog "
        "needs consent too; it was given for one cat.",
    ),
    (LEASE, "", "Tenants adore the sunny balcony above Lake Geneva."),
    (
        "\n\n".join(GARDENS),
        "Who made the garden, and what is there today?",
        "Friedrich Halm, a chemist, laid it out with seeds from Java. His daughter Clara drew its "
        "plants in eleven volumes and was given a gold medal in Vienna. The palm house by Mirjam "
        "Osei was opened in September 2014 and cost 9.3 million euros. The seed bank keeps 3,800 "
        "species at twenty degrees below zero.",
    ),
    (
        FERRY,
        "",
        " ".join(
            [FERRY, FERRY.replace("Turku", "Rostock"), FERRY.replace("420", "640"), "Fares rise."]
        ),
    ),
]


def stored(train, weights):
    """(the models as they were written with what joins them, the frequent words)."""
    written = json.loads((FOLDER / "checker.json").read_text(encoding="utf-8"))
    joint = [written["joint"][name] for name in ("pair", "words", "missing", "constant")]
    of_words = train.network.load(FOLDER)
    of_pairs = train.adapter.merged_tokens(weights, FOLDER, train.pairs.SETTINGS)
    frequent = {word: i + 1 for i, word in enumerate(written["frequent_words"])}
    return train.Both(of_words, of_pairs, np.array(joint)), frequent


def exchanges(jar, weights):
    """Of every exchange its texts, and the score of the answer before the chances of its words."""
    train = probe_heads.script("hallucination")
    both, frequent = stored(train, weights)
    tokenizer = trunk.load_tokenizer(jar, train.PLENTY)
    found = []
    for context, question, answer in EXCHANGES:
        texts = {"context": context, "question": question, "answer": answer}
        item = train.Item(texts | {"spans": []}, frequent, tokenizer)
        [(chances, score)] = both.results([item])
        found.append((texts, [score, *chances]))
    return found
