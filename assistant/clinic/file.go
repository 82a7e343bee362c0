package clinic

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxFile is bytes of a clinic file. A house with 200 services and 100 people needs 100 KiB.
const maxFile = 1 << 20

// maxDepth bounds how deep a file may nest: the format needs five levels, and the YAML
// parser's time grows with the square of the depth.
const maxDepth = 32

// Load reads a clinic file. The error is nil exactly when the Clinic can be used; it is
// ErrWrong when the Problems say why not. Warnings may stand beside a usable Clinic.
func Load(path string) (*Clinic, Problems, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("clinic file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, nil, fmt.Errorf("clinic file: %w", err)
	}
	return Parse(path, data)
}

// Parse reads a clinic file's bytes; name stands before the line in every Problem.
// The error is nil exactly when the Clinic can be used, else ErrWrong.
func Parse(name string, data []byte) (*Clinic, Problems, error) {
	r := &reader{file: name}
	c := r.parse(data)
	r.problems.sort()
	if len(r.problems.Errors()) > 0 {
		return nil, r.problems, ErrWrong
	}
	return c, r.problems, nil
}

func (r *reader) parse(data []byte) *Clinic {
	body, ok := r.tree(data)
	if !ok {
		return nil
	}
	c := r.clinic(value{r, body, "file"})
	c.seal()
	hash := sha256.Sum256(data)
	c.version = hex.EncodeToString(hash[:])
	for _, check := range r.later {
		check()
	}
	if len(r.problems.Errors()) == 0 {
		for _, check := range append(r.advice, r.clashes) {
			check()
		}
	}
	return c
}

// tree parses YAML; false when there is no tree to read.
func (r *reader) tree(data []byte) (ast.Node, bool) {
	if len(data) > maxFile {
		r.add(1, 1, "file", "more than 1 MiB", "a clinic file of at most 1 MiB")
		return nil, false
	}
	if line, column, bad := notText(data); bad {
		r.add(line, column, "file", "bytes that are not text", "UTF-8")
		return nil, false
	}
	tokens := lexer.Tokenize(string(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if deep := tooDeep(tokens); deep != nil {
		r.add(deep.Position.Line, deep.Position.Column, "YAML", "too many levels", fmt.Sprintf("at most %d", maxDepth))
		return nil, false
	}
	file, err := parse(tokens)
	if err != nil {
		r.syntax(err)
		return nil, false
	}
	if len(file.Docs) > 1 {
		r.add(lineOf(file.Docs[1]), 1, "file", "a second document", "one, without ---")
		return nil, false
	}
	if len(file.Docs) == 0 {
		return nil, true
	}
	return file.Docs[0].Body, true
}

func lineOf(d *ast.DocumentNode) int {
	if d.Start != nil {
		return d.Start.Position.Line
	}
	return d.GetToken().Position.Line
}

// parse is the YAML parser with its panics turned into errors: a file may be any bytes.
func parse(tokens token.Tokens) (f *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("YAML that cannot be read")
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

func (r *reader) syntax(err error) {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		p := at.GetToken().Position
		r.add(p.Line, p.Column, "YAML: "+at.GetMessage(), "", "")
		return
	}
	r.add(1, 1, err.Error(), "", "")
}

func (r *reader) add(line, column int, message, found, expected string) {
	r.problems = append(r.problems, Problem{
		File: r.file, Line: line, Column: column, Message: message, Found: found, Expected: expected,
	})
}

// notText finds the first byte that no UTF-8 text has.
func notText(data []byte) (line, column int, bad bool) {
	line, column = 1, 1
	for len(data) > 0 {
		c, size := utf8.DecodeRune(data)
		if c == utf8.RuneError && size == 1 || c == 0 {
			return line, column, true
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
		data = data[size:]
	}
	return 0, 0, false
}

// tooDeep finds the bracket or dash that opens one level too many.
func tooDeep(tokens token.Tokens) *token.Token {
	flow, run, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, run = t.Position.Line, 0
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			run++
		}
		if flow > maxDepth || run > maxDepth {
			return t
		}
	}
	return nil
}
