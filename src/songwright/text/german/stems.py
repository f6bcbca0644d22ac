"""The building stones of German: common stems, and what their spelling does not show.

One blank between stems. `:` after a stem: its vowel is long although more than one consonant (or ch) follows ("mond:");
`.` after it: short although only one follows ("bus."); `'` before a vowel: the stress lies there ("mus'ik"). Stems that
change their vowel stand in each form. Endings are not written ("lieb" stands for liebe, lieben, liebte).
"""

from __future__ import annotations

_NATIVE = """
aal aar aas abend: abenteuer aber acht ack acker ader: adel: adl: adler: affe ahn ahorn all alp alt alter ält älter amboss ameise
amm ampel amsel amt ämt anbeginn andacht ander anderthalb angel angst ängst anker antwort apfel äpfel arbeit arg ärger arm ärm
art: ärt: arzt: ärzt: asche aschen ast äst atem: äther: auf aufruhr aug auge außen außer axt
bach bäch back bäck bad: bäd: bag bahn bahr balg bald balk ball bäll balsam band bänd bang bank bänk bann bär bart: bärt: base
bass bast bau bauch bäuch bauer baum bäum bayer beb becher: becken beer beet begehr beginn bei beicht beid beil bein beiß bell
benn berg bern bersten besen: besser best bet bett beug beul beute beutel bevor bez bibel: bieg bien bier biest biet bild bilder
bill bind birg birk birn birst bisher biss bitt bitter bla blank blas bläs blass blatt blätt blau blech bleib bleich blei blend
blick blieb blind blink blinz blitz block blöd blond bloß blöß blüh blum blüt blut bluse bock böck boden: böden: bog bög bohn bohr
bold bös bösch bot boot bord born börs borst bot böt brach: brand bränd brannt brat brät brau brauch bräuch braun braus braut bräut brav
brech breit brems brenn brett brich brief bring briese brill brise brod brot bröck brück bruch brüch bruder: brüder: brüh brüll brumm brunnen
brust brüst brut brüt bub bube buch: büch: buck bück bücken bug bügel: bühn bund bünd bunt burg bürg bursch bürst bus. busch büsch busen: buß büß
butter
chor: chör: christ: dach däch dachs dachte dacht dächt dalli damm dämm dampf dämpf dank därm dauer daumen deck degen: dehn deich dein denk
deut deutsch dicht dick dieb dien dienst dies ding disch distel dom donner dopp doppel dorf dörf dorn dörn dort dos drach dräng drang
draht dräht drall draus draußen dreck dreh drei dreist dreiß dresch drill dring dritt droh drohn dröhn drost drossel druck drück drum. drüs
duck duft düft duld dumm dumpf dung dunkel dünk dünn dunst dünst dürf dürft dürr durst dürst dusch: düster: dutz
ebb eben: ebn: eber: echo echt eck edel: edl: eh ehe ehr ei eib eich eid eier eif eifer eifr eig eigen eil eimer ein einst einzel eis eisen eit
eitel eiter ekel: elend: elf ell elter end eng engel enkel ente erb erbs erd: erker ernst ernt erst: erz: esel: ess ess esche euch euer eul ewig: ewigk
fach fäch fackel fad: fäd: faden: fäh fahl fahn fahr fähr fahrt: fährt: fäll fall falsch fälsch falt falter fang fäng farb färb fass fäss fassen
fast faul faust fäust fecht feder: fedr: feg fehl feier feig feil fein feind feld fell fels felsen fenster ferien: fern ferse fertig fess fessel fest fett
fetz feucht feu feuer fichte fieb fieber: fiel fig finger find fink finster firn fisch flach fläch flachs flack flagg flamm flank flasch flatter
flau flaum flecht fleck fleh flehn fleisch fleiß flick flieder: flieg flieh fließ flimm flimmer flink flirr floc flock flog flög floh flöh
floss flöss flöt flott fluch: flüch: flucht flücht flug flüg flügel: flur fluss flüss flut füt flüstr flüster fohl folg folter forder förder form
forsch förster frag fräg frau fräul fräulein frech frei fremd freß fress freu freud freund frevel: fried friedr frier friss frisch frist froh
fröh fröhl fromm frömm front frosch frösch frost fröst fror frucht frücht früh frühling frust fuchs füchs fug füg fuhr führ füll fünf fund fünd
funk funken funkel furch: furcht fürcht fürst furt fuß füß futter fütter
gab gäb gabel: gack gaff gähn galg gall galt gang gäng gans gäns ganz gär garb garn gart garten gärt gass gast gäst gatt gatter gauk gaul gaum gaun
gebär gebet gebirg gebor gebühr geburt: geck geb geg gegen: geh gehn geig geil geist geiz geld gelb gell gelt gemäl gemüt genau genug gerad gerade: gerb gern gerst
geruch gesch geschäft geschicht geschicht: gesell gesetz gess gesicht gespenst gestern gest gesund gewalt geweb gewehr gewiss gewitter gewöhn gib. gier gieß gift ging gipf
gipfel gitter glanz glänz glas gläs glatt glätt glaub gleich gleit glich glied glimm glitt glitz glitzer glock glomm glück gluck glüh glut
gnad gnäd gold gönn gott gött götter grab gräb graben: grad gräf graf gram gräm gras gräs grat grau graub grauen graus greif greis grell grenz
greuel gräul griff grill grimm grob gröb groll groß größ grotte grub grüb gruft grün grund gründ gruß grüß grupp gunst günst gurgel gurt gürt gürtel guss
güss gut güt
haar habe hab habich hack hader: hafen: häfen: hafer: haft häft hag hahn hähn hain hak halb hälft hall halm hals häls halt hält hammer hämmer hand
händ handel händel handl hang häng hans harf harm harr harsch hart härt hase hass häss hast hat hätt hau hauch häuf hauf haufen haupt häupt haus häus haut
häut heb heck heer heft heg heid heidel heil heim heiß heit heiter held helf hell helm hemd hemm hengst her. herb herbst herd: herr herrsch herz
herzog: hetz heu heul heut hex hieb hielt hier hieß hilf himmel hing hinter hirn hirsch hirt hitz hob höb hobel: hoch: höch: höchst: hoff hof höf hoffn höh hohl
höhl hohn höhn hol hold höld hole höll holz hölz honig: hör horch hord horn hörn hort hort hose hub hüb hüft hügel: huhn hühn huld hüll hülle
hummel humpel hund hünd hundert hung hunger hüpf hur husch hust: husten: hut hüt hütt
igel: immer impf inn inner insel irr isch
jag jagd: jäger: jahr jähr jammer jauch jauchz jawohl jed jeder: jen jetz joch jodel: johann jubel: jubl: juck jud jugend: jung jüng jüngst jur
käfer: käfig: kahl kahn kähn kaiser kalb kälb kalk kalt kält kam käm kamm kämm kammer kampf kämpf kann kannt kant kapp karg karr kart käs kaser kasten käst
katz kauf käuf kauz kauer kebs keck kegel: kehl kehr keil keim kein keks kelch kell keller kenn kerb kerl kern kerz kessel kett keuch keusch
kicher kiefer: kien kies kiesel: kind kinder kinn kirch kirsch kiss kissen kist kitsch kitz klaff klag kläg klang kläng klapp klapper klar klär klass
klatsch klaub klau kleb kleck klee kleid klein klemm klett kletter klick klimm kling klinik klipp klirr klopf klos kloster: klöster: klotz kluft klug
klüg klump knab knack knall knapp knarr knecht kneip knet knick knie kniff knirsch knist knister knoch knochen knolle knopf knöpf knosp knot knüpf knurr
kobold koch köch köder: koffer kohl köhl komm könig: konn könn kopf köpf korb körb korn körn körper kost köst kot krach: kräch kraft kräft krag krähe kräh
krall kram krampf krän krank kränk kranz kränz kratz kraus kraut kräut krebs: kreid kreis kreisch kreuz krieg kriech krippe kritz kroch kron krön krone
kröt krug krüg krumm krümm küch kuchen: kugel: kuh küh kühl kühn kuller kult kumm kummer kümmer künd kund kündig kunft kunft künft kunst künst kupfer kupp kur kür
kurz kürz kuss küss küst kutsch
lab lach lächel lächl lad läd lad laden: läden: lag läg lager: lahm laib laich lall lamm lämm lamp land länd lang läng längs langsam lapp lärm lärche
las läs lass lässt last läst latern: latt lau laub lauer lauf läuf laun laus läus lausch laut läut lauter läuter lav: leb leben: leber: lebt
leck leder: leer leg lehm lehn lehr leib leich leicht leid leih leim lein leinen leip leis leist leit lenk lenz lerch lern les letzt leu leucht leugn
leut licht lid lieb liebst lied lief lieg lieh lies ließ lilien lind linde link linn lippe list lob löb loch löch lock löck loder: löff löffel log
lohn löhn los lös lösch löse löw löwe lotse luchs lüft luft lug lüg lump lung lust lüst
mach macht mächt mädel: magd: mägd: mäd: mag mäg magen: mägen: mager: mäh mahl mahn mai mäkel: mal mäl mal manch mandel mangel mängel mann männ mantel mänt
march mark märk markt märkt marmor marsch märz märchen: maß mäß mast mäst matt mauer maul mäul maur maus mäus meer mehl mehr meid meier meil mein meiner meineid
meist meister meng mensch merk mess metz miene mied mies miet milch mild milz minn minz misch miss mist mitt mittag mittel mitten mitter mocht möcht mög
mohn mohr mold mönch mönd mond: moos moor mord mörd mörder morg morgen morsch most mott mücke müd mühe müh mühl mulde müll mund münd munt munter murm murmel
murr müss muss muß must muster mut müt mutter mütter mütz
nab nabel: nach nachbar: nacht nächt nächst: nachten nack nackt nadel: nag nagel: nägel: nah näh nahm nähm nähr nahr naht nähte nam name namen: narb narr närr nas näs
nascht natter nebel: nebl: neb neck neffe neg nehm neid neig nein nelk nenn nerv nest nett netz neu neun nicht nick nied nieder niemals nies niet nimm nipp nixe
nomm not nöt not nord norden nörd nuss nüss nutz nütz
ober: obacht obst: ochs oder ofen: öfen: offen öffn oft öfter ohm ohn ohr öhr öl onkel opfer ord ordn orgel ort ört ost osten oster: öster: otter
paar pack palm panz panzer papp papst: päpst: pass pauk paus pech pein peitsch pelz perl pest pfad pfäd pfahl pfand pfänd pfann pfarr pfau pfeff pfeffer pfeif pfeil
pferd: pfiff pfingst pflanz pfleg pflicht pflück pflug pflüg pfort pfote pfund pfütz pilger pilz pinsel plag plan plän platsch platt platz plätz
plauder plötz plötzlich pluder plump plünd plünder pocht poch pracht prächt prahl präg prang prass predig: preis press pries prob prüf prügel: prunk pub puff puls pult pump punkt pünkt pupp
pust: putz
quäl qual qualm quark quart quell quer quick quill quitt quoll quod
rab rabe rach rache rad: räd: raff ragen: rag rahm rain rand ränd rang ränk rank ranz rapp rasch rase rasen: rass rast rast rasp rat rät räts: rätsel: ratt rau raub räub rauch
räuch rauf rauh raum räum raun raup raus rausch räusch räus reb rech rechen recht rechn reck red rede reg regel: regen: regn: reh reib reich reif reig reih reim rein reis
reiß reit reiz renn rest rett reu rhein rhön richt riech ried rief rieg riegel: riemen ries riesel: riet rind ring ringel rinn ripp riß riss ritt ritter ritz roch röck rock
roggen roh röhr rohr röm röm rom roll ros rose rosen: ross rost röst rot röt rötlich rotz rück rücken ruck ruder: ruf rüf ruh ruhm rühm rühr rum. rümpf rumpf rund ründ runz ruß russ
rüst rutsch rüttel
saal säl saat säb säbel: sach säch sachs sacht sack säck saft säft sag säg sah säh sahn sait salb säl säul salz same samen: samm sammel sammet samt sams sand sang säng sank sänk sanft sänft sarg särg
saß säß satt sätt sattel sättel satz sätz sau säu sauber sauer säuer saug säug säum saum säus saus schab schach schad schäd schaden: schaf schäf schäfer: schaff schaft schäft
schal schäl schalk schall schalt scham schäm schand schänd schanz schar schär scharf schärf scharr schatt schatten schatz schätz schau schaub schauer schauf schaukel schaum schäum scheck scheid
schein scheit scheitel scheiter schelch schell schelm schelt schemel: schenk scherb scherz scheu scheuch scheuer schicht schick schicks schicksal: schieb schied schief schien schier schieß schiff schild
schilder schilf schill schimm schimmer schimpf schind schinken schirm schlacht schlächt schlaf schläf schlag schläg schlamm schlang schläng schlank schlapp schlau schlauch schlecht schleck schleich schleier schleif
schlepp schleuder schlich schlicht schlief schließ schliff schlimm schling schlitt schlitten schlitz schloss schlöss schluch schlucht schluchz schluck schlug schlüg schlumm schlummer schlumpf schlund schluss schlüss schlüssel
schmach: schmacht schmal schmäl schmaus schmecken schmeck schmeich schmeichel schmeiß schmelz schmerz schmetter schmied schmieg schmier schmoll schmolz schmuck schmück schmutz schnabel: schnäb schnalz schnapp
schnaps schnarch schnau schneck schnee schneid schneider schnei schnell schnitt schnitz schnüffel schnupp schnur schnür schob schöb schock scholl schon schön schonen: schopf schöpf schoß schöß schoss
schott schräg schrank schränk schrat schreck schrei schreib schreit schrie schrieb schrift schritt schrob schroff schub schüb schuf schuh schuld schüld schul schüler: schult schulter schurk schürz schuss schüss schuster: schutt
schütt schüttel schutz schütz schwa schwab schwach schwäch schwager: schwäg schwalb schwall schwamm schwan schwän schwand schwang schwank schwanz schwänz schwarm schwärm schwarz schwärz schwatz schweb schwed schwefel: schweif
schweig schwein schweiß schweiz schwell schwemm schwer schwert: schwester schwieg schwill schwimm schwind schwing schwinn schwipp schwirr schwitz schwoll schwor schwör schwül schwund schwung schwur schwür
sech sechs see seel segel: segen: segn: seh sehn sehne seid seide seif seil seim sein seit seite selb selber selbst selig: selt selten send senk sense sess sessel setz seuch seufz sicher sicht sicht sie sieb sieben: sied sieg siegel: sieh silber
silb sing sink sinn sippe sitt sitz sog sohl sohn söhn sold söld solch soll sommer sond sonder sonn sonst sorg spä spalt spann spar spaß späß spat spät spatz specht speck speer speich speicher speise spend sperr
sperling spiegel: spieg spiel spieß spinn spitz splitt splitter sporn spott spötter sprach: sprich sprang spräng sprech spreng spring spritz sproch spröd spross spröss spruch sprüch sprüh sprudel: sprung sprüng spuck spuk
spul spül spur spür sputen staat stab stäb stach: stachel stadt städt: staffel stahl stähl stall ställ stamm stämm stampf stand ständ stang stank stänk starb stark stärk starr statt stätt staub stäub staun stech steck
stecken steg steh stehl steif steig steil stein stell stelz stemm stengel sterb sterben stern stet steu steuer stich stich stick stieb stief stiefel: stieg stier stieß stift still stimm stinn stirb stirn stob stock stöck stoff stöhn stoll stolp stolper
stolz stopf stör storch störch storm stoß stöß strafe straf sträf strahl stral strand strang sträng straß straßen strauch sträuch strauß sträuß streb streck streich streif streik streit streng streu strich strick strieg stritt stroh strom ström stroph
strudel: strumpf strümpf stub stück student: studi stuf stuhl stühl stumm stümm stumpf stund sturm stürm sturz stürz stut stütz such: süch: sucht sücht süd süden: sud sühn summ sumpf sümpf sünd süß
tadel: tafel: täfel: tag täg tal täl tand tann tannen tant tanz tänz tapf tapfer tapp tasch tass tast tat tät tau taub taube tauch tauf taug taum taumel taus tausch täusch tausend teer teich teig teil tell teller temp
teppich teuf teufel teuer thal thron: tief tier tilg tint tisch tob tobs tochter töchter tod töd: tön ton topf töpf tor tör tos tot töt trab trach tracht träch trag träg trank tränk tränen: trän tränk trat trät traub trau trauer trauf
träuf traum träum traur traut treff treib trenn trepp tret treu trieb trief triff trift trink tritt trock trocken trocknen trog trög tröpf troll tromm trommel tropf trost: tröst: trotz trüb trug trüg trunk trünk truhe trupp tuch: tüch: tück
tüll tugend: tulp tum tüm tümpel tünch tunke tupf tür turm türm turn türk tusch tuten typ
übel: übl: üb üben: übrig: übung ufer: uhr uhu ulm ulme umsonst und ungar unk unken ur urb urlaub: urteil uter
vater: väter: väterch veil veilchen verb verd verlor verlier vers vetter vieh viel vier viert vogel: vögel: vogt: vögt: volk völk voll völl völlig vorder vorn
waag wab wach wäch wachs wächs wacht wächter wack wacker waden: waffe waffen wag wäg wagen: wägen: wahl wähl wahn wähn wahr währ wahrheit wald wäld wall wäll wallen walt walz wälz wand wänd wandel wander wang wann wann wanne
wapp war wär ward warf warm wärm warn wart wärt wärts warz wasch wäsch wasser wässer watt wats web weber: wechs wechsel wechsl weck wedel: weder: weg. weg wegen: weh wehr weib weich weide weid weig weih weihn weihnacht weil weile wein weis
weiß weisheit weit weizen welch welk well wels welt wend wenig: wenn werb werd: werf werk wert: wes wesen: wesp west westen wett wetter wicht wichtig widm wieb wied wieg wien wiese wild will wimm wimmer wimp wimper
wind windel wink winkel winn wint winter winz wipf wipfel wirb wirbel wird wirf wirk wirr wirt wisch wispr wisp wiss witt witw witz wob wöb woch wocht wog wög woge wohl wohn wolf wölf wolk woll woll wolle woll wonn worf worfen
wort wört wuchs: wucht wühl wuld wuls wund wünd wunder wunsch wünsch wurd würd würde wurf würf würg wurm würm wurst würst wurz würz wurzel wusch: wusst wüsst wüst: wut wüt
zack zag zäh zahl zähl zahm zähm zahn zähn zang zank zart: zärt: zauber zaud zauder zaum zäum zaun zäun zech zeder: zehn zehr zeich zeichen zeichn zeig zeih zeil zeit zell zelt zent zepter zerr zettel zeug ziege zieg ziegel: zieh
ziel ziem zier ziffer zimm zimmer zinn zins zipf zirp zisch zitt zitter zofe zog zög zoll zöll zopf zöpf zorn zörn zott zuck zucker zug züg zügel: zünd zung zupf zuviel zwanz zwang zwäng zweck zwei zweif zweifel zweig
zwerg zwie zwill zwing zwirn zwisch zwölf zwitsch zwitscher
"""

_BORROWED = """
abit'ur adr'ess akadem'ie ak'ad akt akz'ent al'arm alg'ebra 'alkohol alt'ar alphab'et 'amor amp'el an'anas anekd'ot anten'n apar'at app'ell appet'it
aprik'os arist'okr ar'om art'ist asph'alt as'yl at'om atmosph'är 'auto autom'at autor'ität ball'ad ball'ett ban'al ban'an band'it bar'ack bar'on batter'ie benz'in
berl'in biblioth'ek bil'anz biograph'ie biolog'ie biz'arr bomb bonb'on brill'ant br'osche brut'al b'üfett chem'ie chin'a chir'urg chor'al cous'in
d'attel d'atum d'aten demokrat'ie d'emo dial'ekt dial'og diam'ant d'iva disk'ott dist'anz diszipl'in dokt'or dokum'ent d'ollar dr'ama dr'og eff'ekt 'ego eg'al elef'ant eleg'ant
elem'ent el'it energ'ie epid'em ep'och etapp 'euro eur'op ex'akt ex'amen exempl'ar exist'enz exp'ert ex'il extr'em fabr'ik fam'il fam'os fanat'iker fantas'ie fantast fass'ad fat'al fig'ur film
fin'al fin'anz f'irma fl'aum flor font'än form'at formul'ar f'oto fris'ur fut'ur gal'ant galer'ie gal'opp gard'in gem'üs gen'ie genial gen'eral geograph'ie gig'ant gir'aff git'arr gl'obus grand'ios gr'atis
grot'esk guirl'and hal'unk harmon'ie harm'on hel'ikopter h'eld h'obby horiz'ont horm'on hosp'ital hum'or hum'an hym'n ide'al id'ol illus'ion imp'uls indian'er indiv'id industr'ie instr'um instrum'ent intellig'ent
int'im ir'on iron'ie itali'en jack jasm'in jubil'ä jur'ist just'iz juw'el kab'el kabin'ett kab'in kak'ao kal'ender kam'el k'amera kamer'ad kam'in kan'al kanon'e kant'at kap'ell kapit'al kapit'än kap'itel kar'at karr'ier
kasern k'asper kat'alog katastr'oph kathedr'al kathol kav'al ker'amik kilom'et k'ilo k'ino klav'ier kl'ima kol'onn kom'et k'omik komm'and komm'od kompl'ex kompl'ett kompliment kompon'ist konfl'ikt kongr'ess
kons'erv kont'akt kontin'ent k'onto kontr'oll konz'ept konz'ert kop'ie kor'all korr'ekt kost'üm kred'it krist'all krit'ik krokod'il kult'ur kur'ier kurs kurv lab'or lag'un lat'ern law'in leg'end lib'er liber'al lik'ör
l'inie l'iter liter'at literat'ur l'ogik lok'al l'otos l'uxus l'yrik mad'onn mag'ie m'agier magaz'in magn'et maj'or m'ama man'ier mar'in m'arm masch'in m'ask m'ass matr'atz matr'os mat'er material mech'anik med'aill m'edien
mediz'in melod'ie mel'on meth'od met'all mikr'o milit'är miner'al min'ut min'ist mob'il m'ode mod'ell mod'ern mom'ent mon'arch m'onat m'onster m'oral mor'al mos'aik mot'iv m'otor mus'eum mus'ik m'uskel m'usk m'ythos
nat'ion nation'al nat'ur n'eon nerv neutr'al not'iz nov'ell n'ovem n'ull n'umm nummer oas'e obj'ekt 'oboe okt'av ol'iv 'oper optim'ist or'akel orch'est orchest 'orden orchid'ee 'orient or'igin origin'al ork'an ornam'ent 'ozean
pak'et pal'ast p'alm pan'ik pant'er p'apa papag'ei pap'ier par'ad parad'ies parf'üm p'ark parlam'ent par'ol part'ei p'artner passag'ier pat'ent pati'ent patr'on perf'ekt per'iod pers'on per'ück phantas'ie phant'ast
philos'oph ph'önix phys'ik pian'ist p'iano pil'ot pir'at pist'ol plan'et pl'astik plat'an po'et poes'ie pok'al polit'ik polit poliz'ei porzell'an portr'ät pos'aun posit'ion post präs'ent präsid'ent
pr'axis pr'inz prinz'ess prinz'ip priv'at probl'em prod'ukt prof'it proph'et progr'amm proj'ekt proz'ent proz'ess psych'iat psycholog'ie publik p'ublikum p'uls pup'ill p'urpur pyram'id
quadr'at quart'ett rad'ar r'adio rak'et re'al reb'ell ref'orm refr'ain reg'al reg'ent regi'on reg'ist rekl'am rek'ord relig'ion relig rel'ief republ'ik res'erv resp'ekt rev'olt revol'ution rh'ythm riv'al r'obot rom'an rom'ant
romant'ik rou't ru'in sal'at sal'on sand'al satell'it schabl'on schak'al schal'upp schokol'ad sekret'är sek'und sem'est semin'ar sen'at ser'en ser'ie sib'ir sign'al s'ilbe sinfon'ie sir'en situat'ion skand'al skel'ett sk'izz skl'av
s'ofa sol'ar sold'at sol'id sol'ist s'olo son'at soz'ial sp'argel spektak'el spi'on spir'al sp'ort st'adion stati'on st'atue stil struk'tur strukt'ur stud'ent stud'ie st'udio stud'ier subst'anz symb'ol symphon'ie sympath'ie syst'em sz'en
tab'ak tabl'ett tab'u tal'ent t'ango tap'et tar'if t'axi t'echnik technol'og telef'on tel'eg telesk'op temp'erat temperat'ur temperam'ent t'empel t'empo tend'enz t'ennis ten'or terr'ass terr'or t'est testam'ent t'ext the'at theor'ie therap'ie t'itel t'iger
tom'at tot'al t'our tour'ist trag'öd transp'ort tri'umph tromp'et trop'en tr'upp t'unnel turn'ier tyr'ann unif'orm uni'on univers'um univers'al ur'an vagab'und vak'uum v'amp v'ase vent'il ver'anda veter'an v'ideo viol'in vi'ol vis'ion vis'it vulk'an
wagg'on wh'isk z'ebra zent'ral zentr'al z'entrum zig'arr zigar'ett zig'eun z'irkel z'irkus zitr'on ziv'il zyl'inder z'yklus z'ypress
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
