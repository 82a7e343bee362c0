package scenario

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// seeds is how many visitors with slipping fingers play every scenario, as the
// seeds 1, 2, ….
const seeds = 5

// What is reached, in per cent of the scenarios, with rules alone, as measured on
// floorsOf. The floors only rise.
const (
	floorsOf   = "2026-11-23"
	floorPlain = 99.0
	floorTypos = 97.0 // of every seed
	aim        = 97   // with slips as without
)

// workers is how many scenarios are played at once.
const workers = 2

// files are the scenarios of the four invented houses.
func files(t *testing.T) (all []*File) {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		f, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// game is one scenario to be played.
type game struct {
	file *File
	s    Scenario
	o    Options
}

// playAll plays games over a few workers and returns the results in their order.
func playAll(t *testing.T, games []game) []Result {
	t.Helper()
	results, errs := make([]Result, len(games)), make([]error, len(games))
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				results[i], errs[i] = Play(context.Background(), games[i].file, games[i].s, games[i].o)
			}
		})
	}
	for i := range games {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return results
}

func passed(results []Result) (n int) {
	for _, r := range results {
		if r.Passed() {
			n++
		}
	}
	return n
}

// reach fails where less than the floor is reached, and says what is missed.
func reach(t *testing.T, what string, results []Result, floor float64) {
	t.Helper()
	n := passed(results)
	share := 100 * float64(n) / float64(len(results))
	t.Logf("%s: %d of %d scenarios, %.1f %% (aim %d %%)", what, n, len(results), share, aim)
	for _, r := range results {
		if !r.Passed() {
			t.Logf("  %s: %s", r.ID, strings.Join(r.Missed, "; "))
		}
	}
	if share < floor {
		t.Errorf("%s: %.1f %% of the scenarios, expected at least %.1f %%, which were reached on %s", what, share, floor, floorsOf)
	}
}

func TestThereAreEnoughScenarios(t *testing.T) {
	byLang, all := map[string]int{}, 0
	for _, f := range files(t) {
		for _, s := range f.Scenarios {
			if !slices.Contains(f.House.Languages, s.Lang) {
				t.Errorf("%s: the house does not speak %s", s.ID, s.Lang)
			}
			byLang[s.Lang]++
			all++
		}
	}
	for lang, least := range map[string]int{"ru": 100, "en": 30, "tt": 20} {
		if byLang[lang] < least {
			t.Errorf("%d scenarios in %s, expected at least %d", byLang[lang], lang, least)
		}
	}
	if all < 150 {
		t.Errorf("%d scenarios, expected at least 150", all)
	}
}

// TestScenarios plays every scenario as it is written.
func TestScenarios(t *testing.T) {
	reach(t, "as written", playAll(t, games(t, func(f *File, s Scenario) game { return game{file: f, s: s} })), floorPlain)
}

// TestScenariosWithTypos plays every scenario with the slips of several fingers.
func TestScenariosWithTypos(t *testing.T) {
	if testing.Short() {
		t.Skip("five times all scenarios")
	}
	for seed := uint64(1); seed <= seeds; seed++ {
		slipping := games(t, func(f *File, s Scenario) game {
			return game{file: f, s: s, o: Options{Typos: seed}}
		})
		reach(t, fmt.Sprintf("with typos of seed %d", seed), playAll(t, slipping), floorTypos)
	}
}

func games(t *testing.T, of func(*File, Scenario) game) (all []game) {
	t.Helper()
	for _, f := range files(t) {
		for _, s := range f.Scenarios {
			all = append(all, of(f, s))
		}
	}
	return all
}
