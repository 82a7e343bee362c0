package assistant

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// opened asks the assistant what it knows and opens the page behind the link.
func (v *testVisitor) opened(words string) (page string) {
	t := v.h.t
	t.Helper()
	reply := v.say(words)
	if reply.Me == "" {
		t.Fatalf("no link to the own data: %s", describe(reply))
	}
	page, err := v.h.Redeem(t.Context(), reply.Me)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func demandsOf(h *testHouse) (all []string) {
	h.t.Helper()
	err := h.db.View(func(tx *storage.Tx) error {
		ds, err := privacy.Demands(tx, 100)
		for _, d := range ds {
			all = append(all, string(d.Right)+" "+string(d.State))
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// TestPersonReadsAllThatIsKept: in each language, the page says what the store
// holds, and the file of it can be read by a program.
func TestPersonReadsAllThatIsKept(t *testing.T) {
	for lang, words := range map[string][2]string{
		"ru": {"на прививку завтра в 10:00", "что вы обо мне знаете?"},
		"en": {"rabies shot tomorrow at 10:00", "what do you know about me?"},
		"tt": {"прививкага иртәгә сәгать 10да", "минем турында нәрсә беләсез?"},
	} {
		t.Run(lang, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v := h.visitor(lang)
			number := bookIn(v, words[0])
			page := v.opened(words[1])
			p, err := h.Mine(t.Context(), page, privacy.RightExport)
			if err != nil {
				t.Fatal(err)
			}
			if p.Name != "Инна" || p.Phone != "+79175550001" || len(p.Consents) != 1 || len(p.Appointments) != 1 || p.Appointments[0].Number != number {
				t.Errorf("person: %+v", p)
			}
			c := p.Consents[0]
			if c.Title == "" || c.Version == "" || c.Address != "192.0.2.7" || c.Pressed == "" {
				t.Errorf("the consent lacks its proof: %+v", c)
			}
			data, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{page, v.session.Token} {
				if strings.Contains(string(data), secret) {
					t.Error("the file holds a key to the conversation")
				}
			}
			if len(p.Talk.Turns) < 6 || !p.Talk.KeepUntil.Equal(p.Talk.Last.Add(30*day)) {
				t.Errorf("talk: %d turns, until %s", len(p.Talk.Turns), p.Talk.KeepUntil)
			}
		})
	}
}

// bookIn goes all the way in any language by the buttons where there are any.
func bookIn(v *testVisitor, what string) string {
	t := v.h.t
	t.Helper()
	reply := v.say(what)
	for range 9 {
		switch {
		case reply.Appointment != nil:
			return reply.Appointment.Number
		case reply.Expects == ExpectName:
			reply = v.say("Инна")
		case reply.Expects == ExpectPhone:
			reply = v.say("8 917 555-00-01")
		case reply.Expects == ExpectEmail:
			reply = v.say("inna@example.ru")
		case len(reply.Slots) > 0:
			reply = v.send(Incoming{Button: reply.Slots[0].ID})
		case len(reply.Buttons) > 0:
			reply = v.send(Incoming{Button: reply.Buttons[0].ID})
		default:
			t.Fatalf("cannot go on from %s", describe(reply))
		}
	}
	t.Fatalf("not booked: %s", describe(reply))
	return ""
}

// TestLinkWorksOnceAndNotForLong: whoever finds the link later opens nothing.
func TestLinkWorksOnceAndNotForLong(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	bookIn(v, "на прививку завтра в 10:00")
	link := v.say("что вы обо мне знаете?").Me
	page, err := h.Redeem(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Redeem(t.Context(), link); !errors.Is(err, ErrTicket) {
		t.Errorf("the link works twice: %v", err)
	}
	if _, err := h.Redeem(t.Context(), page); !errors.Is(err, ErrTicket) {
		t.Errorf("a page's secret is taken for a link: %v", err)
	}
	if _, err := h.Mine(t.Context(), link, privacy.RightAccess); !errors.Is(err, ErrTicket) {
		t.Errorf("a link's secret is taken for a page: %v", err)
	}
	h.clock.pass(PageLife)
	if _, err := h.Mine(t.Context(), page, privacy.RightAccess); !errors.Is(err, ErrTicket) {
		t.Errorf("the page is open for ever: %v", err)
	}
	late := v.say("что вы обо мне знаете?").Me
	h.clock.pass(ticketLife)
	if _, err := h.Redeem(t.Context(), late); !errors.Is(err, ErrTicket) {
		t.Errorf("an old link works: %v", err)
	}
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = h.db.View(func(tx *storage.Tx) (err error) {
		for range tickets.Range(tx, nil, nil, &err) {
			t.Error("an old ticket is kept")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPersonCorrectsTheirData(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	bookIn(v, "на прививку завтра в 10:00")
	page := v.opened("что вы обо мне знаете?")
	for _, c := range []struct {
		field nlu.Field
		value string
		err   error
	}{
		{nlu.FieldPhone, "8 (917) 555-00-02", nil},
		{nlu.FieldPhone, "12", ErrField},
		{nlu.FieldPhone, "8 917 234-5", ErrField},
		{nlu.FieldPhone, "+7 000 000-00-00", ErrField},
		{nlu.FieldPhone, "+1 202 555-01", ErrField},
		{nlu.FieldName, "  Инна   Петровна ", nil},
		{nlu.FieldName, "8 917 555-00-02", ErrField},
		{nlu.FieldName, strings.Repeat("я", 81), ErrField},
		{nlu.FieldEmail, "inna.p@example.ru", ErrField}, // the house does not ask for one
		{nlu.FieldEmail, "почта", ErrField},
		{nlu.FieldService, "стрижка", ErrField},
	} {
		if err := h.Amend(t.Context(), page, c.field, c.value); !errors.Is(err, c.err) {
			t.Errorf("%s %q: %v, want %v", c.field, c.value, err, c.err)
		}
	}
	p, err := h.Mine(t.Context(), page, privacy.RightAccess)
	if err != nil || p.Name != "Инна Петровна" || p.Phone != "+79175550002" || p.Email != "" {
		t.Errorf("after: %+v, %v", p, err)
	}
	v.say("что вы обо мне знаете?")
	wantText(t, v.last, "Инна Петровна", "+7 917 555-00-02")
}

// TestPersonCorrectsInTheChat: what is kept is put right by a sentence, told, and in the
// journal as a demand that was met; nobody is called, and the words stay out of the store.
func TestPersonCorrectsInTheChat(t *testing.T) {
	for lang, said := range map[string]string{
		"ru": "исправьте телефон на 8 917 555-00-02", "tt": "минем яңа телефон 8 917 555-00-02", "en": "change my phone to 8 917 555-00-02",
	} {
		h := newTestHouse(t)
		h.start()
		v := h.visitor(lang)
		v.book(map[string]string{"ru": "на прививку завтра в 10:00", "tt": "прививкага иртәгә сәгать 10га", "en": "a vaccination tomorrow at 10:00"}[lang], "Инна", "89175550001")
		reply := v.say(said)
		wantText(t, reply, "+7 917 555-00-02")
		if !slices.Contains(demandsOf(h), "correct done") || h.journaled("contact.correct") != 1 || h.journaled("conversation.handoff") != 0 {
			t.Errorf("%s: %v, %d corrected, %d passed on", lang, demandsOf(h), h.journaled("contact.correct"), h.journaled("conversation.handoff"))
		}
		page := v.opened(map[string]string{"ru": "исправьте телефон", "tt": "минем турында нәрсә беләсез?", "en": "what do you know about me?"}[lang])
		if p, err := h.Mine(t.Context(), page, privacy.RightAccess); err != nil || p.Phone != "+79175550002" {
			t.Errorf("%s: %s, %v", lang, p.Phone, err)
		}
		v.say(map[string]string{"ru": "удалите всё", "tt": "барысын да бетерегез", "en": "delete everything"}[lang])
		v.say(map[string]string{"ru": "да", "tt": "әйе", "en": "yes"}[lang])
		if h.journaled("contact.destroyed") != 1 {
			t.Errorf("%s: not erased", lang)
		}
	}
}

// TestActSaysWhoWantedIt: what the daily job destroys at a written demand is no end of a time.
func TestActSaysWhoWantedIt(t *testing.T) {
	for right, want := range map[privacy.Right]string{
		privacy.RightErase: privacy.DestroyedAsked, privacy.RightWithdraw: privacy.DestroyedWithdrawn, privacy.RightAccess: privacy.DestroyedRetention,
	} {
		h := newTestHouse(t)
		h.start()
		v := h.visitor("ru")
		v.book("на прививку завтра в 10:00", "Инна", "89175550001")
		contact, _ := v.kept()
		if _, err := h.Demanded(t.Context(), Command(), privacy.Demand{Right: right, Via: "letter", Contact: contact}); err != nil {
			t.Fatal(err)
		}
		for range 215 {
			if err := h.Retain(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.clock.pass(day)
		}
		if got := h.entry(contact).Why; got != want {
			t.Errorf("%s: the act says %q, want %q", right, got, want)
		}
	}
}

// TestEraseDemanded: a demand and its erasure are one commit.
func TestEraseDemanded(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	contact, sealed := v.kept()
	if _, err := h.EraseDemanded(t.Context(), Command(), privacy.Demand{Right: privacy.RightErase, Via: "fax", Contact: contact}); !errors.Is(err, privacy.ErrVia) {
		t.Errorf("%v", err)
	}
	if all := demandsOf(h); len(all) != 0 || h.journaled("contact.destroyed") != 0 {
		t.Errorf("half was done: %v", all)
	}
	d, err := h.EraseDemanded(t.Context(), Command(), privacy.Demand{Right: privacy.RightErase, Via: "letter", Contact: contact})
	if err != nil || d.Why != privacy.DestroyedAsked {
		t.Fatalf("%+v, %v", d, err)
	}
	if got := strings.Join(demandsOf(h), ", "); got != "erase done" {
		t.Errorf("demands: %s", got)
	}
	h.wantProved(contact, sealed)
}

// TestWithdrawnDataGoesInTime: without another word of the visitor the data is
// destroyed before the law's thirty days are over, and the register says why.
func TestWithdrawnDataGoesInTime(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	bookIn(v, "на прививку завтра в 10:00")
	page := v.opened("что вы обо мне знаете?")
	if err := h.WithdrawConsent(t.Context(), page, privacy.PurposeBooking); err != nil {
		t.Fatal(err)
	}
	if err := h.Amend(t.Context(), page, nlu.FieldName, "Анна"); !errors.Is(err, privacy.ErrNoConsent) {
		t.Errorf("without consent something is stored: %v", err)
	}
	left := func() (ids []string) {
		t.Helper()
		if err := h.db.View(func(tx *storage.Tx) (err error) { ids, err = privacy.ByPhone(tx, "+79175550001"); return err }); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	for range 29 {
		h.clock.pass(day)
		if err := h.Retain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(left()) != 1 {
		t.Error("gone before its time: the visitor may have wanted to keep the visit")
	}
	h.clock.pass(day)
	if err := h.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(left()) != 0 {
		t.Error("still there on the thirtieth day")
	}
	err := h.db.View(func(tx *storage.Tx) error {
		all, err := privacy.Destructions(tx, 10)
		if len(all) != 1 || all[0].Why != privacy.DestroyedWithdrawn || all[0].Name != "Инна" || len(all[0].Kinds) < 4 {
			t.Errorf("register: %+v", all)
		}
		open, err2 := privacy.OpenDemands(tx)
		if len(open) != 0 {
			t.Errorf("still open: %+v", open)
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPersonErasesAll(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	bookIn(v, "на прививку завтра в 10:00")
	page := v.opened("что вы обо мне знаете?")
	if err := h.EraseMine(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Mine(t.Context(), page, privacy.RightAccess); !errors.Is(err, ErrTicket) {
		t.Errorf("the page outlives the data: %v", err)
	}
	if _, err := h.Open(t.Context(), Visit{Token: v.session.Token}); !errors.Is(err, ErrExpired) {
		t.Errorf("the conversation outlives its owner: %v", err)
	}
	for _, d := range demandsOf(h) {
		if !strings.HasSuffix(d, " done") {
			t.Errorf("demand %s", d)
		}
	}
}

// TestRestrictedContactIsToldToNobody: the name and phone stay, and no receiver
// hears them.
func TestRestrictedContactIsToldToNobody(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	plan(t, h) // the receiver begins here
	v := h.visitor("ru")
	bookIn(v, "на прививку завтра в 10:00")
	var contact string
	err := h.db.Update(func(tx *storage.Tx) error {
		ids, err := privacy.ByPhone(tx, "+79175550001")
		if err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		contact = ids[0]
		_, err = privacy.Restrict(tx, contact, true, "op_1", h.clock.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, restricted := range []bool{true, false} {
		body, _, err := h.EventBody(lastEvent(t, h, "appointment.requested"), true)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(body), "9175550001"); got == restricted {
			t.Errorf("restricted %v, the phone is told: %v", restricted, got)
		}
		if restricted {
			if err := h.db.Update(func(tx *storage.Tx) error {
				_, err := privacy.Restrict(tx, contact, false, "op_1", h.clock.Now().Add(time.Hour))
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestSalonKeepsNoHealth: a house that is not of medicine keeps no word about
// health, says so, and a person answers; also when the process was killed before
// the answer.
func TestSalonKeepsNoHealth(t *testing.T) {
	for _, killed := range []bool{false, true} {
		h := newTestHouseOf(t, salonFile(t))
		if !killed {
			h.start()
		}
		v := h.visitor("ru")
		words := "после окрашивания пошла сыпь и чешется голова, что мне принять?"
		if _, err := h.Receive(t.Context(), v.session.Conversation, Incoming{ID: "f1", Text: words}); err != nil {
			t.Fatal(err)
		}
		if killed { // nothing but the store is left
			if err := h.db.Close(); err != nil {
				t.Fatal(err)
			}
			h.open(nil)
			h.start()
		}
		wantText(t, v.settle(), "не сохранено")
		d, err := h.Dialog(t.Context(), Operator{ID: "op_1"}, v.session.Conversation)
		if err != nil || d.Owner.Kind != OwnerWaiting {
			t.Fatalf("killed %v: owner %+v, %v", killed, d.Owner, err)
		}
		for _, turn := range d.Turns {
			if strings.Contains(turn.Text, "сыпь") {
				t.Errorf("killed %v: kept: %q", killed, turn.Text)
			}
		}
		if d.Turns[0].Text != "[о здоровье]" {
			t.Errorf("shown as %q", d.Turns[0].Text)
		}
	}
}

// salonFile is the house of the tests as a salon.
func salonFile(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("testdata/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "salon.yaml")
	if err := os.WriteFile(file, append([]byte("profile: salon\n"), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
