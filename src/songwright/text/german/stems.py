"""What German spelling does not show: stems with an unexpectedly long or short vowel, and where v is f."""

from __future__ import annotations

# Long although several consonants (or ch) follow. A part that begins so has a long first vowel.
_LONG = """
buch büch tuch tüch such besuch fluch flüch kuchen hoch höch sprach gespräch brach bräch stach stäch nach näch schmach
gemach wuchs wüchs fluch bucht gebräch ruchlos rucht
mond trost tröst ost oster österr kloster klöster wüst düster husten pust schust schuster wust
erd herd pferd schwert wert werd beschwerd bart bärt art ärt arzt ärzt zart zärt quarz harz geburt erst erst behörd
fährt fahrt schwarte dusch wusch wüsch obst papst päpst nebst vogt vögt magd mägd jagd stets rätsel städt rätsl
krebs schnäpp mäd gibs vogel adl edl übl kopenh
höre hört hörst hörte stört störst störte spürt spürst spürte schwört schwörst holt holst holte malt malst malte tönt
tönst tönte krönt krönst krönte spart sparst sparte klärt klärst klärte schont schonst schonte schämt schämst schämte
träumt säumt krämt quält quälst quälte schält grämt grämst grämte zielt tut tust schürt schürst schürte kürt rührt
geschwürt plant planst plante tagt wagt wagst sagt schadt gebärt gärt lädst lädt rät trägt schlägt trügt lügt begnügt
genügt genügst lest lebst lebt legt legst wiegt pflegt hegt regt bewegt bewegst erwägt schläft schläfst
schlaft schlafst straft strafst strafte ruft rufst läuft prüft prüfst prüfte kauft hofst schürft tauft klopst
schwebt strebt klebt hebt gräbt gräbst schabt labt lobt tobt probt übt übst trübt betrübt getrübt lieb
gest geht stehst sehnt gestehst fehlt vermählt gewährt lehrt kehrt nährt führt ruht blüht glüht müht dreht
weht fleht droht gönn löst löste lösst gelöst erlöst tost tosten rast lös grast blast bläst bläst verwest gewest genest genas
spürn hörn störn schürn wärst wärt warst wart wars wars tats tätst bätst kamst kamt nahmst nahmt gabst gabt gäbst lagst
lagt sahst saht kämst kämt nähmst lasest gast
"""
LONG_BEFORE_MANY = tuple(sorted(set(_LONG.split()) - {"gast", "gest", "wart", "rast", "gönn", "lieb", "ost"}))

# Short although only one consonant follows at the end.
_SHORT = """
an ab in im um am bis mit hin was das man bin hat ob von vom zum es des weg bus rum job hit kap tip pop club chef top
fit mob slip bob jet rap trip snob klub grog flop zim bot ver her er der wes wem des dran drin drum darin darum worin
warum davon wovon daran woran herum herab heran hinab hinan hinum umhin gib april hotel kapitel fan cap sam kam pam
iren grammatik rad
"""
SHORT_BEFORE_ONE = frozenset(_SHORT.split()) - {
    "rad",
    "her",
    "er",
    "der",
    "wem",
    "kam",
    "bot",
    "sam",
    "april",
}

# v at the beginning is f here; elsewhere before a vowel it is w ("Vase").
V_AS_F = ("vater", "väter", "vetter", "vieh", "viel", "vier", "vog", "vög", "volk", "völk", "voll", "völl", "vom",
          "von", "vor", "vord", "veilch", "vlies", "vogt", "vögt", "verfa", "ver", "füll")  # fmt: skip
