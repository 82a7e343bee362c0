package assistant

import "sync"

// feed tells whoever watches a conversation that it went on. It carries no
// turns: a subscriber reads them from the store, so nothing is lost when it is
// slow, and every kind of turn leaves by the same way.
type feed struct {
	mu       sync.Mutex
	next     int
	of       map[string]map[int]func(Signal)
	everyone map[int]func(conversation string)
	rings    map[int]func()
}

func newFeed() *feed {
	return &feed{of: make(map[string]map[int]func(Signal)), everyone: make(map[int]func(string)), rings: make(map[int]func())}
}

// Subscribe calls notify whenever the conversation has something new, until
// cancel. notify must return at once: it runs where the commit was made.
func (a *Assistant) Subscribe(conversation string, notify func(Signal)) (cancel func()) {
	f := a.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	id := f.next
	if f.of[conversation] == nil {
		f.of[conversation] = make(map[int]func(Signal))
	}
	f.of[conversation][id] = notify
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.of[conversation], id)
		if len(f.of[conversation]) == 0 {
			delete(f.of, conversation)
		}
	}
}

// Watch calls notify with every conversation that has something new, until
// cancel. notify must return at once.
func (a *Assistant) Watch(notify func(conversation string)) (cancel func()) {
	f := a.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	id := f.next
	f.everyone[id] = notify
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.everyone, id)
	}
}

// WatchAlarms calls notify when there is an alarm, or somebody has seen one, until
// cancel: who may know of alarms need not be told of conversations. notify must return
// at once.
func (a *Assistant) WatchAlarms(notify func()) (cancel func()) {
	f := a.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	id := f.next
	f.rings[id] = notify
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.rings, id)
	}
}

// ring tells who watches alarms.
func (f *feed) ring() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, notify := range f.rings {
		notify()
	}
}

// publish tells everybody that the conversation has something new.
func (f *feed) publish(conversation string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, notify := range f.of[conversation] {
		notify(Signal{})
	}
	for _, notify := range f.everyone {
		notify(conversation)
	}
}

// typing tells the conversation's subscribers that somebody writes.
func (f *feed) typing(conversation string, from From) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, notify := range f.of[conversation] {
		notify(Signal{Typing: from})
	}
}
