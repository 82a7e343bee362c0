package vault

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// create writes a file where there is none, whole or not at all. A link, unlike
// a rename, fails when another process was faster; where the file system has no
// links, the caller's look before must do.
func create(path string, data []byte) error {
	temp, err := writeTemp(path, data)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	err = os.Link(temp, path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return ErrExists
	case err != nil:
		err = os.Rename(temp, path)
	}
	return errors.Join(err, syncDir(filepath.Dir(path)))
}

// replace writes a file in the place of another, whole or not at all, and
// overwrites the bytes of the one that goes.
func replace(path string, data []byte) error {
	temp, err := writeTemp(path, data)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	old, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := errors.Join(os.Rename(temp, path), syncDir(filepath.Dir(path))); err != nil || old == nil {
		return err
	}
	return wipe(old)
}

func writeTemp(path string, data []byte) (name string, err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = temp.Write(data)
	return temp.Name(), errors.Join(err, temp.Sync(), temp.Close())
}

// unfinished are the names under which [writeTemp] writes, of files that never got
// theirs.
var unfinished = regexp.MustCompile(`^(` + regexp.QuoteMeta(RingName) + `(\.[0-9a-f]{16})?|` + regexp.QuoteMeta(FileName) + `)\.[0-9]+$`)

// sweep destroys what a killed process left half written: keys of that time, of
// somebody perhaps who is erased since.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if !unfinished.MatchString(e.Name()) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		f, openErr := os.OpenFile(path, os.O_WRONLY, 0)
		err = errors.Join(err, openErr, os.Remove(path))
		if openErr == nil {
			err = errors.Join(err, wipe(f))
		}
	}
	return err
}

// wipe overwrites a file that has no name any more. That it cannot is no
// failure: the name is gone, and a disk may keep what it likes anyhow.
func wipe(f *os.File) error {
	if info, err := f.Stat(); err == nil {
		if _, err := f.WriteAt(bytes.Repeat([]byte{0}, int(info.Size())), 0); err == nil {
			_ = f.Sync()
		}
	}
	_ = f.Close()
	return nil
}

// syncDir makes names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
