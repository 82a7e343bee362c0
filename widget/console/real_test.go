package console

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/vault"
)

// realHouse is a console over the real assistant, with testdata/clinic.yaml, on
// Tuesday 24 November 2026, 12:40 in Kazan.
type realHouse struct {
	*house
	desk   *assistant.Assistant
	clinic *clinic.Clinic
}

func openReal(t testing.TB) *realHouse {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	h := &realHouse{house: &house{clock: &clock{at: time.Date(2026, 11, 24, 12, 40, 0, 0, zone)}, log: &pad{}}}
	if h.db, err = storage.Open(filepath.Join(dir, "okoshko.db"), v); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	house, problems, err := clinic.Parse("clinic.yaml", text)
	if err != nil {
		t.Fatal(err, problems)
	}
	h.clinic = house
	log := slog.New(slog.NewTextHandler(h.log, nil))
	if h.desk, err = assistant.New(assistant.Config{DB: h.db, Clinic: house, Now: h.clock.now, Log: log}); err != nil {
		t.Fatal(err)
	}
	if h.staff, err = staff.New(staff.Config{DB: h.db, Now: h.clock.now, Cost: staff.Cost{Memory: 64, Passes: 1}}); err != nil {
		t.Fatal(err)
	}
	if h.owner, err = h.staff.First(t.Context(), "guzel", "Гузель", password); err != nil {
		t.Fatal(err)
	}
	con, err := New(Config{Desk: h.desk, People: h.desk, Staff: h.staff, DB: h.db, Now: h.clock.now, Log: log, Clinic: h.desk.Clinic})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.desk.Run(ctx) }()
	<-h.desk.Started()
	srv := httptest.NewServer(con)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		stop()
		<-done
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.url = srv.URL
	return h
}

// at is a time of these days on the clinic's wall.
func (h *realHouse) at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, h.clinic.Location)
}

// book puts somebody into the calendar as reception does.
func (h *realHouse) book(t testing.TB, service, specialist, name string, start time.Time) assistant.AppointmentCard {
	t.Helper()
	card, err := h.desk.Book(t.Context(), assistant.Operator{ID: h.owner.ID, Name: "Гузель"}, assistant.WalkIn{
		Name: name, Phone: fmt.Sprintf("8 917 234-%02d-%02d", start.Hour(), start.Minute()), Agreed: h.desk.ConsentInForce().Version,
		Slot: booking.Slot{Service: service, Specialist: specialist, Start: start},
	})
	if err != nil {
		t.Fatalf("%s at %s: %v", name, start, err)
	}
	return card
}

// visitor asks for an appointment in the chat, all the way to the request.
func (h *realHouse) visitor(t testing.TB, texts ...string) string {
	t.Helper()
	s, err := h.desk.Open(t.Context(), assistant.Visit{Lang: "ru", Page: "https://akcharlak.example/", Source: map[string]string{"utm_source": "vk"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		if _, err := h.desk.Receive(t.Context(), s.Conversation, assistant.Incoming{ID: fmt.Sprint("f", i), Text: text}); err != nil {
			t.Fatal(err)
		}
		if err := h.desk.Settle(t.Context(), s.Conversation); err != nil {
			t.Fatal(err)
		}
	}
	return s.Conversation
}

// wish puts somebody on the waiting list.
func (h *realHouse) wish(t testing.TB, w booking.Wish) {
	t.Helper()
	err := h.db.Update(func(tx *storage.Tx) error {
		_, err := booking.New(h.clinic).Join(tx, w, h.clock.now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
