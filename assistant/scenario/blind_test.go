package scenario

import (
	"path/filepath"
	"strings"
	"testing"
)

// unread are the scenarios of the third set that rules alone still miss, with the
// cause. One that passes is taken off the list.
var unread = map[string]string{
	"c1-wrong-layout":          "a yes in the other keyboard layout: «lf»",
	"c1-en-facial-and-parking": "a question beside a wish in one English sentence; «its Emma» as a name",
	"c1-en-same-time-monday":   "«cannot make it» with a new day is a move",
	"g1-name-and-other-day":    "a verb of one service beside the noun of another",
	"c2-en-botox-tuesday":      "a number of the range that Britain keeps for films",
	"g2-en-move-wednesday":     "«can u move my oil change»: the service between move and time",
}

// TestBlind plays the third set as it is written: a studio, a children's clinic and
// a car workshop, whose 120 visitors were written before anybody looked at the
// reader. Half two stayed closed until the reader and the policy were mended by half
// one. On 2026-11-23 it stood at 55 of 60 before that and at 56 after (one expectation
// and one rule of the judge were wrong, and are put right in both figures).
func TestBlind(t *testing.T) {
	paths, err := filepath.Glob("testdata/blind/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var games []game
	for _, path := range paths {
		f, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range f.Scenarios {
			games = append(games, game{f, s, Options{}})
		}
	}
	if len(games) != 120 {
		t.Fatalf("%d scenarios, expected 120", len(games))
	}
	results := playAll(t, games)
	t.Logf("%d of %d", passed(results), len(results))
	for _, r := range results {
		cause, known := unread[r.ID]
		switch {
		case r.Passed() && known:
			t.Logf("%s passes: take it off the list", r.ID)
		case !r.Passed() && known:
			t.Logf("%s (%s): %s", r.ID, cause, strings.Join(r.Missed, "; "))
		case !r.Passed():
			t.Errorf("%s: %s", r.ID, strings.Join(r.Missed, "; "))
		}
	}
}
