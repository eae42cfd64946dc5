"""Writes byte-pair-case.json: what the authors' program learns and writes, for the tests of the byte-pair tokeniser.

    pip install subword-nmt==0.3.8
    python test/lib/text/make-byte-pair-case.py > test/lib/text/byte-pair-case.json
"""

import io
import json
import random

from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe

STEMS = "ab bank baum berg blume dach ebene fahrt feld fluss garten haus höhe kind lauf licht land meer nacht rad schiff see stadt stein straße tag tal turm wald weg zug Öl äußer".split()
ENDS = ["", "", "", "e", "en", "er", "es", "ung", "lich", "keit", "s", "chen", "los"]


def main():
    rng = random.Random(7)
    words = ["".join(rng.choice(STEMS) for _ in range(rng.choice([1, 1, 2, 3]))) + rng.choice(ENDS) for _ in range(60)]
    text = [" ".join(rng.choices(words, weights=[1 / (i + 1) for i in range(len(words))], k=8)) for _ in range(40)]
    unseen = ["".join(rng.choice(STEMS) for _ in range(3)) + rng.choice(ENDS) for _ in range(20)]
    codes = io.StringIO()
    learn_bpe(io.StringIO("\n".join(text) + "\n"), codes, 150, min_frequency=2)
    codes.seek(0)
    bpe = BPE(codes)
    merges = [line.split(" ") for line in codes.getvalue().splitlines()[1:]]
    print(json.dumps({
        "program": "subword-nmt 0.3.8",
        "text": text,
        "merges": merges,
        "segmented": [[word, bpe.segment(word).split(" ")] for word in [*words[:20], *unseen]],
    }, ensure_ascii=False))


if __name__ == "__main__":
    main()
