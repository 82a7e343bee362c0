package widget

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"okoshko/assistant"
)

var ids int

func id() string { ids++; return "id" + string(rune('a'+ids%26)) + strings.Repeat("z", ids/26) }

func codeOf(err error) float64 {
	if end, ok := err.(*websocket.CloseError); ok {
		return float64(end.Code)
	}
	return 0
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"hello","token":"t","after":3,"lang":"tt","page":"https://x/y?z","source":{"utm_source":"a"}}`,
		`{"type":"say","id":"a","text":"к лору в среду"}`, `{"type":"pick","id":"a","button":"slot/1"}`,
		`{"type":"typing"}`, `{"type":"seen","seq":18446744073709551615}`, `{"type":"say","id":"a","text":"\ud800"}`, `{`, ``, "\xff",
	} {
		f.Add([]byte(seed))
	}
	codes := []string{"", codeBadFrame, codeTooLong, codeUnknownType}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, code := decode(data)
		if !slices.Contains(codes, code) {
			t.Fatalf("code %q", code)
		}
		if utf8.RuneCountInString(got.ID) > maxID {
			t.Fatalf("id of %d characters", utf8.RuneCountInString(got.ID))
		}
		if code != "" {
			return
		}
		switch got.Type {
		case "say":
			if n := utf8.RuneCountInString(got.Text); n < 1 || n > assistant.MaxText || got.ID == "" {
				t.Fatalf("accepted %q with %d characters", got.ID, n)
			}
			if strings.ContainsFunc(got.Text, func(r rune) bool { return visible(r) < 0 }) {
				t.Fatal("invisible characters passed")
			}
		case "pick":
			if got.ID == "" || got.Button == "" {
				t.Fatal("accepted a pick of nothing")
			}
		case "hello":
			if strings.ContainsAny(got.Page, "?#") || utf8.RuneCountInString(got.Page) > maxPage || len(got.Source) > len(sourceMarks) {
				t.Fatalf("accepted %q from %d marks", got.Page, len(got.Source))
			}
		}
	})
}

// TestChangeWithoutWords: where reception says nothing with a change, only the
// appointment's frame is sent.
func TestChangeWithoutWords(t *testing.T) {
	frames := framesOf(assistant.Turn{
		Seq: 7, From: assistant.FromAssistant, Notice: true,
		Appointment: &assistant.AppointmentView{Number: "A-1", Status: "arrived"},
	}, time.UTC, time.Time{})
	var f appointmentFrame
	if len(frames) != 1 || json.Unmarshal(frames[0], &f) != nil || f.Type != "appointment" || f.Seq != 7 || f.Status != "arrived" {
		t.Errorf("frames %q", frames)
	}
}

func TestFramesFit(t *testing.T) {
	turn := assistant.Turn{Seq: 1, From: assistant.FromAssistant, Text: strings.Repeat("ы", 1000)}
	for range 100 {
		turn.Slots = append(turn.Slots, assistant.SlotView{ID: "slot", Service: "Приём терапевта", Specialist: "Ахметова Гузель Ринатовна", Branch: "на Баумана"})
	}
	frames := framesOf(turn, time.UTC, turn.At)
	if len(frames) != 1 || len(frames[0]) > maxFrame {
		t.Fatalf("%d frames, the first of %d bytes", len(frames), len(frames[0]))
	}
	var m messageFrame
	if err := json.Unmarshal(frames[0], &m); err != nil || len(m.Slots) < 10 || m.Text != turn.Text {
		t.Errorf("%d slots left, %v: want the text and as many slots as fit", len(m.Slots), err)
	}
}

// TestCalendarLink: an appointment in the chat carries the address of its entry for a
// calendar, and none where there is no key.
func TestCalendarLink(t *testing.T) {
	turn := assistant.Turn{Seq: 1, From: assistant.FromAssistant, Appointment: &assistant.AppointmentView{Number: "A-1042", Status: "confirmed", Calendar: "A-1042-key"}}
	if frames := framesOf(turn, time.UTC, time.Time{}); !strings.Contains(string(frames[0]), `"calendar":"/calendar/A-1042-key.ics"`) {
		t.Errorf("%s", frames[0])
	}
	turn.Appointment.Calendar = ""
	if frames := framesOf(turn, time.UTC, time.Time{}); strings.Contains(string(frames[0]), "calendar") {
		t.Errorf("%s", frames[0])
	}
}
