package vault

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The vault in testdata/v2 opens for ever: a change that fails here locks
// clinics out of their data. TestMakeVectors made it; what stands in
// vectors.json was computed by another program (scripts of Python's
// cryptography) from the formats that the package's documentation describes.
const vectors = "testdata/v2"

// TestMakeVectors makes the vault of a new format, in the folder that
// OKOSHKO_KEEP_VAULT names, and prints its root key for the other program.
func TestMakeVectors(t *testing.T) {
	dir := os.Getenv("OKOSHKO_KEEP_VAULT")
	if dir == "" {
		t.Skip("OKOSHKO_KEEP_VAULT names no folder")
	}
	v, err := Create(dir, KeyFile(filepath.Join(dir, "okoshko.key")))
	if err != nil {
		t.Fatal(err)
	}
	text, recovery := NewRecovery()
	cheap := Passphrase("Тихий кот видит окно").(passphrase)
	cheap.cost = cost{Time: 1, Memory: 8 << 10, Threads: 1}
	for _, by := range []Unlocker{cheap, recovery, Credential(filepath.Join(dir, "okoshko.key"))} {
		if _, err := v.Add(by); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Grow(2, 7); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("root %x\nrecovery %s\n", v.root, text)
}

func TestVectors(t *testing.T) {
	var want struct {
		Recovery string
		Records  []struct {
			ID                        uint64
			Table                     string
			Key, Nonce, Plain, Record []byte
		}
		Indexes []struct{ Label, Value, Index string }
		Lookups []struct{ Secret, Label, Value, Lookup string }
		Marks   []struct {
			Table       string
			Key, Record []byte
			Mark        string
		}
	}
	data, err := os.ReadFile(filepath.Join(vectors, "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for _, x := range want.Lookups {
		secret, err := hex.DecodeString(x.Secret)
		if err != nil {
			t.Fatal(err)
		}
		v := &Vault{ring: &ring{keys: map[KeyID]ringKey{1: {kindLookup, [keySize]byte(secret)}}}}
		if got, err := v.Lookup(1, x.Label, x.Value); err != nil || hex.EncodeToString(got) != x.Lookup {
			t.Errorf("Lookup(%q, %q) = %x, %v; want %s", x.Label, x.Value, got, err, x.Lookup)
		}
	}
	recovery, err := Recovery(want.Recovery)
	if err != nil {
		t.Fatal(err)
	}
	for name, by := range map[string]Unlocker{
		"key file":                            KeyFile(filepath.Join(vectors, "okoshko.key")),
		"credential":                          Credential(filepath.Join(vectors, "okoshko.key")),
		"recovery key":                        recovery,
		"passphrase":                          Passphrase("Тихий кот видит окно"),
		"passphrase with й of two characters": Passphrase("Тихии\u0306 кот видит окно"),
	} {
		t.Run(name, func(t *testing.T) {
			v, err := Open(vectors, by)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range want.Records {
				if got, err := v.Open(r.Record, r.Table, r.Key); err != nil || !bytes.Equal(got, r.Plain) {
					t.Errorf("record %d: Open = %q, %v; want %q", i, got, err, r.Plain)
				}
				got, err := v.seal(KeyID(r.ID), [nonceSize]byte(r.Nonce), r.Plain, r.Table, r.Key)
				if err != nil || !bytes.Equal(got, r.Record) {
					t.Errorf("record %d: seal = %x, %v; want %x", i, got, err, r.Record)
				}
			}
			for _, x := range want.Indexes {
				if got := hex.EncodeToString(v.Index(x.Label, x.Value)); got != x.Index {
					t.Errorf("Index(%q, %q) = %s, want %s", x.Label, x.Value, got, x.Index)
				}
			}
			for i, m := range want.Marks {
				if got := v.Mark(m.Table, m.Key, m.Record); hex.EncodeToString(got[:]) != m.Mark {
					t.Errorf("mark %d = %x, want %s", i, got, m.Mark)
				}
			}
			if len(want.Records)*len(want.Indexes)*len(want.Marks)*len(want.Lookups) == 0 || uint64(v.House()) != want.Records[0].ID || len(v.Persons()) != 2 {
				t.Errorf("house key %d, %d keys of persons", v.House(), len(v.Persons()))
			}
		})
	}
}

func TestSealedRecordsOpenOnlyInTheirPlace(t *testing.T) {
	v, other := fresh(t), fresh(t)
	ids, err := v.Grow(2, 0)
	if err != nil {
		t.Fatal(err)
	}
	ids = append(ids, v.House())
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "plain")
		table := rapid.StringMatching(`[a-z]{0,3}`).Draw(t, "table")
		key := rapid.SliceOfN(rapid.ByteRange('a', 'c'), 0, 3).Draw(t, "key")
		by := rapid.SampledFrom(ids).Draw(t, "by")
		record := mustSeal(t, v, by, plain, table, key)
		if got, err := v.Open(record, table, key); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("Open = %q, %v; want %q", got, err, plain)
		}
		if id, ok := Sealer(record); !ok || id != by {
			t.Fatalf("Sealer = %d, %v; want %d", id, ok, by)
		}
		if len(record) != len(plain)+Overhead {
			t.Fatalf("record of %d bytes for %d, want %d more", len(record), len(plain), Overhead)
		}
		if bytes.Equal(record, mustSeal(t, v, by, plain, table, key)) {
			t.Fatal("sealed twice alike: the nonce repeats")
		}
		if len(table) > 0 { // the same bytes, cut elsewhere
			cut := len(table) - 1
			refused(t, v, record, table[:cut], append([]byte(table[cut:]), key...))
		}
		refused(t, v, record, table+"x", key)
		refused(t, v, record, table, append(bytes.Clone(key), 0))
		refused(t, other, record, table, key)
		for _, id := range ids { // another's name on it, or another's key
			renamed := bytes.Clone(record)
			copy(renamed[1:9], mustSeal(t, v, id, nil, "", nil)[1:9])
			if id != by {
				refused(t, v, renamed, table, key)
				if _, err := v.OpenWith(id, record, table, key); !errors.Is(err, ErrTampered) {
					t.Fatalf("another's key opens it: %v", err)
				}
			}
		}
	})
}

func TestEveryChangedRecordIsRefused(t *testing.T) {
	v, key := fresh(t), []byte("c_1")
	record := mustSeal(t, v, v.House(), []byte("Гузель, +7 917 234-56-78"), "contacts", key)
	for i := range len(record) * 8 {
		flipped := bytes.Clone(record)
		flipped[i/8] ^= 1 << (i % 8)
		refused(t, v, flipped, "contacts", key)
	}
	for n := range len(record) {
		refused(t, v, record[:n], "contacts", key)
	}
	refused(t, v, append(bytes.Clone(record), 0), "contacts", key)
	another := mustSeal(t, v, v.House(), []byte("Марат, +7 917 000-00-00"), "contacts", key)
	refused(t, v, append(bytes.Clone(record[:headerSize]), another[headerSize:]...), "contacts", key)
}

// TestMarkTellsApart: what the mark covers is all that tells one record from
// another in a place.
func TestMarkTellsApart(t *testing.T) {
	v := fresh(t)
	record := mustSeal(t, v, v.House(), []byte("x"), "t", []byte("k"))
	first := v.Mark("t", []byte("k"), record)
	if first != v.Mark("t", []byte("k"), bytes.Clone(record)) {
		t.Error("one record has two marks")
	}
	for name, other := range map[string][32]byte{
		"sealed again":  v.Mark("t", []byte("k"), mustSeal(t, v, v.House(), []byte("x"), "t", []byte("k"))),
		"another key":   v.Mark("t", []byte("kk"), record),
		"another table": v.Mark("tt", []byte("k"), record),
		"moved bytes":   v.Mark("tk", nil, record),
		"another vault": fresh(t).Mark("t", []byte("k"), record),
		"not a record":  v.Mark("t", []byte("k"), []byte("x")),
	} {
		if first == other {
			t.Errorf("%s: the same mark", name)
		}
	}
}

func TestIndex(t *testing.T) {
	v := fresh(t)
	phone := v.Index("phone", "+79172345678")
	if len(phone) != IndexSize {
		t.Errorf("%d bytes, want %d", len(phone), IndexSize)
	}
	if !bytes.Equal(phone, v.Index("phone", "+79172345678")) {
		t.Error("the same value has two hashes")
	}
	for name, other := range map[string][]byte{
		"another value":         v.Index("phone", "+79172345679"),
		"another label":         v.Index("email", "+79172345678"),
		"label and value moved": v.Index("phone+", "79172345678"),
		"another vault":         fresh(t).Index("phone", "+79172345678"),
	} {
		if bytes.Equal(phone, other) {
			t.Errorf("%s has the same hash", name)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	v := fresh(t)
	_, recovery := NewRecovery()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, secret := range []any{v, Passphrase("тихий кот"), recovery} {
			if got := fmt.Sprintf(verb, secret); got != "(secret)" {
				t.Errorf("%s of %T prints %q", verb, secret, got)
			}
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("opened", "vault", v, "secret", Passphrase("тихий кот"))
	if !strings.HasSuffix(log.String(), `"vault":{},"secret":{}}`+"\n") {
		t.Errorf("as JSON: %s", log.String())
	}
}

func FuzzOpenRecord(f *testing.F) {
	v := fresh(f)
	f.Add(mustSeal(f, v, v.House(), []byte("x"), "table", []byte("key")))
	f.Add([]byte{recordVersion})
	f.Fuzz(func(t *testing.T, record []byte) {
		plain, err := v.Open(record, "another table", []byte("key"))
		if !errors.Is(err, ErrTampered) && !errors.Is(err, ErrShredded) {
			t.Errorf("a stranger's record opens: %q, %v", plain, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	benchmark(b, func(v *Vault, plain, _ []byte) error { _, err := v.Seal(v.House(), plain, "t", nil); return err })
}

func BenchmarkOpen(b *testing.B) {
	benchmark(b, func(v *Vault, _, record []byte) error { _, err := v.Open(record, "t", nil); return err })
}

func BenchmarkMark(b *testing.B) {
	benchmark(b, func(v *Vault, _, record []byte) error { v.Mark("t", nil, record); return nil })
}

func BenchmarkIndex(b *testing.B) {
	benchmark(b, func(v *Vault, _, _ []byte) error { v.Index("phone", "+79172345678"); return nil })
}

// BenchmarkDestroy is what one person's key costs among ten thousand: all keys
// sealed anew and two files flushed.
func BenchmarkDestroy(b *testing.B) {
	v := fresh(b)
	ids, err := v.Grow(10_000+b.N, 0)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if i == len(ids)-10_000 {
			more, err := v.Grow(10_000, 0)
			if err != nil {
				b.Fatal(err)
			}
			ids = append(ids, more...)
		}
		if err := v.Destroy(ids[i:i+1], 0); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmark(b *testing.B, f func(v *Vault, plain, record []byte) error) {
	v, plain := fresh(b), make([]byte, 1024)
	record := mustSeal(b, v, v.House(), plain, "t", nil)
	b.ReportAllocs()
	for b.Loop() {
		if err := f(v, plain, record); err != nil {
			b.Fatal(err)
		}
	}
}

// fresh is a new vault opened by a key file.
func fresh(t testing.TB) *Vault {
	t.Helper()
	dir := t.TempDir()
	v, err := Create(dir, KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

func mustSeal(t failer, v *Vault, by KeyID, plain []byte, table string, key []byte) []byte {
	t.Helper()
	record, err := v.Seal(by, plain, table, key)
	if err != nil {
		t.Fatalf("Seal = %v", err)
	}
	return record
}

// refused wants a record not to open; a changed id may name no key.
func refused(t failer, v *Vault, record []byte, table string, key []byte) {
	t.Helper()
	if plain, err := v.Open(record, table, key); !errors.Is(err, ErrTampered) && !errors.Is(err, ErrShredded) {
		t.Fatalf("record %x opens in %q, %q: %q, %v; want ErrTampered", record, table, key, plain, err)
	}
}
