package storage

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"okoshko/storage/vault"
)

const (
	damagedDir = "OKOSHKO_TEST_DAMAGED_DIR" // of a child process: where the damaged stores are made
	damagedJob = "OKOSHKO_TEST_DAMAGED_JOB" // checkJob or serveJob, and the first damage to look at

	checkJob = "check" // what a child does before the store is opened
	serveJob = "serve" // what the serving process does then

	flips, cuts = 1000, 200
)

// TestDamage flips a thousand bits of a store's file and cuts it at two hundred
// places. What the check in a child process lets pass never ends the serving
// process, and never shows what was not written.
func TestDamage(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	h := newHouse(t)
	h.fill(damagedPeople()...)
	h.fill(damagedPeople()...)
	if err := h.Backup(filepath.Join(h.dir, "whole.db")); err != nil { // without free pages: each bit counts
		t.Fatal(err)
	}
	h.close()
	original := readAll(t, h.path())
	defer func() {
		overwrite(t, h.path(), original)
		h.open()
	}()
	checked := damageJob(t, h.dir, checkJob, nil)
	var passed []int
	count := make(map[string]int)
	for n := range flips + cuts {
		if checked[n] == "ok" {
			passed = append(passed, n)
		}
		count[checked[n]]++
	}
	served := damageJob(t, h.dir, serveJob, passed)
	for _, n := range passed {
		count["served: "+served[n]]++
		if s := served[n]; s == "died" || s == "lied" {
			t.Errorf("damage %d: the serving process %s", n, s)
		}
	}
	t.Logf("%d flips, %d cuts: %v", flips, cuts, count)
	if count["died"] == 0 || count["served: one record refused"] == 0 {
		t.Error("the damage does not try what it should")
	}
}

func damagedPeople() (people []string) {
	for i := range 100 {
		people = append(people, fmt.Sprintf("c%02d", i))
	}
	return people
}

// damageJob runs a job over damages in child processes; where one dies the next
// goes on behind. It returns how each ended.
func damageJob(t *testing.T, dir, job string, only []int) map[int]string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if only == nil {
		for n := range flips + cuts {
			only = append(only, n)
		}
	}
	only = slices.Clone(only)
	ended := make(map[int]string)
	for len(only) > 0 {
		child := exec.Command(self)
		child.Env = append(os.Environ(), damagedDir+"="+dir, damagedJob+"="+job)
		child.Stdin = strings.NewReader(strings.Trim(fmt.Sprint(only), "[]"))
		out, err := child.Output()
		for line := range strings.Lines(string(out)) {
			number, how, _ := strings.Cut(strings.TrimSpace(line), " ")
			n, convErr := strconv.Atoi(number)
			if convErr != nil {
				t.Fatalf("child said %q", line)
			}
			ended[n] = how
			only = slices.DeleteFunc(only, func(o int) bool { return o == n && how != "begun" })
		}
		if err != nil && len(only) > 0 { // it died at the first that is left
			ended[only[0]] = "died"
			only = only[1:]
		}
	}
	return ended
}

// lookAtDamage is the child process.
func lookAtDamage(dir string) int {
	whole, err := os.ReadFile(filepath.Join(dir, "whole.db"))
	if err != nil {
		return 3
	}
	numbers := bufio.NewScanner(os.Stdin)
	numbers.Split(bufio.ScanWords)
	for numbers.Scan() {
		n, err := strconv.Atoi(numbers.Text())
		if err != nil {
			return 3
		}
		path := filepath.Join(dir, "data.db")
		if err := os.WriteFile(path, damage(whole, n), 0o600); err != nil {
			return 3
		}
		if os.Getenv(damagedJob) == checkJob {
			how := "ok"
			if Check(path) != nil {
				how = "refused by the check"
			}
			fmt.Println(n, how)
			continue
		}
		fmt.Println(n, serveDamaged(dir, path))
	}
	return 0
}

// damage is the store with the nth damage.
func damage(whole []byte, n int) []byte {
	random := rand.New(rand.NewPCG(7, uint64(n)))
	used := len(whole)
	for used > 0 && whole[used-1] == 0 {
		used--
	}
	if n >= flips {
		return slices.Clone(whole[:random.IntN(used)])
	}
	data := slices.Clone(whole)
	at := random.IntN(used * 8)
	data[at/8] ^= 1 << (at % 8)
	return data
}

func serveDamaged(dir, path string) string {
	v, err := vault.Open(dir, killedKey(dir))
	if err != nil {
		return "no keys"
	}
	db, err := Open(path, v)
	if err != nil {
		return "refused"
	}
	defer db.Close()
	how := "as written"
	for _, p := range damagedPeople() {
		err := db.View(func(tx *Tx) (err error) {
			card, err := cards.Get(tx, []byte(p+"/a"))
			if err == nil && card != "card of "+p {
				how = "lied"
			}
			words := 0
			for _, w := range talks.Of(tx, p, &err) {
				words++
				if w != "words of "+p {
					how = "lied"
				}
			}
			if err == nil && words != 2 {
				how = "lied"
			}
			return err
		})
		if err != nil && how == "as written" {
			how = "one record refused"
			if !errors.Is(err, vault.ErrTampered) && !errors.Is(err, vault.ErrShredded) {
				how = "another error: " + err.Error()
			}
		}
	}
	return how
}
