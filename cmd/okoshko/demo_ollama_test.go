//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"okoshko/assistant/llm/llmtest"
)

// TestDemoBesideOllama starts the demo beside a real Ollama server with a tiny
// model and talks to it over the socket: the model is found, asked what the rules
// cannot read, and its noise keeps nobody from an answer or from booking.
func TestDemoBesideOllama(t *testing.T) {
	server := llmtest.Own(t)
	data, out := t.TempDir(), &output{}
	clinic := bytes.Replace(demoClinic(), []byte("url: http://127.0.0.1:11434"), []byte("url: "+server.URL), 1)
	if err := os.WriteFile(filepath.Join(data, clinicFile), clinic, 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cmd := exec.Command("okoshko", "demo", "--once", "--debug", "--data", data, "--listen", address)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("demo: %v\n%s", err, out)
		}
	})
	up(t, address, out)
	if !strings.Contains(out.String(), "Local model           "+server.Model) {
		t.Errorf("the model is not found:\n%s", out)
	}
	until(t, "the model to be ready", func() bool { return strings.Contains(out.String(), "llm: ready") })

	v := chatter{t: t, address: address}
	v.connect()
	if reply := v.talk("тыгыдым шурум бурум абырвалг"); reply.Text == "" {
		t.Error("an empty reply")
	}
	asked := func() int { return strings.Count(out.String(), "msg=model conversation=") }
	until(t, "the model to be asked\n"+out.String(), func() bool { return asked() > 0 })

	w := chatter{t: t, address: address}
	w.connect()
	reply := w.talk("запишите к терапевту на ближайшее время")
	for range 10 {
		switch reply.Expects {
		case "time":
			reply = w.pick(reply.Slots[0].ID)
		case "name":
			reply = w.talk("Марат")
		case "phone":
			reply = w.talk("89171234567")
		case "branch":
			reply = w.talk("неважно")
		case "consent", "confirm":
			reply = w.pick(reply.Buttons[0].ID)
		default:
			if reply.Appointment == nil {
				t.Fatalf("not booked: %+v", reply)
			}
			if reply.Appointment.Status != "requested" {
				t.Errorf("booked %+v", reply.Appointment)
			}
			return
		}
	}
	t.Errorf("no end: %+v", reply)
}

// talk says a text and returns the assistant's reply.
func (v *chatter) talk(text string) testFrame {
	v.t.Helper()
	return v.send(map[string]any{"type": "say", "text": text})
}

// pick presses a button or slot and returns the reply.
func (v *chatter) pick(button string) testFrame {
	v.t.Helper()
	return v.send(map[string]any{"type": "pick", "button": button})
}

// send sends a frame, again where it came too soon, and returns the reply.
func (v *chatter) send(frame map[string]any) (f testFrame) {
	v.t.Helper()
	v.sent++
	frame["id"] = fmt.Sprint("s", v.sent)
	for range 5 {
		v.write(frame)
		if f = v.until("ack"); f.Type == "ack" {
			break
		}
		if f.Code != "rate_limited" {
			v.t.Fatalf("%v is refused: %s", frame, f.Code)
		}
		time.Sleep(time.Duration(f.RetryAfter) * time.Second) // as the server asks: a person writes slower
	}
	for f.From != "assistant" {
		f = v.until("message")
	}
	return f
}
