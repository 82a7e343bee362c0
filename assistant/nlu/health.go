package nlu

import "strings"

// A message speaks of somebody's health where it names an illness, a state of the
// body, a complaint or a cure. That is asked by houses that may not keep a word of
// it (152-FZ, article 10), so it is better to find too much than too little: what
// is found is not kept, and everything else in the message still counts. The
// house's own services are no illness: «массаж при болях в спине» is what it sells.

// healthWords are whole words, or beginnings where a star ends them, of three
// languages.
var healthWords = healthTable(
	// illnesses
	`болезн* болен больна болею болеет болеем болел болела заболел* заболев* заболею недуг* диагноз* хронич* инфекц* вирус* воспал* аллерг* анафилак* астм* бронх* ангин* грипп* орви
	простуд* простыл* ковид* коронавирус* пневмон* туберкул* диабет* инсулин* гепатит* вич спид сифилис* герпес* молочниц* цистит* гипертон* гипотон* инфаркт* инсульт* стенокард* аритм*
	варикоз* тромб* гемофил* анеми* онколог* рак рака раком опухол* метастаз* миом* эндометр* эпилеп* паркинсон* альцгеймер* склероз* мигрен* невролог* невроз* депресс* шизофр* биполяр*
	аутизм* аутист* дцп психиатр* психоз* артрит* артроз* остеохондроз* радикулит* грыж* сколиоз* перелом* травм* вывих* растяжени* псориаз* псориат* экзем* дерматит* дермат* нейродерм*
	себоре* розацеа купероз* витилиго лишай лишая лишаем стригущ* чесотк* вши вшей педикулез* грибок грибка грибком грибковы* микоз* онихомикоз* бородавк* папиллом* акне кист* язв* гастрит*
	панкреатит* щитовид* гормон* климакс* менопауз* иммунодефиц* волчанк* инвалид* нетрудоспос* ожог* некроз* сепсис* целиакия* запой алкоголиз* нарколог* наркоман*`,
	`авыру авырый* авырыйм авыруым авырган сырхау* чирле* чирем чире диабетым аллергиясе аллергиям шикәр астмам ялкынсын* яман-шеш шешем псориазым грибогы гепатитым йогышлы* инвалидлы*`,
	`ill illness* sick sickness disease* disorder* diagnos* chronic infect* virus* inflam* allerg* anaphyla* asthma* bronch* flu covid* coronavirus* pneumon* tubercul* diabet* insulin
	hepatitis hiv aids syphilis herpes thrush cystitis hypertens* stroke thrombo* varicose hemophil* anemi* anaemi* cancer* oncolog* tumor* tumour* epilep* parkinson* sclerosis migraine*
	neuros* depress* schizo* bipolar autis* psychiatr* arthritis hernia* scoliosis fractur* injur* psoria* eczema* dermat* seborrh* rosacea vitiligo ringworm scabies lice fungus fungal
	wart* acne ulcer* gastritis thyroid hormon* menopaus* lupus disabled disability disabilities burns alcoholi* addict*`,
	// states of the body
	`беремен* токсикоз* кормящ* кормлю лактац* гв месячные критические климакс* кардиостимулятор* операци* оперир* прооперир* послеоперац* шов швы наркоз* химиотерап* облуч* роды родила рожал* рожаю кесарев*`,
	`йөкле* йөклемен авырлы* имезәм имезү имезүче операция* операциядән операциясе кардиостимулятор* бала-таптым`,
	`pregnan* breastfeed* breast-feed* nursing lactat* surgery surgeries operated pacemaker* chemo* radiotherap* anesthe* anaesthe* postpartum`,
	// complaints
	`болит болят болело болела боли болей болями болях ноет тошнит тошнот* рвот* кружится чешется чешутся зуд зуда зудит сыпь сыпи сыпью высыпан* отек* отеч* опух* кровоточ* кровит гной* гноит*
	температур* знобит озноб* кашель кашля кашляю насморк* слабость обморок* судорог* одышк* давление давлением давления бессонниц* понос* запор* родинк* нарыв* волдыр* немеет онеме* симптом*`,
	`авырта авырткан авыртуы кычыта кычытып косам шешкән шеште температурам температурасы ютәл* басымым басымы калтырый* кан-басымы һушсыз сызлый сызлана тимгел* сөял*`,
	`hurts hurting pain pains painful ache aches aching sore itch* rash* swollen swelling bleeding nause* vomit* dizz* fever* cough* faint* numb numbness seizure* symptom* insomnia migrain* mole moles blister*`,
	// cures
	`лекарств* таблетк* антибиот* антидепресс* препарат* гормональн* мазь мази укол уколы капельниц* прививк* вакцин* рецепт рецепта рецепту лечусь лечат вылечи* терапи* реабилит* больниц*`,
	`дару дарулар даруы даруга антибиотиклар дәвалан* дәвалый* дәвалау* хастаханә* больницада`,
	`medicine* medicat* antibiotic* antidepress* pills tablets ointment* injection* vaccin* prescri* treated cure cured doctor's hospital* therapy rehab*`,
)

// withoutWords say that the next word is not there.
var withoutWords = wordSet("без without")

// healthTable is the words by their first two letters, each with whether it is a
// beginning.
func healthTable(rows ...string) map[string][]healthWord {
	table := make(map[string][]healthWord)
	for _, row := range rows {
		for _, w := range strings.Fields(row) {
			text, begins := strings.CutSuffix(w, "*")
			r := []rune(text)
			table[string(r[:2])] = append(table[string(r[:2])], healthWord{text, begins})
		}
	}
	return table
}

type healthWord struct {
	text   string
	begins bool
}

// health reports whether the message speaks of somebody's health.
func (m *message) health() bool {
	for i := range m.words {
		w := &m.words[i]
		switch {
		case i > 0 && withoutWords[m.tokens[m.words[i-1].from].Text]: // «без боли»
		case w.personal || w.number || w.named || w.reference || w.vocab != "":
		case w.complaint, ofHealth(m.tokens[w.from].Text), w.text != "" && ofHealth(w.text):
			return true
		}
	}
	return false
}

func ofHealth(text string) bool {
	r := []rune(text)
	if len(r) < 2 {
		return false
	}
	for _, w := range healthWords[string(r[:2])] {
		if text == w.text || w.begins && strings.HasPrefix(text, w.text) {
			return true
		}
	}
	return false
}
