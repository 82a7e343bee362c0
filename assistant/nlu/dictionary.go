package nlu

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

//go:embed names.txt
var namesText string

//go:embed names_en.txt
var namesEnText string

// nameForm is one inflected form of a given name.
type nameForm struct {
	nominative string // as the tables spell it, folded
	gender     byte   // m, f
	oblique    bool
	word       bool // a common word too
	latin      bool
}

// dictionary is the given names in all cases.
type dictionary struct {
	forms   map[string]nameForm
	sounds  map[string]nameForm // by phonetic key, for Tatar letters
	shortOf map[string][]string // stem of a full name → its short forms
}

// theDictionary is read at first use and never changed.
var theDictionary = sync.OnceValue(readDictionary)

func readDictionary() *dictionary {
	d := &dictionary{forms: make(map[string]nameForm, 12000), sounds: make(map[string]nameForm, 800), shortOf: map[string][]string{}}
	for line := range strings.Lines(namesText) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		var bases []string
		for _, f := range fields[1:] {
			name, word := strings.CutPrefix(f, "!")
			base := strings.ReplaceAll(strings.ToLower(name), "ё", "е")
			bases = append(bases, base)
			d.decline(base, fields[0][0], word)
		}
		s := stem(bases[0])
		d.shortOf[s] = append(d.shortOf[s], bases[1:]...)
	}
	for name := range strings.FieldsSeq(namesEnText) {
		d.put(name, nameForm{nominative: name, latin: true})
	}
	return d
}

func (d *dictionary) put(form string, f nameForm) {
	if old, ok := d.forms[form]; ok && !old.oblique {
		return
	}
	d.forms[form] = f
}

// nameEnds are the case endings by what a name ends in.
var nameEnds = []struct {
	end   string // cut off
	cases string // endings of the other cases
}{
	{"ия", "ии ию ией"},
	{"я", "и е ю ей ею"},
	{"а", "ы и е у ой ою ей"},
	{"ий", "ия ию ием ии"},
	{"й", "я ю ем е"},
	{"ь", "я ю ем е и ью"},
	{"", "а у ом е"},
}

func (d *dictionary) decline(base string, gender byte, word bool) {
	form := nameForm{nominative: base, gender: gender, word: word}
	d.forms[base] = form
	if k := soundKey(base); len(k) > 4 {
		d.sounds[k] = form
	}
	for _, latin := range latinSpellings(base) {
		f := form
		f.latin, f.word = true, f.word || len(latin) < 3
		d.put(latin, f)
	}
	form.oblique = true
	form.word = word || utf8.RuneCountInString(base) <= 3
	for _, row := range nameEnds {
		cut, ok := strings.CutSuffix(base, row.end)
		if !ok {
			continue
		}
		if row.end == "" && (gender == 'f' || vowelEnd(base)) {
			return // «Гульназ», «Алсу» do not change
		}
		for end := range strings.FieldsSeq(row.cases) {
			if row.end == "ь" && (gender == 'f') != (end == "и" || end == "ью") && end != "е" {
				continue
			}
			d.put(cut+end, form)
		}
		if base == "павел" || base == "лев" {
			for end := range strings.FieldsSeq("а у ом е") {
				d.put(map[string]string{"павел": "павл", "лев": "льв"}[base]+end, form)
			}
		}
		if base == "петр" { // «Пётр, Петра»: folded they agree
			return
		}
		return
	}
}

// latinSpellings are the ways a Russian name is spelt with Latin letters.
func latinSpellings(base string) []string {
	plain := token.Latin(base)
	all := []string{plain}
	for _, r := range []*strings.Replacer{strings.NewReplacer("yu", "iu", "ya", "ia"), strings.NewReplacer("iy", "y", "ey", "ei", "ay", "ai"), strings.NewReplacer("yu", "ju", "ya", "ja"), strings.NewReplacer("iya", "ia", "ks", "x")} {
		if other := r.Replace(plain); other != plain {
			all = append(all, other)
		}
	}
	return all
}

// soundKey makes one of the Russian and the Tatar spelling of a name: «Айгөл»,
// «Айгуль».
func soundKey(word string) string { return soundFold.Replace(word) }

var soundFold = strings.NewReplacer("ә", "а", "я", "а", "э", "а", "е", "и", "ы", "и", "й", "и", "ө", "у", "о", "у", "ү", "у", "ю", "у", "дж", "ж", "җ", "ж", "ң", "н", "һ", "х", "ь", "", "ъ", "", "ё", "и", "гъ", "г", "къ", "к")

const tatarLetters = "әөүҗңһ"

// find looks a folded word up.
func (d *dictionary) find(word string) (nameForm, bool) {
	if f, ok := d.forms[word]; ok {
		return f, true
	}
	if strings.ContainsAny(word, tatarLetters) {
		f, ok := d.sounds[soundKey(word)]
		f.word = false
		return f, ok
	}
	return nameForm{}, false
}

func (d *dictionary) given(word string) bool {
	_, ok := d.find(word)
	return ok
}

// The endings of patronymics and surnames, without the case.
var (
	patronymicEnds = strings.Fields("ович овича овичу овичем овиче евич евича евичу евичем евиче ьич ьича ьичу овна овны овне овну овной овною евна евны евне евну евной евною ична ичны ичне ичну ичной")
	surnameEnds    = strings.Fields(`ов ова ову овым ове овой ев ева еву евым еве евой ин ина ину иным ине иной ын ына ыну ыной ский ского скому ским ском ская скую ской цкий цкого цкому цкая цкую цкой
		енко ко чук юк ук ян яна яну янц дзе швили ских их ых ович евич зода заде вна лы оглы улы кызы хан баев баева шин шина`)
	surnameStrong = strings.Fields("ов ова ову овым овой ев ева еву евым евой ский ского скому ская скую ской цкий цкая цкую цкой енко дзе швили янц чук уллин уллина уллину уллиной уллином тдинов")
)

func patronymic(word string) bool {
	return utf8.RuneCountInString(word) >= 6 && hasEnd(word, patronymicEnds) || word == "ильич" || word == "ильича" || tatarPatronymic[word] || word == "ильичу"
}

var tatarPatronymic = wordSet("улы кызы оглы углы")

func hasEnd(word string, ends []string) bool {
	for _, e := range ends {
		if strings.HasSuffix(word, e) && len(word) >= len(e)+4 {
			return true
		}
	}
	return false
}

// surname says whether a word may be a surname by its ending; strong excludes endings
// that common words have as well.
func surname(word string, strong bool) bool {
	if strong {
		return utf8.RuneCountInString(word) >= 5 && hasEnd(word, surnameStrong)
	}
	return utf8.RuneCountInString(word) >= 4 && hasEnd(word, surnameEnds)
}

// herSurname are endings of a woman's surname in the accusative, genitive, dative or
// instrumental, and that of the nominative. A man's are left as they were said, for
// «Хабибуллина» may be either.
var herSurname = []struct{ end, nominative string }{
	{"ову", "ова"},
	{"еву", "ева"},
	{"ину", "ина"},
	{"ыну", "ына"},
	{"скую", "ская"},
	{"цкую", "цкая"},
	{"овой", "ова"},
	{"евой", "ева"},
	{"иной", "ина"},
	{"ыной", "ына"},
	{"ской", "ская"},
	{"цкой", "цкая"},
}

// herName are endings of a woman's given name that no table knows: accusative and
// genitive. A dative could be of two names.
var herName = []struct{ end, nominative string }{{"ию", "ия"}, {"ии", "ия"}, {"ю", "я"}, {"у", "а"}, {"ы", "а"}}

// nominativeOf exchanges the ending of word by the first row that fits; ok is false
// where none does.
func nominativeOf(word string, rows []struct{ end, nominative string }) (nominative string, ok bool) {
	for _, row := range rows {
		if cut, found := strings.CutSuffix(word, row.end); found && utf8.RuneCountInString(cut) >= 2 {
			return cut + row.nominative, true
		}
	}
	return word, false
}

func vowelEnd(word string) bool {
	last, _ := utf8.DecodeLastRuneInString(word)
	return strings.ContainsRune("аеиоуыэюя", last)
}
