"""In which language a short text is written: told by its script, its small words and its letters, in microseconds."""

import re

# What stands in a post and belongs to no language: links, addresses, mentions and tags.
NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w[\w.-]*|[@#][\w.-]+", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")

# Scripts that are written by one language, or by one far more than by others. A syllable block or a character of Han says as
# much as two or three letters and counts so in a text of several scripts.
SCRIPTS = tuple(
    (language, re.compile(f"[{letters}]"), weight)
    for language, letters, weight in (
        ("ko", "가-힣ᄀ-ᇿㄱ-ㆎ", 2.5),
        ("ja", "ぁ-ゖァ-ヺー々ｦ-ﾝ", 2.0),
        ("zh", "一-鿿㐀-䶿", 2.5),
        ("ru", "Ѐ-ԯ", 1.0),
        ("el", "Ͱ-Ͽἀ-῿", 1.0),
        ("he", "א-ת", 1.0),
        ("ar", "ء-يٮ-ۓ", 1.0),
        ("th", "ก-๛", 1.0),
        ("hi", "ऀ-ॿ", 1.0),
        ("bn", "ঀ-৿", 1.0),
        ("ta", "஀-௿", 1.0),
        ("te", "ఀ-౿", 1.0),
        ("ka", "ა-ჿ", 1.0),
        ("hy", "Ա-և", 1.0),
    )
)

# Han that only Japan writes so: a few words without kana are told by them.
JAPANESE_HAN = re.compile("[駅込働畑峠円気楽発対図広変実様々込辻価売読続歩両収]")
# Letters by which neighbours in one script are told apart, the first that is found.
SIGNS = {
    "ru": (("uk", "[іїєґІЇЄҐ]"), ("be", "[ўЎ]"), ("mk", "[ѓќѕЃЌЅ]"), ("sr", "[ђћџљњјЂЋЏЉЊЈ]"), ("kk", "[қғңұһәөүҚҒҢҰҺӘӨҮ]")),
    "ar": (("ur", "[ٹڈڑےں]"), ("fa", "[پچژگی]")),
}
RUSSIAN_ONLY = re.compile("[ыэёЫЭЁ]")
BULGARIAN = re.compile(r"[бвгджзклмнпрстфхцчшщ]ъ[бвгджзклмнпрстфхцчшщ]|\b(?:съм|със|във|това|още)\b", re.IGNORECASE)

# The commonest words of the languages written in Latin letters. A word of several languages says little for each of them.
WORDS = {
    "en": """the be to of and a in that have i it for not on with he as you do at this but his by from they we say her
    she or an will my one all would there their what so up out if about who get which go me when make can like time no
    just him know take people into year years your good some could them see other than then now look only come came its
    over think also back after use two how our work first well way even new want because any these those give day days
    most us is was are were been being had has did does don doesn isn didn wasn won couldn wouldn shouldn haven hasn ll
    ve re hello hi hey thanks thank please sorry today tomorrow yesterday tonight morning night evening very really much
    many more here where why again still never always every should too before until while down off through got getting
    going gone made let lets need last next little old big best better long same own around away home house thing things
    something nothing anything everything someone somebody anyone everyone nobody left right under between without might
    may must such both few three four five half week month was asked said told found put went took left read wrote happy
    love great nice feel felt lost rain cold warm water door""",
    "es": """de la que el en y a los se del las un por con no una su para es al lo como más mas pero sus le ya o este sí
    si porque esta entre cuando muy sin sobre también tambien me hasta hay donde dónde quien quién desde todo toda toda
    nos durante todos todas uno les ni contra otros ese esa eso esos ante ellos ellas e esto mí antes algunos qué unos
    unas yo otro otra otras él tanto estos estas mucho mucha muchos muchas nada cual cuál sea poco poca ella estar algo
    nosotros mi mis tú tu te ti soy eres somos son fue fui era está esta estoy están estaba estamos ser tengo tiene
    tienes tenemos hacer hace hago hecho hoy ayer mañana ahora siempre nunca gracias hola buenos buenas buen buena bueno
    días dias día dia noche tarde año años casa vez bien mal así aquí allí ahí voy va vamos van puede puedo quiero
    quiere gusta vida gente cosa cosas mejor peor después despues luego aunque mientras solo sólo cada dos tres cuatro
    he ha han hemos había haber vaya jaja jajaja jajajaja cómo cuánto usted ustedes vosotros dice dijo digo creo sé sabe
    ver veo llega llegar llueve sol lluvia calle pan agua mar perro gato amigo amigos madre padre abuela abuelo feliz
    mismo misma nuevo nueva viejo por favor claro además todavía casi alguien nadie le ella di dan lleva llevo queda
    primer primera último última menos otra parece pues oye mira hijo hija""",
    "fr": """de la le et les des en un une du dans que qui est pour pas par sur au aux avec son sa ses plus ne se ce
    cette ces il elle ils elles on nous vous je tu me te moi toi lui leur leurs mon ma mes ton ta tes notre votre nos
    vos mais ou où donc or ni car si comme tout tous toute toutes même bien très trop peu aussi encore déjà toujours
    jamais rien quand quoi quel quelle quels comment pourquoi parce qu y a à ai as avons avez ont suis es sommes êtes
    sont était étais étaient été être avoir fait faire fais va vais vont peut peux veux veut dit dire vu voir sans sous
    entre vers chez depuis pendant avant après alors puis ici là cela ça celui celle ceux bonjour bonsoir salut merci
    oui non aujourd hui hier demain matin soir nuit jour jours an ans année fois chose choses monde gens temps vie
    maison eau pain mer rue chat chien ami amis mère père bon bonne beau belle petit petite grand grande nouveau
    nouvelle vieux vieille deux trois quatre premier première dernier dernière quelqu personne chaque autre autres
    beaucoup assez moins mieux enfin peut-être voilà pluie soleil heureux""",
    "de": """der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er
    hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis
    mehr durch man sein wurde sei ich du wir ihr mich dich mir dir uns euch ihm ihn ihnen mein meine meinen meiner dein
    deine unser unsere euer kein keine keinen wenn dann weil ob doch schon immer nie wieder heute gestern morgen abend
    nacht tag tage jahr jahre hier da dort wo was wer warum welche dieser diese dieses jetzt sehr viel viele alle alles
    nichts etwas jemand niemand hallo danke bitte gut guten guter schön ja nein habe hast hatte bin bist seid waren kann
    kannst können muss musst müssen will wollen soll sollte mag möchte geht gehen gibt macht machen gemacht kommt kommen
    lassen gerade ganz mal eben vielleicht leider endlich zwei drei vier erste letzte neue neuen neuer alte alten kleine
    große unter ohne gegen zwischen beim vom ins ans haus wasser brot meer straße katze hund freund freunde mutter vater
    oma opa leben zeit welt leute regen sonne glücklich liebe lieber zuhause woche ihre seine""",
    "pt": """de a o que e do da em um para é com não nao uma os no se na por mais as dos como mas foi ao ele das tem à
    seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter
    seus quem nas me esse eles estão você voce tinha foram essa num nem suas meu minha meus minhas às têm numa pelos
    elas havia seja qual será nós tenho lhe deles essas esses pelas este fosse dele tu te vocês vos lhes teu tua nosso
    nossa isto aquilo estou estamos estava sou somos são fui vou vai vamos vão fazer faz feito hoje ontem amanhã agora
    sempre nunca obrigado obrigada olá oi bom boa bons boas dia dias noite tarde ano anos casa vez bem mal assim aqui
    ali lá pode posso quero quer gosto vida gente coisa coisas melhor pior enquanto cada dois duas três alguém ninguém
    tudo nada todo toda todos todas outro outra ainda porque onde mãe pai avó avô pão água mar rua gato cão cachorro
    amigo amigos feliz novo nova velho velha primeiro primeira último chuva sol então tão muita muitos muitas pouco
    nossos ver disse acho sei rs saudade saudades""",
    "it": """di e il la che è per un in una mi sono ho ma l lo ha le si ti i con cosa se io come da ci no questo qui hai
    sei del bene tu sì me più al mio c perché lei solo te era gli tutto della così mia ne questa fare quando ora fatto
    essere so mai chi o alla tutti molto dei anche detto quello va niente grazie lui voglio abbiamo stato nel suo dove
    posso oh prima allora siamo poi ad uno un non loro tuo tua sua nella dell all nell sull dal dalla delle degli sul
    sulla nostro nostra vostro noi voi essi erano stata siete hanno avete aveva avevo vado vai andiamo vanno può puoi
    vuole faccio fa oggi ieri domani adesso sempre ancora già ciao buongiorno buonasera buonanotte buon buona buoni
    giorno giorni notte sera mattina anno anni casa volta vita gente cose meglio peggio dopo mentre ogni due tre quattro
    qualcuno nessuno altro altra altri quest quella quelli senza tra fra sotto sopra madre padre nonna nonno pane acqua
    mare strada gatto cane amico amici felice nuovo nuova vecchio vecchia primo prima ultimo pioggia sole però troppo
    poco tanto tanti dice visto piace credo""",
    # Neighbours that are heard so as not to be taken for one of the above.
    "nl": """het een van ik je niet dat zijn maar ook voor met naar wat hij zij wij ze bij nog wel geen uit deze dit
    heeft heb als er aan op te is de en in dan om mijn jij jullie weer al zo of hebben waren wordt gaat goed allemaal
    vandaag morgen""",
    "sv": """och att det som på är av för med inte jag har till den om ett du han var ska men så vi en i de kan när här
    idag bra tack inget igen mycket vad""",
    "da": """og er ikke jeg det af til på har med som de en et den at i for var men så vi kan når her godt tak meget
    hvad hvor du""",
    "pl": """nie się na jest że do to co jak ale jestem dla ma już tylko czy tak za po od mnie mi ja w z i o dziś dzień
    dobry""",
    "cs": """je se že na to v jsem ale jak co tak pro už jen má si by když dnes dobrý den není byl s z i o""",
    "tr": """bir ve bu için çok da de ne ben sen o mi var yok ama gibi daha bugün güzel iyi herkese değil kadar sonra""",
    "ro": """și să este nu în pe cu mai la de un o că din care am are fi sunt ce pentru dar azi bine""",
    "ca": """amb els és per què això i de la el que en un una les del al no es però molt també avui bon dia ha són com
    més tot""",
    "id": """yang dan di ini itu untuk dengan tidak ada saya aku kamu dari ke akan bisa sudah juga hari lagi apa""",
    "fi": """on ja ei se että en mutta oli hän kun niin minä sinä tämä nyt vain ole kuin hyvää""",
    "hu": """az a egy és nem hogy is de van ez meg már csak most volt mi jó nagyon""",
    "vi": """là và của không có tôi một những được cho trong này với các người đã hôm nay""",
}
TOLD = ("en", "es", "fr", "de", "pt", "it")

# How words of a language end (or, with a hyphen behind, begin), and how loudly that speaks for it.
ENDINGS = {
    "en": (0.5, "ing ness ould ght ught ful less ies sh wh- th- sh- kn-"),
    "es": (0.5, "ción sión ones dad illo illa aron ando endo ísimo ísima amos emos ué ió iste aba aban cito cita eza"),
    "fr": (0.5, "tion aux eux euse eau ée ées és oir oire ais ait ette elle elles ique é ez ère eur eurs ment qu-"),
    "de": (0.4, "ung ngen keit heit lich isch chen haft sch tzt cht st ern sch- ge- ver- zu- pf- zw-"),
    "pt": (0.5, "ção ções inho inha eira eiro agem dade ou eu iu ão ões ãe lha lho nha nho"),
    "it": (0.5, "zione zioni mente etto etta ino ini iamo ato ata ere ire gli gli- gia cchio zza zzo zze tà"),
}
# Letters that are at home in few languages, each of them speaking with 0.7.
LETTERS = {
    "es": "ñ¿¡",
    "fr": "œêëùûîôÿ",
    "de": "ßäöü",
    "pt": "ãõâ",
    "it": "òì",
}
STRANGE = re.compile("[łąęśźżćńşğıőűřěčšžđåøæățơưạảấầẩậắằẻẽếềệỉịọỏốồộớờợụủứừựỳỹ]|ij|oe")
# An apostrophe stands before something in English, after something in French and Italian.
APOSTROPHES = tuple(
    (language, re.compile(pattern))
    for language, pattern in (
        ("en", r"\w['’](?:s|t|re|ve|ll|m|d)\b"),
        ("fr", r"\b(?:[ldcnsmtj]|qu|jusqu|lorsqu|puisqu)['’][a-zàâéêèhôœ]{2}"),
        ("it", r"\b(?:l|un|dell|all|nell|dall|sull|quest|d|c)['’][aeiouàèh]\w"),
    )
)


def _weights() -> dict[str, dict[str, float]]:
    """For each word the languages it speaks for, and how loudly."""
    homes: dict[str, set[str]] = {}
    for language, words in WORDS.items():
        for word in words.split():
            homes.setdefault(word, set()).add(language)
    return {word: dict.fromkeys(languages, 1 / len(languages)) for word, languages in homes.items()}


WEIGHTS = _weights()
ENDING = {ending: (language, weight) for language, (weight, endings) in ENDINGS.items() for ending in endings.split()}
LONGEST_ENDING = max(map(len, ENDING))
LETTER = {letter: language for language, letters in LETTERS.items() for letter in letters}
LEAST = 0.6  # of a voice: below it a text has said nothing
LEAD = 1.15  # by how much the first must be ahead of the second
LEAST_SHARE = 0.1  # of a voice for each word: a long text of strange words is in a strange language


def detect(text: str) -> str:
    """The language of a text as a code of two letters, or '' if nobody could tell."""
    text = NOT_WORDS.sub(" ", text)
    latin = len(LATIN.findall(text))
    found = {} if text.isascii() else {language: len(letters.findall(text)) * weight for language, letters, weight in SCRIPTS}
    # Japanese is written in kana and Han together.
    if found.get("ja", 0) and found["ja"] * 8 >= found["zh"]:
        found["ja"] += found.pop("zh")
    script = max(found, key=lambda language: found[language], default="")
    if script and found[script] > latin:
        return _neighbour(script, text)
    return _latin(text.lower()) if latin > 1 else ""


def _neighbour(script: str, text: str) -> str:
    """Which of the languages that share a script."""
    if script == "zh":
        return "ja" if JAPANESE_HAN.search(text) else "zh"
    for language, letters in SIGNS.get(script, ()):
        if re.search(letters, text):
            return language
    if script == "ru" and BULGARIAN.search(text) and not RUSSIAN_ONLY.search(text):
        return "bg"
    return script


def _latin(text: str) -> str:
    """Which of the languages in Latin letters has the most voices."""
    voices = dict.fromkeys(WORDS, 0.0)
    words = WORD.findall(text)
    for word in words:
        known = WEIGHTS.get(word)
        if known:
            for language, weight in known.items():
                voices[language] += weight
        elif len(word) > 3:
            _hear_ends(word, voices)
    for letter in () if text.isascii() else text:
        if letter in LETTER:
            voices[LETTER[letter]] += 0.7
    if "'" in text or "’" in text:
        for language, pattern in APOSTROPHES:
            voices[language] += len(pattern.findall(text)) * 0.7
    (first, most), (_, second) = sorted(voices.items(), key=lambda voice: -voice[1])[:2]
    if first not in TOLD or most < max(LEAST, LEAST_SHARE * len(words)) or most < second * LEAD:
        return ""
    return "" if len(STRANGE.findall(text)) * 0.7 > most else first


def _hear_ends(word: str, voices: dict[str, float]) -> None:
    """Add what the beginning and the longest ending of a word say."""
    for beginning in (word[:4] + "-", word[:3] + "-", word[:2] + "-"):
        if beginning in ENDING:
            language, weight = ENDING[beginning]
            voices[language] += weight
            break
    for length in range(min(LONGEST_ENDING, len(word) - 1), 1, -1):
        if word[-length:] in ENDING:
            language, weight = ENDING[word[-length:]]
            voices[language] += weight
            break
