package llmtest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Server is an Ollama server of a test's own.
type Server struct {
	URL   string
	Model string // it holds this one

	t       testing.TB
	binary  string
	home    string
	address string // to listen at; the port is 0 until the first start

	group *exec.Cmd   // nil: stopped
	hold  io.Closer   // the group ends when it is closed
	tail  chan string // the end of the log, when nobody writes it any more
}

// keeper starts the server ($0) and ends the whole process group when the
// server ends or its own standard input is closed, so that neither the server
// nor the runners it leaves behind outlive even a killed test.
const keeper = `("$0" serve; kill -9 0) & cat >/dev/null; kill -9 0`

var listening = regexp.MustCompile(`Listening on (127\.0\.0\.1:\d+)`)

// Start starts a stopped server, at the address it had before, and returns when
// it listens.
func (s *Server) Start() {
	s.t.Helper()
	log, logEnd, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.group = exec.Command("sh", "-c", keeper, s.binary)
	s.group.Env = append(os.Environ(), "HOME="+s.home, "OLLAMA_MODELS="+s.home+"/models", "OLLAMA_HOST="+s.address,
		"OLLAMA_NO_CLOUD=1", "OLLAMA_NUM_PARALLEL=1", "OLLAMA_CONTEXT_LENGTH=4096", "OLLAMA_DEBUG=0")
	s.group.Stdout, s.group.Stderr = logEnd, logEnd
	ownGroup(s.group)
	if s.hold, err = s.group.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	if err := s.group.Start(); err != nil {
		s.t.Fatal(err)
	}
	logEnd.Close()

	address := make(chan string, 1)
	s.tail = make(chan string, 1)
	go follow(log, address, s.tail)
	select {
	case s.address = <-address:
		s.URL = "http://" + s.address
	case out := <-s.tail:
		s.tail <- out
		s.t.Fatalf("ollama serve ended:\n%s", s.end())
	case <-time.After(patience):
		s.t.Fatalf("ollama serve does not listen:\n%s", s.end())
	}
}

// Stop kills the server and all that it started.
func (s *Server) Stop() {
	if s.group != nil {
		s.end()
	}
}

// end is Stop of a running server; it returns the last lines of its log.
func (s *Server) end() string {
	s.hold.Close()
	_ = s.group.Wait() // killed, as it should be
	s.group = nil
	return <-s.tail
}

// follow reads a server's log: out comes the address it listens at, once, and
// the end of the log when it is over.
func follow(log io.ReadCloser, address, tail chan<- string) {
	defer log.Close()
	var last []string
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			select {
			case address <- found[1]:
			default:
			}
		}
		last = append(last[max(0, len(last)-20):], lines.Text())
	}
	tail <- strings.Join(last, "\n")
}
