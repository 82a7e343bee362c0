package web

import (
	"bufio"
	"net"
	"net/http"
)

// recorder remembers what was answered, for the log and for [Manners.fail].
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack is there for libraries that ask for [http.Hijacker] itself (websocket).
func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.status = http.StatusSwitchingProtocols
	}
	return conn, rw, err
}

// muxAnswer turns the mux's own plain-text 404 and 405 into problems. Redirects
// that the mux makes (a missing slash) pass.
type muxAnswer struct {
	*recorder
	fail func(*Problem)
	held bool
}

func (w *muxAnswer) WriteHeader(status int) {
	switch status {
	case http.StatusNotFound:
		w.held = true
		w.fail(NotFound())
	case http.StatusMethodNotAllowed:
		w.held = true
		w.fail(Refused(status, "Так к этой странице не обращаются", ""))
	default:
		w.recorder.WriteHeader(status)
	}
}

func (w *muxAnswer) Write(b []byte) (int, error) {
	if w.held {
		return len(b), nil
	}
	return w.recorder.Write(b)
}
