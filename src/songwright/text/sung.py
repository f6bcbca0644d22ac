"""Words a singer says in a way of their own: small words in full, cries and hums, the names of letters."""

from __future__ import annotations

# Where the dictionary lists several ways, or a clipped one, singers use these (phones with stress digits).
_SUNG = """
a AH0
an AE0 N
and AE0 N D
the DH AH0
to T UW0
of AH0 V
for F AO0 R
or AO0 R
your Y AO0 R
our AW0 R
are AA0 R
can K AE0 N
was W AH0 Z
that DH AE0 T
i'm AY0 M
been B IH1 N
into IH1 N T UW0
live L IH1 V
wind W IH1 N D
read R IY1 D
tear T IH1 R
lead L IY1 D
bow B OW1
close K L OW1 S
wound W UW1 N D
use Y UW1 Z
fire F AY1 R
fires F AY1 R Z
hour AW1 R
hours AW1 R Z
every EH1 V R IY0
different D IH1 F R AH0 N T
gonna G AH1 N AH0
yeah Y AE1
yea Y EY1
'cause K AH0 Z
cause K AO1 Z
cuz K AH0 Z
'em AH0 M
'n AH0 N
'n' AH0 N
n' AH0 N
an' AE0 N
th' DH AH0
wi' W IH0 TH
lovin L AH1 V IH0 N
deja D EY1 ZH AA2
n AH0 N
m M
mm M
hm HH M
hmm HH M
sh SH AH1
shh SH AH1
psst P AH1 S T
brr B ER1
ooh UW1
oo UW1
woo W UW1
wooh W UW1
ah AA1
aah AA1
ahh AA1
aw AO1
oh OW1
ohh OW1
o OW1
whoa W OW1
woah W OW1
eh EY1
hey HH EY1
uh AH1
huh HH AH1
la L AA1
na N AA1
da D AA1
doo D UW1
dum D AH1 M
bah B AA1
sha SH AA1
ba B AA1
nah N AA1
ya Y AA0
y'all Y AO1 L
o'clock AH0 K L AA1 K
miz M IH1 Z
etcetera EH2 T S EH1 T ER0 AH0
gonna's G AH1 N AH0 Z
lil L IH1 L
lil' L IH1 L
ol OW1 L
ol' OW1 L
o' AH0
i' IH0
ain't EY1 N T
"""

# Words said otherwise when they do something to what follows: "close" the distance, "close" your eyes.
_WITH_OBJECT = """
close K L OW1 Z
use Y UW1 Z
tear T EH1 R
excuse IH0 K S K Y UW1 Z
"""
_OBJECTS = "the a an my your his her our their this that these those me you him us them it all every"

_NAMES = """
a EY1
b B IY1
c S IY1
d D IY1
e IY1
f EH1 F
g JH IY1
h EY1 CH
i AY1
j JH EY1
k K EY1
l EH1 L
m EH1 M
n EH1 N
o OW1
p P IY1
q K Y UW1
r AA1 R
s EH1 S
t T IY1
u Y UW1
v V IY1
w D AH1 B AH0 L Y UW0
x EH1 K S
y W AY1
z Z IY1
"""


def _table(rows: str) -> dict[str, tuple[str, ...]]:
    return {word: tuple(phones) for word, *phones in (row.split() for row in rows.strip().splitlines())}


SUNG_FORMS = _table(_SUNG)
WITH_OBJECT = _table(_WITH_OBJECT)
OBJECTS = frozenset(_OBJECTS.split())
LETTER_NAMES = _table(_NAMES)
