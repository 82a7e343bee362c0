package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ours are the tables that are sealed under the house's key and not under that of
// the person they may be about, each with the reason. What is in none of both fails
// the test: whose words are in it must be thought of first.
var ours = map[string]string{
	"assistant.feeds":          "of staff; no person in it",
	"assistant.frames":         "numbers of turns, by conversation and a hash of a random id; deleted with the talk",
	"assistant.readers":        "numbers of turns that staff have read, by conversation; deleted with the talk",
	"assistant.seen":           "the same, of all staff together",
	"assistant.unseen":         "keys of reminders; deleted with the talk",
	"assistant.reminders":      "what became of a reminder: fixed words, times, a conversation's id until it goes",
	"assistant.retained":       "times of a job",
	"assistant.head-told":      "a time",
	"assistant.retention-runs": "counts",

	"booking.appointments":   "ids and times: the calendar must be whole after a restore in which erased people's records do not open; what led to the person is taken out on erasure",
	"booking.starts":         "nothing, by time and number",
	"booking.owners":         "nothing, by id and number; deleted on erasure",
	"booking.busy":           "what is occupied, when; of a hold the conversation's id, for minutes",
	"booking.stamps":         "random numbers",
	"booking.holds":          "ids and times, for minutes",
	"booking.freed":          "rooms, specialists and times",
	"booking.exceptions":     "of staff and rooms; the reason is a code",
	"booking.exception-ends": "nothing, by time",
	"booking.clock":          "a time",

	"privacy.consent.texts":  "the clinic's texts",
	"privacy.demands":        "ids, fixed words and times: the proof that a demand was met in time outlives the person",
	"privacy.demands-open":   "times",
	"privacy.alarms":         "ids of staff and counts",
	"privacy.alarms-watched": "a number",
	"privacy.alarms-raised":  "times, by ids of staff",
	"privacy.canaries":       "times, by ids of invented contacts",
	"privacy.incidents":      "ids of staff, counts and times",
	"privacy.frozen":         "an incident's id",
	"privacy.evidence-keys":  "keys of copies of the journal, by incident",
	"privacy.secrets":        "addresses and tokens of other systems",

	"staff.accounts": "of staff, who work here and are told so",
	"staff.logins":   "ids of staff",
	"staff.sessions": "of staff",
	"staff.delays":   "counts, by keyed hash, for a day",
	"staff.tokens":   "of programs",

	"delivery.egress":   "what left: times, addresses of receivers, sizes",
	"delivery.stopped":  "of receivers",
	"outbox.events":     "ids and times: names and phones are read when an event is sent; for 30 days",
	"outbox.ids":        "numbers",
	"outbox.receivers":  "numbers",
	"outbox.deliveries": "attempts: times, codes",
	"outbox.waiting":    "ids and times",

	"audit.entries": "ids and fixed words, never changed: the proof of what was done outlives the person",
	"audit.hashes":  "hashes of entries",
	"audit.head":    "a hash",
	"audit.key":     "the journal's own",
	"audit.kept":    "a hash and a time",

	"okoshko.persons":  "which key is whose; gone with the key",
	"okoshko.doomed":   "ids of keys",
	"okoshko.erased":   "ids of keys that are destroyed",
	"okoshko.rotating": "ids of keys",
	"okoshko.lookup":   "an id of a key",
	"okoshko.erasures": "a person's id and counts, until the proof is entered",
	"okoshko.remains":  "sealed records of who is erased, whose keys are destroyed, until the proof is made",
}

// TestWhoseKeySealsWhat finds every table and log that the code declares: it is
// owned by a person, or stands in the list above.
func TestWhoseKeySealsWhat(t *testing.T) {
	found := map[string]bool{} // owned or not
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err == nil {
			declared(t, path, file, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 50 {
		t.Errorf("only %d tables found: the search is broken", len(found))
	}
	owned := 0
	for name, is := range found {
		switch why, listed := ours[name]; {
		case is && listed:
			t.Errorf("%s is a person's, and listed as the house's", name)
		case is:
			owned++
		case why == "":
			t.Errorf("%s is nobody's: declare whose it is (Owned), or say in this test why the house's key seals it", name)
		}
	}
	for name := range ours {
		if _, ok := found[name]; !ok {
			t.Errorf("%s is listed and declared nowhere", name)
		}
	}
	t.Logf("%d tables and logs are persons', %d the house's", owned, len(found)-owned)
}

// declared notes the tables of a file. A declaration is a call of NewTable or
// NewLog, with methods called on it.
func declared(t *testing.T, path string, file *ast.File, found map[string]bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		outer, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		owned := false
		call := outer
		for {
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				break
			}
			inner, chained := method.X.(*ast.CallExpr)
			if !chained {
				break
			}
			owned = owned || method.Sel.Name == "Owned"
			call = inner
		}
		if !declares(call) {
			return true
		}
		literal, ok := call.Args[0].(*ast.BasicLit)
		if !ok {
			t.Errorf("%s: a table's name is not written out", path)
			return true
		}
		name, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Error(err)
		}
		if _, twice := found[name]; twice {
			t.Errorf("%s: %s is declared twice", path, name)
		}
		found[name] = owned
		return false
	})
}

// declares reports whether a call is of NewTable or NewLog, with its type or without.
func declares(call *ast.CallExpr) bool {
	fn := call.Fun
	if index, ok := fn.(*ast.IndexExpr); ok {
		fn = index.X
	}
	if selector, ok := fn.(*ast.SelectorExpr); ok {
		fn = selector.Sel
	}
	name, ok := fn.(*ast.Ident)
	return ok && (name.Name == "NewTable" || name.Name == "NewLog") && len(call.Args) == 1
}
