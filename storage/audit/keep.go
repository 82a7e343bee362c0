package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"okoshko/storage"
)

// Kept is the newest head that was signed to be kept away from the machine.
type Kept struct {
	Head
	At      time.Time `json:"at"`                // when it was signed
	Text    string    `json:"text"`              // the signed note
	Folder  string    `json:"folder,omitempty"`  // where it was to be written; "" for nowhere
	File    string    `json:"file,omitempty"`    // the newest that was written there
	Written time.Time `json:"written,omitzero"`  // when
	Failed  string    `json:"failed,omitempty"`  // why this one was not written; "" for it was
	Foreign string    `json:"foreign,omitempty"` // what did not agree when the folder was last compared
}

var kept = storage.NewTable[Kept]("audit.kept") // one, under headKey

// LatestKept returns the newest signed head, zero where none was signed yet.
func LatestKept(tx *storage.Tx) (Kept, error) {
	k, err := kept.Get(tx, headKey)
	if errors.Is(err, storage.ErrNotFound) {
		return Kept{}, nil
	}
	return k, err
}

// Keep remembers how far the newest head is.
func (k Kept) Keep(tx *storage.Tx) error { return kept.Put(tx, headKey, k) }

// SignKept signs the present head as the newest to be kept. How it gets away is the
// caller's business, outside of the transaction.
func SignKept(tx *storage.Tx, now time.Time) (Kept, error) {
	k, err := LatestKept(tx)
	if err != nil {
		return k, err
	}
	text, err := Sign(tx, now)
	if err != nil {
		return k, err
	}
	k.At, k.Text = now, string(text)
	if k.Head, err = Latest(tx); err != nil {
		return k, err
	}
	return k, k.Keep(tx)
}

// Heads are files of one signed head each; their names sort by time.
const headTime = "20060102T150405Z"

var headName = regexp.MustCompile(`^okoshko-head-\d{8}T\d{6}Z\.txt$`)

// HeadFile is the name of a head that was signed at a time.
func HeadFile(at time.Time) string {
	return fmt.Sprintf("okoshko-head-%s.txt", at.UTC().Format(headTime))
}

// HeadFiles lists the heads in a folder, the oldest first.
func HeadFiles(dir string) (paths []string, err error) {
	all, err := os.ReadDir(dir) // sorted by name
	for _, e := range all {
		if headName.MatchString(e.Name()) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, err
}

// WriteHead writes a signed head into a folder that exists, whole or not at all, and
// returns the file's name. It is durable then.
func WriteHead(dir string, at time.Time, text []byte) (name string, err error) {
	temp, err := os.CreateTemp(dir, "okoshko-*.part") // mode 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(text)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return "", err
	}
	name = filepath.Join(dir, HeadFile(at))
	if err := os.Rename(temp.Name(), name); err != nil {
		return "", err
	}
	if d, err := os.Open(dir); err == nil { // some shares know no sync of folders
		_ = d.Sync()
		_ = d.Close()
	}
	return name, nil
}

// maxHeadFile is bytes of a file that is read as a head.
const maxHeadFile = 64 << 10

// ReadHeadFile reads a file with a signed head; see [ReadHead].
func ReadHeadFile(path, public string) (Head, time.Time, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Head{}, time.Time{}, err
	}
	if info.Size() > maxHeadFile {
		return Head{}, time.Time{}, fmt.Errorf("%w: the file is too long", ErrHead)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Head{}, time.Time{}, err
	}
	return ReadHead(text, public)
}

// NewestHead is the newest head that a folder keeps, by its name; "" where it keeps
// none, or is not there.
func NewestHead(dir string) (path string, err error) {
	paths, err := HeadFiles(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil || len(paths) == 0 {
		return "", err
	}
	return slices.Max(paths), nil
}
