package api

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
	"okoshko/storage"
)

// real serves the API of the real assistant, on the console's invented clinic.
func (h *house) real() *assistant.Assistant {
	h.t.Helper()
	text, err := os.ReadFile("../console/testdata/clinic.yaml")
	if err != nil {
		h.t.Fatal(err)
	}
	house, problems, err := clinic.Parse("clinic.yaml", text)
	if err != nil {
		h.t.Fatal(err, problems)
	}
	now := func() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, house.Location) }
	desk, err := assistant.New(assistant.Config{DB: h.db, Clinic: house, Now: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		h.t.Fatal(err)
	}
	a, err := New(Config{Desk: desk, Staff: h.staff, DB: h.db, Now: now, Clinic: desk.Clinic})
	if err != nil {
		h.t.Fatal(err)
	}
	srv := httptest.NewServer(a)
	h.t.Cleanup(srv.Close)
	h.url = srv.URL
	return desk
}

// TestScheduleForPrograms: a program notes an absence, learns which appointment it
// concerns, cancels that with one of the clinic's reasons, and takes the absence back.
func TestScheduleForPrograms(t *testing.T) {
	h := open(t)
	desk := h.real()
	zone := desk.Clinic().Location
	card, err := desk.Book(t.Context(), assistant.Operator{ID: "op_1"}, assistant.WalkIn{
		Name: "Гульнара", Phone: "8 917 234-56-78", Agreed: desk.ConsentInForce().Version,
		Slot: booking.Slot{Service: "dentist", Specialist: "nizamov", Start: time.Date(2026, 11, 26, 9, 0, 0, 0, zone)},
	})
	if err != nil {
		t.Fatal(err)
	}
	const absence = `{"kind": "absence", "specialist": "nizamov", "from": "2026-11-26T00:00:00+03:00", "to": "2026-11-27T00:00:00+03:00", "reason": "sick"}`
	res, doc := h.do("POST", "/api/v1/exceptions", absence)
	concerned, _ := doc["appointments"].([]any)
	if res.StatusCode != 200 || len(concerned) != 1 {
		t.Fatalf("%d %v", res.StatusCode, doc)
	}
	one := concerned[0].(map[string]any)
	if rooms, _ := one["rooms"].([]any); one["number"] != card.Number || one["author"] != "staff:op_1" || len(rooms) != 1 {
		t.Errorf("concerned %v", one)
	}
	if _, doc = h.do("GET", "/api/v1/exceptions?from=2026-11-26", ""); len(doc["exceptions"].([]any)) != 1 {
		t.Errorf("listed %v", doc)
	}
	cancel := "/api/v1/appointments/" + card.Number + "/cancel"
	if res, _ = h.do("POST", cancel, `{"reason_id": "nonsense"}`, "If-Match", `"1"`); res.StatusCode != 400 {
		t.Errorf("a reason that there is not: %d", res.StatusCode)
	}
	if res, doc = h.do("POST", cancel, `{"reason_id": "specialist-away"}`, "If-Match", `"1"`); res.StatusCode != 200 || doc["reason"] != "Специалист не сможет принять" {
		t.Errorf("cancel: %d %v", res.StatusCode, doc)
	}
	res, doc = h.do("POST", cancel, `{"reason_id": "closed"}`, "If-Match", `"1"`)
	if present, _ := doc["appointment"].(map[string]any); res.StatusCode != 412 || present["status"] != "cancelled" || present["author"] == nil || present["version"] != 2.0 {
		t.Errorf("stale: %d %v", res.StatusCode, doc)
	}
	for path, want := range map[string]int{"/api/v1/exceptions/E-1/remove": 200, "/api/v1/exceptions/E-9/remove": 404, "/api/v1/waiting/W-9/remove": 404} {
		if res, doc := h.do("POST", path, ""); res.StatusCode != want {
			t.Errorf("%s: %d %v", path, res.StatusCode, doc)
		}
	}
	for body, want := range map[string]int{
		`{"kind": "absence"}`: 400, `{"kind": "party", "from": "2026-11-26T00:00:00+03:00", "to": "2026-11-27T00:00:00+03:00"}`: 400, `[]`: 400,
		`{"kind": "absence", "specialist": "nobody", "from": "2026-11-26T00:00:00+03:00", "to": "2026-11-27T00:00:00+03:00"}`: 409,
	} {
		if res, doc := h.do("POST", "/api/v1/exceptions", body); res.StatusCode != want {
			t.Errorf("%s: %d %v", body, res.StatusCode, doc)
		}
	}
}

// TestWaitingAndFeedsForPrograms: who waits is listed and removed; feeds are listed
// for those who manage, without what opens them.
func TestWaitingAndFeedsForPrograms(t *testing.T) {
	h := open(t)
	desk := h.real()
	err := h.db.Update(func(tx *storage.Tx) error {
		_, err := booking.New(desk.Clinic()).Join(tx, booking.Wish{
			Service: "physio", From: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC), Conversation: "v1",
		}, time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, doc := h.do("GET", "/api/v1/waiting", "")
	if all := doc["waiting"].([]any); len(all) != 1 || all[0].(map[string]any)["id"] != "W-1" {
		t.Errorf("waiting %v", doc)
	}
	if res, _ := h.do("POST", "/api/v1/waiting/W-1/remove", ""); res.StatusCode != 204 {
		t.Errorf("remove: %d", res.StatusCode)
	}
	if _, _, err := desk.CreateFeed(t.Context(), assistant.Operator{ID: "op_1"}, assistant.Feed{Branch: "ozernaya"}); err != nil {
		t.Fatal(err)
	}
	if res, _ := h.do("GET", "/api/v1/feeds", ""); res.StatusCode != 403 {
		t.Errorf("feeds for reception: %d", res.StatusCode)
	}
	h.token = h.tokenOf(staff.Admin)
	if _, doc = h.do("GET", "/api/v1/feeds", ""); len(doc["feeds"].([]any)) != 1 {
		t.Errorf("feeds %v", doc)
	}
}
