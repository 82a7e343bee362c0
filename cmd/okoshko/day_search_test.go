//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// A canary is a piece of invented personal data that is looked for afterwards, in
// every way in which a program may write it.
type canary struct {
	of   string // whose, or what
	text string // a stem, where the word is inflected
}

// canaries are words of one person or kind. Phones are given as ten figures.
func canaries(of string, texts ...string) (all []canary) {
	for _, text := range texts {
		all = append(all, canary{of, text})
	}
	return all
}

// spellings are how the text may be written: as it is, in other cases, a number
// with its usual gaps.
func (c canary) spellings() (all []string) {
	bare := strings.Trim(c.text, "0123456789") == ""
	if bare && len(c.text) == 10 {
		a, b, d, e := c.text[:3], c.text[3:6], c.text[6:8], c.text[8:]
		for _, gap := range []string{" ", "-", ".", "\u00a0"} {
			all = append(all, strings.Join([]string{a, b, d, e}, gap), a+" "+b+gap+d+gap+e, a+") "+b+gap+d+gap+e, a+")"+b+gap+d+gap+e, b+gap+d+gap+e)
		}
	}
	words := strings.Fields(c.text)
	for i, w := range words {
		r := []rune(w)
		words[i] = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	all = append(all, c.text, strings.ToLower(c.text), strings.ToUpper(c.text), strings.Join(words, " "))
	if len(words) > 1 {
		all = append(all, strings.ReplaceAll(c.text, " ", ""), strings.ReplaceAll(c.text, " ", "-"))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// codings are how a program may write a spelling, by name.
var codings = map[string]func(string) [][]byte{
	"UTF-8": func(s string) [][]byte { return [][]byte{[]byte(s)} },
	"UTF-16": func(s string) [][]byte {
		little, big := []byte{}, []byte{}
		for _, u := range utf16.Encode([]rune(s)) {
			little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
		}
		return [][]byte{little, big}
	},
	"URL": func(s string) [][]byte {
		q, p := url.QueryEscape(s), url.PathEscape(s)
		return [][]byte{[]byte(q), []byte(p), []byte(strings.ToLower(q)), []byte(strings.ToLower(p))}
	},
	"JSON": func(s string) [][]byte {
		quoted := strings.Trim(strconv.QuoteToASCII(s), `"`)
		return [][]byte{[]byte(quoted), []byte(strings.ToUpper(quoted)), []byte(strings.ReplaceAll(strings.ToUpper(quoted), `\U`, `\u`))}
	},
	"hex": func(s string) [][]byte {
		h := hex.EncodeToString([]byte(s))
		return [][]byte{[]byte(h), []byte(strings.ToUpper(h)), []byte(hexOf("% x", s)), []byte(hexOf(`\x%02x`, s))}
	},
	"base64": func(s string) (all [][]byte) {
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			for lead := range 3 { // where in its three bytes the text begins
				coded := e.EncodeToString(append(make([]byte, lead), s...))
				from, to := (lead*8+5)/6, (lead+len(s))*8/6
				all = append(all, []byte(coded[from:to]))
			}
		}
		return all
	},
}

func hexOf(format, s string) string {
	if strings.HasPrefix(format, "%") {
		return fmt.Sprintf(format, s)
	}
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

// shortest is bytes of what is looked for: less is found by chance.
const shortest = 8

// searcher finds many texts in one passage.
type searcher struct {
	starts [1 << 16]bool // first two bytes of what is looked for
	by     map[[4]byte][]wanted
}

type wanted struct {
	bytes  []byte
	of     canary
	coding string
}

func newSearcher(all []canary) *searcher {
	s := &searcher{by: make(map[[4]byte][]wanted)}
	for _, c := range all {
		for _, spelling := range c.spellings() {
			for coding, code := range codings {
				for _, b := range code(spelling) {
					if len(b) >= shortest {
						s.starts[binary.BigEndian.Uint16(b)] = true
						s.by[[4]byte(b)] = append(s.by[[4]byte(b)], wanted{b, c, coding})
					}
				}
			}
		}
	}
	return s
}

// find returns the first place of each canary in the data.
func (s *searcher) find(data []byte) (found []string) {
	known := make(map[canary]bool)
	for i := 0; i+shortest <= len(data); i++ {
		if !s.starts[binary.BigEndian.Uint16(data[i:])] {
			continue
		}
		for _, w := range s.by[[4]byte(data[i:])] {
			if !known[w.of] && bytes.HasPrefix(data[i:], w.bytes) {
				known[w.of] = true
				found = append(found, fmt.Sprintf("%s: %q in %s at %d: …%q…", w.of.of, w.of.text, w.coding, i, data[max(0, i-60):min(len(data), i+60)]))
			}
		}
	}
	return found
}

// places are what a day has left, by name.
type places map[string][]byte

// files adds every file below a folder.
func (p places) files(t *testing.T, name, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		at := name + strings.TrimPrefix(path, dir)
		p[at+" (its name)"] = []byte(path)
		if !d.Type().IsRegular() {
			return nil // a socket has no bytes of its own
		}
		p[at], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// clean reports every canary that is found anywhere.
func (p places) clean(t *testing.T, s *searcher) {
	t.Helper()
	total := 0
	for name, data := range p {
		total += len(data)
		for _, found := range s.find(data) {
			t.Errorf("%s holds %s", name, found)
		}
	}
	t.Logf("%d places, %d bytes", len(p), total)
}

// planted puts one canary into the middle of each place, in every coding and
// spelling, and demands that it is found: the search is able to fail.
func (p places) planted(t *testing.T, s *searcher, all []canary) {
	t.Helper()
	tried := 0
	for name, data := range p {
		part := data[:min(len(data), 512)]
		for i, c := range []canary{all[tried%len(all)], all[(tried+7)%len(all)]} {
			for coding, code := range codings {
				for _, spelling := range c.spellings() {
					for _, b := range code(spelling) {
						if len(b) < shortest {
							continue
						}
						tried++
						at := len(part) * (i + 1) / 3
						if len(s.find(slices.Concat(part[:at], b, part[at:]))) == 0 {
							t.Errorf("%s: %q in %s is not found", name, spelling, coding)
						}
					}
				}
			}
		}
	}
	t.Logf("%d planted", tried)
}
