package assistant

import (
	"context"
	"errors"
	"slices"
	"strings"

	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// Command is who acts where the machine's owner gives a command.
func Command() Operator { return Operator{ID: "command"} }

// ContactsOf are the contacts that a contact's id, the number of an appointment or a
// whole phone leads to. The journal tells that somebody searched, not for whom.
func (a *Assistant) ContactsOf(_ context.Context, op Operator, query string) (ids []string, err error) {
	h := a.house.Load()
	query = strings.TrimSpace(query)
	err = a.db.Update(func(tx *storage.Tx) error {
		if ids, err = h.contacts(tx, query); err != nil {
			return err
		}
		return audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "contact.search"})
	})
	return ids, err
}

// contacts are those that a query leads to and that are still there.
func (h *house) contacts(tx *storage.Tx, query string) (ids []string, err error) {
	wanted := []string{query}
	if !strings.HasPrefix(query, "c_") {
		if wanted, err = h.wanted(tx, query); err != nil {
			return nil, err
		}
	}
	for _, id := range wanted {
		switch _, err := privacy.Get(tx, id); {
		case err == nil && !slices.Contains(ids, id):
			ids = append(ids, id)
		case err != nil && !errors.Is(err, storage.ErrNotFound):
			return nil, err
		}
	}
	return ids, nil
}
