package assistant

import (
	"strings"
	"testing"
)

// TestChosenByWordsIsNoMiss: after two turns that meant nothing, a choice in words is
// understood, nobody is called, and the count of misses begins anew.
func TestChosenByWordsIsNoMiss(t *testing.T) {
	for _, w := range []struct{ lang, wish, second string }{
		{"ru", "подстричь бороду в среду после обеда", "второй вариант"},
		{"en", "beard trim on Wednesday afternoon", "the second one"},
		{"tt", "сакал кисү, чәршәмбе төштән соң", "икенчесе"},
	} {
		t.Run(w.lang, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v := h.visitor(w.lang)
			first := v.say(w.wish)
			wantExpects(t, first, ExpectTime)
			again := v.say("абракадабра")
			if strings.EqualFold(again.Text, first.Text) {
				t.Errorf("said again word for word: %s", again.Text)
			}
			v.say("карамба")
			wantExpects(t, v.say(w.second), ExpectConsent)
			v.say("абракадабра")
			wantExpects(t, v.say("карамба"), ExpectConsent)
		})
	}
}
