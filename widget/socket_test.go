package widget

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"okoshko/assistant"
)

// echo answers each message with one reply.
func echo(in assistant.Incoming) []assistant.Turn {
	return []assistant.Turn{{From: assistant.FromAssistant, Text: "на: " + in.Text + in.Button, Expects: assistant.ExpectMore}}
}

func TestVisitorTalks(t *testing.T) {
	d := newDesk()
	d.answer = echo
	srv, _ := serve(t, d)
	v := dial(t, srv)
	welcome := v.hello(`,"lang":"ru","page":"https://proba.example/a?phone=1#x","source":{"utm_source":"vk","phone":"79"}`)
	want := map[string]any{
		"type": "welcome", "token": "token-c1", "conversation": "c1", "lang": "ru", "seq": 0.0, "open": true,
		"clinic":  map[string]any{"name": "Клиника «Проба»", "color": "#0a7f5a", "phone": "+7 843 200-00-00"},
		"consent": map[string]any{"given": false, "version": "3f9a", "url": "/consent/3f9a"},
	}
	if diff := cmp.Diff(want, welcome); diff != "" {
		t.Error(diff)
	}
	visit := d.visited(0)
	if visit.Page != "https://proba.example/a" || !cmp.Equal(visit.Source, map[string]string{"utm_source": "vk"}) || visit.Address != "127.0.0.1" || len(visit.Widget) != 16 {
		t.Errorf("visit %+v: want the page without its query, known marks only, an address and the build", visit)
	}

	v.send(`{"type":"say","id":"m1","text":"  к терапевту\u200b "}`)
	ack := v.want("ack")
	if ack["id"] != "m1" || ack["seq"] != 1.0 {
		t.Errorf("ack %v", ack)
	}
	reply := v.want("message") // not the visitor's own turn, which the ack has told of
	if reply["seq"] != 2.0 || reply["text"] != "на: к терапевту" || reply["from"] != "assistant" || reply["at"] != "2026-11-23T12:00:00+03:00" {
		t.Errorf("reply %v: want seq 2 at the clinic's time", reply)
	}
	v.send(`{"type":"pick","id":"m2","button":"service/gp"}`)
	v.want("ack")
	if text := v.want("message")["text"]; text != "на: service/gp" {
		t.Errorf("after pick: %v", text)
	}
}

func TestAckComesAfterStoring(t *testing.T) {
	d := newDesk()
	d.answer = echo
	d.gate = make(chan struct{})
	srv, _ := serve(t, d)
	v := dial(t, srv)
	v.hello("")
	v.send(`{"type":"say","id":"m1","text":"привет"}`)
	// The operator's turn is published while the visitor's is being stored: the
	// ack still comes first, and nothing is lost or doubled.
	d.add("c1", assistant.Turn{From: assistant.FromOperator, Author: "Гузель", Text: "минуту"})
	d.gate <- struct{}{}
	var got []string
	for range 3 {
		f := v.read()
		if f["type"] == "ack" {
			got = append(got, fmt.Sprint("ack ", f["seq"]))
		} else {
			got = append(got, fmt.Sprint(f["from"], " ", f["seq"]))
		}
	}
	if got[0] == "operator 1" { // it may leave before the say was read
		got[0], got[1] = got[1], got[0]
	}
	if diff := cmp.Diff([]string{"ack 2", "operator 1", "assistant 3"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestResumeAfterDrop(t *testing.T) {
	d := newDesk()
	d.answer = echo
	srv, _ := serve(t, d)
	v := dial(t, srv)
	token := v.hello("")["token"]
	v.send(`{"type":"say","id":"m1","text":"раз"}`)
	v.want("ack")
	v.want("message")
	v.conn.NetConn().Close() // no goodbye

	d.add("c1", assistant.Turn{From: assistant.FromVisitor, Text: "ack этого потерялся"})
	d.add("c1", assistant.Turn{
		From: assistant.FromAssistant, Text: "Подтверждена", Notice: true,
		Appointment: &assistant.AppointmentView{Number: "A-1", Status: "confirmed", Start: time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)},
	})
	d.own("c1", assistant.Owner{Kind: assistant.OwnerWaiting, Until: time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)})

	v = dial(t, srv)
	v.send(fmt.Sprintf(`{"type":"hello","token":%q,"after":2}`, token))
	if w := v.want("welcome"); w["conversation"] != "c1" || w["seq"] != 4.0 {
		t.Errorf("welcome %v", w)
	}
	if o := v.want("owner"); o["owner"] != "waiting" || o["until"] != "2026-11-24T08:00:00+03:00" {
		t.Errorf("owner %v", o)
	}
	if m := v.want("message"); m["seq"] != 3.0 || m["from"] != "visitor" {
		t.Errorf("first of the rest: %v", m)
	}
	if a := v.want("appointment"); a["seq"] != 4.0 || a["number"] != "A-1" || a["status"] != "confirmed" || a["start"] != "2026-11-25T14:00:00+03:00" {
		t.Errorf("appointment %v", a)
	}
	if m := v.want("message"); m["seq"] != 4.0 || m["appointment"].(map[string]any)["number"] != "A-1" {
		t.Errorf("last of the rest: %v", m)
	}
	v.send(`{"type":"say","id":"m1","text":"раз"}`) // its ack was lost: once more
	if a := v.want("ack"); a["seq"] != 1.0 {
		t.Errorf("ack of a repeated id: %v", a)
	}
	v.send(`{"type":"say","id":"m2","text":"два"}`)
	if a := v.want("ack"); a["seq"] != 5.0 {
		t.Errorf("the repeated id had an effect: next ack %v", a)
	}
}

func TestNewerSocketReplaces(t *testing.T) {
	d := newDesk()
	srv, _ := serve(t, d)
	older := dial(t, srv)
	token := older.hello("")["token"]
	newer := dial(t, srv)
	newer.hello(fmt.Sprintf(`,"token":%q`, token))
	if end := older.want("close"); end["code"] != 4000.0 {
		t.Errorf("older socket: %v", end)
	}
	d.add("c1", assistant.Turn{From: assistant.FromAssistant, Text: "здесь"})
	newer.want("message")
}

func TestWrongFrames(t *testing.T) {
	long := strings.Repeat("ы", assistant.MaxText+1)
	tests := []struct{ name, frame, code, id string }{
		{"not JSON", `hello`, codeBadFrame, ""},
		{"not an object", `[1]`, codeBadFrame, ""},
		{"no type", `{"id":"a"}`, codeBadFrame, "a"},
		{"unknown type", `{"type":"dance","id":"a"}`, codeUnknownType, "a"},
		{"text of another type", `{"type":"say","id":"a","text":5}`, codeBadFrame, "a"},
		{"no id", `{"type":"say","text":"x"}`, codeBadFrame, ""},
		{"long id", `{"type":"say","id":"` + strings.Repeat("i", 65) + `","text":"x"}`, codeBadFrame, ""},
		{"no text", `{"type":"say","id":"a","text":" \u200b "}`, codeBadFrame, "a"},
		{"long text", `{"type":"say","id":"a","text":"` + long + `"}`, codeTooLong, "a"},
		{"no button", `{"type":"pick","id":"a"}`, codeBadFrame, "a"},
		{"not UTF-8", "{\"type\":\"say\",\"id\":\"a\",\"text\":\"\xff\"}", codeBadFrame, ""},
		{"second hello", `{"type":"hello"}`, codeBadFrame, ""},
	}
	d := newDesk()
	srv, _ := serve(t, d)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := dial(t, srv)
			v.hello("")
			if err := v.conn.WriteMessage(websocket.TextMessage, []byte(tt.frame)); err != nil {
				t.Fatal(err)
			}
			f := v.wantError(tt.code)
			if id, _ := f["id"].(string); id != tt.id {
				t.Errorf("id %q, want %q", id, tt.id)
			}
			v.send(`{"type":"say","id":"b","text":"жив"}`)
			v.want("ack")
		})
	}
	t.Run("binary", func(t *testing.T) {
		v := dial(t, srv)
		v.hello("")
		_ = v.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"seen","seq":1}`))
		v.wantError(codeBadFrame)
	})
	t.Run("before hello", func(t *testing.T) {
		v := dial(t, srv)
		v.send(`{"type":"say","id":"a","text":"x"}`)
		v.wantError(codeBadFrame)
		v.hello("")
	})
	t.Run("more than 8 KiB", func(t *testing.T) {
		v := dial(t, srv)
		v.hello("")
		v.send(`{"type":"say","id":"a","text":"` + strings.Repeat("x", maxFrame) + `"}`)
		if end := v.want("close"); end["code"] != 1009.0 {
			t.Errorf("got %v, want close 1009", end)
		}
	})
}

func TestExpiredTokenStartsAnew(t *testing.T) {
	d := newDesk()
	srv, _ := serve(t, d)
	v := dial(t, srv)
	v.send(`{"type":"hello","token":"erased","after":7,"lang":"en"}`)
	if f := v.wantError(codeExpired); strings.ContainsAny(f["message"].(string), "абвгде") {
		t.Errorf("%q is not English", f["message"])
	}
	v.hello("")
}

func TestReceiveFails(t *testing.T) {
	tests := []struct {
		err   error
		code  string
		retry any
	}{
		{assistant.ErrBusy, codeBusy, 2.0},
		{assistant.ErrExpired, codeExpired, nil},
		{errors.New("disk"), codeInternal, nil},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			d := newDesk()
			d.fail = tt.err
			srv, _ := serve(t, d)
			v := dial(t, srv)
			v.hello("")
			v.send(`{"type":"say","id":"a","text":"x"}`)
			if f := v.wantError(tt.code); f["id"] != "a" || f["retry_after"] != tt.retry {
				t.Errorf("got %v", f)
			}
		})
	}
}

func TestOrigins(t *testing.T) {
	d := newDesk()
	srv, _ := serve(t, d)
	open, _ := serve(t, d, func(c *Config) { c.NoOrigin = true })
	tests := []struct {
		name, origin string
		code         int
	}{
		{"own page", srv.URL, 101},
		{"listed site", "https://proba.example", 101},
		{"listed with any port", "http://127.0.0.1:9", 101},
		{"foreign site", "https://evil.example", 403},
		{"listed name, other scheme", "http://proba.example", 403},
		{"listed name as a prefix", "https://proba.example.evil.example", 403},
		{"opaque", "null", 403},
		{"none", "", 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, res, err := try(srv, tt.origin)
			if err == nil {
				conn.Close()
			}
			if res.StatusCode != tt.code {
				t.Errorf("status %d, want %d", res.StatusCode, tt.code)
			}
		})
	}
	if conn, _, err := try(open, ""); err != nil {
		t.Errorf("program without origin where that is allowed: %v", err)
	} else {
		conn.Close()
	}
}

func TestTooManyConnections(t *testing.T) {
	srv, _ := serve(t, newDesk(), func(c *Config) { c.PerNetwork = 2 })
	first := dial(t, srv)
	first.hello("")
	dial(t, srv).hello("")
	third := dial(t, srv)
	if f := third.wantError(codeTooMany); f["retry_after"] == nil {
		t.Errorf("no retry_after: %v", f)
	}
	if end := third.want("close"); end["code"] != 1001.0 {
		t.Errorf("got %v, want close 1001", end)
	}
	first.conn.Close()
	for { // the place is free as soon as the server has noticed
		v := dial(t, srv)
		v.send(`{"type":"hello"}`)
		if v.read()["type"] == "welcome" {
			return
		}
	}
}

func TestSlowReaderHoldsUpNobody(t *testing.T) {
	d := newDesk()
	srv, stop := serve(t, d)
	slow := dial(t, srv)
	slow.hello("")
	quick := dial(t, srv)
	quick.hello("")
	told := make(chan struct{})
	go func() { // 40 MB: more than any socket buffer takes
		defer close(told)
		text := strings.Repeat("ы", 2000)
		for range 10000 {
			d.add("c1", assistant.Turn{From: assistant.FromAssistant, Text: text})
		}
	}()
	select {
	case <-told:
	case <-time.After(20 * time.Second):
		t.Fatal("the assistant waits for a visitor who does not read")
	}
	d.add("c2", assistant.Turn{From: assistant.FromAssistant, Text: "вам"})
	if m := quick.want("message"); m["text"] != "вам" {
		t.Errorf("got %v", m)
	}
	_ = slow.conn.NetConn().Close()
	stop()
}

// TestOrder lets an operator and the visitor speak at once, with drops between,
// and looks that each turn comes once and in order.
func TestOrder(t *testing.T) {
	d := newDesk()
	d.answer = echo
	srv, _ := serve(t, d)
	v := dial(t, srv)
	token := v.hello("")["token"].(string)
	var last uint64
	for round := range 6 {
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range 40 {
				d.add("c1", assistant.Turn{From: assistant.FromOperator, Text: fmt.Sprint(i)})
			}
		})
		for i := range 4 {
			v.send(fmt.Sprintf(`{"type":"say","id":"%d-%d","text":"x"}`, round, i))
		}
		seen := map[uint64]bool{}
		var newest uint64
		for len(seen) < 40+4+4 {
			f := v.read()
			if f["type"] == "error" { // over the rate: not said
				t.Fatalf("round %d: %v", round, f)
			}
			seq := uint64(f["seq"].(float64))
			if seen[seq] || seq <= last {
				t.Fatalf("turn %d came twice", seq)
			}
			seen[seq] = true
			if f["type"] == "message" {
				if seq < newest {
					t.Fatalf("turn %d after %d", seq, newest)
				}
				newest = seq
			}
		}
		wg.Wait()
		last += uint64(len(seen))
		v.conn.NetConn().Close()
		v = dial(t, srv)
		v.hello(fmt.Sprintf(`,"token":%q,"after":%d`, token, last))
	}
}

func TestTyping(t *testing.T) {
	d := newDesk()
	srv, _ := serve(t, d)
	v := dial(t, srv)
	v.hello("")
	v.send(`{"type":"typing"}`)
	v.send(`{"type":"typing"}`)
	v.send(`{"type":"seen","seq":1}`)
	v.send(`{"type":"say","id":"a","text":"x"}`)
	v.want("ack") // neither typing was told back
	d.mu.Lock()
	typed := slices.Clone(d.typed)
	d.mu.Unlock()
	if diff := cmp.Diff([]assistant.From{assistant.FromVisitor}, typed); diff != "" {
		t.Errorf("of two at once one is looked at: %s", diff)
	}
	d.Typing("c1", assistant.FromOperator)
	if f := v.want("typing"); f["from"] != "operator" {
		t.Errorf("got %v", f)
	}
}

func TestShutdown(t *testing.T) {
	srv, stop := serve(t, newDesk())
	talking, silent := dial(t, srv), dial(t, srv)
	talking.hello("")
	one, other := talking.answer(), silent.answer()
	stop()
	for _, code := range []float64{<-one, <-other} {
		if code != 1001 {
			t.Errorf("closed with %v, want 1001", code)
		}
	}
}

func TestNotASocket(t *testing.T) {
	srv, _ := serve(t, newDesk())
	res, err := http.Get(srv.URL + "/chat/v1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var problem map[string]any
	if err := json.NewDecoder(res.Body).Decode(&problem); err != nil || res.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d, body %v, %v", res.StatusCode, problem, err)
	}
}
