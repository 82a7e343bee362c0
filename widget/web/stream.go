package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// heartbeat keeps proxies and phones from closing a quiet stream.
	heartbeat = 20 * time.Second
	// writeLimit is how long one event may take to leave.
	writeLimit = 10 * time.Second
	// comeBack is told to the browser: how long to wait before it reconnects.
	comeBack = 2 * time.Second
)

// Event is one server-sent event. Name and ID have no line breaks; Data may.
type Event struct{ ID, Name, Data string }

// Stream sends events until the channel closes, the reader goes, or the house
// closes ([Serve]); these are its proper ends and give nil. Quiet times are
// filled with comments. A reader that takes more than 10 s for one event is cut
// off. The error is nil as well once the stream began: there is nobody to tell.
func Stream(w http.ResponseWriter, r *http.Request, events <-chan Event) error {
	ctl := http.NewResponseController(w)
	if err := ctl.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	if !send(w, ctl, fmt.Sprintf("retry: %d\n\n", comeBack.Milliseconds())) {
		return nil
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		text := ": beat\n\n"
		select {
		case <-r.Context().Done():
			return nil
		case <-Closing(r.Context()):
			return nil
		case <-beat.C:
		case event, open := <-events:
			if !open {
				return nil
			}
			text = event.String()
		}
		if !send(w, ctl, text) {
			return nil
		}
	}
}

func send(w http.ResponseWriter, ctl *http.ResponseController, text string) bool {
	if ctl.SetWriteDeadline(time.Now().Add(writeLimit)) != nil {
		return false
	}
	if _, err := io.WriteString(w, text); err != nil {
		return false
	}
	return ctl.Flush() == nil
}

// String is the event as it goes over the wire.
func (e Event) String() string {
	var b strings.Builder
	if e.ID != "" {
		fmt.Fprintf(&b, "id: %s\n", e.ID)
	}
	if e.Name != "" {
		fmt.Fprintf(&b, "event: %s\n", e.Name)
	}
	// A lone carriage return ends a line too, so it may not pass.
	data := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(e.Data)
	for line := range strings.SplitSeq(data, "\n") {
		fmt.Fprintf(&b, "data: %s\n", line)
	}
	b.WriteString("\n")
	return b.String()
}

type closingKey struct{}

// Closing is closed when the house begins to close; nil, hence never, outside [Serve].
func Closing(ctx context.Context) <-chan struct{} {
	ch, _ := ctx.Value(closingKey{}).(<-chan struct{})
	return ch
}
