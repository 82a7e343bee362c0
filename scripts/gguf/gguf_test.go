package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// That a real server loads the file is shown by the tests of assistant/llm,
// which talk to one. Here is what a reader of the format would trip over.

func TestFile(t *testing.T) {
	for _, arch := range []string{"qwen2", "llama", "qwen3"} {
		t.Run(arch, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tiny.gguf")
			if err := run(path, arch, 1); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(data, []byte("GGUF\x03\x00\x00\x00")) {
				t.Errorf("starts with %q", data[:8])
			}
			if len(data)%alignment != 0 || len(data) < 500_000 || len(data) > 1_000_000 {
				t.Errorf("%d bytes: want whole blocks of %d, below a megabyte", len(data), alignment)
			}
			again, _ := tiny(arch, 1)
			other, _ := tiny(arch, 2)
			if !bytes.Equal(data, again) {
				t.Error("the same seed gave other bytes")
			}
			if bytes.Equal(data, other) {
				t.Error("another seed gave the same bytes")
			}
		})
	}
}

func TestUnknownArchitecture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.gguf")
	if err := run(path, "gpt5", 1); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("a file was left behind")
	}
}

// TestOffsets reads the list of tensors as a loader does: each tensor has to
// start where the list says, on a whole block.
func TestOffsets(t *testing.T) {
	f := file{tensors: []tensor{
		{"a", []uint64{3}, float32s, bytes.Repeat([]byte{1}, 12)},
		{"b", []uint64{20, 1}, float16s, bytes.Repeat([]byte{2}, 40)},
		{"c", []uint64{1}, float32s, bytes.Repeat([]byte{3}, 4)},
	}}
	f.set("general.architecture", "none")
	data := f.bytes()

	at := 24 + len(f.keys)
	starts := make([]uint64, len(f.tensors))
	for i, want := range f.tensors {
		n := int(binary.LittleEndian.Uint64(data[at:]))
		if name := string(data[at+8 : at+8+n]); name != want.name {
			t.Fatalf("tensor %d is %q, want %q", i, name, want.name)
		}
		at += 8 + n + 4 + 8*len(want.shape) + 4
		starts[i] = binary.LittleEndian.Uint64(data[at:])
		at += 8
	}
	at = len(pad(data[:at:at]))
	for i, want := range f.tensors {
		if starts[i]%alignment != 0 {
			t.Errorf("%s starts at %d", want.name, starts[i])
		}
		got := data[at+int(starts[i]):][:len(want.data)]
		if !bytes.Equal(got, want.data) {
			t.Errorf("%s: %v at its offset", want.name, got)
		}
	}
}

func TestVocabulary(t *testing.T) {
	v := newVocabulary()
	if len(v.tokens) != len(v.kinds) {
		t.Fatalf("%d tokens, %d kinds", len(v.tokens), len(v.kinds))
	}
	seen := map[string]bool{}
	for _, token := range v.tokens {
		if seen[token] {
			t.Errorf("token %q twice", token)
		}
		seen[token] = true
	}
	if v.tokens[v.endOfTurn] != "<|im_end|>" || v.tokens[v.endOfText] != "<|endoftext|>" {
		t.Errorf("ends are %q and %q", v.tokens[v.endOfTurn], v.tokens[v.endOfText])
	}
}

func TestHalf(t *testing.T) {
	for _, c := range []struct {
		x    float32
		want uint16
	}{
		{0, 0}, {1, 0x3c00}, {-2, 0xc000}, {0.5, 0x3800}, {65504, 0x7bff}, {1e-9, 0}, {float32(math.Copysign(1e-9, -1)), 0x8000},
	} {
		if got := half(c.x); got != c.want {
			t.Errorf("half(%v) = %#x, want %#x", c.x, got, c.want)
		}
	}
}
