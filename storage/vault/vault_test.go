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

// The vault in testdata/v1 was made by another program (Python's hmac and
// OpenSSL) from the format that the package's documentation describes. It is
// never rewritten: a change that fails here locks clinics out of their data.
const vectors = "testdata/v1"

func TestVectors(t *testing.T) {
	var want struct {
		Records []struct {
			KeyID              uint32
			Table              string
			Key, Nonce, Record []byte
			Plain              []byte
		}
		Indexes []struct{ Label, Value, Index string }
	}
	data, err := os.ReadFile(filepath.Join(vectors, "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for name, by := range map[string]Unlocker{
		"key file":                            KeyFile(filepath.Join(vectors, "okoshko.key")),
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
				if got := v.seal(r.KeyID, [nonceSize]byte(r.Nonce), r.Plain, r.Table, r.Key); !bytes.Equal(got, r.Record) {
					t.Errorf("record %d: seal = %x, want %x", i, got, r.Record)
				}
			}
			for _, x := range want.Indexes {
				if got := hex.EncodeToString(v.Index(x.Label, x.Value)); got != x.Index {
					t.Errorf("Index(%q, %q) = %s, want %s", x.Label, x.Value, got, x.Index)
				}
			}
			if got := v.Seal(nil, "t", nil)[4]; got != 2 {
				t.Errorf("new records are sealed with key %d, want the newest, 2", got)
			}
		})
	}
}

func TestSealedRecordsOpenOnlyInTheirPlace(t *testing.T) {
	v, other := fresh(t), fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "plain")
		table := rapid.StringMatching(`[a-z]{0,3}`).Draw(t, "table")
		key := rapid.SliceOfN(rapid.ByteRange('a', 'c'), 0, 3).Draw(t, "key")
		record := v.Seal(plain, table, key)
		if got, err := v.Open(record, table, key); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("Open = %q, %v; want %q", got, err, plain)
		}
		if len(record) != len(plain)+Overhead {
			t.Fatalf("record of %d bytes for %d, want %d more", len(record), len(plain), Overhead)
		}
		if bytes.Equal(record, v.Seal(plain, table, key)) {
			t.Fatal("sealed twice alike: the nonce repeats")
		}
		if len(table) > 0 { // the same bytes, cut elsewhere
			cut := len(table) - 1
			refused(t, v, record, table[:cut], append([]byte(table[cut:]), key...))
		}
		refused(t, v, record, table+"x", key)
		refused(t, v, record, table, append(bytes.Clone(key), 0))
		refused(t, other, record, table, key)
	})
}

func TestEveryChangedRecordIsRefused(t *testing.T) {
	v, key := fresh(t), []byte("c_1")
	record := v.Seal([]byte("Гузель, +7 917 234-56-78"), "contacts", key)
	for i := range len(record) * 8 {
		flipped := bytes.Clone(record)
		flipped[i/8] ^= 1 << (i % 8)
		refused(t, v, flipped, "contacts", key)
	}
	for n := range len(record) {
		refused(t, v, record[:n], "contacts", key)
	}
	refused(t, v, append(bytes.Clone(record), 0), "contacts", key)
	another := v.Seal([]byte("Марат, +7 917 000-00-00"), "contacts", key)
	refused(t, v, append(bytes.Clone(record[:headerSize]), another[headerSize:]...), "contacts", key)
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
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, secret := range []any{v, *v, Passphrase("тихий кот")} {
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
	f.Add(v.Seal([]byte("x"), "table", []byte("key")))
	f.Add([]byte{recordVersion})
	f.Fuzz(func(t *testing.T, record []byte) {
		plain, err := v.Open(record, "another table", []byte("key"))
		if !errors.Is(err, ErrTampered) {
			t.Errorf("a stranger's record opens: %q, %v", plain, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	benchmark(b, func(v *Vault, plain, _ []byte) { v.Seal(plain, "t", nil) })
}

func BenchmarkOpen(b *testing.B) {
	benchmark(b, func(v *Vault, _, record []byte) { v.Open(record, "t", nil) })
}

func BenchmarkIndex(b *testing.B) {
	benchmark(b, func(v *Vault, _, _ []byte) { v.Index("phone", "+79172345678") })
}

func benchmark(b *testing.B, f func(v *Vault, plain, record []byte)) {
	v, plain := fresh(b), make([]byte, 1024)
	record := v.Seal(plain, "t", nil)
	for b.Loop() {
		f(v, plain, record)
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

func refused(t interface {
	Helper()
	Fatalf(string, ...any)
}, v *Vault, record []byte, table string, key []byte,
) {
	t.Helper()
	if plain, err := v.Open(record, table, key); !errors.Is(err, ErrTampered) {
		t.Fatalf("record %x opens in %q, %q: %q, %v; want ErrTampered", record, table, key, plain, err)
	}
}
