package widget

import (
	"context"
	"errors"
	"time"

	"github.com/gorilla/websocket"

	"okoshko/assistant"
)

// mostFrames is how many refusals may wait for a visitor who sends and does not
// read; then the socket ends.
const mostFrames = 64

var errSlow = errors.New("visitor does not read")

// outgoing is what a socket has to write. Whoever has something notes it with
// [socket.poke] and goes on; the first starts a goroutine that writes until
// nothing is left. So a visitor who reads slowly holds up nobody, and an idle
// socket has no writer.
type outgoing struct {
	frames  [][]byte       // acks, errors, the welcome
	news    bool           // turns or the owner may have changed
	typing  assistant.From // somebody writes
	ping    bool
	closing bool // the last frame is the close frame below
	code    int
	reason  string

	talking bool // after hello
	held    bool // a turn of the visitor is being stored
	writing bool
	done    bool          // the connection is closed or broken
	idle    chan struct{} // closed when nobody writes; nil: nobody waits

	sent  uint64              // seq of the newest turn written
	own   map[uint64]struct{} // acknowledged turns past sent: not written again
	owner ownerFrame
}

// poke notes something to write and sees that it is written. It returns at once.
func (s *socket) poke(note func(*outgoing)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.closing || s.out.done {
		return
	}
	note(&s.out)
	if len(s.out.frames) > mostFrames {
		s.abandon()
		return
	}
	s.start()
}

// start begins to write, with s.mu held.
func (s *socket) start() {
	if !s.out.writing && s.out.due() {
		s.out.writing = true
		go s.write()
	}
}

func (o *outgoing) due() bool {
	return !o.done && (len(o.frames) > 0 || o.news && o.talking && !o.held || o.typing != "" || o.ping || o.closing)
}

// hold stops turns from being written while one of the visitor is being stored.
func (s *socket) hold(on bool) {
	s.poke(func(o *outgoing) { o.held = on })
}

// acked notes an ack, and that its turn need not be written.
func (s *socket) acked(seq uint64, ack []byte) {
	s.poke(func(o *outgoing) {
		o.frames = append(o.frames, ack)
		if seq <= o.sent {
			return
		}
		if o.own == nil {
			o.own = make(map[uint64]struct{})
		}
		o.own[seq] = struct{}{}
	})
}

// close ends the socket after what is already noted: a close frame, and at most
// endWait for the visitor's.
func (s *socket) close(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.closing || s.out.done {
		return
	}
	s.out.closing, s.out.code, s.out.reason = true, code, reason
	_ = s.conn.SetReadDeadline(time.Now().Add(endWait))
	s.start()
}

// abandon drops the connection, with s.mu held. The reader then ends too.
func (s *socket) abandon() {
	s.out.done = true
	_ = s.conn.Close()
}

// finish lets nothing more be noted and waits for the writer.
func (s *socket) finish() {
	s.mu.Lock()
	if !s.out.closing {
		s.out.done = true // the visitor has gone
	}
	wait := s.out.writing
	if wait {
		s.out.idle = make(chan struct{})
	}
	idle := s.out.idle
	s.mu.Unlock()
	if wait {
		<-idle
	}
}

// write writes until nothing is left. Only one runs at a time.
func (s *socket) write() {
	for {
		job, more := s.next()
		if !more {
			return
		}
		if err := s.perform(job); err != nil {
			s.mu.Lock()
			s.abandon()
			s.mu.Unlock()
		}
	}
}

// next takes what is to be written, or ends the writer.
func (s *socket) next() (job outgoing, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := &s.out
	if !o.due() {
		o.writing = false
		if o.idle != nil {
			close(o.idle)
			o.idle = nil
		}
		return outgoing{}, false
	}
	job = *o
	job.news = o.news && o.talking && !o.held
	o.frames, o.typing, o.ping = nil, "", false
	if job.news {
		o.news = false
	}
	if o.closing {
		o.done = true
	}
	return job, true
}

// perform writes one lot in one system call.
func (s *socket) perform(job outgoing) error {
	frames := job.frames
	if job.news {
		news, err := s.news(&job)
		if err != nil {
			s.w.conf.Log.Error("socket: read turns", "conversation", s.conversation, "err", err)
		}
		frames = append(frames, news...)
		if len(news) > 0 {
			job.typing = "" // what was being written is there
		}
	}
	if job.typing != "" {
		frames = append(frames, encode(typingFrame{"typing", job.typing}))
	}
	s.cork.cork()
	err := s.conn.SetWriteDeadline(time.Now().Add(writeWait))
	for _, f := range frames {
		err = errors.Join(err, s.conn.WriteMessage(websocket.TextMessage, f))
	}
	if job.ping {
		err = errors.Join(err, s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait)))
	}
	if job.closing {
		err = errors.Join(err, s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(job.code, job.reason), time.Now().Add(writeWait)))
	}
	_ = s.cork.SetWriteDeadline(time.Now().Add(writeWait))
	return errors.Join(err, timeout(s.cork.uncork()))
}

// news are the frames of the owner, where that changed, and of the turns not yet
// sent, and notes both as sent.
func (s *socket) news(job *outgoing) ([][]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), receiveWait)
	defer cancel()
	owner, err := s.w.conf.Desk.Owner(ctx, s.conversation)
	if err != nil {
		return nil, err
	}
	turns, err := s.w.conf.Desk.Turns(ctx, s.conversation, job.sent)
	if err != nil {
		return nil, err
	}
	zone := s.w.conf.Clinic().Location
	var frames [][]byte
	now := ownerOf(owner, zone)
	if !now.equal(job.owner) {
		frames = append(frames, encode(now))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.owner = now
	// What was acknowledged while the turns were read goes before what they answer.
	frames = append(frames, s.out.frames...)
	s.out.frames = nil
	for _, t := range turns {
		if t.Seq <= s.out.sent {
			continue
		}
		if _, own := s.out.own[t.Seq]; t.From == assistant.FromVisitor && s.out.held && !own {
			s.out.news = true // it is being acknowledged: its ack goes first
			break
		}
		s.out.sent = t.Seq
		if _, own := s.out.own[t.Seq]; own {
			delete(s.out.own, t.Seq)
			continue
		}
		frames = append(frames, framesOf(t, zone, s.w.conf.Now())...)
	}
	return frames, nil
}

func ownerOf(o assistant.Owner, zone *time.Location) ownerFrame {
	f := ownerFrame{Type: "owner", Owner: o.Kind, Author: o.Author}
	if !o.Until.IsZero() {
		until := o.Until.In(zone).Truncate(time.Second)
		f.Until = &until
	}
	return f
}

func (f ownerFrame) equal(g ownerFrame) bool {
	same := f.Until == g.Until || f.Until != nil && g.Until != nil && f.Until.Equal(*g.Until)
	return same && f.Type == g.Type && f.Owner == g.Owner && f.Author == g.Author
}

// timeout names the end of a write's time for what it is.
func timeout(err error) error {
	if isTimeout(err) {
		return errSlow
	}
	return err
}
