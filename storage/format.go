package storage

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// format is the present format of the store's file. It rises when a release
// writes what an older one would misread; each format has a file in testdata
// that is opened for ever.
const format = 2

var (
	metaBucket = []byte("okoshko")
	formatKey  = []byte("format")
	checkKey   = []byte("check")
	checkWord  = []byte("okoshko")
)

// create makes an empty store, so that a store that exists is a whole one: it
// is written under another name first, because bbolt does not promise to
// survive a power cut during its very first write.
func create(path string, v *vault.Vault) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := temp.Close(); err != nil {
		return err
	}
	b, err := openBolt(temp.Name())
	if err != nil {
		return err
	}
	err = b.Update(func(tx *bolt.Tx) error { return writeFormat(tx, v) })
	if err := errors.Join(err, b.Sync(), b.Close()); err != nil {
		return err
	}
	if err := publish(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeFormat(tx *bolt.Tx, v *vault.Vault) error {
	b, err := tx.CreateBucket(metaBucket)
	if err != nil {
		return err
	}
	if err := b.Put(formatKey, strconv.AppendInt(nil, format, 10)); err != nil {
		return err
	}
	return state{}.write(b, v)
}

// checkFormat refuses a file that this program would misread.
func checkFormat(tx *bolt.Tx, v *vault.Vault) error {
	b := tx.Bucket(metaBucket)
	if b == nil {
		return ErrForeign
	}
	found, err := strconv.Atoi(string(b.Get(formatKey)))
	switch {
	case err != nil || found < 1:
		return ErrForeign
	case found < format:
		return ErrOldFormat
	case found > format:
		return fmt.Errorf("%w: it has format %d, this one reads up to %d", ErrNewerFormat, found, format)
	}
	word, err := v.Open(b.Get(checkKey), string(metaBucket), checkKey)
	if err != nil || !bytes.Equal(word, checkWord) {
		return ErrOtherKeys
	}
	return nil
}

// publish gives the file at temp its name, unless another process was faster:
// then that one's file stands. A file system without links gets a rename.
func publish(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return os.Rename(temp, path)
}

// syncDir makes names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
