"""The building stones of German: common stems, and what their spelling does not show.

One blank between stems. `:` after a stem: its vowel is long although more than one consonant (or ch) follows ("mond:");
`.` after it: short although only one follows ("bus."); `'` before a vowel: the stress lies there ("mus'ik"). Stems that
change their vowel stand in each form. Endings are not written ("lieb" stands for liebe, lieben, liebte).
"""

from __future__ import annotations

_NATIVE = """
aal aar aas abend: abenteuer aber abermals acht ack acker adam adel: ader: adl: adler: affe ahn ahoi ahorn all
all'ein allerd'ings allgem'ein allm'ächt allm'ählich alp alt alter amboss ameise amm ampel amsel amt andacht ander
anderthalb andr anfang angel angst anker anna anst'att antwort apfel arbeit arg arm art: arzt: asche aschen ast
astron'aut aß atem: atm: auf aufruhr aug auge ausein'ander ausgang außen außer außerd'em axt ält älter ämt ängst
äpfel ärger ärm ärt: ärzt: äst äther: bach back bad: bag bahn bahr bald balg balk ball ball'on balsam band bang bank
bann barg barm bart: base bass bast bat bau bauch bauer baum bayer bäch bäck bäd: bäll bänd bänk bär bärt: bäuch
bäum beb becher: becken beer beet begann begegn bei beicht beid beiein'ander beil bein beis'ammen beiß bell benn
berg bern besen: besser best bet bett beug beul beute beutel bez bibel: bieg bien bier biest biet bild bilder bill
bind birg birk birn birst bisher bish'er bis'lang biss biß. bitt bitter bla blank blas blass blaß. blatt blau bläs
blätt blech blei bleib bleich blend blich blick blieb blies blind blink blinz blitz block blond bloss: bloß blöd
blöss: blöß blum bluse blut blüh blüt bock boden: bog bohn bohr bold boot bord borg born borst bot böck böden: bög
börs bös bösch böt brach: bracht brand brannt brat brau brauch braun braus braut brav brächt bränd brät bräuch bräut
brech breit brems brenn brett brich brief briese briet brill bring brise broch: brod brot bröck bruch bruder: brumm
brunnen brust brut brüch brück brüder: brüh brüll brüst brüt bub bube buch: buck bug buk bund bunt burg bursch burt:
bus. busch busen: buß butter büch: bück bücken bügel: bühn bühr bünd bürg bürger bürst büsch büß chor: chör: christ:
dach dachs dacht dachte dad'urch daf'ür dag'egen dah'er dah'in dalli damals dam'it damm dampf dan'ach dank dar'an
dar'auf dar'aus dar'ein dar'in darinnen dar'um dar'unter dar'über dass'elb dauer daumen dav'on dav'or daw'ider daz'u
dazw'ischen däch dächt dämm dämpf därm deck degen: dehn deich dein denk derj'enig ders'elb desgl'eich deut deutsch
dicht dick dieb dien dienst dienstag dies dies'elb diesmal ding disch distel dom donner donnerstag dopp doppel dorb
dorf dorn dort dos dörf dörn drach draht drall drang draus draußen dräht dräng dreck dreh drei dreist dreiß dresch
drill dring dritt drob droh drohn drosch drossel drost dröhn druck drum. drung drunt drüb drück drüs duck duft duld
dumm dumpf dung dunkel dunkl dunst durft durst dusch: dutz duz düft dünk dünn dünst dürf dürft dürr dürst düster:
ebb eben: eber: ebn: echo echt eck edel: edl: eh ehe ehemals ehr ei eib eich eid eier eif eifer eifr eig eigen eign
eil eimer ein eingang einm'al einsam einst einzel einzig eis eisen eit eitel eiter ekel: elend: elend elf ell elter
emp'or end eng engel enkel ente entg'egen erb erbs erd: erker erl ernst ernt erst: erz: esche esel: ess eß. euch
euer eul eva ewg ewig: fach fackel fad: faden: fahl fahn fahr fahrt: falb falk fall falsch falt falter fand fang
farb fass fassen fast faß. faßt faul faust fäch fäd: fäh fähr fährt: fäll fälsch fäng färb fäss fäust fecht feder:
fedr: feg fehl feier feig feil fein feind feld fell fels felsen fenster ferien: fern ferse fertig fess fessel fest
fett fetz feu feucht feuer fichte fieb fieber: fieder fiel fig find fing finger fink finster firn fisch flach flachs
flack flacker flagg flamm flank flasch flatter flau flaum fläch flecht fleck fleh flehn fleisch fleiß flick flieder:
flieg flieh fließ flimm flimmer flink flirr floc flocht flock flog floh floss floß. flott flög flöh flöss flöt
fluch: flucht flug flur fluss fluß. flut flüch: flücht flüg flügel: flüss flüster flüstr focht fohl folg folter
forder form forsch förder förster frag fraß frau fräg fräul fräulein frech frei freitag fremd fress freß freu freud
freund frevel: fried friedr friedrich frier frisch friss frist froh fromm front fror frosch frost fröh fröhl frömm
frösch fröst frucht frust frücht früh frühling fuchs fug fuhr fund funk funkel funken furch: furcht furt fuss: fuß
futter füchs füg fühl führ füll fünd fünf fürcht fürein'ander fürst füss: füß füt fütter gab gabel: gack gaff galg
gall galt gang gans ganz garb garn gart garten gass gast gatt gatter gauk gaukel gaul gaum gaun gäb gähn gäng gäns
gär gärt gäst geb gebor geck geg gegen: gegend geh gehn geig geil geist geiz gelb geld gell gelt gerb gern gerst
geschicht: gess gest'alt gestern gewann gib. gier gieß gift ging gipf gipfel giss giß. gitter glanz glas glatt glaub
glänz gläs glätt gleich gleit glich glied glimm glitt glitz glitzer glock glomm glöck gluck glut glück glüh gnad
gnäd gold golden goldn golt gondel gor goss goß. gott gönn gött götter grab graben: grad graf gram gras grat grau
graub grauen graus gräb gräf gräm gräs gräul greif greis grell grenz greta gretel greuel griff grill grimm grob
groll gross: groß grotte gröb gröss: größ grub gruft grund grupp gruss: gruß grüb grün gründ grüss: grüß guck gunst
gurgel gurt guss guß. gut günst gürt gürtel güss güt haar hab habe habich hack hader: hafen: hafer: haft hag hahn
hain hak halb half hall halm hals halt hammer hand handel handl hang hans harf harm harr harsch hart hase hass hast
haß. hat hatt hau hauch hauf haufen haupt haus haut häfen: häft hähn hälft häls hält hämmer händ händel häng hänsel
härt häss häßl hätt häuf häupt häus häut heb heck heer heft heg heid heidel heil heilg heim heimat heinrich heiß
heit heiter held helf hell helm hemd hemm hengst her. her'ab her'an her'auf her'aus herb herb'ei herbst herd:
her'ein herf'ür hern'ieder herr herrsch her'um her'unter her'über herv'or herz herzog: herz'u hetz heu heul heut hex
hieb hielt hien'ieden hier hierd'urch hierh'er hier'in hierm'it hieß hilf himmel himml hin'ab hin'an hin'auf hin'aus
hin'ein hing hinter hin'unter hin'über hinw'eg hirn hirsch hirt hitz hob hobel: hoch: hof hoff hoffn hoh hohl hohn
hol hold holf hollywood holund'er holz honig: horch hord horn hort hose höb höch: höchst: höf höh höhl höhn höld
höll hölz hör hörn hub huhn huld hummel humpel hund hundert hung hunger hur husch hust: husten: hut hüb hüft hügel:
hühn hüll hülle hünd hüpf hüt hütt igel: immer immerd'ar immerz'u impf inhalt inm'itten inn inner insel irr isch iß.
jag jagd: jahr jammer jauchz jawohl jäger: jähr jed jeder: jed'och jemals jen jetz joch jodel: jubel: jubl: juck jud
jugend: jung jur jüd jüng jüngst kahl kahn kaiser kalb kalk kalt kam kamm kammer kampf kann kannt kant kapit'än kapp
kap'utt karg karl karr kart kaser kasten katz kauer kauf kauz käfer: käfig: kähn kälb kält käm kämm kämpf käs käst
käuf kebs keck kegel: kehl kehr keil keim kein keinm'al keks kelch kell keller kenn kerb kerl kern kerz kessel kett
keuch keusch kicher kiefer: kien kies kiesel: kind kinder kinn kirch kirsch kissen kist kitsch kitz klaff klag klang
klapp klapper klar klass klatsch klau klaub klaus kläg kläng klär kleb kleck klee kleid klein klemm klett kletter
klick klimm klimper kling klingel klinik klipp klirr klomm klopf klos kloster: klotz klöster: kluft klug klump klung
klüg knab knack knall knapp knarr knäb knecht kneip knet knick knie kniff knirsch knist knister knoch knochen knolle
knopf knosp knot knöpf knurr knüpf kobold koch koffer kohl komm konn konnt kopf korb korn kost kot köch köder: köhl
könig: könn köpf körb körn körper köst köstl krach: kraft krag krall kram krampf krank kranz kratz kraus kraut kräch
kräft kräh krähe krän kränk kränz kräut krebs: kreid kreis kreisch kreuz kribbel kriech krieg krippe krise kritz
kroch kron krone krön kröt krug krumm krüg krümm kuchen: kugel: kuh kuller kult kumm kummer kund kunft kunst kupfer
kupp kur kurz kuss kuß. kutsch küch küh kühl kühn kümmer künd kündig künft künst kür kürz küss küst küßt lab lach
lad laden: lag lager: lahm laib laich lall lamm lamp land lang langsam lapp las lass last laß. latern: latt lau laub
lauer lauf laun laus lausch laut lauter lav: lächel lächl läd läden: läg lämm länd läng längs lärche lärm läs lässt
läst läßt läuf läus läut läuter leb leben: lebend'ig leber: leck leder: leer leg lehm lehn lehr leib leich leicht
leid leih leim lein leinen leip leis leist leit lend lenk lenz lerch lern les letzt leu leucht leuchtturm leugn leut
licht lid lieb liebst lied lief lieg lieh lies ließ lind linde link linn lippe lisa lispel list litt lob loch lock
loder: log lohn lor lorbeer los losch lotse löb löch löck löff löffel löhn lös lösch löse löw löwe luchs lud ludwig
luft lug lump lung lust lüft lüg lüst mach macht mag magd: magen: mager: mahl mahn mai maid mal manch manchmal
mandel mangel mann mantel march maria mark markt marmor marsch martin mast maß mathilde matros matt mauer maul maur
maus max mächt mäd: mädel: mäg mägd: mägen: mäh mäkel: mäl mängel männ mänt märchen: märk märkt märz mäst mäß mäul
mäus meer mehl mehr meid meier meil mein meineid meiner meist meister meng mensch merk mess metz mied miene mies
miet milch mild milz minn minz misch miss mist miß. mitt mittag mittel mitten mitter mittwoch mocht mohn mohr mond:
moor moos mord morg morgen moritz morsch most mott möcht mög mönch mönd mörd mörder mulde mund munt munter murm
murmel murr mus: muss musst muster muß mußt mut mutter mutterseelenall'ein mücke müd müh mühe mühl müll münd müss
müßt müt mütter mütz myrte nab nabel: nach nachbar: nachd'em nacht nachten nachtigall nack nackt nadel: nag nagel:
nah nahm nahr naht nam name namen: nannt narb narr nas nascht naß. natter nat'ür nau nächst: nächt nägel: näh nähm
nähr nähte närr näs neb nebel: nebl: neck neffe neg nehm neid neig nein nelk nenn nerv nest nett netz neu neun nicht
nick nied nieder niemals nies niess nieß niet nimm nipp nirgend nirgendwo nixe nochm'al nomm nord norden noss not
nörd nöt nug nunm'ehr nuss nuß. nutz nüss nütz obacht ober: obgl'eich obst: obw'ohl ochs oder ofen: offen oft ohm
ohn ohr onkel opfer ord ordn orgel ort ost osten oster: otter otto öfen: öffn öfter öhr öl ört öst öster: paar pack
palm panz panzer papp papst: pass paß. paßt pauk paul paus päpst: pech pein peitsch pelz perl pest peter pfad pfahl
pfand pfann pfarr pfau pfäd pfänd pfeff pfeffer pfeif pfeil pferd: pfiff pfingst pflanz pfleg pflicht pflug pflück
pflüg pfort pfote pfund pfütz pilger pilz pinsel plag plan platsch platt platz plauder plän plätscher plätz plötz
plötzlich pluder plump plünd plünder poch pocht pracht prahl prall prang prass prächt präg predig: preis press pries
prob prunk prüf prügel: pub puff puls pult pump punkt pupp pust: putz pünkt qual qualm quark quart quäl quell quer
quick quill quitt quoll rab rabe rach rache rad: raff rag ragen: rahm rain rand rang rank rann rannt ranz rapp rasch
rase rasen: rasp rass rassel rast rat ratt rau raub rauch rauf rauh raum raun raup raus rausch räd: ränd ränk rät
räts: rätsel: räub räuch räum räus räusch reb rech rechen rechn recht reck red rede reg regel: regen: regn: reh reib
reich reif reig reih reim rein reis reiß reit reiz renn rest rett reu rhein rhön richt rieb riech ried rief rieg
riegel: riemen ries riesel: riet rind ring ringel rinn ripp riss riß ritt ritter ritz roch rock roggen roh rohr roll
rom ronn ros rose rosen: ross rost roß. rot rotz röck röhr röm rös röschen röst röt rötlich ruck ruder: rudolf ruf
ruh ruhm rum. rumpf rund rung runz russ ruß rutsch rück rücken rüf rühm rühr rümpf ründ rüst rüttel saal saat sach
sachs sacht sack saft sag sah sahn sait salb salz samba same samen: samm sammel sammet sams samstag samt sand sandt
sanft sang sank sann sarg sass: saß satt sattel satz sau sauber sauer saug saum saus säb säbel: säch säck säft säg
säh säl sänft säng sänk särg säß sätt sättel sätz säu säuer säug säul säum säus säusel schab schach schad schaden:
schaf schaff schaft schah schal schalk schall schalt scham schand schanz schar scharf scharr schatt schatten schatz
schau schaub schauer schauf schaukel schaum schäd schäf schäfer: schäft schäl schäm schänd schär schärf schätz
schäum scheck scheh scheid schein scheit scheitel scheiter schelch schell schelm schelt schemel: schenk scherb
scherz scheu scheuch scheuer schicht schick schicksal: schieb schied schief schieh schien schier schieß schiff
schild schilder schilf schill schimm schimmer schimpf schind schinken schirm schlacht schlaf schlag schlamm schlang
schlank schlapp schlau schlauch schlächt schläf schläg schläng schlecht schleck schleh schleich schleier schleif
schlepp schleuder schlich schlicht schlief schließ schliff schlimm schling schlitt schlitten schlitz schloss schloß.
schlöss schluch schlucht schluchz schluck schlug schlumm schlummer schlumpf schlund schlung schluss schluß. schlüg
schlüng schlüss schlüssel schmach: schmacht schmal schmaus schmäl schmeck schmecken schmeich schmeichel schmeiß
schmelz schmerz schmetter schmied schmieg schmier schmiss schmoll schmolz schmuck schmutz schmück schnabel: schnalz
schnapp schnaps schnarch schnau schnäb schneck schnee schnei schneid schneider schnell schnitt schnitz schnupp
schnur schnüffel schnür schob schock scholl scholt schon schonen: schopf schor schoss schoß schott schöb schön
schöpf schöß schrank schrat schräg schränk schreck schrei schreib schreit schrie schrieb schrift schritt schrob
schroff schub schuf schuh schul schuld schult schulter schurk schuss schuster: schuß. schutt schutz schüb schüld
schüler: schürz schüss schütt schüttel schütz schwa schwab schwach schwager: schwalb schwall schwamm schwan schwand
schwang schwank schwanz schwarm schwarz schwatz schwäch schwäg schwän schwänz schwärm schwärz schweb schwed
schwefel: schweif schweig schwein schweiß schweiz schwell schwemm schwer schwert: schwester schwieg schwill schwimm
schwind schwing schwinn schwipp schwirr schwister schwitz schwoll schwomm schwor schwör schwund schwung schwur
schwül schwür sech sechs see seel segel: segen: segn: seh sehn sehne seid seide seif seil seim sein seit seitd'em
seite selb selber selbst selig: sell selt selten send senk sense sess sessel setz seuch seufz sicher sicht sie sieb
sieben: sied sieg siegel: sieh silb silber sing sink sinn sippe sitt sitz sod'ann soeb'en sof'ort sog sog'ar sohl
sohn solch sold soll sollt sommer sond sonder sonn sonntag sonst sorg sow'ie sow'ohl söhn söld spalt spann spar
spass: spaß spat spatz spä späss: späß spät specht speck speer speich speicher speise spend spenst sperling sperr
spieg spiegel: spiel spieß spinn spitz splitt splitter sponn sporn spott spötter sprach: sprang spräng sprech spreng
sprich spring spritz sproch spross spröd spröss spruch sprudel: sprung sprüch sprüh sprüng spuck spuk spul spur
sputen spül spür staat stab stach: stachel stadt staffel stahl stall stalt stamm stampf stand stang stank starb
stark starr statt staub staun stäb städt: stähl ställ stämm ständ stänk stärk stätt stäub stech steck stecken steg
steh stehl steif steig steil stein stell stelz stemm stengel sterb sterben stern stet steu steuer stich stick stieb
stief stiefel: stieg stier stieß stift still stimm stinn stirb stirn stob stoch: stock stoff stoll stolp stolper
stolz stopf storb storch stoss: stoß stöck stöhn stör störch stöss: stöß straf strafe strahl stral strand strang
strass: straß straßen strauch strauß sträf sträng sträuch sträuß streb streck streich streif streik streit streng
streu strich strick strieg stritt stroh strom stroph ström strudel: strumpf strümpf stub student: stuf stuhl stumm
stumpf stund stunk sturm sturz stut stück stühl stümm stürm stürz stütz such: sucht sud summ sumpf sund sung sunk
süch: sücht süd süden: sühn sümpf sünd süss: süß tadel: tafel: tag tal tan tand tann tannen tant tanz tapf tapfer
tapp tasch tass tast tat tau taub taube tauch tauf taug taum taumel taus tausch tausend täfel: täg täl tänz tät
täusch teer teich teig teil tell teller temp teppich teuer teuf teufel thal thron: tief tier tilg tint tisch tob
tobs tochter tod ton topf tor tos tot töchter töd: tön töpf tör töt trab trach tracht traf trag trank trat trau
traub trauer trauf traum traur traut träch träg trän tränen: tränk trät träuf träum treff treib trend trenn trepp
tret treu trieb trief triff trift trink tritt trock trocken trocknen troff trog troll tromm trommel tropf trost:
trotz trotzd'em trög tröpf tröst: trug truhe trunk trupp trüb trüg trünk tschech tuch: tugend: tulp tum tunke tupf
turm turn tusch tuten tüch: tück tüll tüm tümpel tünch tür türk türm typ ufer: uhr uhu ulm ulme umh'er umh'in
ums'onst und unk unken unm'ögl ur urlaub: urteil üb übel: üben: über'ein überh'aupt übl: übrig: übrigens übung
vater: väter: väterch veil veilchen verdarb verdroß. vergaß vergn'üg verlor verzieh vetter vieh viel vielm'ehr vier
viert vogel: vogt: volk voll voll'end vollk'omm vor'an vor'aus vorb'ei vorder vorein'ander vorn vor'über vög vögel:
vögt: völk völl völlig waag wab wach wachs wacht wack wacker waden: waffe waffen waffn wag wagen: wahl wahn wahr
wald wall wallen walt walz wand wandel wander wandl wandt wang wann wanne wapp war warb ward warf warm warn wart
warz wasch wasser watt wäch wächs wächter wäg wägen: wähl wähn währ wäld wäll wälz wänd wär wärm wärt wärts wäsch
wässer web weber: wechs wechsel wechsl weck wedel: weder: weg. weg wegen: weh wehr weib weich weid weide weig weih
weihnacht weil weile wein weis weiß weit weizen welch welk well wels welt wend wenig: wenn werb werd: werf werk
wert: wes wesen: wesp west westen wett wetter wich wicht wichtig widm wieb wied wieg wien wies wiese wiew'ohl wild
wilhelm will willk'ommen wimm wimmer wimp wimper wind windel wink winkel winn wint winter winz wipf wipfel wirb
wirbel wird wirf wirk wirr wirt wisch wisp wispr wiss wisst wiß. witt witter witw witz wob woch wocht wod'urch
wof'ür wog woge wog'egen woh'er woh'in wohl wohlan wohn wolf wolk woll wolle wollt wom'it won'ach wonn wor'an
wor'auf wor'aus worb word worf worfen wor'in wort wor'über woz'u wöb wög wöhn wölf wölk wört wuchs: wucht wuld wuls
wund wunder wunderv'oll wunsch wurd wurf wurm wurst wurz wurzel wusch: wusst wußt wut wühl wünd wünsch würd würde
würf würg würm würst würz wüsst wüst: wüt zack zag zahl zahm zahn zang zank zappel zart: zauber zaud zauder zaum
zaun zäh zähl zähm zähn zärt: zäum zäun zech zeder: zehn zehr zeich zeichen zeichn zeig zeih zeil zeit zell zelt
zent zepter zerr zettel zeug zieg ziege ziegel: zieh ziel ziem zier ziffer zimm zimmer zinn zins zipf zirp zisch
zith zitt zitter zofe zog zoll zopf zorn zott zög zöll zöpf zörn zuck zucker zud'em zuein'ander zug zugl'eich
zukunft zul'etzt zum'al zun'ächst: zung zupf zur'ück zus'ammen zuv'or züg zügel: zünd zwang zwanz zwäng zweck zwei
zweif zweifel zweig zwerg zwie zwill zwing zwinker zwirn zwisch zwitsch zwitscher zwölf zwung
"""

_BORROWED = """
abit'ur adr'ess ak'ad akadem'ie akt akz'ent al'arm alg'ebra 'alkohol alphab'et alt'ar 'amor amp'el 'ananas anekd'ot
ant'enn apar'at app'ell appet'it aprik'os arist'okr ar'om art'ist asph'alt as'yl atmosph'är at'om 'auto autom'at
autor'ität ball'ad ball'ett ban'al ban'an band'it bar'ack bar'on batter'ie benz'in berl'in biblioth'ek bil'anz
biograph'ie biolog'ie biz'arr bomb bonb'on brill'ant br'osche brut'al b'üfett chem'ie ch'ina chir'urg chor'al
cous'in d'aten d'attel d'atum d'emo demokrat'ie dial'ekt dial'og diam'ant disk'ott dist'anz diszipl'in d'iva
dokum'ent d'ollar dr'ama dr'og eff'ekt eg'al 'ego elef'ant eleg'ant elem'ent el'it energ'ie epid'em ep'och etapp
'euro eur'op ex'akt ex'amen exempl'ar ex'il exist'enz exp'ert extr'em fabr'ik fam'il fam'os fanat'iker fantas'ie
fant'ast fass'ad fat'al fig'ur film fin'al fin'anz f'irma font'än form'at formul'ar f'oto fris'ur fut'ur gal'ant
galer'ie gal'opp gard'in gem'üs gener'al geni'al gen'ie geograph'ie gig'ant gir'aff git'arr gl'obus grand'ios
gr'atis grot'esk guirl'and hal'unk harm'on harmon'ie hel'ikopter h'obby horiz'ont horm'on hosp'ital hum'an hum'or
hymn ide'al id'ol illus'ion imp'uls indian'er indiv'id industr'ie instr'um instrum'ent intellig'ent int'im ir'on
iron'ie itali'en jack jasm'in jubil'ä jur'ist just'iz juw'el kab'el kab'in kabin'ett kak'ao kal'ender kam'el k'amera
kamer'ad kam'in kan'al kan'on kant'at kap'ell kapit'al kapit'än kap'itel kar'at karr'ier kasern k'asper kat'alog
katastr'oph kathedr'al kathol kav'al ker'amik k'ilo kilom'et k'ino klav'ier kl'ima kol'onn kom'et k'omik komm'and
komm'od kompl'ett kompl'ex kompliment kompon'ist konfl'ikt kongr'ess kons'erv kont'akt kontin'ent k'onto kontr'oll
konz'ept konz'ert kop'ie kor'all korr'ekt kost'üm kred'it krist'all krit'ik krokod'il kult'ur kur'ier kurs kurv
lab'or lag'un lat'ern law'in leg'end liber'al lik'ör l'inie l'iter liter'at literat'ur l'ogik lok'al l'otos l'uxus
l'yrik mad'onn magaz'in mag'ie m'agier magn'et maj'or m'ama man'ier mar'in masch'in m'ask mat'er material matr'atz
matr'os mech'anik med'aill m'edien mediz'in melod'ie mel'on met'all meth'od mikr'o milit'är miner'al min'ist min'ut
mob'il m'ode mod'ell mod'ern mom'ent mon'arch m'onster mor'al mos'aik mot'iv m'otor mus'eum mus'ik m'usk m'uskel
m'ythos nat'ion nation'al nat'ur n'eon nerv neutr'al not'iz nov'ell n'ovem null nummer o'as obj'ekt 'oboe okt'av
ol'iv 'oper optim'ist or'akel orch'est orchest orchid'ee 'orden 'orient or'igin origin'al ork'an ornam'ent 'ozean
pak'et pal'ast pan'ik pant'er p'apa papag'ei pap'ier par'ad parad'ies parf'üm park parlam'ent par'ol part'ei
p'artner passag'ier pat'ent pati'ent patr'on perf'ekt per'iod pers'on per'ück phantas'ie phant'ast philos'oph
ph'önix phys'ik pian'ist p'iano pil'ot pir'at pist'ol plan'et pl'astik plat'an poes'ie po'et pok'al polit polit'ik
poliz'ei portr'ät porzell'an pos'aun posit'ion post pr'axis präs'ent präsid'ent pr'inz prinz'ess prinz'ip priv'at
probl'em prod'ukt prof'it progr'amm proj'ekt proph'et proz'ent proz'ess psych'iat psycholog'ie publik p'ublikum
p'uls pup'ill p'urpur pyram'id quadr'at quart'ett rad'ar r'adio rak'et re'al reb'ell ref'orm refr'ain reg'al reg'ent
regi'on reg'ister rekl'am rek'ord rel'ief relig relig'ion republ'ik res'erv resp'ekt rev'olt revol'ution rh'ythm
riv'al r'obot rom'an rom'ant romant'ik rout ru'in sal'at sal'on sand'al satell'it schabl'on schak'al schal'upp
schokol'ad sekret'är sek'und sem'est semin'ar sen'at ser'en sib'ir sign'al sinfon'ie sir'en situat'ion skand'al
skel'ett sk'izz skl'av s'ofa sol'ar sold'at sol'id sol'ist s'olo son'at soz'ial sp'argel spektak'el spi'on spir'al
sp'ort st'adion stati'on st'atue stil strukt'ur stud'ent st'udio subst'anz symb'ol sympath'ie symphon'ie syst'em
sz'en tab'ak tabl'ett tab'u tal'ent t'ango tap'et tar'if t'axi t'echnik technol'og telef'on telesk'op t'empel
temperam'ent temperat'ur t'empo tend'enz t'ennis ten'or terr'ass terr'or t'est testam'ent t'ext theor'ie therap'ie
t'iger t'itel tom'at tot'al t'our tour'ist trag'öd transp'ort tri'umph tromp'et tropen tr'upp t'unnel turn'ier
tyr'ann unif'orm uni'on univers'al univers'um ur'an vagab'und vak'uum v'amp v'ase vent'il ver'anda veter'an v'ideo
vi'ol viol'in vis'ion vis'it vulk'an wagg'on whisk z'ebra zent'ral zentr'al z'entrum zigar'ett zig'arr zig'eun
z'irkel z'irkus zitr'on ziv'il z'yklus zyl'inder z'ypress
"""


def _read(text: str) -> tuple[dict[str, int], frozenset[str], frozenset[str]]:
    """Stem -> where its stress lies (letter index, -1 = by rule); the long ones; the short ones."""
    places: dict[str, int] = {}
    long_, short = set(), set()
    for row in text.split():
        mark = row[-1] if row[-1] in ":." else ""
        stem = row.rstrip(":.")
        plain = stem.replace("'", "")
        places[plain] = max(stem.find("'"), places.get(plain, -1))
        if mark == ":":
            long_.add(plain)
        elif mark == ".":
            short.add(plain)
    return places, frozenset(long_), frozenset(short)


STEMS, LONG, SHORT = _read(_NATIVE + _BORROWED)
"""Known stems with the letter their stress lies on; those with a long, those with a short vowel against the rule."""

V_AS_F = ("vater", "väter", "vetter", "vieh", "viel", "vier", "vog", "vög", "volk", "völk", "voll", "völl", "vom",
          "von", "vor", "veil", "vlies", "ver")  # fmt: skip
"""Where v at the beginning is f; elsewhere before a vowel it is w ("Vase")."""
