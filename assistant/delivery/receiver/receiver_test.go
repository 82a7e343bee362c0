package receiver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	other  = "whsec_GBkaGxwdHh8gISIjJCUmJygpKissLS4v"

	booked = `{"type": "appointment.requested", "timestamp": "2026-11-23T09:14:03+03:00", "data": {"number": "A-1042",
 "service": {"id": "therapist", "name": "Приём терапевта"}, "start": "2026-11-25T14:00:00+03:00",
 "contact": {"id": "c_1", "name": "Гузель <b>", "phone": "+79172345678"}, "added": "later"}}`
)

// newServer mounts a receiver as the demonstration does.
func newServer(t *testing.T) (*Receiver, string) {
	t.Helper()
	r, err := New(Config{Secret: secret, Now: func() time.Time { return time.Date(2026, 11, 23, 9, 14, 5, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/receiver/", http.StripPrefix("/receiver", r))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return r, server.URL + "/receiver/"
}

// send posts a body signed by a secret and returns the status.
func send(t *testing.T, to, id, by, body string, at time.Time) int {
	t.Helper()
	hook, err := webhooks.NewWebhook(by)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := hook.Sign(id, at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to+"hook", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", signature)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestHook(t *testing.T) {
	r, url := newServer(t)
	now := time.Now()
	for _, c := range []struct {
		name, id, by, body string
		at                 time.Time
		want               int
		counts             counts
	}{
		{"signed", "1", secret, booked, now, 204, counts{1, 0, 0}},
		{"the same again", "1", secret, booked, now, 204, counts{1, 1, 0}},
		{"another", "2", secret, `{"type":"new.kind"}`, now, 204, counts{2, 1, 0}},
		{"by another secret", "3", other, booked, now, 401, counts{2, 1, 1}},
		{"an hour old", "3", secret, booked, now.Add(-time.Hour), 401, counts{2, 1, 2}},
		{"of the future", "3", secret, booked, now.Add(time.Hour), 401, counts{2, 1, 3}},
		{"a long id", strings.Repeat("x", maxID+1), secret, booked, now, 401, counts{2, 1, 4}},
		{"not JSON", "3", secret, "text", now, 400, counts{2, 1, 4}},
		{"not an event", "3", secret, "[1]", now, 400, counts{2, 1, 4}},
		{"too large", "3", secret, strings.Repeat(" ", maxBody+1), now, 413, counts{2, 1, 4}},
	} {
		if got := send(t, url, c.id, c.by, c.body, c.at); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		if _, got, _ := r.after(0); got != c.counts {
			t.Errorf("%s: counts %+v, want %+v", c.name, got, c.counts)
		}
	}
	resp, err := http.Post(url+"hook", "application/json", strings.NewReader(booked))
	if err != nil || resp.StatusCode != 401 {
		t.Errorf("without signature: %v, %v; want 401", resp.Status, err)
	}
}

func TestPage(t *testing.T) {
	_, url := newServer(t)
	if _, page := get(t, url); !strings.Contains(page, "Событий пока нет") || strings.Contains(page, `id="empty" hidden`) {
		t.Errorf("the empty page:\n%s", page)
	}
	send(t, url, "1", secret, booked, time.Now())
	resp, page := get(t, url)
	for _, want := range []string{
		"Новая запись ждёт подтверждения", "A-1042", "среда, 25 ноября, 14:00", "Приём терапевта", "Гузель &lt;b&gt;",
		"79172345678", "09:14:05", `id="empty" hidden`, `data-after="1"`, "&#34;added&#34;: &#34;later&#34;",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	if got := resp.Header.Get("Content-Security-Policy"); got != policy || strings.Contains(got, "unsafe") {
		t.Errorf("policy %q", got)
	}
	if inline := regexp.MustCompile(`(?i)<style|<script(?:[^>]*)>[^<]|\son\w+=|\sstyle=`).FindString(page); inline != "" {
		t.Errorf("the page has %q inline", inline)
	}
	for _, link := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if resp, body := get(t, url+link[1]); resp.StatusCode != 200 || len(body) < 100 {
			t.Errorf("%s: %s", link[1], resp.Status)
		}
	}
	for _, path := range []string{"receiver.html", "receiver.go", "none", "events?after=x"} {
		if resp, _ := get(t, url+path); resp.StatusCode/100 != 4 {
			t.Errorf("%s: %s, want a refusal", path, resp.Status)
		}
	}
}

// TestStream reads events as a browser does, comes back with the last it saw,
// and misses none.
func TestStream(t *testing.T) {
	_, url := newServer(t)
	send(t, url, "1", secret, booked, time.Now())
	next, stop := follow(t, url+"events?after=0", "")
	if got := next("card"); !strings.Contains(got, "A-1042") {
		t.Errorf("the event that was there: %s", got)
	}
	if got := next("counts"); got != `{"accepted":1,"repeated":0,"refused":0}` {
		t.Errorf("counts %s", got)
	}
	send(t, url, "2", secret, `{"type":"contact.erased"}`, time.Now())
	if got := next("card"); !strings.Contains(got, "удалите их и у себя") {
		t.Errorf("the event that came: %s", got)
	}
	next("counts")
	send(t, url, "2", secret, `{"type":"contact.erased"}`, time.Now())
	if got := next("counts"); !strings.Contains(got, `"repeated":1`) {
		t.Errorf("counts %s", got)
	}
	stop()
	send(t, url, "3", secret, `{"type":"consent.given"}`, time.Now())
	next, stop = follow(t, url+"events?after=0", "2")
	defer stop()
	if got := next("card"); !strings.Contains(got, `"seq":3`) {
		t.Errorf("after coming back: %s", got)
	}
}

// follow returns the data of the stream's next event, which must be of a name.
func follow(t *testing.T, url, last string) (next func(name string) string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("stream of %s", got)
	}
	lines := bufio.NewScanner(resp.Body)
	next = func(name string) string {
		t.Helper()
		for event := ""; lines.Scan(); {
			if found, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = found
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if event != name {
					t.Fatalf("next is %s: %s; want %s", event, data, name)
				}
				return data
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
	return next, func() { cancel(); resp.Body.Close() }
}

func TestKeepsTheNewest(t *testing.T) {
	r, _ := newServer(t)
	for i := range knownID + 5 {
		r.take(fmt.Sprint(i), card{})
	}
	cards, _, _ := r.after(0)
	if len(cards) != kept || cards[kept-1].Seq != knownID+5 {
		t.Errorf("%d cards, the last %d", len(cards), cards[len(cards)-1].Seq)
	}
	if len(r.known) != knownID || len(r.ids) != knownID || r.known["4"] || !r.known["5"] {
		t.Errorf("%d ids known", len(r.known))
	}
}

func TestBadSecret(t *testing.T) {
	for _, s := range []string{"", "whsec_%%"} {
		if _, err := New(Config{Secret: s}); err == nil || s != "" && strings.Contains(err.Error(), s) {
			t.Errorf("New with the secret %q = %v", s, err)
		}
	}
}

func TestEveryEventOfTheProtocolHasItsTitle(t *testing.T) {
	for _, typ := range []string{
		"appointment.requested", "appointment.confirmed", "appointment.declined", "appointment.moved",
		"appointment.cancelled", "appointment.arrived", "appointment.no_show", "conversation.handoff", "consent.given",
		"consent.withdrawn", "contact.erased", "waitlist.joined", "waitlist.offered",
	} {
		if c := newCard(event{Type: typ}, nil, time.Now()); c.Title == "Событие" {
			t.Errorf("%s has no title", typ)
		}
	}
}
