package assistant

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/nlu"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// TestReplays: what is taken out of conversations tells what visitors write and
// nobody who they are: no name that the rules do not know, no number, no word
// that few have written, no order, nothing about health.
func TestReplays(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	people := []struct{ name, phone, odd string }{
		{"Рамиля", "89175557701", "Зыбгатуллина"},
		{"Тимур", "89175557702", "Краснокоптильная"},
		{"Эльза", "89175557703", "zybgat@ example . com"},
		{"Раис", "89175557704", "8 91 75 55 77 04"},
	}
	for i, p := range people {
		v := h.visitor("ru")
		v.say("здравствуйте хотелось бы узнать насчёт вашего графика, это " + p.odd)
		at := []string{"10:00", "10:30", "11:00", "11:30"}[i]
		if n := v.book("на прививку завтра в "+at, p.name, p.phone); n == "" {
			t.Fatal("not booked")
		}
	}
	ill := h.visitor("ru")
	ill.say("хотелось бы узнать насчёт вашего графика, у меня сильно болит живот и температура, что делать?")
	old := monday.AddDate(0, 0, -1)
	all, left, err := Replays(t.Context(), h.db, h.Clinic(), old, h.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		for _, secret := range []string{p.name, p.phone, p.phone[1:], "zybgat", "Зыбгат", "Красноко", "77", "болит"} {
			if strings.Contains(strings.ToLower(string(data)), strings.ToLower(secret)) {
				t.Errorf("%q stands in %s", secret, data)
			}
		}
	}
	if strings.Contains(string(data), "v_") || strings.Contains(string(data), "A-100") || strings.Contains(string(data), "replay:") {
		t.Errorf("an id stands in %s", data)
	}
	texts := map[string]int{}
	for _, r := range all {
		texts[r.Text]++
		if r.At.Hour() != 12 || r.Lang != "ru" {
			t.Errorf("%+v", r)
		}
	}
	if texts["здравствуйте хотелось бы узнать насчёт вашего графика, это …"] < 2 {
		t.Errorf("what everybody wrote is not there: %v, %d left out", texts, left)
	}
	for _, r := range all {
		if strings.HasPrefix(r.Text, "на прививку") {
			want := map[nlu.Field]string{nlu.FieldService: "vaccine", nlu.FieldSpecialist: "lidia", nlu.FieldBranch: "south"}
			if diff := cmp.Diff(want, r.Then); diff != "" {
				t.Errorf("what came of it:\n%s", diff)
			}
		}
		if private(r.Asked) {
			t.Errorf("an answer about the person: %+v", r)
		}
	}
	again, _, err := Replays(t.Context(), h.db, h.Clinic(), old, h.clock.Now())
	if err != nil || cmp.Diff(all, again) != "" {
		t.Errorf("a second look differs: %v", err)
	}
	none, _, err := Replays(t.Context(), h.db, h.Clinic(), h.clock.Now().Add(time.Hour), h.clock.Now())
	if err != nil || len(none) != 0 {
		t.Errorf("%d messages of a day to come, %v", len(none), err)
	}
	noted := 0
	err = h.db.View(func(tx *storage.Tx) (err error) {
		for e := range audit.Backward(tx, 1<<40, &err) {
			if e.Action == "replays.taken" {
				noted++
			}
		}
		return err
	})
	if err != nil || noted != 3 {
		t.Errorf("noted %d times in the journal, %v", noted, err)
	}
}

// TestThinned: what is rare is taken out, and what is mostly rare is left out.
func TestThinned(t *testing.T) {
	common := func(w string) bool { return w == "можно" || w == "на" || w == "завтра" }
	for text, want := range map[string]string{
		"Можно на завтра?":               "Можно на завтра?",
		"можно на завтра, Зыбгат Ханов!": "можно на завтра, … …!",
		"можно  на\nзавтра":              "можно на завтра",
		"Зыбгат Ханов":                   "",
		"!?":                             "",
		"":                               "",
	} {
		got, err := thinned(text, common)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}
