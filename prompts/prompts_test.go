package prompts

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"golang.org/x/text/feature/plural"
)

var place = regexp.MustCompile(`\{[a-z]+\}`)

// TestSameTexts holds the languages together: the same ids, the same places.
func TestSameTexts(t *testing.T) {
	for _, lang := range Languages[1:] {
		for id, m := range texts[lang] {
			if _, ok := texts["ru"][id]; !ok {
				t.Errorf("%s: %s is not in ru", lang, id)
				continue
			}
			want := places(texts["ru"][id])
			if got := places(m); !slices.Equal(got, want) {
				t.Errorf("%s: %s has places %v, ru has %v", lang, id, got, want)
			}
		}
		for id := range texts["ru"] {
			if _, ok := texts[lang][id]; !ok {
				t.Errorf("%s: %s is missing", lang, id)
			}
		}
	}
}

func places(m message) []string {
	got := place.FindAllString(m[plural.Other], -1)
	slices.Sort(got)
	return slices.Compact(got)
}

// TestForms: every message has the form that is used where no other fits, and
// every form of a message names the same places.
func TestForms(t *testing.T) {
	for lang, all := range texts {
		for id, m := range all {
			if m[plural.Other] == "" {
				t.Errorf("%s: %s has no form `other`", lang, id)
			}
			want := places(m)
			for form, text := range m {
				if got := places(message{plural.Other: text}); !slices.Equal(got, want) {
					t.Errorf("%s: %s: form %v has places %v, want %v", lang, id, form, got, want)
				}
			}
		}
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"ru", 1, "1 день"},
		{"ru", 2, "2 дня"},
		{"ru", 5, "5 дней"},
		{"ru", 11, "11 дней"},
		{"ru", 21, "21 день"},
		{"ru", 30, "30 дней"},
		{"en", 1, "1 day"},
		{"en", 30, "30 days"},
		{"tt", 1, "1 көн"},
		{"tt", 30, "30 көн"},
	} {
		if got := Count(c.lang, "know.days", c.n, nil); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

func TestWhen(t *testing.T) {
	zone := time.FixedZone("MSK", 3*3600)
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, zone)
	for _, c := range []struct {
		lang string
		at   time.Time
		want string
	}{
		{"ru", time.Date(2026, 11, 23, 18, 0, 0, 0, zone), "сегодня, понедельник, 23 ноября, 18:00"},
		{"ru", time.Date(2026, 11, 24, 9, 30, 0, 0, zone), "завтра, вторник, 24 ноября, 09:30"},
		{"ru", time.Date(2027, 1, 11, 8, 30, 0, 0, zone), "понедельник, 11 января 2027, 08:30"},
		{"en", time.Date(2026, 11, 27, 9, 30, 0, 0, zone), "Friday, 27 November, 09:30"},
		{"tt", time.Date(2026, 11, 24, 15, 0, 0, 0, zone), "иртәгә, 24 ноябрь, сишәмбе, 15:00"},
	} {
		if got := When(c.lang, c.at, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		lang string
		sum  int
		from bool
		want string
	}{
		{"ru", 900, false, "900 ₽"},
		{"ru", 1800, false, "1\u00a0800 ₽"},
		{"ru", 3900, true, "от 3\u00a0900 ₽"},
		{"en", 1234567, true, "from 1,234,567 ₽"},
		{"tt", 3900, true, "3\u00a0900 сумнан башлап"},
	} {
		if got := Money(c.lang, c.sum, c.from); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.sum, got, c.want)
		}
	}
}
