package widget

import (
	"strings"
	"testing"
	"time"

	"okoshko/assistant"
)

// kept is a turn that asks to confirm a slot which is kept for so long.
func kept(d time.Duration) assistant.Turn {
	now := time.Now()
	return assistant.Turn{
		From: assistant.FromAssistant, Text: "Проверьте, пожалуйста:\nПриём терапевта\nСреда, 25 ноября, 14:00\nАхметова\nВсё верно?", Expects: assistant.ExpectConfirm,
		Buttons: []assistant.Button{{ID: "yes/2", Label: "Да, верно"}, {ID: "no/2", Label: "Изменить"}},
		Hold:    &assistant.HoldView{Start: time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC), Until: now.Add(d)},
	}
}

// TestHoldFrame: what is kept is told in seconds from now, in a message and in
// the welcome of a page that comes back; what is over is not told.
func TestHoldFrame(t *testing.T) {
	d := newDesk()
	d.answer = func(assistant.Incoming) []assistant.Turn {
		return []assistant.Turn{kept(-time.Second), kept(10 * time.Minute)}
	}
	srv, _ := serve(t, d)
	v := dial(t, srv)
	v.hello("")
	v.send(`{"type":"say","id":"a","text":"в среду в 14"}`)
	v.want("ack")
	if old := v.want("message"); old["hold"] != nil {
		t.Errorf("a hold that is over is told: %v", old["hold"])
	}
	hold, _ := v.want("message")["hold"].(map[string]any)
	if left, _ := hold["left"].(float64); left < 590 || left > 600 || hold["start"] != "2026-11-25T14:00:00+03:00" {
		t.Errorf("hold %v", hold)
	}
	d.hold = kept(5 * time.Minute).Hold
	back := dial(t, srv)
	back.send(`{"type":"hello","token":"token-c1","after":3}`)
	hold, _ = back.want("welcome")["hold"].(map[string]any)
	if left, _ := hold["left"].(float64); left < 290 || left > 300 {
		t.Errorf("hold of a page that came back: %v", hold)
	}
}

// TestSeen: what a page has shown comes to the desk.
func TestSeen(t *testing.T) {
	d := newDesk()
	srv, _ := serve(t, d)
	v := dial(t, srv)
	v.hello("")
	v.send(`{"type":"seen","seq":7}`)
	v.send(`{"type":"say","id":"a","text":"да"}`)
	v.want("ack")
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shown["c1"] != 7 {
		t.Errorf("shown up to %d", d.shown["c1"])
	}
}

// TestBrowserCountsDown: the line counts by a clock that the visitor's wrong one
// does not touch, says that it is over, and goes away when nothing is kept. It
// speaks to a screen reader twice at most.
func TestBrowserCountsDown(t *testing.T) {
	b := browser(t)
	d := newDesk()
	turns := []assistant.Turn{kept(10 * time.Minute), kept(3 * time.Second), {From: assistant.FromAssistant, Text: "Хорошо, не записываю.", Expects: assistant.ExpectMore}}
	d.answer = func(assistant.Incoming) []assistant.Turn {
		next := turns[0]
		if next.Hold != nil { // from when it is said
			next.Hold.Until = time.Now().Add(map[int]time.Duration{3: 10 * time.Minute, 2: 3 * time.Second}[len(turns)])
		}
		turns = turns[1:]
		return []assistant.Turn{next}
	}
	srv, _ := serve(t, d)
	b.visit(srv.URL)
	b.get(`(Date.now = () => 0, 1)`) // a clock that is wrong by half a century
	b.press(".launch")
	b.get(`(window.told = [], new MutationObserver(() => told.push(one(".hold .hid").textContent)).observe(one(".hold .hid"), {childList: true, characterData: true, subtree: true}))`)
	b.say("в среду в 14")
	b.until(`/^(10:00|9:5\d)$/.test(one(".hold:not([hidden]) .left")?.textContent)`)
	first := b.get(`one(".hold .left").textContent`)
	b.until(`one(".hold .left").textContent != "` + first + `"`)
	b.say("а можно подождать?")
	b.until(`one(".hold")?.dataset.state == "soon"`)
	b.until(`one(".hold")?.dataset.state == "over"`)
	if text := b.get(`one(".hold [role=timer]").textContent.trim()`); !strings.Contains(text, "no longer kept") { // the browser of this machine is English
		t.Errorf("over: %q", text)
	}
	if n := b.get(`told.filter(Boolean).length`); n != "1" {
		t.Errorf("a screen reader was told %s", b.get(`JSON.stringify(told)`))
	}
	b.say("не надо")
	b.until(`one(".hold").hidden`)
}

// TestBrowserShowsAVisit: each appointment of a visit has its card, and reception's
// word about one changes that one.
func TestBrowserShowsAVisit(t *testing.T) {
	b := browser(t)
	d := newDesk()
	start := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	both := []assistant.AppointmentView{
		{Number: "A-1", Status: "requested", Service: "Стрижка", Specialist: "Алина", Branch: "на Лесной", Start: start, End: start.Add(time.Hour)},
		{Number: "A-2", Status: "requested", Service: "Окрашивание", Specialist: "Алина", Branch: "на Лесной", Start: start.Add(time.Hour), End: start.Add(3 * time.Hour)},
	}
	d.answer = func(assistant.Incoming) []assistant.Turn {
		return []assistant.Turn{{From: assistant.FromAssistant, Text: "Заявки приняты", Expects: assistant.ExpectMore, Appointment: &both[0], Appointments: both}}
	}
	srv, _ := serve(t, d)
	b.visit(srv.URL)
	b.press(".launch")
	b.say("да")
	b.until(`all(".appt") == 2`)
	if text := b.get(`one(".scroll").innerText`); !strings.Contains(text, "A-1") || !strings.Contains(text, "Окрашивание") || !strings.Contains(text, "12:00–14:00") {
		t.Errorf("the cards say %q", text)
	}
	changed := both[1]
	changed.Status = "confirmed"
	d.add("c1", assistant.Turn{From: assistant.FromAssistant, Text: "Подтвердили", Notice: true, Appointment: &changed})
	b.until(`all(".appt[data-status=confirmed]") == 1 && all(".appt[data-status=requested]") == 1`)
}
