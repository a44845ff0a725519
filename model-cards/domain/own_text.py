"""Own prompts for the label `other`: creative writing and role play.

Two thirds of the training data are exam questions, where a story about a chemist is chemistry. What
people ask of a router is often to write that story, which no subject expert has to answer.
"""

import random


def lines(text):
    """The prompts of a block: one per line or bar."""
    return [part for line in text.split("\n") for part in line.split("|")]


SUBJECTS = lines("""a lighthouse keeper|two brothers on a road trip|a retired chemist
an old clock tower|a dragon who is afraid of heights|my cat|a detective in a small town
the last train home|a wizard school for adults|a robot learning to cook|the first snow
a village by the sea|a soldier coming home from a war|an alien ambassador|a nurse on a night shift
a haunted library|a king who lost his voice|growing up in the nineties|a football final
a lost letter|a mathematician in love|a ghost who cannot leave a hotel
time travellers in ancient Egypt|a vampire running a bakery|the sea at night|friendship
a courtroom full of animals|a space station out of fuel|a girl who talks to birds|a rainy Monday
pirates and a broken compass|an office printer that became alive|a doctor on Mars|two rival chefs
the economy of a dwarf city|a superhero who controls gravity|a philosopher fox|a long marriage
an engineer who builds dreams|leaving home|the smell of coffee|a famous rapper
a princess and a mechanic|a cartoon crossover|the night before an exam
a biology teacher with a secret|a city under the ocean""")

CREATIVE = lines("""Write a short story about {}.|Write a poem about {}|write me a funny poem on {}
Compose a song with two verses and a chorus about {}.|Continue this story: it was about {}.
Write the first chapter of a novel about {}. The tone is dark and the chapter ends with a twist.
Give me ten title ideas for a book about {}|Write a haiku about {}.
Write a scene for a comedy series about {}. Include stage directions and dialogue.
Describe {} in the style of a fairy tale.|Write a dialogue between {} and a stranger.
Write a monologue for {}.|i need a fanfic about {}, make it long and emotional
Rewrite the ending of the film so that it is about {}.|Tell me a bedtime story about {}
Create a character sheet and background for {} in a fantasy campaign.
Pretend to be {} and answer in character from now on.|Let's role-play: you are {}.
You are the narrator of a text adventure about {}. Describe the room and wait for my move.
Write a limerick about {}|Write lyrics for a rap battle about {}.
Write an anime opening sequence about {}. Add an English dub script.
Make up an alternate history in which {} changed the world, as a list of dated events.
Write a trailer voice-over for a movie about {}.|Write a satirical news article about {}.
Invent a myth that explains {}.|Write a diary entry by {}.|Come up with a slogan about {}
Write a letter from {} to a friend.|Parody a famous speech so that it is about {}.
Write a screenplay in which {} meets a celebrity|Give me a prompt for an image of {}.
Write a five paragraph description of {} with vivid imagery.|Plot outline, three acts, about {}
Write a product description as if it were about {}.|Write a podcast intro about {}
Write a one-shot D&D adventure around {}.|Suggest names for a game about {}""")


def extra_rows(seed, count):
    """`count` rows of the shape of the data files, label other; the same for the same seed."""
    picker = random.Random(seed)
    every = [(frame, subject) for frame in CREATIVE for subject in SUBJECTS]
    return [
        {
            "text": frame.format(subject),
            "label": "other",
            "source": "own text",
            "group": "own-creative",
        }
        for frame, subject in picker.sample(every, count)
    ]


def question_rows(folder):
    """The questions of questions.txt: one line for each label, then its questions."""
    rows = []
    for line in (folder / "questions.txt").read_text(encoding="utf-8").splitlines():
        label, *questions = line.split("|")
        rows += [
            {"text": text, "label": label, "source": "own text", "group": "own-questions"}
            for text in questions
        ]
    return rows
