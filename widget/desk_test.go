package widget

import (
	"context"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"okoshko/assistant"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// desk is a scripted assistant: it keeps turns in memory as the real one keeps
// them in its store, and answers each message where answer is set.
type desk struct {
	answer func(in assistant.Incoming) []assistant.Turn
	fail   error         // of Receive
	gate   chan struct{} // Receive waits for it; nil: does not

	mu       sync.Mutex
	visits   []assistant.Visit
	tokens   map[string]string // token → conversation
	turns    map[string][]assistant.Turn
	owners   map[string]assistant.Owner
	shown    map[string]uint64 // newest turn that a page has shown
	hold     *assistant.HoldView
	ids      map[string]uint64 // conversation/id → seq
	typed    []assistant.From
	next     int
	watchers map[string]map[int]func(assistant.Signal)
}

func newDesk() *desk {
	return &desk{
		tokens: map[string]string{}, turns: map[string][]assistant.Turn{}, owners: map[string]assistant.Owner{}, shown: map[string]uint64{},
		ids: map[string]uint64{}, watchers: map[string]map[int]func(assistant.Signal){},
	}
}

func (d *desk) Open(_ context.Context, v assistant.Visit) (assistant.Session, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.visits = append(d.visits, v)
	id, known := d.tokens[v.Token]
	switch {
	case v.Token != "" && !known:
		return assistant.Session{}, assistant.ErrExpired
	case v.Token == "":
		id = fmt.Sprintf("c%d", len(d.tokens)+1)
		v.Token = "token-" + id
		d.tokens[v.Token] = id
		d.owners[id] = assistant.Owner{Kind: assistant.OwnerAssistant}
	}
	return assistant.Session{
		Token: v.Token, Conversation: id, Lang: "ru", Seq: uint64(len(d.turns[id])), Owner: d.owners[id],
		Consent: assistant.ConsentState{Version: "3f9a"}, Open: true, Hold: d.hold,
	}, nil
}

func (d *desk) Receive(_ context.Context, conversation string, in assistant.Incoming) (uint64, error) {
	if d.gate != nil {
		<-d.gate
	}
	if d.fail != nil {
		return 0, d.fail
	}
	if utf8.RuneCountInString(in.Text) > assistant.MaxText {
		return 0, assistant.ErrTooLong
	}
	d.mu.Lock()
	key := conversation + "/" + in.ID
	seq, again := d.ids[key]
	d.mu.Unlock()
	if again {
		return seq, nil
	}
	seq = d.add(conversation, assistant.Turn{From: assistant.FromVisitor, Text: in.Text + in.Button})
	d.mu.Lock()
	d.ids[key] = seq
	d.mu.Unlock()
	if d.answer != nil {
		for _, t := range d.answer(in) {
			d.add(conversation, t)
		}
	}
	return seq, nil
}

// add appends a turn and tells who watches, as a commit does.
func (d *desk) add(conversation string, t assistant.Turn) uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.Seq = uint64(len(d.turns[conversation]) + 1)
	t.At = time.Date(2026, 11, 23, 9, 0, 0, 123456, time.UTC)
	d.turns[conversation] = append(d.turns[conversation], t)
	for _, notify := range d.watchers[conversation] {
		notify(assistant.Signal{})
	}
	return t.Seq
}

func (d *desk) own(conversation string, o assistant.Owner) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.owners[conversation] = o
	for _, notify := range d.watchers[conversation] {
		notify(assistant.Signal{})
	}
}

func (d *desk) visited(i int) assistant.Visit {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i >= len(d.visits) {
		return assistant.Visit{}
	}
	return d.visits[i]
}

func (d *desk) Turns(_ context.Context, conversation string, after uint64) ([]assistant.Turn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]assistant.Turn(nil), d.turns[conversation][after:]...), nil
}

func (d *desk) Owner(_ context.Context, conversation string) (assistant.Owner, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.owners[conversation], nil
}

func (d *desk) Seen(_ context.Context, conversation string, seq uint64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown[conversation] = max(d.shown[conversation], seq)
	return nil
}

func (d *desk) Typing(conversation string, from assistant.From) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.typed = append(d.typed, from)
	for _, notify := range d.watchers[conversation] {
		notify(assistant.Signal{Typing: from})
	}
}

func (d *desk) Subscribe(conversation string, notify func(assistant.Signal)) func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	id := d.next
	if d.watchers[conversation] == nil {
		d.watchers[conversation] = map[int]func(assistant.Signal){}
	}
	d.watchers[conversation][id] = notify
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.watchers[conversation], id)
	}
}

func (d *desk) ConsentText(_ context.Context, version string) (privacy.ConsentText, error) {
	if version != "3f9a" {
		return privacy.ConsentText{}, storage.ErrNotFound
	}
	return privacy.ConsentText{
		Version: version, Lang: "ru", Title: "Согласие на обработку", Paragraphs: []string{"Я <b>согласен</b>.", "Второй абзац."},
		Since: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}, nil
}
