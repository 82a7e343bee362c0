package widget

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"okoshko/assistant"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/widget/web"
)

// protocol is the name of the chat's frames, version 1.
const protocol = "okoshko.chat.v1"

// Times and rates of one socket.
const (
	helloWait   = 10 * time.Second
	silence     = 60 * time.Second // without a frame or pong: three pings went unanswered
	writeWait   = 10 * time.Second // a visitor's network may take this long for what is written at once
	receiveWait = 15 * time.Second // for a turn to be durable

	sayEvery = time.Second // one say or pick a second,
	sayBurst = 5           // five at once

	frameEvery = 50 * time.Millisecond // all frames; who is faster than this is no person
	frameBurst = 60

	typingEvery = time.Second
	mostHellos  = 3 // an expired token, and once more
)

const (
	closeRestart    = websocket.CloseGoingAway
	closeNotAllowed = websocket.ClosePolicyViolation
)

// socket is one visitor's line. One goroutine reads it, and writes only while
// there is something to write run in one more (see outgoing).
type socket struct {
	w       *Widget
	conn    *websocket.Conn
	cork    *corked
	network string // what the limits count by
	address string
	slot    int           // of the hub's wheel
	visits  *rate.Limiter // of the network

	// Of the reading goroutine.
	lang         string
	conversation string
	unsubscribe  func()
	hellos       int
	says, frames *rate.Limiter
	typed        time.Time

	mu  sync.Mutex
	out outgoing
}

// upgrader follows the lean recipe: a small read buffer, write buffers from a
// pool, no compression.
func (w *Widget) upgrader() *websocket.Upgrader {
	return &websocket.Upgrader{
		HandshakeTimeout: writeWait,
		ReadBufferSize:   512,
		WriteBufferSize:  1024,
		WriteBufferPool:  &sync.Pool{},
		Subprotocols:     []string{protocol},
		CheckOrigin:      w.allows,
		Error:            refuseHandshake,
	}
}

// socket answers GET /chat/v1. It returns at once, so that net/http's buffers
// and stack are not kept for the life of the socket.
func (w *Widget) socket(rw http.ResponseWriter, r *http.Request) error {
	h := &hijacker{ResponseWriter: rw}
	conn, err := w.up.Upgrade(h, r, nil)
	if err != nil {
		return nil // Upgrade has answered
	}
	addr := w.conf.Proxies.Address(r)
	s := &socket{
		w: w, conn: conn, cork: h.conn, network: web.Network(addr), address: addr.String(), lang: w.wish(r),
		says:   rate.NewLimiter(rate.Every(sayEvery), sayBurst),
		frames: rate.NewLimiter(rate.Every(frameEvery), frameBurst),
	}
	conn.SetReadLimit(maxFrame)
	if err := w.hub.enter(s); err != nil {
		go s.turnAway(err)
		return nil
	}
	go s.serve()
	return nil
}

// turnAway tells a visitor who may not enter why, and ends.
func (s *socket) turnAway(why error) {
	if errors.Is(why, errTooMany) {
		s.refuse("", codeTooMany, 30*time.Second)
		s.close(closeRestart, codeTooMany) // come back later: 1008 would mean never
	} else {
		s.close(closeRestart, "restarting")
	}
	_ = s.read()
	s.drain(false)
}

// serve reads until the socket ends.
func (s *socket) serve() {
	defer s.w.hub.leave(s)
	s.deadline(helloWait)
	s.conn.SetPongHandler(func(string) error {
		if s.conversation != "" {
			s.deadline(silence)
		}
		return nil
	})
	err := s.read()
	asked := s.ending()
	if s.conversation == "" && isTimeout(err) {
		s.close(closeNoHello, "hello missing")
	}
	if s.unsubscribe != nil {
		s.unsubscribe()
	}
	s.drain(!asked || !isTimeout(err))
}

// read takes frames until an error, which it returns. What a frame asks is done
// on a goroutine that ends with it: decoding and storing need a deep stack, and
// a stack that has grown is kept for the life of an idle socket.
func (s *socket) read() error {
	done := make(chan struct{})
	for {
		kind, data, err := s.conn.ReadMessage()
		if err != nil {
			return err
		}
		go func() {
			s.heard(kind, data)
			done <- struct{}{}
		}()
		<-done
	}
}

// heard is one message of the visitor, of any kind.
func (s *socket) heard(kind int, data []byte) {
	if s.ending() {
		return // what is still under way when the socket ends is not heard
	}
	if s.conversation != "" {
		s.deadline(silence)
	}
	if !s.frames.Allow() {
		s.refuse("", codeRateLimited, time.Minute)
		s.close(closeNotAllowed, codeRateLimited)
		return
	}
	f, code := decode(data)
	if kind != websocket.TextMessage {
		f, code = frame{}, codeBadFrame
	}
	if code != "" {
		s.refuse(f.ID, code, 0)
		return
	}
	s.take(f)
}

// take does what a well-formed frame asks.
func (s *socket) take(f frame) {
	hello := f.Type == "hello"
	switch {
	case hello && s.conversation == "":
		s.hello(f)
	case hello || s.conversation == "":
		s.refuse(f.ID, codeBadFrame, 0) // out of order
	case f.Type == "say" || f.Type == "pick":
		s.say(f)
	case f.Type == "typing":
		s.typing()
	case f.Type == "seen":
		s.seen(f.Seq)
	}
}

// seen notes what the visitor's page has shown. It may be lost.
func (s *socket) seen(seq uint64) {
	ctx, cancel := context.WithTimeout(context.Background(), receiveWait)
	defer cancel()
	if err := s.w.conf.Desk.Seen(ctx, s.conversation, seq); err != nil {
		s.w.conf.Log.Warn("socket: seen", "conversation", s.conversation, "err", err)
	}
}

// hello opens the conversation: it says welcome and sends what the visitor has
// not seen. An older socket of the same conversation ends.
func (s *socket) hello(f frame) {
	s.hellos++
	if s.hellos > mostHellos {
		s.close(closeNotAllowed, codeBadFrame)
		return
	}
	if f.Lang != "" {
		s.lang = f.Lang
	}
	if f.Token == "" && !s.visits.Allow() {
		s.refuse("", codeRateLimited, 30*time.Second)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), receiveWait)
	defer cancel()
	session, err := s.w.conf.Desk.Open(ctx, assistant.Visit{
		Token: f.Token, Lang: f.Lang, Page: f.Page, Source: f.Source, Address: s.address, Widget: s.w.build,
	})
	if err != nil {
		s.fail("", err)
		return
	}
	s.conversation, s.lang = session.Conversation, session.Lang
	s.deadline(silence)
	if older := s.w.hub.settle(s); older != nil {
		older.close(closeReplaced, "replaced")
	}
	after := f.After
	if after > session.Seq {
		after = 0
	}
	welcome := encode(s.w.welcome(session))
	s.unsubscribe = s.w.conf.Desk.Subscribe(session.Conversation, s.notified)
	s.poke(func(o *outgoing) {
		o.frames = append(o.frames, welcome)
		o.sent, o.news, o.talking = after, true, true
	})
}

// notified is called where a commit was made and returns at once.
func (s *socket) notified(signal assistant.Signal) {
	s.poke(func(o *outgoing) {
		switch signal.Typing {
		case "":
			o.news = true
		case assistant.FromVisitor: // it is this one
		default:
			o.typing = signal.Typing
		}
	})
}

// say stores what the visitor said; ack only then. While it is being stored no
// turns are written: the visitor's own one is known here by its ack.
func (s *socket) say(f frame) {
	if wait := s.limited(); wait > 0 {
		s.refuse(f.ID, codeRateLimited, wait)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), receiveWait)
	defer cancel()
	s.hold(true)
	seq, err := s.w.conf.Desk.Receive(ctx, s.conversation, assistant.Incoming{ID: f.ID, Text: f.Text, Button: f.Button})
	if err == nil {
		at := s.w.conf.Now().In(s.w.conf.Clinic().Location).Truncate(time.Second)
		s.acked(seq, encode(ackFrame{"ack", f.ID, seq, at}))
	}
	s.hold(false)
	if err != nil {
		s.fail(f.ID, err)
	}
}

// limited is how long the visitor has to wait before saying more.
func (s *socket) limited() time.Duration {
	r := s.says.Reserve()
	if wait := r.Delay(); wait > 0 {
		r.Cancel()
		return wait
	}
	return 0
}

func (s *socket) typing() {
	now := s.w.conf.Now()
	if now.Sub(s.typed) < typingEvery {
		return
	}
	s.typed = now
	s.w.conf.Desk.Typing(s.conversation, assistant.FromVisitor)
}

// fail answers with the code of what went wrong.
func (s *socket) fail(id string, err error) {
	switch {
	case errors.Is(err, assistant.ErrExpired), errors.Is(err, storage.ErrNotFound):
		s.refuse(id, codeExpired, 0)
	case errors.Is(err, assistant.ErrTooLong):
		s.refuse(id, codeTooLong, 0)
	case errors.Is(err, assistant.ErrBusy):
		s.refuse(id, codeBusy, 2*time.Second)
	default:
		s.w.conf.Log.Error("socket", "conversation", s.conversation, "err", err)
		s.refuse(id, codeInternal, 0)
	}
}

// refuse sends an error with a text for the visitor.
func (s *socket) refuse(id, code string, wait time.Duration) {
	f := errorFrame{
		Type: "error", ID: id, Code: code, RetryAfter: int(math.Ceil(wait.Seconds())),
		Message: prompts.Say(s.lang, "error."+code, prompts.Args{"max": strconv.Itoa(assistant.MaxText)}),
	}
	s.poke(func(o *outgoing) { o.frames = append(o.frames, encode(f)) })
}

// deadline moves the end of the visitor's silence, unless the socket is ending.
func (s *socket) deadline(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.out.closing {
		_ = s.conn.SetReadDeadline(time.Now().Add(d))
	}
}

func (s *socket) ending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.closing
}

// drain waits until all was written. Where the peer may still be sending it takes
// a little of that: closing with unread bytes would reset the connection, and
// the close frame could be lost on its way.
func (s *socket) drain(sending bool) {
	defer s.conn.Close()
	s.finish()
	if !sending {
		return
	}
	_ = s.cork.SetReadDeadline(time.Now().Add(endWait / 2))
	_, _ = io.CopyN(io.Discard, s.cork, 16*maxFrame)
}

func isTimeout(err error) bool {
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}

// wish is the language for what is said before hello.
func (w *Widget) wish(r *http.Request) string {
	lang := r.Header.Get("Accept-Language")
	if utf8.RuneCountInString(lang) > 2 {
		lang = lang[:2]
	}
	return lang
}
