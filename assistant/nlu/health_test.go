package nlu

import "testing"

// TestHealthIsHeard: words of an illness, a state, a complaint or a cure, in three
// languages and inflected; not the services of the house, and not questions that
// tell nothing of anybody.
func TestHealthIsHeard(t *testing.T) {
	r := New(Vocabulary{Terms: []Term{
		{Field: FieldService, ID: "massage", Names: []string{"Лечебный массаж при болях в спине", "Therapeutic massage for back pain"}, Aliases: []string{"массаж", "боль в спине"}},
		{Field: FieldService, ID: "dye", Names: []string{"Окрашивание", "Буяу", "Colouring"}, Aliases: []string{"dyeing"}},
	}})
	for text, want := range map[string]bool{
		"у меня аллергия на краску":              true,
		"я беременна, можно окрашивание завтра?": true,
		"кормлю грудью, краска не повредит":      true,
		"после химиотерапии волосы выпали":       true,
		"у дочки псориаз на голове":              true,
		"ВИЧ-положительный, примете?":            true,
		"пью антибиотики":                        true,
		"чешется кожа":                           true,
		"минем аллергиям бар":                    true,
		"мин йөкле":                              true,
		"башым авырта":                           true,
		"шикәр чирем бар":                        true,
		"I'm pregnant":                           true,
		"my scalp has eczema":                    true,
		"I take antidepressants":                 true,
		"recovering from surgery":                true,
		"запишите на лечебный массаж при болях в спине": false,
		"massage for back pain tomorrow at 12":          false,
		"покраска без боли и химии":                     false,
		"change my phone number":                        false,
		"disable the reminders":                         false,
		"a keratin treatment":                           false,
		"my left hand is numb":                          true,
		"dyeing without pain":                           false,
		"запишите на окрашивание завтра в 12":           false,
		"сколько стоит окрашивание?":                    false,
		"можно с ребёнком?":                             false,
		"буяу күпме тора":                               false,
		"is there parking?":                             false,
		"Меня зовут Рашит Астманов":                     false,
		"позвоните, когда освободится":                  false,
	} {
		if got := r.Read(text, Context{Lang: "ru"}).Health; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
