package booking

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

func TestReasonsAreFromTheClinicsList(t *testing.T) {
	const reasons = `reasons: [{id: plans, name: {en: Plans}, by: [visitor]}, {id: ill, name: {en: Ill}, by: [staff]}]`
	file := small("Europe/Moscow", "Mo-Su 08:00-20:00", person("ann", "Mo-Su 08:00-20:00"), "{"+reasons+"}")
	h := open(t, file, "2026-11-25T08:00")
	h.listen()
	for i, tt := range []struct {
		name string
		by   Change
		want error
		kept string // reason id and words
	}{
		{"a visitor's", Change{Author: "visitor", ReasonID: "plans"}, nil, "plans/"},
		{"none", Change{Author: "visitor"}, nil, "/"},
		{"words of a visitor are not kept", Change{Author: "visitor", ReasonID: "plans", Reason: "zubbolit"}, nil, "plans/"},
		{"staff's, with words", Change{Author: "staff:1", ReasonID: "ill", Reason: "zubbolit", Staff: true}, nil, "ill/zubbolit"},
		{"staff's of a visitor", Change{Author: "visitor", ReasonID: "ill"}, ErrReason, ""},
		{"a visitor's of staff", Change{Author: "staff:1", ReasonID: "plans", Staff: true}, ErrReason, ""},
		{"one that is not on the list", Change{Author: "staff:1", ReasonID: "other", Staff: true}, ErrReason, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := h.request(h.slot("short", "ann", "2026-11-26T"+[]string{"08", "09", "10", "11", "12", "13", "14"}[i]+":00"), tt.name)
			change := h.Cancel
			if tt.by.Staff {
				change = h.Decline
			}
			got, err := try(h, func(tx *storage.Tx) (Appointment, error) { return change(tx, a.Number, 0, tt.by, h.now) })
			if !errors.Is(err, tt.want) || err == nil && got.ReasonID+"/"+got.Reason != tt.kept {
				t.Errorf("%v, %q, %q", err, got.ReasonID, got.Reason)
			}
			if _, moved := try(h, func(tx *storage.Tx) (Appointment, error) {
				return h.Move(tx, a.Number, 0, h.slot("short", "ann", "2026-11-27T08:00"), tt.by, h.now)
			}); tt.want != nil && !errors.Is(moved, tt.want) {
				t.Errorf("a move: %v", moved)
			}
			h.view(func(tx *storage.Tx) error {
				if now, err := Get(tx, a.Number); err != nil || tt.want != nil && now.Version != 1 {
					t.Errorf("it was changed: %+v, %v", now, err)
				}
				return nil
			})
		})
	}
	h.listen()
	h.view(func(tx *storage.Tx) error {
		sent, err := outbox.Deliveries(tx, outbox.Filter{Receiver: "test"})
		codes := 0
		for _, d := range sent {
			if bytes.Contains(d.Event.Data, []byte("zubbolit")) {
				t.Errorf("words in an event: %s", d.Event.Data)
			}
			codes += bytes.Count(d.Event.Data, []byte(`"reason":"plans"`)) + bytes.Count(d.Event.Data, []byte(`"reason":"ill"`))
		}
		if codes != 3 {
			t.Errorf("%d events carry a reason, want 3", codes)
		}
		entered := 0
		for e := range audit.Entries(tx, 0, 0, &err) {
			if strings.Contains(e.Reason, "zubbolit") {
				t.Errorf("words in the journal: %+v", e)
			}
			if e.Reason == "plans" || e.Reason == "ill" {
				entered++
			}
		}
		if entered != 3 {
			t.Errorf("%d entries with a reason, want 3", entered)
		}
		return err
	})
}

// A service that is gone from the file still has the name by which it was booked.
func TestNamesOutliveTheFile(t *testing.T) {
	h := open(t, salon, "2026-11-25T08:00")
	a := h.request(h.slot("color", "ann", "2026-11-25T10:00"), "v1")
	without := strings.Replace(strings.Replace(salon, "  - {id: color, name: {en: Colour}, duration: 60m, buffer: 15m}\n", "", 1), "[cut, color, nails]", "[cut, nails]", 1)
	without = strings.ReplaceAll(without, "name: {en: Ann}", "name: {en: Anna}")
	c, problems, err := clinic.Parse("test.yaml", []byte(without))
	if err != nil {
		t.Fatal(problems)
	}
	h.Calendar = New(c)
	kept := must(h, func(tx *storage.Tx) (Appointment, error) { return h.Confirm(tx, a.Number, 0, reception, h.now) })
	want := Names{Service: clinic.Text{"": "Colour", "en": "Colour"}, Specialist: clinic.Text{"": "Ann", "en": "Ann"}, Branch: clinic.Text{"": "Main", "en": "Main"}}
	if diff := cmp.Diff(want, kept.Names); diff != "" {
		t.Errorf("names of a service that is gone:\n%s", diff)
	}
	moved := must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Move(tx, a.Number, 0, h.slot("cut", "ann", "2026-11-25T11:15"), reception, h.now)
	})
	if moved.Names.Service.In("en") != "Cut" || moved.Names.Specialist.In("en") != "Anna" {
		t.Errorf("names after a move: %+v", moved.Names)
	}
}
