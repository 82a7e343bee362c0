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
// who was erased since comes back.
const RegisterName = "erased.log"

type register struct{ path string }

func registerBeside(storePath string) register {
	return register{filepath.Join(filepath.Dir(storePath), RegisterName)}
}

// add appends ids; one that is there already does no harm.
func (r register) add(ids []vault.KeyID) error {
	var b strings.Builder
	b.WriteByte('\n') // ends a line that was cut short
	for _, id := range ids {
		fmt.Fprintf(&b, "%016x\n", uint64(id))
	}
	f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("register of destroyed keys: %w", err)
	}
	_, err = f.WriteString(b.String())
	if err := errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(r.path))); err != nil {
		return fmt.Errorf("register of destroyed keys: %w", err)
	}
	return nil
}

// ReadRegister reads a register of destroyed keys. A half line at its end was
// never acknowledged.
func ReadRegister(path string) (ids []vault.KeyID, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Text()) < 16 {
			continue
		}
		id, err := strconv.ParseUint(lines.Text(), 16, 64)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: expected 16 hexadecimal digits", path, n)
		}
		ids = append(ids, vault.KeyID(id))
	}
	return ids, lines.Err()
}
