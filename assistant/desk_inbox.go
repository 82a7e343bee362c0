package assistant

import (
	"context"
	"errors"
	"slices"
	"sync"

	"okoshko/assistant/booking"
	"okoshko/storage"
)

// The inbox shows so many conversations, the newest; one that waits for a person
// is found among so many more.
const (
	inboxSize  = 200
	inboxReach = 5000
)

// Inbox lists conversations in which a visitor has said something: those that
// wait for a person first, then the newest.
func (a *Assistant) Inbox(_ context.Context) (lines []Summary, err error) {
	h := a.house.Load()
	err = a.db.View(func(tx *storage.Tx) error {
		looked := 0
		lines = nil
		for id, pos := range entries.Owners(tx) {
			if looked++; looked > inboxReach {
				break
			}
			g, err := a.glances.at(tx, id, pos)
			if err != nil {
				a.log.Error("inbox: a conversation cannot be read", "conversation", id, "err", err)
				continue
			}
			if g.line.Seq == 0 || len(lines) >= inboxSize && g.line.Owner.Kind != OwnerWaiting {
				continue
			}
			s, err := h.summary(tx, g)
			if err != nil {
				return err
			}
			lines = append(lines, s)
		}
		return nil
	})
	slices.SortStableFunc(lines, func(x, y Summary) int { return rank(x.Owner) - rank(y.Owner) })
	return lines, err
}

func rank(o Owner) int {
	if o.Kind == OwnerWaiting {
		return 0
	}
	return 1
}

// summary is the line of a conversation: the glance, and what may change without a
// word being said.
func (h *house) summary(tx *storage.Tx, g glance) (Summary, error) {
	s := g.line
	who, err := contactOf(tx, s.Contact)
	if err != nil {
		return Summary{}, err
	}
	s.Name, s.Preview = who.Name, forStaff(s.Lang, who).word(s.Preview)
	if s.Seen, err = seen.Get(tx, []byte(s.Conversation)); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return s, err
	}
	all, err := booking.OfConversation(tx, s.Conversation)
	if err != nil {
		return s, err
	}
	for _, ap := range all {
		s.Number = ap.Number
		if ap.Status == booking.Requested {
			s.Requested++
		}
	}
	return s, nil
}

// glance is what an entry of a conversation says of it: a line of the inbox without
// the person, with the visitor's newest words as they are stored.
type glance struct {
	pos  uint64 // of the entry
	line Summary
}

func glanceOf(conversation string, pos uint64, st State) glance {
	return glance{pos, Summary{
		Conversation: conversation, Lang: st.Lang, At: st.At, Seq: st.Seq, Owner: st.Owner, Contact: st.Contact, Preview: st.Preview,
	}}
}

// glances remembers what was read of conversations, so that a change of one does not
// read thousands anew. An entry of the log never changes, so what was read of a
// position stays true.
type glances struct {
	mu sync.Mutex
	of map[string]glance
}

func (g *glances) at(tx *storage.Tx, conversation string, pos uint64) (glance, error) {
	g.mu.Lock()
	known, ok := g.of[conversation]
	g.mu.Unlock()
	if ok && known.pos == pos {
		return known, nil
	}
	st, err := load(tx, conversation)
	if err != nil {
		return glance{}, err
	}
	known = glanceOf(conversation, pos, st)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of == nil || len(g.of) > 2*inboxReach {
		g.of = make(map[string]glance)
	}
	g.of[conversation] = known
	return known, nil
}
