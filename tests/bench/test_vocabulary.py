"""vocabulary: words as often as languages use them, the same every time."""

from collections import Counter
from random import Random

from microblog.bench import vocabulary
from microblog.bench.vocabulary import MOST_WORDS, any_tongue, tongues


def test_there_are_three_languages_with_many_words_each():
    assert tongues().keys() == {"en", "es", "ko"} == vocabulary.SHARES.keys()
    for tongue in tongues().values():
        assert len(tongue.words) > MOST_WORDS * 0.9
        assert len(set(tongue.words)) == len(tongue.words)


def test_common_words_are_common_and_rare_ones_are_rare():
    tongue = tongues()["en"]
    counts = Counter(tongue.some(Random(1), 200_000))
    first, hundredth = counts[tongue.words[0]], counts[tongue.words[99]]
    assert 60 < first / hundredth < 160, "Zipf: the hundredth word is a hundred times rarer than the first"
    assert 0 < sum(counts[word] for word in tongue.words[-1_000:]) < first


def test_the_same_chance_says_the_same():
    assert tongues()["ko"].text(Random(5), 200) == tongues()["ko"].text(Random(5), 200)
    assert vocabulary.Tongue("es", ["uno dos dos tres"]).words[:1] == ["dos"]


def test_a_text_is_a_sentence_that_fits():
    chance = Random(3)
    for _ in range(500):
        text = any_tongue(chance).text(chance, 60)
        assert 2 <= len(text) <= 60
        assert text[-1] in ".!?"
        assert "\t" not in text
        assert text == text.strip()


def test_languages_are_spoken_in_their_shares():
    chance = Random(4)
    spoken = Counter(any_tongue(chance).language for _ in range(2_000))
    assert all(abs(spoken[language] / 20 - share) < 5 for language, share in vocabulary.SHARES.items())
