package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
)

// houseFlags are those of commands that need the whole house: the store and the
// clinic's rules for it.
type houseFlags struct {
	dataFlags
	Clinic string `env:"OKOSHKO_CLINIC" placeholder:"FILE" help:"Clinic file; default: clinic.yaml in the data folder. A running okoshko has its own."`
}

// house runs fn on a house: on the one that serves, where it was called for that; by
// the appliance that has the folder; or on one that is put together and does not serve.
func (f houseFlags) house(s streams, fn func(*appliance) error) error {
	if f.call != nil && f.call.on != nil {
		return fn(f.call.on)
	}
	if f.call != nil {
		if conn, err := dialOwner(f.Data); err == nil {
			return f.call.send(conn)
		}
	}
	if f.Clinic == "" {
		f.Clinic = filepath.Join(f.Data, clinicFile)
	}
	c, err := loadClinic(s, f.Clinic)
	if err != nil {
		return err
	}
	db, err := f.open()
	if err != nil {
		return err
	}
	noModel := func(context.Context, clinic.Model) (*llm.Model, error) { return nil, nil }
	a, err := assemble(settings{db: db, clinic: c, model: noModel, log: newQuietLog(s), data: f.Data})
	if err == nil {
		err = fn(a)
	}
	return errors.Join(err, db.Close())
}

// serving reports whether the house that a command works on serves: then receivers are
// told at once.
func (f houseFlags) serving() bool { return f.call != nil && f.call.on != nil }

// writePrivate writes a file that its owner alone may read, whole or not at all.
func writePrivate(path string, write func(io.Writer) error) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "okoshko-*.part") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	err = write(temp)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
