package storage

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"okoshko/storage/vault"
)

// RegisterName is the name, beside keys.db, of the register of destroyed keys:
// a key id a line, 16 hexadecimal digits. It says nothing of anybody. It is in
// no backup, and only grows: a restore from older files reads it, so that none
// who was erased since comes back. A line «old>new» says that a living person's key was
// exchanged: the old one counts as destroyed where the new one is, and only there.
const RegisterName = "erased.log"

type register struct{ path string }

func registerBeside(storePath string) register {
	return register{filepath.Join(filepath.Dir(storePath), RegisterName)}
}

// add appends ids; one that is there already does no harm.
func (r register) add(ids []vault.KeyID) error {
	var b strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&b, "%016x\n", uint64(id))
	}
	return r.append(b.String())
}

// follow appends which key came after which.
func (r register) follow(next map[vault.KeyID]vault.KeyID) error {
	var b strings.Builder
	for old, id := range next {
		fmt.Fprintf(&b, "%016x>%016x\n", uint64(old), uint64(id))
	}
	return r.append(b.String())
}

func (r register) append(lines string) error {
	f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("register of destroyed keys: %w", err)
	}
	_, err = f.WriteString("\n" + lines) // ends a line that was cut short
	if err := errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(r.path))); err != nil {
		return fmt.Errorf("register of destroyed keys: %w", err)
	}
	return nil
}

// ReadRegister reads a register of destroyed keys, with the earlier keys of those who
// were erased. A half line at its end was never acknowledged.
func ReadRegister(path string) (ids []vault.KeyID, err error) {
	ids, next, err := readRegister(path)
	gone := make(map[vault.KeyID]bool)
	for _, id := range ids {
		gone[id] = true
	}
	for more := true; more; {
		more = false
		for old, id := range next {
			if gone[id] && !gone[old] {
				gone[old], more = true, true
				ids = append(ids, old)
			}
		}
	}
	return ids, err
}

// readRegister reads the lines as they stand.
func readRegister(path string) (ids []vault.KeyID, next map[vault.KeyID]vault.KeyID, err error) {
	next = make(map[vault.KeyID]vault.KeyID)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, next, nil
	}
	if err != nil {
		return nil, next, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		first, second, exchanged := strings.Cut(lines.Text(), ">")
		if len(first) < 16 || exchanged && len(second) < 16 {
			continue
		}
		id, err := strconv.ParseUint(first, 16, 64)
		if err == nil && exchanged {
			var after uint64
			after, err = strconv.ParseUint(second, 16, 64)
			next[vault.KeyID(id)] = vault.KeyID(after)
		}
		if err != nil {
			return nil, next, fmt.Errorf("%s, line %d: expected 16 hexadecimal digits", path, n)
		}
		if !exchanged {
			ids = append(ids, vault.KeyID(id))
		}
	}
	return ids, next, lines.Err()
}
