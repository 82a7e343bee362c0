//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// TestKilledAndBack kills the serving process in the middle of conversations,
// again and again. It starts by itself each time, no acknowledged message is
// lost, and every conversation goes on.
func TestKilledAndBack(t *testing.T) {
	const kills = 5
	data, out := t.TempDir(), &output{}
	cmd := exec.Command("okoshko", "demo", "--data", data, "--listen", "127.0.0.1:0")
	// One port for all lives of the process: the first free one that the
	// machine names.
	cmd.Args[len(cmd.Args)-1] = freeAddress(t)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("supervisor: %v\n%s", err, out)
		}
	})
	address := cmd.Args[len(cmd.Args)-1]
	up(t, address, out)

	v := chatter{t: t, address: address}
	for n := range kills {
		v.connect()
		v.say(fmt.Sprintf("к стоматологу завтра, раз %d", n))
		child := childOf(t, cmd.Process.Pid)
		if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		v.close()
		until(t, "another process", func() bool { c, ok := children(cmd.Process.Pid); return ok && c != child })
		up(t, address, out)
	}
	v.connect()
	v.after = 0
	v.connect() // from the beginning: all that was acknowledged is there
	for _, id := range v.acked {
		if !v.heard[id] {
			t.Errorf("acknowledged message %d is lost", id)
		}
	}
	if len(v.acked) != kills {
		t.Errorf("%d messages were acknowledged, want %d", len(v.acked), kills)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := listenNear("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// up waits until the address serves.
func up(t *testing.T, address string, out *output) {
	t.Helper()
	until(t, "the house on "+address+"\n"+out.String(), func() bool {
		r, err := http.Get("http://" + address + "/widget.js")
		if err != nil {
			return false
		}
		return r.Body.Close() == nil && r.StatusCode == http.StatusOK
	})
}

func childOf(t *testing.T, parent int) (child int) {
	t.Helper()
	until(t, "the serving process", func() (ok bool) { child, ok = children(parent); return ok })
	return child
}

// children finds the one child of a process.
func children(parent int) (child int, ok bool) {
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", parent))
	if err != nil {
		return 0, false
	}
	for _, task := range tasks {
		list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", parent, task.Name()))
		if err != nil {
			continue
		}
		if f := strings.Fields(string(list)); len(f) > 0 {
			child, err = strconv.Atoi(f[0])
			return child, err == nil
		}
	}
	return 0, false
}

// chatter is a visitor's browser as far as the socket knows.
type chatter struct {
	t       *testing.T
	address string
	conn    *websocket.Conn
	token   string
	after   uint64
	sent    int
	acked   []int
	heard   map[int]bool // by the number in the visitor's own turns
}

// frame is what this test reads of the server's frames.
type testFrame struct {
	Type  string `json:"type"`
	Token string `json:"token"`
	Seq   uint64 `json:"seq"`
	From  string `json:"from"`
	Text  string `json:"text"`

	Code        string                           `json:"code"`
	RetryAfter  int                              `json:"retry_after"`
	Expects     string                           `json:"expects"`
	Buttons     []struct{ ID string }            `json:"buttons"`
	Slots       []struct{ ID string }            `json:"slots"`
	Appointment *struct{ Number, Status string } `json:"appointment"`
}

// connect opens the socket, goes on after the last seq, and reads what there is.
func (v *chatter) connect() {
	v.t.Helper()
	v.close()
	if v.heard == nil {
		v.heard = make(map[int]bool)
	}
	dialer := websocket.Dialer{Subprotocols: []string{"okoshko.chat.v1"}}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := dialer.DialContext(ctx, "ws://"+v.address+"/chat/v1", http.Header{"Origin": {"http://" + v.address}})
	if err != nil {
		v.t.Fatal(err)
	}
	v.conn = conn
	v.write(map[string]any{"type": "hello", "token": v.token, "after": v.after, "lang": "ru"})
	welcome := v.until("welcome")
	v.token = welcome.Token
	for v.after < welcome.Seq {
		v.until("message")
	}
}

func (v *chatter) close() {
	if v.conn != nil {
		_ = v.conn.Close() // the other end may be dead: that is the test
		v.conn = nil
	}
}

func (v *chatter) write(frame any) {
	v.t.Helper()
	if err := v.conn.WriteJSON(frame); err != nil {
		v.t.Fatal(err)
	}
}

// say sends a text and waits for its acknowledgement, no longer.
func (v *chatter) say(text string) {
	v.t.Helper()
	v.sent++
	v.write(map[string]any{"type": "say", "id": fmt.Sprint("m", v.sent), "text": text})
	if f := v.until("ack"); f.Type != "ack" {
		v.t.Fatalf("%q is refused: %s", text, f.Code)
	}
	v.acked = append(v.acked, v.sent-1)
}

// until reads frames up to one of this type, or an error.
func (v *chatter) until(typ string) (f testFrame) {
	v.t.Helper()
	for {
		if err := v.conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			v.t.Fatal(err)
		}
		_, data, err := v.conn.ReadMessage()
		if err != nil {
			v.t.Fatalf("waiting for %s: %v", typ, err)
		}
		f = testFrame{}
		if err := json.Unmarshal(data, &f); err != nil {
			v.t.Fatal(err)
		}
		if f.Type == "message" {
			v.after = max(v.after, f.Seq)
			var n int
			if _, err := fmt.Sscanf(f.Text, "к стоматологу завтра, раз %d", &n); err == nil {
				v.heard[n] = true
			}
		}
		if f.Type == typ || f.Type == "error" {
			return f
		}
	}
}
