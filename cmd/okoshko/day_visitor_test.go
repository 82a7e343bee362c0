//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// dayVisitor is somebody in the chat. Everybody comes from an address of their
// own, and comes back after a few words, as people on a phone do.
type dayVisitor struct {
	h              *dayHouse
	lang, address  string
	name, phone    string
	yes            string
	conn           *websocket.Conn
	token, talk    string
	after          uint64
	sent, saidHere int
	last           dayFrame
	read           strings.Builder // every frame, as the visitor's browser got it
}

type dayFrame struct {
	Type, Token, Conversation, From, Text, Expects, Code string
	Seq                                                  uint64
	Buttons                                              []struct{ ID, Label string }
	Slots                                                []struct{ ID string }
	Appointment                                          *struct{ Number, Status string }
	Me                                                   *struct{ URL string }
}

var dayYes = map[string]string{"ru": "да", "tt": "әйе", "en": "yes"}

func (h *dayHouse) visitor(n int, lang, name, phone string) *dayVisitor {
	v := &dayVisitor{h: h, lang: lang, name: name, phone: phone, yes: dayYes[lang], address: fmt.Sprintf("203.0.113.%d", 10+n)}
	h.t.Cleanup(v.close)
	v.connect()
	return v
}

func (v *dayVisitor) close() {
	if v.conn != nil {
		_ = v.conn.Close()
		v.conn = nil
	}
}

func (v *dayVisitor) connect() {
	t := v.h.t
	v.close()
	dialer := websocket.Dialer{Subprotocols: []string{"okoshko.chat.v1"}}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := dialer.DialContext(ctx, "ws://"+v.h.public+"/chat/v1", http.Header{"Origin": {"http://" + v.h.public}, "X-Forwarded-For": {v.address}})
	if err != nil {
		t.Error(err)
		panic("no socket")
	}
	v.conn, v.saidHere = conn, 0
	// The page's address and the marks of an advertisement may name somebody, too.
	v.write(map[string]any{
		"type": "hello", "token": v.token, "after": v.after, "lang": v.lang,
		"page":   "https://birch.example/users/" + v.name + "/" + v.phone + "?name=" + v.name,
		"source": map[string]string{"utm_source": "mail", "utm_content": v.phone, "utm_term": v.name, "label": "from " + v.name},
	})
	welcome := v.until("welcome")
	v.token, v.talk = welcome.Token, welcome.Conversation
	for v.after < welcome.Seq {
		v.until("message")
	}
}

func (v *dayVisitor) write(frame any) {
	if err := v.conn.WriteJSON(frame); err != nil {
		v.h.t.Error(err)
		panic("socket is closed")
	}
}

// until reads frames up to one of this type, or an error.
func (v *dayVisitor) until(typ string) (f dayFrame) {
	for {
		_ = v.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		_, data, err := v.conn.ReadMessage()
		if err != nil {
			v.h.t.Errorf("%s waits for %s: %v; the last answer was %+v", v.name, typ, err, v.last)
			panic("socket is closed")
		}
		v.read.Write(data)
		f = dayFrame{}
		if err := json.Unmarshal(data, &f); err != nil {
			v.h.t.Error(err)
		}
		if f.Type == "message" {
			v.after = max(v.after, f.Seq)
			if f.From != "visitor" {
				v.last = f
			}
		}
		if f.Type == typ || f.Type == "error" {
			return f
		}
	}
}

// say sends a text and returns the answer.
func (v *dayVisitor) say(text string) dayFrame { return v.send("say", "text", text, true) }

// tell sends a text that nobody answers at once.
func (v *dayVisitor) tell(text string) { v.send("say", "text", text, false) }

func (v *dayVisitor) press(id string) dayFrame { return v.send("pick", "button", id, true) }

// choose presses the button whose label has these words, or the first choice for "".
func (v *dayVisitor) choose(words string) dayFrame {
	if words == "" && len(v.last.Slots) > 0 {
		return v.press(v.last.Slots[0].ID)
	}
	for _, b := range v.last.Buttons {
		if strings.Contains(b.Label, words) {
			return v.press(b.ID)
		}
	}
	v.h.t.Errorf("%s: no button %q in %+v", v.name, words, v.last)
	panic("no button")
}

func (v *dayVisitor) send(typ, field, text string, wait bool) dayFrame {
	if v.saidHere++; v.saidHere > 4 { // no faster than a person
		v.connect()
		v.saidHere = 1
	}
	v.sent++
	// The id of a frame is the page's own matter, and may hold anything.
	v.write(map[string]any{"type": typ, "id": fmt.Sprintf("%d %s %s", v.sent, v.name, v.phone), field: text})
	ack := v.until("ack")
	if ack.Type != "ack" {
		v.h.t.Errorf("%s: %q is refused: %s", v.name, text, ack.Code)
		panic("refused")
	}
	for wait && (v.last.Seq <= ack.Seq || v.last.From == "visitor") {
		v.until("message")
	}
	return v.last
}

// answer goes on until an appointment is made, or it is not known what to say.
func (v *dayVisitor) answer() string {
	for range 12 {
		switch v.last.Expects {
		case "consent", "confirm":
			v.say(v.yes)
		case "name":
			v.say(v.name)
		case "phone":
			v.say(v.phone)
		case "branch", "specialist", "time":
			v.choose("")
		default:
			v.h.t.Errorf("%s cannot go on from %+v", v.name, v.last)
			panic("stuck")
		}
		if v.last.Appointment != nil {
			return v.last.Appointment.Number
		}
	}
	v.h.t.Errorf("%s has not booked: %+v", v.name, v.last)
	panic("stuck")
}
