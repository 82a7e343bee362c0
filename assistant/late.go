package assistant

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"okoshko/assistant/nlu"
	"okoshko/prompts"
	"okoshko/storage"
)

// A model that is slower than a visitor's patience is not cut off: the rules'
// answer goes out, and what the model says later becomes one more turn of the
// assistant, where it helps and nothing has happened since. It never changes
// what the visitor has chosen, agreed to or said of themselves, and it does not
// come once the visitor has said, pressed or begun to write anything.

// belated is the model's help with one turn that has been answered without it.
type belated struct {
	a            *Assistant
	conversation string
	ctx          context.Context // done when nobody wants the help any more
	cancel       context.CancelFunc
	question     question
	said         <-chan helped
	// answered is where the conversation stands after the rules' answer: the
	// position of its newest entry. Written before follow, read after.
	answered uint64
	followed bool

	// Under help.mu:
	late  bool // the visitor's patience is over
	stale bool // the conversation went on before it was
}

// helped is how asking the model has ended.
type helped struct {
	asked
	err   error
	fault any // of a panic: one visitor's words must not end the house for all
}

// help keeps the belated help that is still being waited for, one a
// conversation, and counts what came of it.
type help struct {
	mu      sync.Mutex
	waiting map[string]*belated

	inTime, failed, late, used, dropped atomic.Uint64
}

// Help counts the turns for which the model was asked, since the start.
type Help struct {
	InTime uint64 // its answer came while the visitor waited
	Failed uint64 // there was none
	Late   uint64 // the rules' answer went out first
	Used   uint64 // of the late ones: told to the visitor in a turn of its own
	// Dropped are commands of the model that did not check: no value of the
	// lists, no quote of the message.
	Dropped uint64
}

// Help is what has come of asking the model.
func (a *Assistant) Help() Help {
	h := &a.help
	return Help{InTime: h.inTime.Load(), Failed: h.failed.Load(), Late: h.late.Load(), Used: h.used.Load(), Dropped: h.dropped.Load()}
}

// drop gives up waiting for late help: the conversation has gone on. Help that
// still comes in time is not late.
func (h *help) drop(conversation string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.waiting[conversation]
	if b == nil {
		return
	}
	b.stale = true
	if b.late {
		b.cancel()
	}
}

// tooLate marks the end of patience and reports whether waiting longer is of
// any use.
func (h *help) tooLate(b *belated) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.late.Add(1)
	b.late = true
	return !b.stale
}

func (h *help) await(b *belated) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting == nil {
		h.waiting = make(map[string]*belated)
	}
	h.waiting[b.conversation] = b
}

func (h *help) done(b *belated) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting[b.conversation] == b {
		delete(h.waiting, b.conversation)
	}
}

// ask puts a question to the model and waits until brief is over. Help that is
// not there by then is returned as belated: the asking goes on, until ctx is
// done or the conversation goes on.
func (a *Assistant) ask(ctx, brief context.Context, q question) ([]nlu.Command, *belated) {
	ctx, cancel := context.WithCancel(ctx)
	said := make(chan helped, 1)
	a.wg.Go(func() {
		var h helped
		defer func() {
			h.fault = recover()
			said <- h
		}()
		h.asked, h.err = q.ask(ctx, 0, 0)
	})
	b := &belated{a: a, conversation: q.key, ctx: ctx, cancel: cancel, question: q, said: said}
	a.help.await(b)
	select {
	case answer := <-said:
		b.release()
		if answer.fault != nil {
			panic(answer.fault) // as if it had happened here: see answerSafely
		}
		a.heard(ctx, q.key, answer, &a.help.inTime)
		return answer.commands, nil
	case <-brief.Done():
	}
	if !a.help.tooLate(b) {
		b.release()
		return nil, nil
	}
	return nil, b
}

// heard counts and logs one answer.
func (a *Assistant) heard(ctx context.Context, conversation string, said helped, count *atomic.Uint64) {
	if said.err != nil {
		count = &a.help.failed
	}
	if count != nil {
		count.Add(1)
	}
	a.help.dropped.Add(uint64(said.dropped))
	a.log.InfoContext(ctx, "model", "conversation", conversation, "commands", len(said.commands), "dropped", said.dropped,
		"ms", said.answer.Total.Milliseconds(), "err", said.err)
}

// after notes where the rules' answer has left the conversation.
func (b *belated) after(tx *storage.Tx, conversation string) (err error) {
	if b != nil {
		b.answered, _, err = entries.Last(tx, conversation)
	}
	return err
}

// follow waits for the help without holding up the conversation.
func (b *belated) follow() {
	if b == nil {
		return
	}
	b.followed = true
	b.a.wg.Go(func() {
		defer b.end()
		defer b.survive()
		select {
		case said := <-b.said:
			if said.fault != nil {
				panic(said.fault)
			}
			b.a.heard(b.ctx, b.conversation, said, nil)
			b.use(said)
		case <-b.ctx.Done():
		}
	})
}

// survive logs a panic: the rules' answer stands.
func (b *belated) survive() {
	if r := recover(); r != nil {
		b.a.log.Error("late help", "conversation", b.conversation, "err", fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
	}
}

// release gives the help up unless it is followed.
func (b *belated) release() {
	if b != nil && !b.followed {
		b.end()
	}
}

func (b *belated) end() {
	b.cancel()
	b.a.help.done(b)
}

// errNoUse is why a transaction is left: the help adds nothing, or the
// conversation has gone on.
var errNoUse = errors.New("late help is of no use")

// use tells the visitor what the model has understood, in a turn of its own.
func (b *belated) use(said helped) {
	a, h := b.a, b.a.house.Load()
	if said.err != nil || h != b.question.h { // ids are those of another version of the clinic file
		return
	}
	fresh := onlyNew(b.question.rules.Commands, said.commands)
	in := Interpretation{Reading: nlu.Reading{Lang: b.question.rules.Lang, Commands: fresh}}
	brief, cancel := context.WithTimeout(b.ctx, a.patience)
	in.Answers = a.shorten(brief, b.question, fresh)
	cancel()
	err := a.db.Update(func(tx *storage.Tx) error { return b.add(tx, h, in) })
	switch {
	case errors.Is(err, errNoUse), errors.Is(err, ErrExpired), errors.Is(err, storage.ErrClosed):
		return
	case err != nil:
		a.log.ErrorContext(b.ctx, "late help", "conversation", b.conversation, "err", err)
		return
	}
	a.help.used.Add(1)
	a.committed()
	a.feed.publish(b.conversation)
}

// onlyNew are the model's commands about things that the rules did not speak of.
func onlyNew(rules, model []nlu.Command) []nlu.Command {
	return slices.DeleteFunc(slices.Clone(model), func(c nlu.Command) bool {
		return slices.ContainsFunc(rules, func(r nlu.Command) bool { return r.Do != nlu.Unclear && sameThing(r, c) })
	})
}

// add appends the turn, where nothing has changed since the rules' answer.
func (b *belated) add(tx *storage.Tx, h *house, in Interpretation) error {
	at, last, err := entries.Last(tx, b.conversation)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (at != b.answered || b.ctx.Err() != nil) {
		return errNoUse
	}
	if err != nil {
		return err
	}
	st := last.State
	in.Commands = fitting(&st, in.Commands)
	if len(in.Commands) == 0 || len(st.Pending) > 0 || st.Owner.Kind != OwnerAssistant {
		return errNoUse
	}
	kept := b.a.recall(b.conversation)
	d := deed{
		patience: operatorPatience, a: b.a, h: h, tx: tx, conversation: b.conversation, st: &st,
		memory: kept, known: kept.person, now: b.a.now(),
	}
	return d.add(in, last.Turns[len(last.Turns)-1])
}

// fitting are the commands that may still be followed where the conversation
// stands now: questions and the wish for a person always; a goal and its fields
// while nothing has been chosen or agreed to. Yes and no, data of the person and
// what ends something wait for the visitor's own next words.
func fitting(st *State, commands []nlu.Command) (fit []nlu.Command) {
	r := &st.Request
	chosen := r.Slot != nil || r.Want != nil || st.Target != ""
	begun := st.Goal != GoalNone && st.Goal != GoalBook
	for _, c := range commands {
		ok := false
		switch c.Do {
		case nlu.Ask:
			ok = c.Value != "" // «no such question» was said already
		case nlu.Price, nlu.Show, nlu.Human:
			ok = true
		case nlu.Book:
			ok = !chosen && !begun
		case nlu.Move, nlu.Cancel, nlu.Wait:
			ok = !chosen && st.Goal == GoalNone
		case nlu.Set, nlu.Correct:
			ok = !chosen && !begun && slices.Contains([]nlu.Field{nlu.FieldService, nlu.FieldSpecialist, nlu.FieldBranch, nlu.FieldTime}, c.Field)
		}
		if ok {
			fit = append(fit, c)
		}
	}
	return fit
}

// add is reply for help that came late: a turn that brings nothing new is not
// said.
func (d *deed) add(in Interpretation, before Turn) error {
	d.st.Request.prune(d.h.clinic)
	if err := d.learn(); err != nil {
		return err
	}
	d.out = apply(d.st, in, d.facts())
	if d.out.missed {
		return errNoUse
	}
	d.st.Misses = 0
	if what := d.named(in.Commands); what != "" {
		d.say("late.about", prompts.Args{"what": what})
	} else {
		d.say("late", nil)
	}
	if err := d.effects(); err != nil {
		return err
	}
	if !d.out.done {
		if err := d.proceed(); err != nil {
			return err
		}
	}
	if len(d.text) < 2 || capitals(lines(d.text[1:])) == before.Text {
		return errNoUse
	}
	return d.finish()
}

// named is what of the clinic the commands set, in words: a visitor has to see
// what was understood.
func (d *deed) named(commands []nlu.Command) string {
	var names []string
	for _, c := range commands {
		if c.Do != nlu.Set && c.Do != nlu.Correct {
			continue
		}
		for _, kind := range []string{"service/", "specialist/", "branch/"} {
			if kind == string(c.Field)+"/" {
				names = append(names, d.h.option(kind+c.Value, d.st.Lang).Label)
			}
		}
	}
	return strings.Join(slices.DeleteFunc(names, func(n string) bool { return n == "" }), ", ")
}
