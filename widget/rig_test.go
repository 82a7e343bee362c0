package widget

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"okoshko/assistant/clinic"
)

const clinicFile = `
name: {ru: Клиника «Проба», en: Test clinic}
timezone: Europe/Moscow
languages: [ru, en]
phone: "+78432000000"
privacy:
  operator: ООО «Проба», ИНН 1655000000
  contact: dpo@proba.example
  retention: {conversations: 30d, appointments: 180d, audit: 1095d}
branches:
  - {id: main, name: {ru: на Баумана, en: Bauman}, address: {ru: "Казань, ул. Баумана, 1", en: "1 Bauman St"}, hours: "Mo-Fr 08:00-20:00; Sa 09:00-15:00; Su off"}
services:
  - {id: gp, name: {ru: Приём терапевта, en: GP}, duration: 30m, price: 1500}
  - {id: long, name: {ru: Долгая услуга, en: Long}, duration: 90m, price: {from: 5500}}
specialists:
  - {id: a, name: {ru: Ахметова, en: Akhmetova}, services: [gp, long], branch: main, hours: "Mo-Fr 08:00-14:00"}
booking: {confirm: staff, notice: 1h, horizon: 60d, step: 15m, hold: 10m, per_visitor: 3, ask: [name, phone]}
handoff: {hours: "Mo-Fr 08:00-20:00", words: [жалоба]}
widget: {origins: ["https://proba.example", "http://127.0.0.1:*"], color: "#0a7f5a"}
`

func testClinic(t testing.TB) *clinic.Clinic {
	t.Helper()
	c, problems, err := clinic.Parse("test.yaml", []byte(clinicFile))
	if err != nil {
		t.Fatal(err, problems)
	}
	return c
}

func newWidget(t testing.TB, d *desk, change ...func(*Config)) *Widget {
	t.Helper()
	c := testClinic(t)
	conf := Config{Desk: d, Clinic: func() *clinic.Clinic { return c }}
	for _, f := range change {
		f(&conf)
	}
	w, err := New(conf)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// serve runs a widget on a real address until the test ends, or stop.
func serve(t testing.TB, d *desk, change ...func(*Config)) (srv *httptest.Server, stop func()) {
	t.Helper()
	w := newWidget(t, d, change...)
	srv = httptest.NewServer(w)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n := w.Sockets(); n != 0 {
			t.Errorf("%d sockets after the end", n)
		}
		done <- nil
	}
	t.Cleanup(func() { stop(); srv.Close() })
	return srv, stop
}

// visitor is a browser's side of a socket.
type visitor struct {
	t    testing.TB
	conn *websocket.Conn
}

func (v visitor) send(f any) {
	v.t.Helper()
	if s, ok := f.(string); ok {
		f = json.RawMessage(s)
	}
	if err := v.conn.WriteJSON(f); err != nil {
		v.t.Fatal(err)
	}
}

// read is the next frame, or a frame of type "close" with the code.
func (v visitor) read() map[string]any {
	v.t.Helper()
	_ = v.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	var f map[string]any
	err := v.conn.ReadJSON(&f)
	if end, ok := err.(*websocket.CloseError); ok {
		return map[string]any{"type": "close", "code": float64(end.Code)}
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return f
}

// want reads a frame of this type and fails on any other.
func (v visitor) want(kind string) map[string]any {
	v.t.Helper()
	f := v.read()
	if f["type"] != kind {
		v.t.Fatalf("got %v, want a frame %q", f, kind)
	}
	return f
}

func (v visitor) wantError(code string) map[string]any {
	v.t.Helper()
	f := v.want("error")
	if f["code"] != code || f["message"] == "" || f["message"] == "error."+code {
		v.t.Fatalf("got %v, want error %q with a text", f, code)
	}
	return f
}

// hello opens a conversation and reads up to the owner.
func (v visitor) hello(fields string) map[string]any {
	v.t.Helper()
	v.send(`{"type":"hello"` + fields + `}`)
	welcome := v.want("welcome")
	v.want("owner")
	return welcome
}

func dial(t testing.TB, srv *httptest.Server) visitor {
	t.Helper()
	conn, _, err := try(srv, srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return visitor{t, conn}
}

// try shakes hands as a page of this origin.
func try(srv *httptest.Server, origin string) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: 10 * time.Second}
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	return d.Dial("ws"+strings.TrimPrefix(srv.URL, "http")+"/chat/v1", h)
}

// pipes is a listener of in-memory connections, for tests in virtual time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (p *pipes) dial(t testing.TB) visitor {
	t.Helper()
	d := websocket.Dialer{
		Subprotocols: []string{protocol},
		NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			p.conns <- there
			return here, nil
		},
	}
	conn, _, err := d.Dial("ws://desk.example/chat/v1", http.Header{"Origin": {"http://desk.example"}})
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, conn}
}
