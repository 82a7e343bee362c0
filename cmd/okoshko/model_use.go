package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
)

// modelName is what Ollama takes for a model's name; as YAML it needs no quotes.
var modelName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]*(:[A-Za-z0-9._-]+)?$`)

type modelUse struct {
	Name string `arg:"" help:"A model that the server holds."`
	modelFlags
}

// Run puts the name into the clinic file and leaves every other byte of it.
func (c *modelUse) Run(ctx context.Context, s streams) error {
	stock, house, err := c.stock(s)
	if err != nil {
		return err
	}
	if house == nil {
		return fmt.Errorf("found no clinic file at %s, expected one there or by --clinic FILE; its line is\n  model: {name: %s}", c.Clinic, c.Name)
	}
	held, err := stock.Look(ctx, c.Name)
	if err == nil && !held.Chats {
		err = errors.New("it cannot be talked to")
	}
	if errors.Is(err, llm.ErrNoModel) {
		return fmt.Errorf("%s at %s: %w; okoshko model pull %s fetches it", c.Name, stock.URL(), err, c.Name)
	}
	if err != nil {
		return fmt.Errorf("%s at %s: %w", c.Name, stock.URL(), err)
	}
	if house.Model.Name == c.Name {
		fmt.Fprintf(s.out, "%s names %s already.\n", c.Clinic, c.Name)
		return nil
	}
	kept, err := renameModel(c.Clinic, c.Name, time.Now())
	if err != nil {
		return fmt.Errorf("%s: %w", c.Clinic, err)
	}
	fmt.Fprintf(s.out, "%s: model %s in place of %s; the old file is %s.\nA running service takes it over within seconds.\n", c.Clinic, c.Name, house.Model.Name, kept)
	return nil
}

// renameModel writes the file anew, whole or not at all, and returns where the
// old one is kept.
func renameModel(path, name string, now time.Time) (kept string, err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	changed, err := withModelName(old, name)
	if err != nil {
		return "", err
	}
	kept = path + "." + now.UTC().Format("20060102-150405") + ".bak"
	if err := writeSynced(kept, old, info.Mode().Perm()); err != nil {
		return "", err
	}
	fresh := path + ".new"
	if err := writeSynced(fresh, changed, info.Mode().Perm()); err != nil {
		return "", err
	}
	if err := os.Rename(fresh, path); err != nil {
		return "", errors.Join(err, os.Remove(fresh))
	}
	return kept, nil
}

// writeSynced writes a file that is not there yet.
func writeSynced(path string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// withModelName is a clinic file with another model in it. It changes nothing
// unless the result is a clinic file that differs in that one value.
func withModelName(file []byte, name string) ([]byte, error) {
	if !modelName.MatchString(name) {
		return nil, fmt.Errorf("found %q, expected a model's name such as qwen3:4b-instruct", name)
	}
	from, to, err := modelNameAt(file)
	if err != nil {
		return nil, err
	}
	changed := bytes.Join([][]byte{file[:from], []byte(name), file[to:]}, nil)
	if err := onlyModelNameDiffers(file, changed, name); err != nil {
		return nil, err
	}
	return changed, nil
}

// modelNameAt finds the bytes of the value of model: name:, without its quotes.
func modelNameAt(file []byte) (from, to int, err error) {
	absent := errors.New("found no name of a model, expected the lines\n  model:\n    name: qwen3:4b-instruct")
	unix := bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")) // the parser miscounts the lines of Windows
	tree, err := parser.ParseBytes(unix, 0)
	if err != nil {
		return 0, 0, err
	}
	path, err := yaml.PathString("$.model.name")
	if err != nil {
		return 0, 0, err
	}
	node, err := path.FilterFile(tree)
	if err != nil || node == nil {
		return 0, 0, absent
	}
	t := node.GetToken()
	from = offset(file, t.Position)
	if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
		from++
	}
	to = from + len(t.Value)
	if t.Value == "" || from < 1 || to > len(file) || string(file[from:to]) != t.Value {
		return 0, 0, fmt.Errorf("line %d: found a name that is written in an unusual way, expected name: %s", t.Position.Line, "qwen3:4b-instruct")
	}
	return from, to, nil
}

// offset is the byte at which a line and column begin, both counted from 1 and
// columns in letters.
func offset(file []byte, p *token.Position) int {
	lines := bytes.SplitAfter(file, []byte("\n"))
	if p.Line > len(lines) {
		return -1
	}
	at := 0
	for _, line := range lines[:p.Line-1] {
		at += len(line)
	}
	letters := []rune(string(lines[p.Line-1]))
	return at + len(string(letters[:min(p.Column-1, len(letters))]))
}

func onlyModelNameDiffers(old, changed []byte, name string) error {
	var a, b map[string]any
	if err := errors.Join(yaml.Unmarshal(old, &a), yaml.Unmarshal(changed, &b)); err != nil {
		return err
	}
	model, ok := a["model"].(map[string]any)
	if !ok {
		return errors.New("found no model section")
	}
	model["name"] = name
	if !reflect.DeepEqual(a, b) {
		return errors.New("cannot change the name alone: write it by hand")
	}
	if _, problems, err := clinic.Parse("", changed); err != nil {
		var all []string
		for _, p := range problems.Errors() {
			all = append(all, p.String())
		}
		return fmt.Errorf("%w: %s", err, strings.Join(all, "; "))
	}
	return nil
}
