"""What the voices say. Wide on purpose: a decoder trained on a few templates guesses the template instead of listening.

40 % contact-centre templates, 7 % free sentences, 12 % plain sentences (where `sentences.json` exists, see sentences.py),
19 % random word strings, 22 % numbers, spelled letters, amounts, dates and names.
"""
import json
import os
import random
import re

import names
import phrases as g

EVERYDAY = """
able about above accept across afraid after afternoon again age ago agree air alone already also always among angry animal another anyone anything
apartment apple arm arrive ask asleep aunt away baby back bad bag ball banana bank bath beach beautiful because bed bedroom before begin behind
believe best better between bird birthday bit black blood blue boat body book boring borrow both bottle bottom boy bread break breakfast bring brother
brown build burn bus busy butter cake camera carry cat catch ceiling chain chance cheap cheese chicken child choose church clean clear clever climb
clock close clothes cloud coat coffee cold colour come cook corner cost cough count country course cousin cup cut dad dance dangerous dark date
daughter dead deal dear decide deep different difficult dinner dirty discuss dog dollar dream dress drink drive driver drop dry early earth east easy
eat egg eight either else email empty end enjoy enough evening ever everybody exactly excited excuse expensive explain eye face fall false far farm
fast father favourite feel feet few field fight fill film find finger finish fire fish fix flat floor flower fly follow food foot forget forgive fork
forward free fresh friend front fruit full fun funny game girl give glad glass go goal gold good grass grey ground group grow guess gun hair half hand
happen hard hat hate head health hear heart heavy hello high hit hold hole holiday home hope horse hospital hot hour hundred hungry hurry hurt husband
ice idea important inside interesting island job join joke juice jump just keep kill kind king kitchen knee knife knock know ladder lamp large late
laugh lazy lead leaf learn least leave leg lend less lesson let lie life lift light like listen little live long lose lot love low lucky lunch mad
make man many map market marry matter maybe meal mean meat meet member middle milk million mind mine mirror miss mistake moment money month moon more
most mother mouth move much music must nature near neck need neighbour never new next night nobody noise none north nose nothing now nurse ocean offer
often oil old once only onion open opposite orange outside oven owner page pain paint pair park part party pass past pay pen pencil people pepper
perfect piece pig pink place plane plant plastic plate play please pocket point police poor potato pound present pretty prince probably pull push put
quarter queen question quick quiet quite radio rain reach read ready really relax remember rent rest rice rich ride ring rise river roof round rule
run sad safe salad salt sand save say school sea season seat second secret see seem sell send serious seven several shake shape share sharp shelf
shine ship shirt shoe shoulder shout show shut sick side sign silver simple sing sister sit size skin skirt sky sleep small smell smile smoke snow
soap sock soft some son song soon sorry soup south speak spend spoon sport spring stairs stand star start station stay steal step still stomach stone
stop storm story strange street strong student study stupid such sugar summer sun sure surprise sweet swim take talk tall taste tax tea teach team
tell ten than their then there thick thin thing think third thirsty thousand throw ticket tie tight tired together tomorrow tongue tonight too tooth
top touch toward towel town toy travel tree trip trouble true trust try turn twice type ugly umbrella uncle under understand until upstairs useful
usually vegetable very village visit wait wake walk wall want war warm wash waste watch water way weak wear weather week weekend weight welcome well
west wet whatever wheel where which while whole wide wife wild win wind window wine winter wish woman wonder wood worry worse worst worth wrong yellow
yesterday yet young
""".split()
FUNCTION = ("the a my your his her our their this that these and but so because if when with without for from to in on at by of about "
            "after before is was are were has have had will would can could do did not it he she we they you I there what").split()
PATH = os.environ.get("SENTENCES", "sentences.json")
COLLECTED = json.load(open(PATH)) if os.path.exists(PATH) else {"words": [], "sentences": []}
GRAMMAR = sorted({w for line in g.LINES for w in re.findall(r"[a-z']{2,}", re.sub(r"\{\w+\}", "", line))}
                 | {w for group in (*names.ITEM, *names.SERVICE, *names.DOC, *names.BAD, *names.DEPARTMENT, *g.NOUN, *g.VERB) for w in group.split()}
                 | {w for group in (g.SMALL, g.TEENS, g.TENS, g.DIGITS, g.ORDINAL) for w in group})
PROPER = names.FIRST + names.LAST + names.CITY + names.MONTH + names.DAY
WORDS = list(dict.fromkeys(COLLECTED["words"] + EVERYDAY))


def sentence(line, end="."):
    """`line` with a capital and a full stop."""
    return line[0].upper() + line[1:] + end


def word_string():
    """Words in no order that makes sense: only listening helps."""
    pools = random.choices([GRAMMAR, EVERYDAY, WORDS, PROPER], [5, 3, 3, 1.5], k=random.randint(2, 9))
    words = [random.choice(FUNCTION) if i % 2 and random.random() < 0.6 else random.choice(pool) for i, pool in enumerate(pools)]
    return sentence(" ".join(words), random.choice([".", ".", ".", "?"]))


LEAD = ["", "", "", "It is ", "The number is ", "Yes, ", "That is ", "My code is ", "No, it is ", "I said ", "So ", "Okay, ", "That was ", "And then "]
KINDS = [(25, lambda: g.digits(random.randint(1, 12))), (7, g.card), (10, g.phone), (8, g.money), (5, g.number), (4, g.big), (6, lambda: f"{g.date()} at {g.clock()}"),
         (5, lambda: f"the {g.ordinal()} of {random.choice(names.MONTH)} {g.year()}"), (8, lambda: f"{g.name()} from {random.choice(names.CITY)}"), (5, g.name),
         (3, g.address), (10, g.spelled), (4, lambda: f"{g.spelled()}, {g.digits(3)}"), (4, lambda: f"{random.choice(names.LAST)}, {g.spelled()}")]


def spoken_number():
    """Digits, amounts, dates, names and codes, alone or after a few words."""
    kind = random.choices([k for _, k in KINDS], [w for w, _ in KINDS])[0]
    return sentence(random.choice(LEAD) + kind())


def grammar():
    """A contact-centre line."""
    return g.expand(random.choice(g.LINES))


def collected():
    """A sentence of the documentation, or a word string where none was collected."""
    return random.choice(COLLECTED["sentences"]) if COLLECTED["sentences"] else word_string()


MIX = [(40, grammar), (7, g.free), (12, collected), (19, word_string), (22, spoken_number)]


def utterance():
    """A random line of the mix."""
    return random.choices([f for _, f in MIX], [w for w, _ in MIX])[0]()


if __name__ == "__main__":
    print("\n".join(utterance() for _ in range(30)), f"{len(GRAMMAR)} grammar words, {len(WORDS)} others", sep="\n")
