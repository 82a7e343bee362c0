package widget

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

// corked is a connection that can hold its writes back, so that all frames of a
// turn leave in one system call. (Gorilla writes each frame by itself.)
type corked struct {
	net.Conn
	mu   sync.Mutex
	on   bool
	held []byte
}

func (c *corked) Write(p []byte) (int, error) {
	c.mu.Lock()
	if c.on {
		c.held = append(c.held, p...)
		c.mu.Unlock()
		return len(p), nil
	}
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// cork holds writes back until uncork.
func (c *corked) cork() {
	c.mu.Lock()
	c.on = true
	c.mu.Unlock()
}

// uncork writes what was held, under the write deadline in force.
func (c *corked) uncork() error {
	c.mu.Lock()
	held := c.held
	c.on, c.held = false, nil
	c.mu.Unlock()
	if len(held) == 0 {
		return nil
	}
	_, err := c.Conn.Write(held)
	return err
}

// hijacker hands out the connection inside a cork.
type hijacker struct {
	http.ResponseWriter
	conn *corked
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.conn = &corked{Conn: conn}
	return h.conn, rw, nil
}
