package assistant

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
)

// memory is what a conversation has in memory alone: words and personal data
// for which there is no consent yet. A restart drops it, and the visitor is
// asked again.
type memory struct {
	said    map[string]spoken // unanswered turns, by frame id
	person  person
	address string
	seen    time.Time
}

// spoken is a turn as it was written, and what each tag of its masked text stands for.
type spoken struct {
	text string
	tags map[string]string
}

// forgetAfter is how long personal data of a visitor who has not agreed to its
// processing stays in memory after their last turn.
const forgetAfter = time.Hour

// recall returns what memory has of the conversation, without its words.
func (a *Assistant) recall(conversation string) (m memory) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if kept, ok := a.memory[conversation]; ok {
		m = *kept
		m.said = nil // shared: see words
	}
	return m
}

// words returns an unanswered turn as it was written, if memory still has it.
func (a *Assistant) words(conversation, frame string) (said spoken, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if kept, known := a.memory[conversation]; known {
		said, ok = kept.said[frame]
	}
	return said, ok
}

// keptWords returns an unanswered turn that was kept over a restart.
func (a *Assistant) keptWords(conversation, frame string) (text string, ok bool) {
	err := a.db.View(func(tx *storage.Tx) (err error) {
		text, err = unanswered.Get(tx, unansweredKey(conversation, frame))
		return err
	})
	return text, err == nil
}

// remember changes what memory has of the conversation.
func (a *Assistant) remember(conversation string, change func(*memory)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, ok := a.memory[conversation]
	if !ok {
		m = &memory{said: make(map[string]spoken)}
		a.memory[conversation] = m
	}
	change(m)
	m.seen = a.now()
	if len(m.said) == 0 && m.person == (person{}) && m.address == "" {
		delete(a.memory, conversation)
	}
}

// forgetOld drops what was left in memory too long ago.
func (a *Assistant) forgetOld() {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	for id, m := range a.memory {
		if now.Sub(m.seen) > forgetAfter {
			delete(a.memory, id)
		}
	}
}

// Open starts a conversation, or goes on with the one that the token opens. It
// returns [ErrExpired] for a token that opens nothing.
func (a *Assistant) Open(_ context.Context, v Visit) (Session, error) {
	var s Session
	var err error
	if v.Token == "" {
		s, err = a.begin(v)
	} else {
		s, err = a.resume(v)
	}
	if err != nil {
		return Session{}, err
	}
	a.remember(s.Conversation, func(m *memory) { m.address = v.Address })
	return s, nil
}

func (a *Assistant) begin(v Visit) (Session, error) {
	h := a.house.Load()
	token := rand.Text()
	page, source := h.origin(v)
	id := "v_" + strings.ToLower(rand.Text()[:20])
	st := State{
		Lang: h.clinic.Language(v.Lang), Secret: strings.ToLower(rand.Text()[:6]), Created: a.now(),
		Owner: Owner{Kind: OwnerAssistant, Since: a.now()}, Page: page, Source: source, Widget: v.Widget,
	}
	err := a.db.Update(func(tx *storage.Tx) error {
		if err := visitors.Put(tx, tokenKey(tx, token), visitor{id, a.now()}); err != nil {
			return err
		}
		fresh := st
		return save(tx, id, &fresh)
	})
	if err != nil {
		return Session{}, fmt.Errorf("new conversation: %w", err)
	}
	return a.session(h, token, id, st), nil
}

func (a *Assistant) resume(v Visit) (Session, error) {
	h := a.house.Load()
	var id string
	var st State
	var hold *HoldView
	err := a.db.View(func(tx *storage.Tx) error {
		who, err := visitors.Get(tx, tokenKey(tx, v.Token))
		if errors.Is(err, storage.ErrNotFound) {
			return ErrExpired
		}
		if err != nil {
			return err
		}
		id = who.Conversation
		if st, err = load(tx, id); err != nil {
			return err
		}
		hold, err = h.keeps(tx, id, &st, a.now())
		return err
	})
	if err != nil {
		return Session{}, err
	}
	s := a.session(h, v.Token, id, st)
	s.Hold = hold
	return s, nil
}

func (a *Assistant) session(h *house, token, id string, st State) Session {
	version := st.Consent
	if version == "" {
		version = h.consent(st.Lang).Version
	}
	return Session{
		Token: token, Conversation: id, Lang: st.Lang, Seq: st.Seq, Owner: st.Owner,
		Consent: ConsentState{Given: st.Consent != "", Version: version},
		Open:    h.until(a.now()).IsZero(),
	}
}

func tokenKey(tx *storage.Tx, token string) []byte { return tx.Index("token", token) }

// Receive stores what the visitor said and returns; the answer comes through the
// feed. What it returned is durable. The same in.ID again has no second effect.
func (a *Assistant) Receive(_ context.Context, conversation string, in Incoming) (seq uint64, err error) {
	if utf8.RuneCountInString(in.Text) > MaxText {
		return 0, ErrTooLong
	}
	h := a.house.Load()
	err = a.db.View(func(tx *storage.Tx) error { in.ID = frameName(tx, in.ID); return nil })
	if err != nil {
		return 0, err
	}
	kept, err := a.masked(h, conversation, in)
	if err != nil {
		return 0, err
	}
	if in.Button != "" && kept.text == noLabel && !buttonText.MatchString(in.Button) { // a stranger's words
		in.Button = noLabel
	}
	a.help.drop(conversation) // what is still asked for was about less than the visitor has said now
	again, waits := false, false
	// Before the commit, since the answer may begin right after it.
	a.remember(conversation, func(m *memory) {
		if _, known := m.said[in.ID]; !known { // sent again: the first words count
			m.said[in.ID] = spoken{in.Text, kept.tags}
		}
	})
	err = a.db.Update(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		if err != nil {
			return err
		}
		if seq, again, err = taken(tx, conversation, in.ID); again || err != nil {
			waits = slices.ContainsFunc(st.Pending, func(h heard) bool { return h.ID == in.ID })
			return err
		}
		if len(st.Pending) >= mostPending {
			return ErrBusy
		}
		seq = st.Seq + 1
		if err := frames.Put(tx, frameKey(conversation, in.ID), seq); err != nil {
			return err
		}
		st.Pending = append(st.Pending, heard{seq, in.ID, kept.text, in.Button, kept.alarm})
		if st.Consent != "" && in.Text != "" && kept.alarm == "" && !kept.unkept {
			if err := unanswered.Put(tx, unansweredKey(conversation, in.ID), in.Text); err != nil {
				return err
			}
		}
		return save(tx, conversation, &st, Turn{At: a.now(), From: FromVisitor, Text: kept.text})
	})
	if err != nil || again {
		if !waits {
			a.remember(conversation, func(m *memory) { delete(m.said, in.ID) })
		}
		return seq, err
	}
	a.feed.publish(conversation)
	a.wake(conversation)
	return seq, nil
}

// maskedTurn is what is stored of a turn: the text without personal data, or the
// label of the button that was pressed.
type maskedTurn struct {
	text   string
	tags   map[string]string // what was taken out
	alarm  string
	unkept bool // the house keeps no word of it
}

// masked is what is stored of a turn. A house that is not of medicine keeps no word
// of somebody's health (152-FZ, article 10): a tag is then all that is left of such
// a text, and an alarm where it rang.
func (a *Assistant) masked(h *house, conversation string, in Incoming) (m maskedTurn, err error) {
	var st State
	err = a.db.View(func(tx *storage.Tx) error {
		if st, err = load(tx, conversation); err == nil && in.Button != "" {
			m.text, err = label(tx, conversation, in.Button, st, h)
		}
		return err
	})
	if err != nil || in.Button != "" {
		return m, err
	}
	r := h.reader.Read(in.Text, a.readerContext(h, &st))
	if h.unkept(r) {
		return maskedTurn{text: privacy.Masked("health"), alarm: r.Alarm, unkept: true}, nil
	}
	m.text, m.tags = privacy.Mask(in.Text, namedAgain(in.Text, r, a.knownName(conversation, &st)), st.Secret)
	return m, nil
}

// unkept reports whether words are about health and the house may not keep them.
func (h *house) unkept(r nlu.Reading) bool {
	return r.Health && h.clinic.Profile == clinic.ProfileSalon
}

// noLabel stands for a button that was never shown.
const noLabel = "…"

// buttonText is what the id of a button can be: a verb and ids of the house.
var buttonText = regexp.MustCompile(`^[a-z]+(/[A-Za-z0-9_.,:+-]*)*$`)

// label finds what stood on a button: of the newest replies, or of any.
func label(tx *storage.Tx, conversation, button string, st State, h *house) (found string, err error) {
	near := uint64(0)
	if len(st.Marks) > 0 {
		near = st.Marks[0].Seq
	}
	for _, after := range []uint64{near, 0} {
		for _, e := range since(tx, conversation, st, after, &err) {
			for _, t := range e.Turns {
				if l, ok := labelOf(t, button, st.Lang, h); ok {
					found = l
				}
			}
		}
		if found != "" || err != nil || near == 0 {
			break
		}
	}
	if found == "" {
		found = noLabel
	}
	return found, err
}

func labelOf(t Turn, button, lang string, h *house) (label string, ok bool) {
	for _, b := range t.Buttons {
		if b.ID == button {
			return b.Label, true
		}
	}
	for _, s := range t.Slots {
		if s.ID == button {
			return prompts.When(lang, s.Start.In(h.clinic.Location), t.At.In(h.clinic.Location)), true
		}
	}
	return "", false
}

// readerContext is what the reader has to know about the conversation.
func (a *Assistant) readerContext(h *house, st *State) nlu.Context {
	c := nlu.Context{Lang: st.Lang, Now: a.now().In(h.clinic.Location), Expects: nlu.Field(st.Asked)}
	for _, id := range st.Choices {
		c.Offered = append(c.Offered, h.option(id, st.Lang))
	}
	return c
}

// option words a choice for the reader.
func (h *house) option(id, lang string) nlu.Option {
	o := nlu.Option{ID: id}
	verb, rest, _ := strings.Cut(id, "/")
	switch verb {
	case "slot":
		if s, ok := slotOf(h.clinic, id); ok {
			o.Start = s.Start.In(h.clinic.Location)
			if who, ok := h.clinic.Specialist(s.Specialist); ok {
				o.Label = o.Start.Format("15:04") + " " + who.Name.In(lang)
			}
		}
	case "service":
		if s, ok := h.clinic.Service(rest); ok {
			o.Label = s.Name.In(lang)
		}
	case "branch":
		if b, ok := h.clinic.Branch(rest); ok {
			o.Label = b.Name.In(lang)
		}
	case "specialist":
		if s, ok := h.clinic.Specialist(rest); ok {
			o.Label = s.Name.In(lang)
		}
	case "visit":
		if v, ok := pickedVisit(h.clinic, id); ok {
			o.Start = v.Start().In(h.clinic.Location)
			o.Label = o.Start.Format("15:04")
		}
	case "without":
		if s, ok := h.clinic.Service(rest); ok {
			o.Label = prompts.Say(lang, "visit.without", prompts.Args{"service": s.Name.In(lang)})
		}
	case "reason":
		_, reason, _ := strings.Cut(rest, "/")
		if r, ok := h.clinic.Reason(reason); ok {
			o.Label = r.Name.In(lang)
		}
	case "come":
		o.Label = prompts.Say(lang, "come.yes", nil)
	case "offer":
		verb, _, _ := strings.Cut(rest, "/")
		o.Label = prompts.Say(lang, "offer."+verb, nil)
	case "edit":
		o.Label = prompts.Say(lang, "edit."+rest, nil)
	}
	return o
}

// Turns returns the turns after seq, oldest first, as the visitor reads them:
// with labels for personal data, and their own name and phone where the
// assistant named them.
func (a *Assistant) Turns(_ context.Context, conversation string, after uint64) (turns []Turn, err error) {
	err = a.db.View(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		if err != nil || st.Seq <= after {
			return err
		}
		own, err := contactOf(tx, st.Contact)
		if err != nil {
			return err
		}
		turns, err = shown(tx, conversation, st, after, teller{st.Lang, person{own.Name, showPhone(own.Phone), own.Email}})
		return err
	})
	return turns, err
}

// contactOf is a contact, or an empty one where there is none (any more).
func contactOf(tx *storage.Tx, id string) (privacy.Contact, error) {
	if id == "" {
		return privacy.Contact{}, nil
	}
	c, err := privacy.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return privacy.Contact{}, nil
	}
	return c, err
}

// teller words the tags of a stored text for one kind of reader.
type teller struct {
	lang string
	own  person // what this reader may see of the visitor's contact
}

func (t teller) word(masked string) string {
	return privacy.Show(masked, func(kind string) string {
		field, own := privacy.OwnField(kind)
		if !own {
			return prompts.Say(t.lang, "label."+kind, nil)
		}
		value := map[string]string{"name": t.own.Name, "phone": t.own.Phone, "email": t.own.Email}[field]
		if value == "" {
			return prompts.Say(t.lang, "label."+field, nil)
		}
		return value
	})
}

// shown reads a conversation's turns after seq as one kind of reader sees them.
func shown(tx *storage.Tx, conversation string, st State, after uint64, to teller) (turns []Turn, err error) {
	words, err := ownWordsAfter(tx, conversation, after)
	if err != nil {
		return nil, err
	}
	for _, e := range since(tx, conversation, st, after, &err) {
		for _, t := range e.Turns {
			if t.Seq > after {
				if own, known := words[t.Seq]; known {
					t.Text = own
				}
				t.Text = to.word(t.Text)
				t.Appointment = t.Appointment.portable(tx)
				t.Appointments = slices.Clone(t.Appointments)
				for i := range t.Appointments {
					t.Appointments[i] = *t.Appointments[i].portable(tx)
				}
				turns = append(turns, t)
			}
		}
	}
	return turns, err
}

// Owner tells who answers the conversation now.
func (a *Assistant) Owner(_ context.Context, conversation string) (o Owner, err error) {
	err = a.db.View(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		o = st.Owner
		return err
	})
	return o, err
}

// Typing tells the other side of a conversation that somebody writes.
func (a *Assistant) Typing(conversation string, from From) {
	if from == FromVisitor {
		a.help.drop(conversation)
	}
	a.feed.typing(conversation, from)
}

// upcoming are the visitor's own appointments that can still be changed.
func upcoming(all []booking.Appointment, now time.Time) []booking.Appointment {
	return slices.DeleteFunc(slices.Clone(all), func(a booking.Appointment) bool {
		return a.Slot.Start.Before(now) || a.Status != booking.Requested && a.Status != booking.Confirmed
	})
}
