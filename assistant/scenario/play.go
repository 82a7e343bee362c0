package scenario

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/llm"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/vault"
)

// mostTurns is how many messages a visitor has before the scenario is lost.
const mostTurns = 30

// pace is how long a visitor takes to write a message.
const pace = 15 * time.Second

// patience bounds the wait for one reply, in real time.
const patience = time.Minute

// Result is what came of one scenario.
type Result struct {
	ID         string
	Missed     []string // outcomes that do not hold, in words
	Turns      int      // messages of the visitor
	AskedModel int
	Transcript []Line
}

// Passed reports whether every outcome holds.
func (r Result) Passed() bool { return len(r.Missed) == 0 }

// Line is one utterance of a transcript.
type Line struct{ From, Text string }

// Options are how a scenario is played.
type Options struct {
	Model assistant.Model // nil: rules alone
	Typos uint64          // whose fingers slip, see [Typos]; 0: nobody's
	// Patience is how long the visitor waits for the model before the rules'
	// answer; 0: as in life.
	Patience time.Duration
}

// Play plays one scenario of a file.
func Play(ctx context.Context, f *File, s Scenario, o Options) (Result, error) {
	dir, err := os.MkdirTemp("", "okoshko-eval-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	if o.Typos > 0 {
		s = s.Mistyped(o.Typos)
	}
	p, err := open(dir, f, s, o)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", s.ID, err)
	}
	defer p.close()
	if err := p.play(ctx); err != nil {
		return Result{}, fmt.Errorf("%s: %w", s.ID, err)
	}
	missed, err := p.judge(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", s.ID, err)
	}
	return Result{s.ID, missed, p.turns, p.model.asked(), p.lines}, nil
}

// player is one visitor in a house of their own.
type player struct {
	file *File
	s    Scenario
	o    Options

	db        *storage.DB
	assistant *assistant.Assistant
	calendar  *booking.Calendar
	clock     *clock
	logs      *buffer
	model     *listener
	stop      func()

	session assistant.Session
	mine    map[string]booking.Appointment // by ref, as given
	given   map[string]bool                // numbers
	contact string

	last    assistant.Turn // newest reply
	after   uint64         // newest turn seen
	said    map[string]int // answers given, by what was asked
	cut     map[string]bool
	shrugs  int
	turns   int
	asked   map[assistant.Expect]int
	summary bool // a summary was shown and agreed to
	lines   []Line
	missed  []string
	// visitor's own words, for the search of logs and prompts
	words []string
	first string // first reply after the newest message of `say`
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// buffer collects the log for the search after.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }

func (b *buffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

// listener counts what the model is asked, and keeps the prompts.
type listener struct {
	assistant.Model
	mu      sync.Mutex
	n       int
	prompts strings.Builder
}

func (l *listener) Ask(ctx context.Context, r llm.Request) (llm.Answer, error) {
	l.mu.Lock()
	l.n++
	for _, m := range r.Messages {
		l.prompts.WriteString(m.Text)
	}
	l.mu.Unlock()
	return l.Model.Ask(ctx, r)
}

func (l *listener) asked() int { l.mu.Lock(); defer l.mu.Unlock(); return l.n }

func (l *listener) heard() string { l.mu.Lock(); defer l.mu.Unlock(); return l.prompts.String() }

func open(dir string, f *File, s Scenario, o Options) (*player, error) {
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, bytes.Repeat([]byte("5a"), 32), 0o600); err != nil {
		return nil, err
	}
	v, err := vault.Create(dir, vault.KeyFile(key))
	if err != nil {
		return nil, err
	}
	db, err := storage.Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		return nil, err
	}
	now := s.Now.Time
	if now.IsZero() {
		now = f.Now.Time
	}
	p := &player{
		file: f, s: s, o: o, db: db, calendar: booking.New(f.House), clock: &clock{now: now}, logs: &buffer{},
		model: &listener{Model: o.Model}, mine: make(map[string]booking.Appointment), given: make(map[string]bool),
		said: make(map[string]int), cut: make(map[string]bool), asked: make(map[assistant.Expect]int),
	}
	c := assistant.Config{
		DB: db, Clinic: f.House, Patience: o.Patience, Now: p.clock.Now,
		Log: slog.New(slog.NewTextHandler(p.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if o.Model != nil {
		c.Model = p.model
	}
	if p.assistant, err = assistant.New(c); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	p.run()
	return p, nil
}

// run starts the assistant; stop waits for it.
func (p *player) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	started := p.assistant.Started()
	go func() { done <- p.assistant.Run(ctx) }()
	<-started
	p.stop = func() { cancel(); <-done }
}

func (p *player) close() {
	p.stop()
	_ = p.db.Close()
}

// play talks until the visitor has nothing more to say.
func (p *player) play(ctx context.Context) (err error) {
	p.session, err = p.assistant.Open(ctx, assistant.Visit{Lang: p.s.Lang, Page: "https://clinic.example/"})
	if err != nil {
		return err
	}
	if err := p.prepare(ctx); err != nil {
		return err
	}
	for _, text := range p.s.Say {
		p.first = ""
		if err := p.say(ctx, Answer{Text: text}); err != nil {
			return err
		}
		p.first = p.last.Text
	}
	for p.turns < mostTurns {
		a, goOn := p.reply()
		if !goOn {
			return nil
		}
		if err := p.say(ctx, a); err != nil {
			return err
		}
	}
	p.miss("no end after %d messages", mostTurns)
	return nil
}

// reply is what the visitor says to what was asked; false when they leave.
func (p *player) reply() (a Answer, goOn bool) {
	what := string(p.last.Expects)
	if p.last.Expects == assistant.ExpectOperator {
		return a, false
	}
	if p.last.Expects == assistant.ExpectMore && p.reached() {
		return a, false
	}
	if text, ok := p.s.Interrupts[what]; ok && !p.cut[what] {
		p.cut[what] = true
		return Answer{Text: text}, true
	}
	answers := p.s.Answers[what]
	if len(answers) > 0 {
		n := min(p.said[what], len(answers)-1)
		if p.last.Expects == assistant.ExpectMore && p.said[what] >= len(answers) {
			return a, false
		}
		p.said[what]++
		return answers[n], true
	}
	if p.last.Expects == assistant.ExpectMore {
		return a, false
	}
	p.shrugs++
	if p.shrugs > 1 {
		return a, false
	}
	return Answer{Text: map[string]string{"en": "I don't know", "tt": "белмим"}[p.s.Lang]}.or("не знаю"), true
}

func (a Answer) or(text string) Answer {
	if a.Text == "" && a.Pick == 0 {
		a.Text = text
	}
	return a
}

// say sends one message and reads the replies.
func (p *player) say(ctx context.Context, a Answer) error {
	p.turns++
	in := assistant.Incoming{ID: fmt.Sprintf("m%d", p.turns), Text: a.Text}
	if p.o.Typos > 0 && a.Text != "" {
		in.Text = Typos(p.o.Typos)(a.Text)
	}
	if a.Pick > 0 {
		choices := choices(p.last)
		if a.Pick > len(choices) {
			p.miss("there is no choice %d in «%s»", a.Pick, p.last.Text)
			return nil
		}
		in.Button, in.Text = choices[a.Pick-1].ID, ""
		p.lines = append(p.lines, Line{"visitor", "[" + choices[a.Pick-1].Label + "]"})
	} else {
		p.lines = append(p.lines, Line{"visitor", in.Text})
		p.words = append(p.words, in.Text)
	}
	if _, err := p.assistant.Receive(ctx, p.session.Conversation, in); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := p.assistant.Settle(wait, p.session.Conversation); err != nil {
		return err
	}
	p.clock.pass(pace)
	return p.hear(ctx)
}

// choices are the slots and buttons of a reply, as a visitor sees them.
func choices(t assistant.Turn) (all []assistant.Button) {
	for _, s := range t.Slots {
		all = append(all, assistant.Button{ID: s.ID, Label: s.Start.Format("02.01 15:04") + " " + s.Specialist})
	}
	return append(all, t.Buttons...)
}

// hear reads the replies and holds each to what must always be so.
func (p *player) hear(ctx context.Context) error {
	turns, err := p.assistant.Turns(ctx, p.session.Conversation, p.after)
	if err != nil {
		return err
	}
	for _, t := range turns {
		p.after = max(p.after, t.Seq)
		if t.From == assistant.FromVisitor {
			continue
		}
		p.asked[t.Expects]++
		if err := p.always(t); err != nil {
			return err
		}
		p.lines = append(p.lines, Line{string(t.From), transcript(t)})
		p.last = t
		if t.Expects == assistant.ExpectConfirm {
			p.summary = true
		}
	}
	return nil
}

// transcript is a reply with what it offers.
func transcript(t assistant.Turn) string {
	text := t.Text
	for _, c := range choices(t) {
		text += " [" + c.Label + "]"
	}
	return text + " (" + string(t.Expects) + ")"
}

func (p *player) miss(format string, args ...any) {
	if m := fmt.Sprintf(format, args...); !slices.Contains(p.missed, m) {
		p.missed = append(p.missed, m)
	}
}

// prepare puts into the store what the scenario says it holds.
func (p *player) prepare(ctx context.Context) error {
	for i, g := range p.s.Given {
		switch g.Appointment {
		case "mine":
			if p.contact == "" {
				var err error
				p.contact, err = p.assistant.Admit(ctx, assistant.Operator{ID: "eval"}, p.session.Conversation, "Асия", "+79170000077")
				if err != nil {
					return err
				}
			}
			a, err := p.book(g, p.session.Conversation, p.contact)
			if err != nil {
				return fmt.Errorf("given %d: %w", i+1, err)
			}
			p.mine[g.Ref] = a
		case "booked":
			if err := p.others(i, g); err != nil {
				return fmt.Errorf("given %d: %w", i+1, err)
			}
		default:
			return fmt.Errorf("given %d: found appointment %q, expected booked or mine", i+1, g.Appointment)
		}
	}
	return nil
}

// others books for somebody else: one slot, or every slot of a day.
func (p *player) others(i int, g Given) error {
	if g.AllDay == "" {
		contact, err := p.stranger(i, g)
		if err != nil {
			return err
		}
		_, err = p.book(g, "", contact)
		return err
	}
	day, err := at(g.AllDay+"T00:00", p.file.Zone)
	if err != nil {
		return err
	}
	for {
		var free []booking.Slot
		err := p.db.View(func(tx *storage.Tx) (err error) {
			free, err = p.calendar.Free(tx, booking.Query{
				Service: g.Service, Specialist: g.Specialist, From: day, To: day.AddDate(0, 0, 1), Limit: 1,
			}, p.clock.Now())
			return err
		})
		if err != nil || len(free) == 0 {
			return err
		}
		g.Start = free[0].Start.In(p.file.Zone).Format("2006-01-02T15:04")
		if _, err := p.book(g, "", ""); err != nil {
			return err
		}
	}
}

func (p *player) stranger(i int, g Given) (string, error) {
	c := privacy.NewContact(fmt.Sprintf("other-%d", i), p.s.Lang, p.clock.Now())
	c.Name, c.Phone = g.Name, g.Phone
	return c.ID, p.db.Update(func(tx *storage.Tx) error { return privacy.Save(tx, c, p.clock.Now()) })
}

// book makes a confirmed appointment, as reception does.
func (p *player) book(g Given, conversation, contact string) (a booking.Appointment, err error) {
	start, err := at(g.Start, p.file.Zone)
	if err != nil {
		return a, err
	}
	service, ok := p.file.House.Service(g.Service)
	who, okWho := p.file.House.Specialist(g.Specialist)
	if !ok || !okWho {
		return a, fmt.Errorf("no service %q or specialist %q in the clinic file", g.Service, g.Specialist)
	}
	slot := booking.Slot{
		Service: g.Service, Specialist: g.Specialist, Branch: who.Branch, Start: start.UTC(), End: start.UTC().Add(service.Duration),
	}
	err = p.db.Update(func(tx *storage.Tx) error {
		a, err = p.calendar.Request(tx, booking.Booking{
			Slot: slot, Contact: contact, Conversation: conversation, Author: "staff:eval", Staff: true,
		}, p.clock.Now())
		if err != nil || a.Status == booking.Confirmed {
			return err
		}
		a, err = p.calendar.Confirm(tx, a.Number, a.Version, booking.Change{Author: "staff:eval", Staff: true}, p.clock.Now())
		return err
	})
	p.given[a.Number] = true
	return a, err
}

// personal are the pieces of personal data that the visitor wrote.
func (p *player) personal() (all []string) {
	r := nlu.New(assistant.Vocabulary(p.file.House))
	for _, text := range p.words {
		for _, s := range r.Read(text, nlu.Context{Lang: p.s.Lang, Now: p.clock.Now()}).Personal {
			all = append(all, text[s.Start:s.End])
		}
	}
	if want := p.s.Outcome.Appointment; want != nil {
		all = append(all, want.Name, want.Phone)
	}
	return slices.DeleteFunc(all, func(s string) bool { return len([]rune(s)) < 3 })
}
