package audit

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/storage"
)

func (h *house) holds(t *testing.T, prove func(*storage.Tx) error) (err error) {
	t.Helper()
	if viewErr := h.View(func(tx *storage.Tx) error { err = prove(tx); return nil }); viewErr != nil {
		t.Fatal(viewErr)
	}
	return err
}

// TestCode: a code that was written down proves the journal as its head does, however it
// is typed, and finds a journal that was put back.
func TestCode(t *testing.T) {
	h := newHouse(t, 5)
	h.Close()
	early, err := os.ReadFile(h.path)
	if err != nil {
		t.Fatal(err)
	}
	h.open(t)
	h.append(t, 5, 9)
	head, err := h.verify(t)
	if err != nil {
		t.Fatal(err)
	}
	code := head.Code()
	if !regexp.MustCompile(`^9(-[0-9A-HJKMNP-TV-Z]{4}){4}$`).MatchString(code) {
		t.Fatalf("code %q", code)
	}
	h.append(t, 9, 12)
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), strings.NewReplacer("0", "o", "1", "l").Replace(code[2:])} {
		if !strings.HasPrefix(typed, "9") {
			typed = "9-" + typed
		}
		if err := h.holds(t, func(tx *storage.Tx) error { return HoldsCode(tx, typed) }); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
	}
	for _, c := range []struct {
		typed string
		want  error
	}{
		{"8" + code[1:], ErrBroken},
		{code[:len(code)-1] + map[bool]string{true: "3", false: "2"}[strings.HasSuffix(code, "2")], ErrBroken},
		{"99" + code[1:], ErrBroken},
		{"", ErrCode},
		{"9", ErrCode},
		{"9-AAAA", ErrCode},
		{"x" + code, ErrCode},
		{code + "-UUUU", ErrCode},
	} {
		if err := h.holds(t, func(tx *storage.Tx) error { return HoldsCode(tx, c.typed) }); !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.typed, err, c.want)
		}
	}
	h.Close()
	if err := os.WriteFile(h.path, early, 0o600); err != nil {
		t.Fatal(err)
	}
	h.open(t)
	for name, prove := range map[string]func(*storage.Tx) error{
		"code": func(tx *storage.Tx) error { return HoldsCode(tx, code) },
		"head": func(tx *storage.Tx) error { return Holds(tx, head) },
	} {
		if err := h.holds(t, prove); !errors.Is(err, ErrBroken) {
			t.Errorf("rolled back, by %s: %v, want ErrBroken", name, err)
		}
	}
}

// TestHeadFiles: heads are written whole, listed by time, and nothing else in the folder
// is taken for one.
func TestHeadFiles(t *testing.T) {
	h := newHouse(t, 4)
	text, public := h.sign(t)
	dir := t.TempDir()
	for _, other := range []string{"photo.jpg", "okoshko-head-.txt", "okoshko-head-20261123T060000Z.txt.bak"} {
		if err := os.WriteFile(filepath.Join(dir, other), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if path, err := NewestHead(dir); path != "" || err != nil {
		t.Errorf("none yet: %q, %v", path, err)
	}
	var want []string
	for _, at := range []time.Time{day, day.Add(25 * time.Hour), day.Add(900 * time.Hour)} {
		name, err := WriteHead(dir, at, text)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
		if head, signed, err := ReadHeadFile(name, public); err != nil || head.Size != 4 || !signed.Equal(day) {
			t.Errorf("%s: %+v, %v, %v", name, head, signed, err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	got, err := HeadFiles(dir)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if path, err := NewestHead(dir); path != want[2] || err != nil {
		t.Errorf("newest: %q, %v", path, err)
	}
	if path, err := NewestHead(filepath.Join(dir, "none")); path != "" || err != nil {
		t.Errorf("no folder: %q, %v", path, err)
	}
	if _, err := WriteHead(filepath.Join(dir, "none"), day, text); err == nil {
		t.Error("a folder that is not there was written into")
	}
	long := filepath.Join(dir, HeadFile(day.Add(1000*time.Hour)))
	if err := os.WriteFile(long, make([]byte, maxHeadFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadHeadFile(long, public); !errors.Is(err, ErrHead) {
		t.Errorf("too long: %v", err)
	}
}

// FuzzKeptElsewhere: what comes back from a stick or from paper is anybody's bytes. It is
// read or refused, and what is read as a code is written the same way again.
func FuzzKeptElsewhere(f *testing.F) {
	f.Add("9-7K2M-9QXA-0DTE-RW5H")
	f.Add("okoshko journal\n9\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n2026-11-23T09:00:00Z\n\n— okoshko AAAA\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, _, err := ReadHead([]byte(text), "okoshko+6dd9b228+AWL8xvqGG1icU4kpRhkAlAdltdbM5tUvRHqhwVuShGmz"); !errors.Is(err, ErrHead) {
			t.Errorf("%q: %v", text, err)
		}
		size, code, err := sizeOfCode(text)
		if err != nil {
			return
		}
		if again, same, err := sizeOfCode(code); again != size || same != code || err != nil {
			t.Errorf("%q: %q, then %q, %v", text, code, same, err)
		}
	})
}
