package web

import (
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// grace is how long requests under way may take to end.
const grace = 10 * time.Second

// Serve answers on the listener until ctx is done. Then it stops listening, ends
// the streams, and waits up to 10 s for what is under way. Nil is a proper end.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger) error {
	closing := make(chan struct{})
	base := context.WithValue(context.WithoutCancel(ctx), closingKey{}, (<-chan struct{})(closing))
	srv := &http.Server{
		Handler:           h,
		BaseContext:       func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second, // streams and sockets set their own
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          stdlog.New(nameless{log}, "", 0),
	}
	srv.RegisterOnShutdown(func() { close(closing) })
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(base, grace)
	defer cancel()
	if err := srv.Shutdown(end); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("serve: shut down: %w", err)
	}
	return srv.Close()
}

// nameless takes what net/http has to say, and leaves out whose fault it was: a
// visitor's address is theirs, and the log has none.
type nameless struct{ log *slog.Logger }

var addresses = regexp.MustCompile(`\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|\[[0-9a-fA-F:.]+(?:%\w+)?\](?::\d+)?|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}`)

// Write implements io.Writer.
func (n nameless) Write(line []byte) (int, error) {
	n.log.Debug("http", "said", addresses.ReplaceAllString(strings.TrimSpace(string(line)), "…"))
	return len(line), nil
}
