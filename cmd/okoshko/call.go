package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"okoshko/storage"
)

// Only one process can have the store open. So while the appliance runs, the
// owner's commands are carried out by it: they are sent, with what they read, to
// a socket in the data folder, which only the folder's owner can reach, and what
// they print comes back. It is the same as running them, without stopping.
//
// The caller sends one line of JSON, a [callFrame], then its standard input. The
// appliance sends pieces: which stream (1), length (4, big endian), bytes; the
// last is the exit code.
const socketFile = "okoshko.sock"

// Streams of a piece.
const (
	pieceOut  = 1
	pieceErr  = 2
	pieceExit = 3
)

// sendable are the commands that the appliance carries out for others.
var sendable = map[string]bool{
	"user": true, "secret": true, "audit": true, "backup": true, "key": true,
	"export": true, "erase": true, "retention": true, "incident": true,
}

type callFrame struct {
	Args []string `json:"args"`
	Dir  string   `json:"dir"` // in which relative names of files are meant
}

// call is how a command was called.
type call struct {
	args []string
	s    streams
	dir  string        // in which relative names of files are meant
	db   *storage.DB   // the appliance's, where the command was sent to it
	on   *appliance    // likewise
	read *bytes.Buffer // what the command has read of its input so far

	unlock func(secret string) error // of an appliance that is locked
}

// path is the name of a file as the caller meant it.
func (c *call) path(name string) string {
	if c == nil || c.dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}

// exitCode is the error of a command that was carried out elsewhere and has said
// what there was to say.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// dialOwner connects to the appliance that has the folder.
func dialOwner(dir string) (net.Conn, error) {
	return net.DialTimeout("unix", filepath.Join(dir, socketFile), time.Second)
}

// send has the appliance carry out the command.
func (c *call) send(conn net.Conn) error {
	defer conn.Close()
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := json.NewEncoder(conn).Encode(callFrame{c.args, dir}); err != nil {
		return err
	}
	go func() { // ends with the connection, or with the process
		_, _ = io.Copy(conn, io.MultiReader(c.read, c.s.in))
		if half, ok := conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}()
	in := bufio.NewReader(conn)
	for {
		which, data, err := readPiece(in)
		if err != nil {
			return fmt.Errorf("the running okoshko did not answer to the end: %w", err)
		}
		switch which {
		case pieceOut:
			_, err = c.s.out.Write(data)
		case pieceErr:
			_, err = c.s.err.Write(data)
		case pieceExit:
			if len(data) != 1 || data[0] == 0 {
				return nil
			}
			return exitCode(data[0])
		}
		if err != nil {
			return err
		}
	}
}

// maxPiece is bytes of a piece that are taken.
const maxPiece = 1 << 20

func readPiece(in io.Reader) (which byte, data []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxPiece {
		return 0, nil, errors.New("a piece is too long")
	}
	data = make([]byte, n)
	_, err = io.ReadFull(in, data)
	return head[0], data, err
}

// pieces writes one stream's pieces to a connection that several share.
type pieces struct {
	mu    *sync.Mutex
	conn  io.Writer
	which byte
}

// Write implements io.Writer.
func (p pieces) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for rest := data; ; {
		part := rest[:min(len(rest), maxPiece)]
		head := binary.BigEndian.AppendUint32([]byte{p.which}, uint32(len(part)))
		if _, err := p.conn.Write(append(head, part...)); err != nil {
			return len(data) - len(rest), err
		}
		if rest = rest[len(part):]; len(rest) == 0 {
			return len(data), nil
		}
	}
}

// listenOwner serves the owner's socket until ctx is done. A socket that cannot
// be made costs only this convenience.
func listenOwner(ctx context.Context, dir string, log *slog.Logger, serve func(net.Conn)) {
	path := filepath.Join(dir, socketFile)
	_ = os.Remove(path) // of a process that was killed: the store is ours
	l, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		log.Warn("commands need the appliance to be stopped: no socket", "err", err)
		return
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	for {
		conn, err := l.Accept()
		if err != nil {
			return // closed
		}
		go serve(conn)
	}
}

// answerCalls carries out commands on the store, and on the house, until ctx is done.
func answerCalls(ctx context.Context, dir string, a *appliance) {
	listenOwner(ctx, dir, a.log, func(conn net.Conn) { answerCall(ctx, conn, a) })
}

// readCall reads what is asked; exit writes the exit code.
func readCall(conn net.Conn) (c *call, exit pieces, err error) {
	in := bufio.NewReader(conn)
	line, err := in.ReadBytes('\n')
	var frame callFrame
	if err == nil {
		err = json.Unmarshal(line, &frame)
	}
	if err != nil {
		return nil, exit, err
	}
	mu := new(sync.Mutex)
	s := streams{in, pieces{mu, conn, pieceOut}, pieces{mu, conn, pieceErr}}
	return &call{args: frame.Args, s: s, dir: frame.Dir, read: new(bytes.Buffer)}, pieces{mu, conn, pieceExit}, nil
}

func answerCall(ctx context.Context, conn net.Conn, a *appliance) {
	defer conn.Close()
	c, exit, err := readCall(conn)
	if err != nil {
		return
	}
	if len(c.args) == 0 || !sendable[c.args[0]] {
		fmt.Fprintf(c.s.err, "okoshko: stop the appliance first: %s opens the store itself\n", strings.Join(c.args, " "))
		_, _ = exit.Write([]byte{exitWrong})
		return
	}
	c.db, c.on = a.db, a
	_, _ = exit.Write([]byte{byte(runCall(ctx, c))})
}
