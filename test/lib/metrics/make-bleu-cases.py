"""Writes bleu-cases.jsonl: what sacreBLEU prints for generated corpora, for the tests of BLEU and chrF.

    pip install sacrebleu==2.6.0
    python test/lib/metrics/make-bleu-cases.py > test/lib/metrics/bleu-cases.jsonl
"""

import json
import random

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF

WORDS = """the a cat dog sits on mat Two men are playing football in front of an old house Ein kleines Mädchen läuft
über die Straße l'été naïve don't well-known 10-year e-mail x-ray U.S. Mr. İstanbul ΟΔΟΣ straße STRASSE Ünïcödé 猫 犬が好き
привет мир 😀 👩‍👩‍👧 e\u0301 caf\u00e9 \u00a0 \u200b""".split(" ")
NUMBERS = ["3.14", "1,000", "10-12", "-5", "50%", "$7.50", ".5", "5.", "1.2.3", "2026-11-22", "٣", "½", "3,", ",3", "a.1", "1.a"]
SIGNS = [".", ",", "!", "?", ";", ":", "-", "--", "...", "(", ")", '"', "'", "''", "„", "“", "«", "»", "…", "–", "—", "。", "、",
         "@", "#", "&", "*", "+", "/", "<", ">", "=", "[", "]", "\\", "^", "_", "`", "{", "|", "}", "~", "¿", "€"]
PIECES = ["&amp;", "&quot;", "&lt;", "&gt;", "&amp;lt;", "<skipped>", "(hi)", '"hi"', "hi,", "...hi", "'tis", "rock'n'roll", "A/B", "a_b", "x=1"]
# Python and JavaScript do not agree on what white space is.
SPACES = ["  ", "\t", "\u00a0", "\u2003", "\u3000", "\x1f", "\x85", "\ufeff", "\u2028", "\n", " -\n"]


def sentence(rng, longest=14):
    parts = []
    for _ in range(rng.randint(1, longest)):
        kind = rng.random()
        part = rng.choice(WORDS if kind < 0.7 else NUMBERS if kind < 0.8 else SIGNS if kind < 0.93 else PIECES)
        glue = rng.random()
        parts.append(part + ("" if glue < 0.12 else rng.choice(SPACES) if glue < 0.15 else " "))
    text = "".join(parts)
    return text if rng.random() < 0.1 else text.strip(" ")


def disturbed(rng, text):
    words = text.split(" ")
    strength = rng.choice([0, 0.1, 0.3, 0.6])
    out = []
    for word in words:
        chance = rng.random()
        if chance < strength * 0.3:
            continue
        if chance < strength * 0.6:
            word = rng.choice(WORDS + NUMBERS + SIGNS)
        elif chance < strength * 0.8:
            out.append(word)
        elif chance < strength:
            word = word.swapcase()
        out.append(word)
    if rng.random() < strength * 0.4:
        rng.shuffle(out)
    return " ".join(out)


def corpus(rng, number):
    size = rng.choice([1, 1, 2, 3, 6])
    counts = [rng.choice([1, 2, 3])] * size
    if number % 9 == 0:
        counts = [rng.randint(1, 3) for _ in range(size)]
    references, hypotheses = [], []
    for count in counts:
        truth = sentence(rng, rng.choice([2, 4, 14, 30]))
        references.append([truth] + [disturbed(rng, truth) for _ in range(count - 1)])
        chance = rng.random()
        hypotheses.append("" if chance < 0.08 else sentence(rng, 8) if chance < 0.16 else disturbed(rng, truth))
    if number % 23 == 0:
        references[0][0] = ""
    if number % 29 == 0:
        hypotheses = ["" for _ in hypotheses]
    return hypotheses, references


def streams(references):
    """sacreBLEU wants a list for each position of a reference, None where a sentence has fewer."""
    most = max(len(refs) for refs in references)
    return [[refs[i] if i < len(refs) else None for refs in references] for i in range(most)]


def written(metric, hypotheses, references):
    score = metric.corpus_score(hypotheses, streams(references))
    return score.format(signature=str(metric.get_signature()))


def main():
    rng = random.Random(20261122)
    print(json.dumps({"sacrebleu": sacrebleu.__version__}))
    for number in range(320):
        hypotheses, references = corpus(rng, number)
        smoothing, value = rng.choice([("exp", None)] * 3 + [("floor", None), ("floor", 0.02), ("add-k", None), ("add-k", 0.5), ("none", None)])
        bleu = {
            "tokeniser": rng.choice(["13a", "13a", "13a", "none"]),
            "lowercase": rng.random() < 0.3,
            "smoothing": smoothing,
            "smoothingValue": value,
            "order": rng.choice([4, 4, 4, 4, 2, 6]),
            "effectiveOrder": rng.random() < (0.6 if len(hypotheses) == 1 else 0.1),
        }
        chrf = {"wordOrder": rng.choice([0, 0, 2]), "beta": rng.choice([2, 2, 2, 1, 3]), "lowercase": rng.random() < 0.3}
        metric = BLEU(
            lowercase=bleu["lowercase"], tokenize=bleu["tokeniser"], smooth_method=smoothing, smooth_value=value,
            max_ngram_order=bleu["order"], effective_order=bleu["effectiveOrder"],
        )
        characters = CHRF(word_order=chrf["wordOrder"], beta=chrf["beta"], lowercase=chrf["lowercase"])
        print(json.dumps({
            "hypotheses": hypotheses,
            "references": references,
            "bleu": {name: option for name, option in bleu.items() if option is not None},
            "bleuPrinted": written(metric, hypotheses, references),
            "chrf": chrf,
            "chrfPrinted": written(characters, hypotheses, references),
        }, ensure_ascii=True))


if __name__ == "__main__":
    main()
