package booking

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/storage"
	"okoshko/storage/outbox"
)

// join puts a conversation on the list for a talk on Wednesday the 25th, of one
// specialist unless that is "".
func (h *house) join(conversation, specialist string) Waiting {
	h.Helper()
	w := Wish{
		Service: "talk", Specialist: specialist, Contact: "c-" + conversation, Conversation: conversation,
		From: h.time("2026-11-25T00:00"), To: h.time("2026-11-26T00:00"),
	}
	return must(h, func(tx *storage.Tx) (Waiting, error) { return h.Join(tx, w, h.now) })
}

// sweep makes offers, and writes them as "W-1 ann 09:00".
func (h *house) sweep() []string {
	h.Helper()
	due := false
	h.view(func(tx *storage.Tx) (err error) {
		due, err = h.OffersDue(tx, h.now)
		return err
	})
	var said []string
	defer func() {
		if len(said) > 0 && !due {
			h.Errorf("offers %v were made when none was due", said)
		}
	}()
	for _, o := range must(h, func(tx *storage.Tx) ([]Offer, error) { return h.Offers(tx, h.now) }) {
		said = append(said, fmt.Sprint(o.ID, " ", o.Specialist, " ", o.Start.In(h.clinic.Location).Format("15:04")))
	}
	return said
}

func (h *house) swept(want ...string) {
	h.Helper()
	if diff := cmp.Diff(want, h.sweep()); diff != "" {
		h.Errorf("offers:\n%s", diff)
	}
}

func (h *house) cancel(a Appointment) {
	h.Helper()
	must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, a.Number, 0, reception, h.now) })
}

func TestWhatFreesASlotIsOffered(t *testing.T) {
	at := "2026-11-25T09:00"
	tests := []struct {
		name string
		free func(h *house, a Appointment, e Exception)
		want string
	}{
		{"cancelled", func(h *house, a Appointment, _ Exception) { h.cancel(a) }, "W-1 ann 09:00"},
		{"moved away", func(h *house, a Appointment, _ Exception) {
			must(h, func(tx *storage.Tx) (Appointment, error) {
				return h.Move(tx, a.Number, 0, Slot{Start: h.time("2026-11-24T09:00")}, reception, h.now)
			})
		}, "W-1 ann 09:00"},
		{"forgotten", func(h *house, _ Appointment, _ Exception) {
			must(h, func(tx *storage.Tx) ([]Appointment, error) {
				return h.Forget(tx, Who{Conversations: []string{"first"}}, visitor, h.now)
			})
		}, "W-1 ann 09:00"},
		{"an absence that is removed", func(h *house, _ Appointment, e Exception) {
			if _, _, err := h.remove(e.ID); err != nil {
				h.Fatal(err)
			}
		}, "W-1 ann 11:00"},
		{"extra hours", func(h *house, _ Appointment, _ Exception) {
			if _, _, err := h.except(Exception{Kind: Extra, Specialist: "ann", From: h.time("2026-11-25T15:00"), To: h.time("2026-11-25T16:00")}); err != nil {
				h.Fatal(err)
			}
		}, "W-1 ann 15:00"},
		{"nothing", func(*house, Appointment, Exception) {}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := rooms(t)
			a := h.request(h.slot("talk", "ann", at), "first")
			e, _, err := h.except(Exception{Kind: Absence, Specialist: "ann", From: h.time("2026-11-25T11:00"), To: h.time("2026-11-25T13:00")})
			if err != nil {
				t.Fatal(err)
			}
			h.join("me", "ann")
			h.swept() // what is free anyway is no news
			h.now = h.now.Add(time.Minute)
			tt.free(h, a, e)
			if tt.want == "" {
				h.swept()
				return
			}
			h.swept(tt.want)
			h.swept() // once
		})
	}
}

// A declined request frees its slot too, where reception confirms.
func TestADeclinedSlotIsOffered(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	a := h.request(h.slot("ultrasound", "galieva", "2026-11-25T09:00"), "first")
	w := Wish{Service: "ultrasound", Conversation: "me", From: a.Start, To: a.End}
	must(h, func(tx *storage.Tx) (Waiting, error) { return h.Join(tx, w, h.now) })
	must(h, func(tx *storage.Tx) (Appointment, error) { return h.Decline(tx, a.Number, 0, reception, h.now) })
	h.swept("W-1 galieva 09:00")
	got := must(h, func(tx *storage.Tx) (Appointment, error) { return h.Accept(tx, "W-1", Booking{}, h.now) })
	if got.Status != Requested {
		t.Errorf("accepted: %s, want %s because reception confirms", got.Status, Requested)
	}
}

func TestWhenOffersAreDue(t *testing.T) {
	h := rooms(t)
	due := func(want bool, when string) {
		t.Helper()
		h.view(func(tx *storage.Tx) error {
			if got, err := h.OffersDue(tx, h.now); got != want || err != nil {
				t.Errorf("%s: due %v, %v; want %v", when, got, err, want)
			}
			return nil
		})
	}
	a := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	h.cancel(a)
	due(false, "something is free, and nobody waits")
	a = h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	h.join("me", "ann")
	due(false, "somebody waits, and nothing became free")
	h.cancel(a)
	due(true, "something became free")
	h.swept("W-1 ann 09:00")
	due(false, "it is offered")
	h.now = h.now.Add(45 * time.Minute)
	due(true, "the offer is over")
	h.swept()
	due(false, "nobody else waits")
	h.now = h.time("2026-11-26T00:00")
	due(true, "the wish is over")
	h.swept()
	due(false, "the list is empty")
}

func TestOffersGoFromOneToTheNext(t *testing.T) {
	h := rooms(t) // offer: 45m
	a := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	for _, who := range []string{"v1", "v2", "v3"} {
		h.join(who, "ann")
	}
	h.cancel(a)
	h.swept("W-1 ann 09:00")
	for who, want := range map[string]error{"v1": nil, "v2": ErrTaken, "": ErrTaken} {
		if err := h.check(a.Slot, who, ""); !errors.Is(err, want) {
			t.Errorf("Check for %q while it is offered to v1: %v, want %v", who, err, want)
		}
	}
	h.now = h.now.Add(45*time.Minute - time.Second)
	h.swept()
	h.now = h.now.Add(time.Second)
	if _, err := try(h, func(tx *storage.Tx) (Appointment, error) { return h.Accept(tx, "W-1", Booking{}, h.now) }); !errors.Is(err, ErrOffer) {
		t.Errorf("accepted when it was over: %v", err)
	}
	h.swept("W-2 ann 09:00")
	h.update(func(tx *storage.Tx) error { return h.Pass(tx, "W-2", visitor, h.now) })
	h.swept("W-3 ann 09:00")
	got := must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Accept(tx, "W-3", Booking{Contact: "c-v3", Author: "visitor"}, h.now)
	})
	if got.Slot != a.Slot || got.Conversation != "v3" || got.Contact != "c-v3" || got.Status != Confirmed {
		t.Errorf("accepted: %+v", got)
	}
	h.view(func(tx *storage.Tx) error {
		list, err := WaitingList(tx)
		if len(list) != 2 || list[0].ID != "W-1" || list[1].ID != "W-2" {
			t.Errorf("who still waits: %+v", list)
		}
		left, offerErr := h.OffersTo(tx, "", h.now)
		if len(left) > 0 {
			t.Errorf("offers left: %+v", left)
		}
		return errors.Join(err, offerErr)
	})
	h.cancel(got)
	h.swept() // both have let it pass
	want := []string{
		"calendar waitlist.offered W-1", "calendar waitlist.expired W-1", "calendar waitlist.offered W-2",
		"visitor waitlist.passed W-2", "calendar waitlist.offered W-3", "visitor waitlist.accepted W-3",
	}
	journal := slices.DeleteFunc(h.journal(), func(e string) bool { return !slices.Contains(want, e) })
	if diff := cmp.Diff(want, journal); diff != "" {
		t.Errorf("journal:\n%s", diff)
	}
}

func TestAnOfferIsAnEventWithoutAPerson(t *testing.T) {
	h := rooms(t)
	a := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	h.join("me", "")
	h.listen()
	h.cancel(a)
	h.sweep()
	h.listen()
	h.view(func(tx *storage.Tx) error {
		sent, err := outbox.Deliveries(tx, outbox.Filter{Receiver: "test"})
		for _, d := range sent {
			if d.Event.Type != "waitlist.offered" {
				continue
			}
			var got OfferData
			if err := json.Unmarshal(d.Event.Data, &got); err != nil {
				return err
			}
			want := OfferData{"W-1", "talk", "ann", "north", a.Start, a.End, h.now.Add(45 * time.Minute).UTC(), "c-me"}
			if diff := cmp.Diff(want, got); diff != "" || d.Event.Subject != "W-1" {
				t.Errorf("event of %s:\n%s", d.Event.Subject, diff)
			}
			return err
		}
		t.Error("no event waitlist.offered")
		return err
	})
}

func TestSeveralOffersAtOnce(t *testing.T) {
	h := rooms(t)
	first := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	second := h.request(h.slot("talk", "bob", "2026-11-25T10:00"), "first")
	third := h.request(h.slot("talk", "cat", "2026-11-25T11:00"), "first")
	h.join("v1", "")
	h.join("v2", "bob")
	h.cancel(third)
	h.cancel(second)
	h.cancel(first)
	h.swept("W-1 ann 09:00", "W-2 bob 10:00") // the earliest to the first; Cat's stays for whoever is free to take it
	h.update(func(tx *storage.Tx) error { return h.Pass(tx, "W-1", visitor, h.now) })
	h.swept("W-1 cat 11:00")
}

func TestNobodyWhoIsErasedIsOffered(t *testing.T) {
	h := rooms(t)
	a := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	h.join("v1", "ann")
	h.join("v2", "ann")
	h.join("v3", "ann")
	forget := func(who string) {
		must(h, func(tx *storage.Tx) ([]Appointment, error) {
			return h.Forget(tx, Who{Contact: "c-" + who}, visitor, h.now)
		})
	}
	forget("v1")
	h.cancel(a)
	h.swept("W-2 ann 09:00")
	forget("v2")
	if err := h.check(a.Slot, "somebody", ""); err != nil {
		t.Errorf("the slot offered to an erased visitor: %v", err)
	}
	h.swept("W-3 ann 09:00")
}

func TestAnOfferIsTakenByTheUsualWayToo(t *testing.T) {
	h := rooms(t)
	a := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	h.join("me", "ann")
	h.cancel(a)
	h.swept("W-1 ann 09:00")
	if _, err := h.hold(a.Slot, "me"); err != nil {
		t.Fatal(err)
	}
	h.request(a.Slot, "me")
	h.view(func(tx *storage.Tx) error {
		list, err := WaitingList(tx)
		if len(list) > 0 {
			t.Errorf("still waiting: %+v", list)
		}
		return err
	})
	left := 0
	h.view(func(tx *storage.Tx) (err error) {
		for range claims.Range(tx, nil, nil, &err) {
			left++
		}
		return err
	})
	if left != 1 {
		t.Errorf("%d claims left, want the appointment's", left)
	}
}

// One who is offered another time than the one they take loses nothing but that offer.
func TestAnOverlappedOfferIsWithdrawn(t *testing.T) {
	h := rooms(t)
	a := h.request(h.slot("filling", "ann", "2026-11-25T09:00"), "first")
	h.join("me", "ann")
	h.cancel(a)
	h.swept("W-1 ann 09:00")
	h.request(h.slot("filling", "ann", "2026-11-25T09:00"), "me")
	h.view(func(tx *storage.Tx) error {
		list, err := WaitingList(tx)
		left, offerErr := h.OffersTo(tx, "me", h.now)
		if len(list) != 1 || len(left) != 0 {
			t.Errorf("waiting: %+v, offered: %+v", list, left)
		}
		return errors.Join(err, offerErr)
	})
}

func TestOffersAndTheClock(t *testing.T) {
	start := "2026-11-25T09:00"
	offered := func(t *testing.T, now string) *house {
		h := example(t, "clinic", "2026-11-23T09:00") // notice: 1h, offer: 30m, hold: 10m
		a := h.request(h.slot("ultrasound", "galieva", start), "first")
		w := Wish{Service: "ultrasound", Conversation: "me", From: h.time(start), To: h.time("2026-11-25T09:15")}
		must(h, func(tx *storage.Tx) (Waiting, error) { return h.Join(tx, w, h.now) })
		h.now = h.time(now)
		h.cancel(a)
		return h
	}
	accept := func(h *house) error {
		_, err := try(h, func(tx *storage.Tx) (Appointment, error) { return h.Accept(tx, "W-1", Booking{}, h.now) })
		return err
	}
	t.Run("too late for the notice", func(t *testing.T) { offered(t, "2026-11-25T08:01").swept() })
	t.Run("offered in time, accepted within the notice", func(t *testing.T) {
		h := offered(t, "2026-11-25T07:59")
		h.swept("W-1 galieva 09:00")
		h.now = h.now.Add(29 * time.Minute)
		if err := accept(h); err != nil {
			t.Error(err)
		}
	})
	t.Run("by the usual way as well", func(t *testing.T) {
		h := offered(t, "2026-11-25T07:59")
		h.swept("W-1 galieva 09:00")
		h.now = h.now.Add(29 * time.Minute)
		s := h.slot("ultrasound", "galieva", start)
		if _, err := h.hold(s, "me"); err != nil {
			t.Error(err)
		}
		h.request(s, "me")
	})
	t.Run("a clock put back by an hour ends it rather than blocks for long", func(t *testing.T) {
		h := offered(t, "2026-11-24T07:59")
		h.swept("W-1 galieva 09:00")
		h.now = h.now.Add(-time.Hour)
		if err := h.check(h.slot("ultrasound", "galieva", start), "other", ""); err != nil {
			t.Error(err)
		}
		if err := accept(h); !errors.Is(err, ErrOffer) {
			t.Errorf("accepted: %v", err)
		}
	})
	t.Run("a wish whose time is over leaves the list", func(t *testing.T) {
		h := offered(t, "2026-11-25T09:20")
		h.swept()
		h.view(func(tx *storage.Tx) error {
			list, err := WaitingList(tx)
			if len(list) > 0 {
				t.Errorf("waiting: %+v", list)
			}
			return err
		})
	})
	t.Run("an absence ends it", func(t *testing.T) {
		h := offered(t, "2026-11-24T07:59")
		h.swept("W-1 galieva 09:00")
		if _, _, err := h.except(Exception{Kind: Absence, Specialist: "galieva", From: h.time(start), To: h.time("2026-11-25T12:00")}); err != nil {
			t.Fatal(err)
		}
		if err := accept(h); !errors.Is(err, ErrAbsent) {
			t.Errorf("accepted: %v", err)
		}
		h.swept()
		if err := accept(h); !errors.Is(err, ErrOffer) {
			t.Errorf("accepted after the sweep: %v", err)
		}
	})
}

// One with as many appointments as one may have is passed over.
func TestTheLimitHoldsForOffers(t *testing.T) {
	h := rooms(t) // per_visitor: 3
	a := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	for _, at := range []string{"2026-11-26T09:00", "2026-11-26T10:00", "2026-11-26T11:00"} {
		h.request(h.slot("talk", "ann", at), "v1")
	}
	h.join("v1", "ann")
	h.join("v2", "ann")
	h.cancel(a)
	h.swept("W-2 ann 09:00")
}

func TestAFreedRoomIsOfferedToo(t *testing.T) {
	h := rooms(t)
	first := h.request(h.slot("filling", "ann", "2026-11-25T10:00"), "v1")
	h.request(h.slot("filling", "cat", "2026-11-25T10:00"), "v2")
	w := Wish{
		Service: "filling", Specialist: "bob", Conversation: "me",
		From: h.time("2026-11-25T10:00"), To: h.time("2026-11-25T10:01"),
	}
	must(h, func(tx *storage.Tx) (Waiting, error) { return h.Join(tx, w, h.now) })
	h.cancel(first)
	h.swept("W-1 bob 10:00") // both chairs were taken, Bob was not
}

// One who joins after a slot became free has seen it, and waits for something else.
func TestWhatWasFreeBeforeIsNotOffered(t *testing.T) {
	h := rooms(t)
	a := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	h.join("v1", "bob")
	h.cancel(a)
	h.now = h.now.Add(time.Second)
	h.join("v2", "ann")
	h.swept()
}
