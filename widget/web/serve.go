package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
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
