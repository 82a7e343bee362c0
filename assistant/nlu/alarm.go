package nlu

// Alarms are read by the grammar of the phrase tables: part of the body × sign ×
// severity. It is better to say 103 once too often than once too seldom, but a
// toothache with a wish to come is a booking.

// The pseudo-commands of alarm phrases; none leaves the package.
const (
	alarmEmergency = "!emergency"
	alarmSymptom   = "!symptom"  // a complaint of the body
	alarmQuestion  = "!question" // what is it, what shall I take
	alarmWhatToDo  = "!whattodo" // the weaker question
	alarmCure      = "!cure"     // asks for a remedy, which nobody does who is well
	alarmIdiom     = "!idiom"    // says it of joy or impatience: no alarm
)

var classesAlarm = []classRow{
	{"a_chest", "груди груд* грудь грудная грудной грудине грудиной chest күкрәк күкрәктә күкрәгем күкрәгемдә"},
	{"a_heart", "сердце сердца сердцу сердцем серце heart йөрәк йөрәгем йөрәктә"},
	{"a_pain", `болит болят боль боли болью болело ноет ноют колет колит режет печет жжет жжот давит сдавило сдавливает сжимает сжало стреляет ломит тянет дергает
		больно pain pains hurts hurt hurting ache aches aching tight tightness pressure squeezing авырта авыртуы кыса чәнчи авырту`},
	{"a_severe", `сильно сильная сильный сильные сильное сильнейшая резко резкая резкий внезапно внезапная невыносимо невыносимая невыносимый острая острый очень ужасно адская адски дико жутко
		прихватило severe severely sudden suddenly terrible unbearable intense bad extreme crushing strong нык бик көчле кинәт`},
	{"a_breath", "дышать дыхание дышит дышу дышится вдохнуть воздуха воздух отдышаться вздохнуть breathe breathing breath сулый сулыш сулышы сулышым суларга тын тыны тыным һава"},
	{"a_hard", "трудно тяжело нечем сложно невозможно хватает перехватило затруднено остановилось hard difficult trouble can't cant cannot difficulty short struggling авыр кыен алмыйм алмый алалмый алалмыйм җитми кысыла кысылды бетте"},
	{"a_choke", "задыхаюсь задыхается задыхаемся задыхаются подавился подавилась поперхнулся удушье удушья душит захлебывается choking choke suffocating suffocate тончыга тончыгам"},
	{"a_faint", "сознание сознания сознанием сознании обморок обморока обмороке отключился отключилась вырубился вырубилась unconscious fainted collapsed unresponsive аңын аңсыз һушын"},
	{"a_lost", "потерял потеряла потеряли теряет теряю потеря без упал упала падает lost losing passed югалтты югалткан югалттым җуйды җуйган җуйдым"},
	{"a_face", "лицо лица лице рот рта улыбка улыбку щека половина полтела face mouth smile бите йөзе авызы битем йөзем авызым"},
	{"a_skew", "перекосило перекошено перекошен перекосился скривило искривило обвисло опустился опустилась перекосилась асимметрия кривое drooping droops drooped droop crooked twisted кыйшайды"},
	{"a_limb", "рука руку руки нога ногу ноги левая правая конечности arm leg hand arms side кулы кул кулым аягы аяк аягым"},
	{"a_speech", "речь речи говорить говорит язык speech speak speaking slurred talk сөйләшә сөйләме"},
	{"a_blood", "кровь крови кровью кровотечение кровотечения кровит кровоточит blood bleeding bleed bleeds кан канны кан-ага"},
	{"a_heavy", "хлещет фонтаном истекает льет льется остановить останавливается сильное сильно обильное heavily profusely туктамый"},
	{"a_swell", "отек отекло отекает отекла отекли опухло опухает опухла опухли распухло распухает распух распухли раздуло swelling swollen swelled swells шеште шешә шешенде"},
	{"a_throat", "горло горле горла язык языка лицо лица гортань губы губа веки throat tongue lips face lip тел тамак ирен бите"},
	{"a_allergy", "аллергия аллергии аллергию аллергическая укусила укус ужалила квинке анафилактический анафилаксия анафилактическая allergic allergy anaphylaxis anaphylactic аллергиясе аллергиям"},
	{"a_poison", "отравился отравилась отравление отравили наглотался наглоталась передозировка передоз выпил выпила overdose poisoned swallowed агуланды агуландым агуланган"},
	{"a_pills", "таблетки таблеток лекарств уксус кислоту отраву яд яда пачку pills bleach tablets medicine дару"},
	{"a_part", `зуб зубы зуба зубик голова головы голову горло горла живот живота животик желудок спина спину спины поясница колено колени коленка шея шею нога ноги рука руки ухо ухи уши глаз глаза нос
		кожа кожу лицо десна десны почки почка печень бок плечо локоть палец грудь язык суставы сустав мышцы лапа лапу хвост tooth teeth head throat stomach back knee neck leg ear ears eye eyes nose skin foot hand
		теш тешем теше баш башым башы корсак корсагым корсагы тамак тамагым тамагы аяк аягым күз күзем күзе колак колагым колагы арка аркам бил билем`},
	{"a_sign", `опух опухла опухло опухли покраснел покраснела покраснело покраснели чешется чешутся зудит зуд слезится слезятся гноится гной кружится тошнит тошнота рвота рвет вырвало понос диарея запор
		кашель кашляю кашляет насморк сопли сыпь прыщи пятна высыпания высыпало температура температуры температурит температурю жар озноб знобит слабость одышка бессонница изжога вздутие отекает немеет хромает болячка
		шишка волдырь волдыри синяк ожог воспаление воспалилось воспалился нарыв кровоточат головокружение давление мутит fever rash cough coughing vomiting nausea dizzy diarrhea itching itchy swelling swollen
		bleeding lump headache temperature sore runny infected blister kızu температурасы температурам ютәл ютәлли кызуы кызу сызлый косам баш-әйләнә тимгел тимгелләр`},
	{"a_take", `пить выпить принять принимать попить мазать помазать намазать капать закапать пропить вылечить лечить полечить лечиться лекарство лекарства таблетку таблетки мазь антибиотик антибиотики препарат препараты
		обезболивающее диагноз поможет помочь take drink use medicine pill pills ointment antibiotic antibiotics treat treatment cure diagnose diagnosis эчәргә дәваларга дару даруы`},
	{"a_what", "что чем че чего какое какие какой какую какую-нибудь как what which how нәрсә ни нинди ничек"},
	{"a_be", "это быть со значит такое может происходит опасно серьезно страшно причина отчего почему is it could happening wrong serious dangerous mean бу була"},
	{"a_do", "делать сделать предпринять do эшләргә эшлим"},
	{"a_advise", "посоветуйте подскажите порекомендуйте назначьте пропишите выпишите поставьте recommend suggest prescribe advise киңәш"},
	{"a_not", "не ни нет not no without don't doesn't isn't түгел юк"},
	// words that only have to be known, so that none is taken for another misspelt
	{"known", `отнялась отнялись отнялся отказала отказали парализовало онемела онемели онемело немеет немеют паралич numb numbness weak paralysed paralyzed оеды
		оеган йөрми хәрәкәтләнми күтәрелми невнятная невнятно заплетается нарушена бессвязная пропала нарушилась каша slurred can't cannot unclear алмый хлещет
		льет льется течет фонтаном остановить останавливается остановится останавливаем остановилась идет истекает рвота рвет кашляет горлом heavily profusely
		stop won't badly bad lot туктамый күп ага умереть умирать смерти сдохнуть die dying death үлергә үләсем жить жизни жизнь живу live living life alive
		яшисем яшәргә себя собой себе самоубийство самоубийства суицид суицида суицидальные myself suicide suicidal үземне үз-үземә убить убью покончить
		покончу кончить порезать зарезать повеситься повешусь вскрыть вены kill end hurt harm hang үтерәм үтерергә судороги судорога припадок припадки
		конвульсии эпилепсии приступ трясет seizure seizures convulsions fit көзән много целую горсть пачку упаковку все whole many bottle инфаркт инфаркта
		инсульт инсульта скорую реанимация реанимацию stroke ambulance 911 dyeing dyed инфаркты инсульты ашыгыч ярдәм чакырыгыз чакыр өянәк көзән`},
}

var phrasesAlarm = []phrase{
	{do: alarmEmergency, pattern: "a_pain ..3 a_chest"},
	{do: alarmEmergency, pattern: "a_chest ..3 a_pain"},
	{do: alarmEmergency, pattern: "a_severe ..2 a_pain ..2 a_heart"},
	{do: alarmEmergency, pattern: "a_heart ..2 a_severe ..1 ?a_pain"},
	{do: alarmEmergency, pattern: "a_severe ..2 a_heart ..2 a_pain"},
	{do: alarmEmergency, pattern: "плохо ..1 a_heart"},
	{do: alarmEmergency, pattern: "прихватило ..1 a_heart|a_chest"},
	{do: alarmEmergency, pattern: "a_heart ..1 остановилось|встало|'stopped|'attack"},
	{do: alarmEmergency, pattern: "'heart 'attack"},
	{do: alarmEmergency, pattern: "a_hard ..2 a_breath"},
	{do: alarmEmergency, pattern: "a_breath ..1 a_hard"},
	{do: alarmEmergency, pattern: "не могу|может|могла ..2 a_breath"},
	{do: alarmEmergency, pattern: "a_breath ..1 не могу|может|могла"},
	{do: alarmEmergency, pattern: "не дышит|дышу"},
	{do: alarmEmergency, pattern: "'not|'isn't|'stopped 'breathing"},
	{do: alarmEmergency, pattern: "a_choke"},
	{do: alarmEmergency, pattern: "a_lost ..2 a_faint"},
	{do: alarmEmergency, pattern: "a_faint ..1 a_lost"},
	{do: alarmEmergency, pattern: "отключился|отключилась|'unconscious|'unconscious|'unresponsive|'collapsed|аңсыз"},
	{do: alarmEmergency, pattern: "'passed 'out"},
	{do: alarmEmergency, pattern: "не реагирует|просыпается|отвечает|приходит ..1 ?в ?себя ?на"},
	{do: alarmEmergency, pattern: "a_skew ..2 a_face"},
	{do: alarmEmergency, pattern: "a_face ..2 a_skew"},
	{do: alarmEmergency, pattern: "a_limb ..2 не поднимается|двигается|слушается|шевелится|работает|чувствую"},
	{do: alarmEmergency, pattern: "отнялась|отнялись|парализовало|отказала|отказали ..2 a_limb|речь|половина|сторона"},
	{do: alarmEmergency, pattern: "a_limb|речь|половина|сторона ..2 отнялась|отнялись|парализовало|отказала|отказали|пропала"},
	{do: alarmEmergency, pattern: "онемела|онемело|онемели ..2 половина|сторона|лицо|лица"},
	{do: alarmEmergency, pattern: "половина|сторона ..3 онемела|онемело|немеет|'paralysed"},
	{do: alarmEmergency, pattern: "a_speech ..2 невнятная|невнятно|заплетается|нарушена|бессвязная|нарушилась"},
	{do: alarmEmergency, pattern: "'slurred|'slurring ..1 a_speech"},
	{do: alarmEmergency, pattern: "a_face|'arm|'side ..3 'drooping|'droops|'numb|'paralysed|'paralyzed"},
	{do: alarmEmergency, pattern: "a_blood ..3 a_heavy"},
	{do: alarmEmergency, pattern: "a_heavy ..3 a_blood"},
	{do: alarmEmergency, pattern: "сильное|сильный|обильное|обильный|маточное|внутреннее кровотечение|кровь"},
	{do: alarmEmergency, pattern: "рвота|рвет|кашляет|кашляю|горлом ..2 кровью|кровь"},
	{do: alarmEmergency, pattern: "кровь ..1 горлом|изо ?рта"},
	{do: alarmEmergency, pattern: "'coughing|'vomiting ..1 a_blood"},
	{do: alarmEmergency, pattern: "a_blood ..4 не останавливается|остановить|останавливаем|остановится|могу"},
	{do: alarmEmergency, pattern: "не ..2 остановить|останавливается|останавливаем ..2 a_blood"},
	{do: alarmEmergency, pattern: "'bleeding|'blood ..3 'stop|'heavily|'lot|'badly|'everywhere"},
	{do: alarmEmergency, pattern: "кан ..2 туктамый|күп|бик|китә|туктата"},
	{do: alarmEmergency, pattern: "йөрәк|йөрәге|йөрәгем ..1 тотты|туктады"},
	{do: alarmEmergency, pattern: "не ..3 хочу|хочется|вижу|могу|хочу|буду|зачем|смысла ..2 жить|жизни"},
	{do: alarmEmergency, pattern: "незачем|надоело|устал|устала жить"},
	{do: alarmEmergency, pattern: "нет смысла ..1 жить|жизни|жизнь"},
	{do: alarmEmergency, pattern: "хочу|хочется|лучше|желаю ..2 умереть|сдохнуть|исчезнуть"},
	{do: alarmEmergency, pattern: "жить ..2 не хочу|хочется|могу|буду"},
	{do: alarmEmergency, pattern: "покончить|покончу|кончить|убить|убью|зарезать|порезать ..2 собой|себя|жизнью"},
	{do: alarmEmergency, pattern: "наложу|наложить ..1 руки"},
	{do: alarmEmergency, pattern: "самоубийство|самоубийства|самоубийстве|суицид|суицида|суициде|суицидальные|повеситься|повешусь|'suicide|'suicidal"},
	{do: alarmEmergency, pattern: "вскрыть|порезать|вскрыл|вскрыла|перерезать ..1 вены"},
	{do: alarmEmergency, pattern: "'kill|'harm|'hurt|'hurting 'myself"},
	{do: alarmEmergency, pattern: "'want|'wanna|'going ..2 'die|'end ?'my ?'it ?'life"},
	{do: alarmEmergency, pattern: "'end 'my 'life"},
	{do: alarmEmergency, pattern: "'don't|'dont|'not|'no ..3 'live|'living|'alive|'life ..1 ?'anymore"},
	{do: alarmEmergency, pattern: "яшисем|яшәргә килми|теләмим"},
	{do: alarmEmergency, pattern: "яшисем ?бүтән килми"},
	{do: alarmEmergency, pattern: "үләсем|үлим килә|дим"},
	{do: alarmEmergency, pattern: "a_swell ..4 a_breath|горло|язык|гортань|'throat|'tongue|тамак"},
	{do: alarmEmergency, pattern: "a_throat ..3 a_swell ..6 a_breath|a_allergy|сильно|быстро|прямо|'fast|глазах"},
	{do: alarmEmergency, pattern: "горло|язык|гортань|'throat|'tongue ..3 a_swell"},
	{do: alarmEmergency, pattern: "a_allergy ..6 a_swell|a_choke|a_breath|задыхаюсь"},
	{do: alarmEmergency, pattern: "a_swell ..6 a_allergy"},
	{do: alarmEmergency, pattern: "квинке|анафилактический|анафилаксия|анафилактическая|'anaphylaxis|'anaphylactic"},
	{do: alarmEmergency, pattern: "судороги|судорога|припадок|конвульсии|'seizure|'seizures|'convulsions"},
	{do: alarmEmergency, pattern: "приступ эпилепсии|астмы|удушья"},
	{do: alarmEmergency, pattern: "a_poison ..3 a_pills"},
	{do: alarmEmergency, pattern: "a_pills ..3 a_poison"},
	{do: alarmEmergency, pattern: "a_poison|'took|'taken|эчте|эчтем|эчкән ..2 'whole|'many|'entire|целую|всю|много|горсть|бөтен|күп ..4 a_pills"},
	{do: alarmEmergency, pattern: "агуланды|агуландым|агуланган"},
	{do: alarmEmergency, pattern: "a_face ..3 оеды|оеган"},
	{do: alarmEmergency, pattern: "a_limb ..3 хәрәкәтләнми|күтәрелми|тыңламый"},
	{do: alarmEmergency, pattern: "a_speech ..1 буталчык|аңлаешсыз|аңлашылмый"},
	{do: alarmEmergency, pattern: "һушсыз|һушыннан ?язды|китте|язган"},
	{do: alarmEmergency, pattern: "өянәк|көзән тотты|тота|җыера|башланды"},
	{do: alarmEmergency, pattern: "инфаркт|инсульт|инфаркты|инсульты булды|кебек|бугай"},
	{do: alarmEmergency, pattern: "ашыгыч ярдәм|ярдәмгә ..2 ?чакырыгыз|чакыр|кирәк"},
	{do: alarmEmergency, pattern: "передозировка|передоз|наглотался|наглоталась|'overdose|'overdosed|отравился|отравилась|'poisoned"},
	{do: alarmEmergency, pattern: "проглотил|проглотила|выпил|выпила ..2 батарейку|уксус|кислоту|яд|отраву|хлорку|магнит"},
	{do: alarmEmergency, pattern: "похоже|подозрение|кажется|наверное|это|может|думаю|вдруг ..3 инфаркт|инсульт"},
	{do: alarmEmergency, pattern: "у ..2 инфаркт|инсульт|сердечный"},
	{do: alarmEmergency, pattern: "вызовите|вызвать|вызывать|нужна|вызывайте|вызови ..2 скорую|скорая|реанимацию"},
	{do: alarmEmergency, pattern: "'having|'had|'has|'a 'stroke"},
	{do: alarmEmergency, pattern: "'call|'need ..2 'ambulance"},
	{do: alarmEmergency, pattern: "умираю|умирает|погибает|'dying"},
	{do: alarmEmergency, pattern: "ударило|ударил|бьет током"},
	{do: alarmEmergency, pattern: "упал|упала|выпал|выпала ..2 высоты|окна|этажа"},

	{do: alarmIdiom, pattern: "умираю ?как хочу|хочется|соскучилась|соскучился"},
	{do: alarmIdiom, pattern: "'dying 'to|'for"},

	{do: alarmSymptom, pattern: "a_part ..2 a_pain"},
	{do: alarmSymptom, pattern: "a_pain ..3 a_part"},
	{do: alarmSymptom, pattern: "a_part ..2 a_sign"},
	{do: alarmSymptom, pattern: "a_sign"},
	{do: alarmSymptom, pattern: "a_heart ..2 a_pain"},
	{do: alarmSymptom, pattern: "a_pain ..2 a_heart"},
	{do: alarmQuestion, pattern: "a_what ..1 a_be ..1 ?такое|быть|может"},
	{do: alarmQuestion, pattern: "a_what ..4 a_take"},
	{do: alarmQuestion, pattern: "a_advise ..3 a_take"},
	{do: alarmQuestion, pattern: "можно|нужно|надо|стоит|'should|'can ..3 пить|выпить|принять|принимать|мазать|капать|'take|эчәргә"},
	{do: alarmQuestion, pattern: "это опасно|серьезно|нормально|страшно|лечится|аллергия|инфекция|заразно|рак|простуда|вирус"},
	{do: alarmQuestion, pattern: "'is 'it|'this 'serious|'dangerous|'normal"},
	{do: alarmWhatToDo, pattern: "a_what ..2 a_do"},
	{do: alarmWhatToDo, pattern: "нишләргә|нишлим|нишләп"},
	{do: alarmQuestion, pattern: "нәрсә|ни ..1 бирергә|эчәргә|сөртергә|эчерергә"},
	// who asks for a remedy complains, whatever it is called
	{do: alarmCure, pattern: "чем|как лечить|вылечить|полечить|лечиться|лечат"},
	{do: alarmCure, pattern: "каким|какими|какой|какое|какие|какую ..1 лекарством|лекарствами|лекарство|лекарства|мазью|мазь|таблетками|таблетки|препаратом|антибиотиком|антибиотик|каплями|капли|средством ..3 лечить|вылечить|дать|давать|мазать|помазать|капать|обработать|пить|принимать|выпить|поможет|можно|нужно|надо"},
	{do: alarmCure, pattern: "что|чего|чем ..1 дать|давать|напоить|помазать|обработать|накапать|закапать ..4 от|при"},
	{do: alarmCure, pattern: "что|чего|какое ..2 от|при a_sign|a_pain|a_part ..2 дать|выпить|принять|давать"},
	{do: alarmCure, pattern: "'what|'which ..1 'can|'should|'could|'do 'i|'we 'give|'take|'use ..4 'for|'against"},
	{do: alarmCure, pattern: "'what|'which 'medicine|'medication|'pills|'ointment|'antibiotic|'drug|'drugs ..3 'give|'take|'use|'for|'help|'helps"},
	{do: alarmCure, pattern: "'how ..2 'i|'to 'treat|'cure"},
	{do: alarmCure, pattern: "нинди ..1 дару|мазь|таблетка ..2 бирергә|эчәргә|сөртергә|эчерергә"},
}
