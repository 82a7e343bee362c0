package widget

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// inTime runs a test on virtual time, over in-memory connections.
func inTime(t *testing.T, test func(t *testing.T, connect func() visitor)) {
	synctest.Test(t, func(t *testing.T) {
		ln := newPipes()
		w := newWidget(t, newDesk())
		srv := &http.Server{Handler: w}
		go srv.Serve(ln)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = w.Run(ctx) }()
		test(t, func() visitor { return ln.dial(t) })
		cancel()
		<-done
		srv.Close()
	})
}

// answer reads until the socket ends, as a browser does, and returns the code.
func (v visitor) answer() (code <-chan float64) {
	ended := make(chan float64, 1)
	go func() {
		for {
			_ = v.conn.SetReadDeadline(time.Time{})
			var f map[string]any
			if err := v.conn.ReadJSON(&f); err != nil {
				ended <- codeOf(err)
				v.conn.Close()
				return
			}
		}
	}()
	return ended
}

func TestHelloMissing(t *testing.T) {
	inTime(t, func(t *testing.T, connect func() visitor) {
		began := time.Now()
		ended := connect().answer()
		if code := <-ended; code != 4001 {
			t.Errorf("closed with %v, want 4001", code)
		}
		if waited := time.Since(began); waited != helloWait {
			t.Errorf("after %v, want %v", waited, helloWait)
		}
	})
}

func TestPings(t *testing.T) {
	inTime(t, func(t *testing.T, connect func() visitor) {
		v := connect()
		v.hello("")
		var pings atomic.Int32
		var silent atomic.Bool
		pong := v.conn.PingHandler()
		v.conn.SetPingHandler(func(data string) error {
			pings.Add(1)
			if silent.Load() {
				return nil
			}
			return pong(data)
		})
		ended := v.answer()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := pings.Load(); n < 29 || n > 31 {
			t.Errorf("%d pings in 10 minutes, want one each 20 s", n)
		}
		select {
		case code := <-ended:
			t.Fatalf("a visitor who answers pings was dropped (%v)", code)
		default:
		}
		silent.Store(true) // a phone that went out of reach
		began := time.Now()
		<-ended
		if waited := time.Since(began); waited > silence+time.Second {
			t.Errorf("a dead line was kept for %v", waited)
		}
	})
}

func TestRateLimit(t *testing.T) {
	inTime(t, func(t *testing.T, connect func() visitor) {
		v := connect()
		v.hello("")
		for range sayBurst {
			v.send(`{"type":"pick","id":"` + id() + `","button":"b"}`)
			v.want("ack")
		}
		v.send(`{"type":"say","id":"x","text":"слишком"}`)
		if f := v.wantError(codeRateLimited); f["id"] != "x" || f["retry_after"] != 1.0 {
			t.Errorf("got %v", f)
		}
		time.Sleep(sayEvery)
		v.send(`{"type":"say","id":"x","text":"теперь"}`)
		v.want("ack")
		go func() {
			for range 3 * frameBurst {
				if v.conn.WriteJSON(map[string]string{"type": "seen"}) != nil {
					return
				}
			}
		}()
		v.wantError(codeRateLimited)
		if end := v.want("close"); end["code"] != 1008.0 {
			t.Errorf("a flood: %v, want close 1008", end)
		}
		v.conn.Close()
	})
}

func TestSlowReaderEnds(t *testing.T) {
	inTime(t, func(t *testing.T, connect func() visitor) {
		v := connect()
		v.hello("")
		began := time.Now()
		v.send(`{"type":"say","id":"a","text":"и не читаю"}`) // a pipe holds nothing: the ack waits for a reader
		time.Sleep(writeWait + time.Second)
		synctest.Wait()
		if _, _, err := v.conn.ReadMessage(); err == nil {
			t.Errorf("still open %v after writes began to wait", time.Since(began))
		}
		v.conn.Close()
	})
}
