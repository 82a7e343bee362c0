package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/nlu"
)

// defaultReplayPatience is that of a replay: nobody waits for it.
const defaultReplayPatience = 20 * time.Second

// replay has every masked message of the file read by rules and model, and
// judges it by what its visitor booked in the end.
func (c *evalCommand) replay(ctx context.Context, model assistant.Model) ([]result, error) {
	house, err := loadClinic(streams{out: io.Discard, err: os.Stderr}, c.Clinic)
	if err != nil {
		return nil, err
	}
	all, err := loadReplays(c.Replays)
	if err != nil {
		return nil, err
	}
	reader := assistant.NewInterpreter(house)
	var found []result
	for n, one := range all {
		r := result{Kind: kindReplay, ID: strconv.Itoa(n + 1)}
		for round := range c.Times {
			commands := c.replayed(ctx, reader, model, one, round)
			r.Played++
			if slices.ContainsFunc(commands, func(k nlu.Command) bool { return k.Do != nlu.Unclear }) {
				r.Read++
			}
			switch good, bad := accords(commands, one.Then); {
			case bad:
				r.Bad++
			case good:
				r.Good++
			}
		}
		found = append(found, r)
	}
	return found, nil
}

// replayed is what a conversation would have read.
func (c *evalCommand) replayed(ctx context.Context, reader *assistant.Interpreter, model assistant.Model, one assistant.Replay, round int) []nlu.Command {
	message := assistant.Message{Text: one.Text, Lang: one.Lang, Asked: one.Asked, Now: one.At}
	reading := reader.Read(message)
	if model == nil || assistant.Enough(reading) {
		return reading.Commands
	}
	patience := c.Patience
	if patience == 0 {
		patience = defaultReplayPatience
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	help, err := reader.Help(ctx, varied{model, round}, message, reading)
	if err != nil { // the rules' answer goes out, as in life
		return reading.Commands
	}
	return assistant.Merge(reading.Commands, help.Commands)
}

// accords holds what was read against what was booked in the end: good where a
// service, specialist or branch is that one, bad where it is another.
func accords(commands []nlu.Command, then map[nlu.Field]string) (good, bad bool) {
	for _, k := range commands {
		want, known := then[k.Field]
		if k.Do != nlu.Set && k.Do != nlu.Correct || !known || k.Value == "" || k.Value == nlu.ValueAny {
			continue
		}
		if k.Value == want || slices.Contains(k.Others, want) {
			good = true
			continue
		}
		bad = true
	}
	return good, bad
}

// loadReplays reads a file that model replays wrote.
func loadReplays(path string) (all []assistant.Replay, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := json.NewDecoder(bufio.NewReader(f))
	lines.DisallowUnknownFields()
	for n := 1; ; n++ {
		var one assistant.Replay
		err := lines.Decode(&one)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil || one.Text == "" {
			return nil, fmt.Errorf("%s:%d: found no masked message, expected a line that okoshko model replays wrote", path, n)
		}
		all = append(all, one)
	}
}

// modelReplays writes masked messages of the house's own conversations.
type modelReplays struct {
	dataFlags
	File   string `arg:"" help:"File to write, a message a line; it must not be there yet."`
	Clinic string `env:"OKOSHKO_CLINIC" placeholder:"FILE" help:"Clinic file; default: clinic.yaml in the data folder."`
	Days   int    `default:"30" help:"Of the last so many days."`
}

// Run writes the file and notes in the journal that it was written.
func (c *modelReplays) Run(ctx context.Context, s streams) (err error) {
	if c.Clinic == "" {
		c.Clinic = filepath.Join(c.Data, clinicFile)
	}
	house, err := loadClinic(s, c.Clinic)
	if err != nil {
		return err
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	now := time.Now()
	all, left, err := assistant.Replays(ctx, db, house, now.AddDate(0, 0, -c.Days), now)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(f)
	lines.SetEscapeHTML(false)
	for _, one := range all {
		if err := lines.Encode(one); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d messages in %s; %d left out, where too little remains once all that few visitors say is taken out.\nLook through the file before you keep it.\n", len(all), c.File, left)
	return nil
}
