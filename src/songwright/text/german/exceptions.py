"""German words that are not said as they are written: small words, borrowed ones, cries and hums, names of letters."""

from __future__ import annotations

# word, then its syllables; ' opens the main stress, , a side stress.
_SAID = """
dran D RR A N
drin D RR IH N
drum D RR UH M
einzig ' AY N . TS IH C
irgendwann ' IH RR . G AX N T . , V A N
irgendwo ' IH RR . G AX N T . , V OO
irgendwie ' IH RR . G AX N T . , V IY
überall UE . B AR . ' A L
rein RR AY N
ran RR A N
bevor B AX . ' F OO RR
wochenende ' V OH . X AX N . , EH N . D AX
dass D A S
daß D A S
muß M UH S
hatte ' HH A . T AX
hatten ' HH A . T AX N
hattest ' HH A . T AX S T
ne N AX
nen N AX N
nem N AX M
ner N AR
bin B IH N
vers F EH RR S
verse ' F EH RR . Z AX
versen ' F EH RR . Z AX N
seen ' Z EE . AX N
feen ' F EE . AX N
hui HH OY
pfui PF OY
sophie Z OO . ' F IY
an A N
ab A P
am A M
in IH N
um UH M
man M A N
hat HH A T
des D EH S
bis B IH S
mit M IH T
hin HH IH N
von F OH N
vom F OH M
ob OH P
nach N AL X
ins IH N S
ans A N S
ums UH M S
hats HH A TS
ists IH S TS
bins B IH N S
gehts G EE TS
gmbh G EE . EH M . B EE . ' HH AL
lebt L EE P T
doch D OH X
noch N OH X
auch AW X
ward V A RR T
wirst V IH RR S T
der D EE RR
die D IY
das D A S
dem D EE M
den D EE N
er EE RR
her HH EE RR
wer V EE RR
wem V EE M
wen V EE N
mehr M EE RR
sehr Z EE RR
es EH S
weg V EH K
hinweg HH IH N . ' V EH K
vielleicht F IH . ' L AY C T
vierzehn ' F IH RR . TS EE N
vierzig ' F IH RR . TS IH C
viertel ' F IH RR . T AX L
einander AY . ' N A N . D AR
miteinander M IH T . AY . ' N A N . D AR
gestern ' G EH S . T AR N
gern G EH RR N
heute ' HH OY . T AX
herz HH EH RR TS
jetzt Y EH TS T
sechs Z EH K S
sechzehn ' Z EH C . TS EE N
sechzig ' Z EH C . TS IH C
lebendig L EH . ' B EH N . D IH C
lebendige L EH . ' B EH N . D IH . G AX
forelle F OH . ' RR EH . L AX
hornisse HH OH RR . ' N IH . S AX
holunder HH OH . ' L UH N . D AR
wacholder V A . ' HH OH L . D AR
allein A . ' L AY N
alleine A . ' L AY . N AX
warum V A . ' RR UH M
hallo HH A . ' L OO
hurra HH UH . ' RR AL
juchhe Y UH X . ' HH EE
juhe Y UH . ' HH EE
hosianna HH OO . Z IY . ' A . N A
halleluja HH A . L EH . ' L UW . Y A
ade A . ' D EE
adieu A . ' D Y OE
ach A X
o OO
oh OO
ooh UW
ah AL
aha A . ' HH AL
na N A
nanu N A . ' N UW
tja T Y A
ja Y AL
je Y EE
da D AL
la L AL
hm HH M
hmm HH M
mhm M . ' HH M
mm M
m M
psst P AX S T
pst P AX S T
sch SH AX
schh SH AX
schhh SH AX
pscht P AX SH T
brr B AR
tsts TS AX TS
hey HH EY
yeah Y EH
okay OO . ' K EY
ok OO . ' K EE
baby ' B EE . B IY
babys ' B EE . B IY S
love L A F
you Y UW
computer K OH M . ' P Y UW . T AR
jeans JH IY N S
job JH OH P
jobs JH OH P S
cool K UW L
party ' P AL RR . T IY
partys ' P AL RR . T IY S
handy ' HH EH N . D IY
handys ' HH EH N . D IY S
song Z OH NG
songs Z OH NG S
sound S AW N T
show SH OO
star SH T AL RR
stars SH T AL RR S
team T IY M
trainer ' T RR EE . N AR
training ' T RR EE . N IH NG
interview ' IH N . T AR . V Y UW
internet ' IH N . T AR . N EH T
manager ' M EH . N EH . JH AR
design D IY . ' Z AY N
online ' OH N . L AY N
single ' S IH NG . G AX L
sex Z EH K S
sorry ' S OH . RR IY
ciao CH AW
tschau CH AW
tschüss CH UE S
tschüs CH UE S
pizza ' P IH . TS A
restaurant RR EH S . T OO . ' RR AL NG
chance ' SH AL NG . S AX
chancen ' SH AL NG . S AX N
chef SH EH F
chefs SH EH F S
chanson SH AL NG . ' S OH NG
balkon B A L . ' K OH NG
ballon B A . ' L OH NG
saison Z EH . ' Z OH NG
genie ZH EE . ' N IY
garage G A . ' RR AL . ZH AX
etage EE . ' T AL . ZH AX
orange OO . ' RR AL NG . ZH AX
orangen OO . ' RR AL NG . ZH AX N
journalist ZH UH RR . N A . ' L IH S T
regie RR EH . ' ZH IY
page ' P AL . ZH AX
ingenieur IH N . ZH EE . ' N Y OE RR
toilette T OO . A . ' L EH . T AX
portrait P OH RR . ' T RR EL
niveau N IY . ' V OO
büro B UE . ' RR OO
büros B UE . ' RR OO S
café K A . ' F EE
cafe K A . ' F EE
idee IY . ' D EE
ideen IY . ' D EE . AX N
armee A RR . ' M EE
allee A . ' L EE
kaffee ' K A . F EE
tee T EE
see Z EE
familie F A . ' M IY . L Y AX
familien F A . ' M IY . L Y AX N
linie ' L IY . N Y AX
linien ' L IY . N Y AX N
lilie ' L IY . L Y AX
lilien ' L IY . L Y AX N
ferien ' F EE . RR Y AX N
serie ' Z EE . RR Y AX
serien ' Z EE . RR Y AX N
italien IY . ' T AL . L Y AX N
spanien ' SH P AL . N Y AX N
asien ' AL . Z Y AX N
indien ' IH N . D Y AX N
belgien ' B EH L . G Y AX N
brasilien B RR A . ' Z IY . L Y AX N
australien AW S . ' T RR AL . L Y AX N
england ' EH NG . L A N T
englisch ' EH NG . L IH SH
englische ' EH NG . L IH . SH AX
englischen ' EH NG . L IH . SH AX N
berlin B EH RR . ' L IY N
hannover HH A . ' N OO . F AR
amerika A . ' M EE . RR IY . K A
europa OY . ' RR OO . P A
afrika ' AL . F RR IY . K A
paris P A . ' RR IY S
januar ' Y A . N UW . AL RR
februar ' F EE . B RR UW . AL RR
april A . ' P RR IH L
august AW . ' G UH S T
november N OO . ' V EH M . B AR
dezember D EE . ' TS EH M . B AR
september Z EH P . ' T EH M . B AR
oktober OH K . ' T OO . B AR
musik M UW . ' Z IY K
juni ' Y UW . N IY
juli ' Y UW . L IY
christus ' K RR IH S . T UH S
jesus ' Y EE . Z UH S
maria M A . ' RR IY . A
doktor ' D OH K . T OH RR
motor ' M OO . T OH RR
autor ' AW . T OH RR
professor P RR OO . ' F EH . S OH RR
pastor ' P A S . T OH RR
direktor D IY . ' RR EH K . T OH RR
theater T EE . ' AL . T AR
elefant EH . L EH . ' F A N T
klavier K L A . ' V IY RR
papier P A . ' P IY RR
tier T IY RR
tiere ' T IY . RR AX
bier B IY RR
vier F IY RR
hier HH IY RR
wir V IY RR
mir M IY RR
dir D IY RR
ihr IY RR
stier SH T IY RR
zier TS IY RR
gier G IY RR
april A . ' P RR IH L
hotel HH OO . ' T EH L
problem P RR OO . ' B L EE M
probleme P RR OO . ' B L EE . M AX
million M IH . ' L Y OO N
millionen M IH . ' L Y OO . N AX N
milliarden M IH . ' L Y A RR . D AX N
system Z UEH S . ' T EE M
systeme Z UEH S . ' T EE . M AX
modern M OO . ' D EH RR N
moderne M OO . ' D EH RR . N AX
modernen M OO . ' D EH RR . N AX N
konzert K OH N . ' TS EH RR T
universum UW . N IY . ' V EH RR . Z UH M
interesse IH N . T AX . ' RR EH . S AX
interessant IH N . T AX . RR EH . ' S A N T
maschine M A . ' SH IY . N AX
villa ' V IH . L A
paradies P A . RR A . ' D IY S
kamerad K A . M AX . ' RR AL T
kameraden K A . M AX . ' RR AL . D AX N
soldat Z OH L . ' D AL T
melodie M EH . L OO . ' D IY
melodien M EH . L OO . ' D IY . AX N
harmonie HH A RR . M OO . ' N IY
harmonien HH A RR . M OO . ' N IY . AX N
poesie P OO . EH . ' Z IY
knie K N IY
knien ' K N IY . AX N
nie N IY
sie Z IY
wie V IY
vieh F IY
lied L IY T
nachtigall ' N A X . T IY . , G A L
nachtigallen ' N A X . T IY . , G A . L AX N
bräutigam ' B RR OY . T IH . G A M
leutnant ' L OY T . N A N T
abenteuer ' AL . B AX N . T OY . AR
hochzeit ' HH OH X . TS AY T
urteil ' UH RR . T AY L
vorteil ' F OH RR . T AY L
herzog ' HH EH RR . TS OO K
arbeit ' A RR . B AY T
heimat ' HH AY . M AL T
monat ' M OO . N A T
monate ' M OO . N A . T AX
monaten ' M OO . N A . T AX N
antlitz ' A N T . L IH TS
kleinod ' K L AY . N OO T
elend ' EE . L EH N T
jemand ' Y EE . M A N T
niemand ' N IY . M A N T
niemals ' N IY . M AL L S
irgend ' IH RR . G AX N T
tausend ' T AW . Z AX N T
jugend ' Y UW . G AX N T
abend ' AL . B AX N T
abends ' AL . B AX N TS
gegend ' G EE . G AX N T
dutzend ' D UH . TS AX N T
und UH N T
uns UH N S
unser ' UH N . Z AR
unsre ' UH N . Z RR AX
unsern ' UH N . Z AR N
unter ' UH N . T AR
unten ' UH N . T AX N
über ' UE . B AR
wieder ' V IY . D AR
hinter ' HH IH N . T AR
zu TS UW
zur TS UW RR
zum TS UH M
nur N UW RR
für F UE RR
tür T UE RR
vor F OO RR
so Z OO
wo V OO
im IH M
du D UW
ich IH C
mich M IH C
dich D IH C
sich Z IH C
nicht N IH C T
nichts N IH C TS
ist IH S T
bist B IH S T
sind Z IH N T
hast HH A S T
hab HH AL P
hab' HH AL P
habt HH AL P T
gibt G IH P T
gib G IH P
gibst G IH P S T
was V A S
wars V AL RR S
obst OO P S T
herbst HH EH RR P S T
mädchen ' M EL T . C AX N
bisschen ' B IH S . C AX N
zwar TS V AL RR
gar G AL RR
war V AL RR
dort D OH RR T
fort F OH RR T
gesellen G AX . ' Z EH . L AX N
städte ' SH T EL . T AX
städten ' SH T EL . T AX N
gras G RR AL S
grab G RR AL P
bad B AL T
rad RR AL T
glas G L AL S
spaß SH P AL S
urlaub ' UW RR . L AW P
ursprung ' UW RR . SH P RR UH NG
ursache ' UW RR . Z A . X AX
ewig ' EE . V IH C
genug G AX . ' N UW K
zurück TS UW . ' RR UEH K
nein N AY N
zehn TS EE N
neun N OY N
elf EH L F
zwölf TS V OEH L F
ein AY N
eins AY N S
zwo TS V OO
"""

_FUNCTION = (
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner ich du er sie es wir ihr "
    "mich dich sich uns euch ihn ihm ihnen mir dir mein meine meinen meinem meiner meines dein deine deinen deinem "
    "deiner deines sein seine seinen seinem seiner seines unser unsre unsere unsern unserm unsrer euer eure euren ihre "
    "ihren ihrem ihrer ihres man und oder aber denn doch wenn weil dass daß ob als wie so nur auch noch schon zu zum "
    "zur in im ins an am ans auf aufs aus bei beim bis durch fürs für gegen mit nach ohne um ums von vom vor vorm über "
    "unter hinter neben zwischen seit ist bin bist sind seid war warst waren wart sein hat habe hab hast habt haben "
    "hatte hatten wird werde wirst werden würde kann kannst können konnte will willst wollen wollte soll sollst sollen "
    "muss muß musst müssen mag möchte darf lass lasst was wer wo da dies diese diesen diesem dieser dieses jene jenen "
    "jener welch welche welcher s 's 'ne 'nen 'n 'nem 'ner"
)
FUNCTION_WORDS = frozenset(_FUNCTION.split())

_NAMES = """
a AL
b B EE
c TS EE
d D EE
e EE
f EH F
g G EE
h HH AL
i IY
j Y OH T
k K AL
l EH L
m EH M
n EH N
o OO
p P EE
q K UW
r EH RR
s EH S
t T EE
u UW
v F AW
w V EE
x IH K S
y ' UEH P . S IY . L OH N
z TS EH T
ä EL
ö OE
ü UE
ß EH S . ' TS EH T
"""

Spoken = tuple[tuple[tuple[str, ...], int], ...]


def _syllables(signs: list[str]) -> Spoken:
    """Phones and stress of each syllable; a lone syllable is stressed, else only the marked ones."""
    pieces: list[tuple[list[str], int]] = [([], 0)]
    for sign in signs:
        if sign == ".":
            pieces.append(([], 0))
        elif sign in ("'", ","):
            pieces[-1] = (pieces[-1][0], 1 if sign == "'" else 2)
        else:
            pieces[-1][0].append(sign)
    if len(pieces) == 1:
        pieces = [(pieces[0][0], 1)]
    return tuple((tuple(phones), stress) for phones, stress in pieces)


def _table(rows: str) -> dict[str, Spoken]:
    return {word: _syllables(signs) for word, *signs in (row.split() for row in rows.strip().splitlines())}


SAID = _table(_SAID)
LETTER_NAMES = _table(_NAMES)
