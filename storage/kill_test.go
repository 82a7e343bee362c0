package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"okoshko/storage/killed"
	"okoshko/storage/vault"
)

// killedDir names, in the environment of a child process, the folder it writes
// in until it is killed.
const killedDir = "OKOSHKO_TEST_KILLED_DIR"

var (
	killedTable = NewTable[string]("killed").Owned(func(key []byte, _ string) string { return string(key) }) // a person each
	killedLog   = NewLog[string]("killed").Owned()
	killedShort = NewTable[string]("short").Owned(func(key []byte, _ string) string { return string(key) })
)

// TestKilledProcessLosesNothing kills a process that writes, again and again,
// and looks for everything it had acknowledged.
func TestKilledProcessLosesNothing(t *testing.T) {
	kills := 20
	if testing.Short() {
		kills = 3
	}
	dir := t.TempDir()
	if _, err := vault.Create(dir, killedKey(dir)); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	acked := make(map[string]bool)
	for range kills {
		killed.Run(t, killedDir, dir, 1+random.IntN(200), func(line string) { acked[line] = true })
		checkAcked(t, dir, acked)
	}
	t.Logf("%d kills, %d acknowledged records of as many persons, none lost", kills, len(acked))
}

func killedKey(dir string) vault.Unlocker { return vault.KeyFile(filepath.Join(dir, "okoshko.key")) }

func checkAcked(t *testing.T, dir string, acked map[string]bool) {
	t.Helper()
	v, err := vault.Open(dir, killedKey(dir))
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		t.Fatal(err)
	}
	defer closeDB(t, db)
	mustView(t, db, func(tx *Tx) (err error) {
		logged := make(map[string]bool)
		for owner := range killedLog.Owners(tx) {
			for _, id := range killedLog.Of(tx, owner, &err) {
				logged[id] = true
			}
		}
		if err != nil {
			return err
		}
		for id := range acked {
			if got, err := killedTable.Get(tx, []byte(id)); err != nil || got != id {
				t.Errorf("record %s was acknowledged; Get = %q, %v", id, got, err)
			}
			if !logged[id] {
				t.Errorf("log record %s was acknowledged and is lost", id)
			}
		}
		for _, id := range killedTable.Range(tx, nil, nil, &err) { // both or none
			if !logged[id] {
				t.Errorf("half of %s was written", id)
			}
		}
		if left, globErr := filepath.Glob(filepath.Join(dir, "*.db.*")); len(left) > 0 {
			t.Errorf("half-written files are left: %v, %v", left, globErr)
		}
		if ids, listErr := tx.db.listDoomed(); len(ids) > 0 || listErr != nil {
			t.Errorf("keys still doomed: %v, %v", ids, listErr)
		}
		return err
	})
	if err := db.Verify(); err != nil {
		t.Error(err)
	}
}

// writeUntilKilled is the child process: eight writers that print the id of
// each record after its commit.
func writeUntilKilled(dir string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	v, err := vault.Open(dir, killedKey(dir))
	if err != nil {
		fail(err)
	}
	db, err := Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		fail(err)
	}
	for writer := range 8 {
		go func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), writer, n)
				err := db.Update(func(tx *Tx) error {
					if _, err := killedLog.Append(tx, strconv.Itoa(writer), id); err != nil {
						return err
					}
					// Persons come and go all the while.
					was, now := fmt.Sprintf("s-%d-%d-%d", os.Getpid(), writer, n-1), fmt.Sprintf("s-%d-%d-%d", os.Getpid(), writer, n)
					return errors.Join(killedTable.Put(tx, []byte(id), id), killedShort.Put(tx, []byte(now), id),
						killedShort.Delete(tx, []byte(was)), tx.Shred(was))
				})
				if err != nil {
					fail(err)
				}
				fmt.Println(id)
			}
		}()
	}
	go func() { // and meanwhile the file is made anew, as often as somebody went
		for {
			if _, err := db.Settle(context.Background(), func(*Tx, []Proof) error { return nil }); err != nil {
				fail(err)
			}
		}
	}()
	select {}
}
