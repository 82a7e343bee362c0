package assistant

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// Feed is a read-only calendar of one specialist or one branch, which a program
// subscribes to by a secret address. It tells when somebody comes, and never who.
type Feed struct {
	ID         string `json:"id"` // F-1 and on, never given twice
	Specialist string `json:"specialist,omitempty"`
	Branch     string `json:"branch,omitempty"`
	// Details adds to each time what is done and by whom. Without it a time is
	// only taken: a service with a time and a place says more than a stranger who
	// finds the address should read.
	Details bool      `json:"details,omitempty"`
	Created time.Time `json:"created"`
	Author  string    `json:"author"` // account id
	Used    time.Time `json:"used,omitzero"`
}

// Calendar is what a feed has to tell.
type Calendar struct {
	Feed
	Clinic, Of string // names, in the clinic's first language
	Lang       string
	Zone       *time.Location
	Visits     []CalendarVisit
}

// CalendarVisit is an appointment without its person.
type CalendarVisit struct {
	UID                 string // the same for ever, also over moves; tells nothing
	Version             int
	Status              string
	Start, End          time.Time
	Created, Changed    time.Time
	Service, Specialist string // names; "" where the feed tells no details
}

// OwnVisit is an appointment as its visitor may take it along in a calendar.
type OwnVisit struct {
	CalendarVisit
	Number   string
	Clinic   string
	Phone    string // of the clinic, E.164
	Address  string
	Prepare  string
	Lang     string
	Zone     *time.Location
	Discreet bool // the calendar's entry does not say what is done and by whom
}

// ErrFeed: a feed must be of one specialist or one branch that the clinic has.
var ErrFeed = errors.New("a feed is of one known specialist or branch")

var feeds = storage.NewTable[Feed]("assistant.feeds") // by keyed hash of the key

// A feed reaches back and ahead so far; what was cancelled stays in it, marked so,
// for as long after the change as it reaches back, until every subscriber has read
// it. mostFeeds bounds how many there are.
const (
	feedBack  = 30 * 24 * time.Hour
	feedAhead = 800 * 24 * time.Hour
	mostFeeds = 500
)

// CreateFeed makes a feed and returns its key, which is shown this once: only a
// keyed hash of it is kept. It returns [ErrFeed].
func (a *Assistant) CreateFeed(_ context.Context, op Operator, f Feed) (key string, made Feed, err error) {
	if !feedable(a.house.Load().clinic, f) {
		return "", Feed{}, ErrFeed
	}
	key = strings.ToLower(rand.Text()) // 130 bits
	err = a.db.Update(func(tx *storage.Tx) error {
		all, err := listFeeds(tx)
		if err != nil {
			return err
		}
		if len(all) >= mostFeeds {
			return fmt.Errorf("%d feeds: %w", len(all), ErrFeed)
		}
		n, err := tx.Sequence("assistant.feed")
		if err != nil {
			return err
		}
		made = Feed{
			ID: fmt.Sprintf("F-%d", n), Specialist: f.Specialist, Branch: f.Branch, Details: f.Details,
			Created: a.now().UTC().Truncate(time.Second), Author: op.ID,
		}
		return errors.Join(
			feeds.Put(tx, feedKey(tx, key), made),
			audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "feed.created", Object: made.ID, Reason: made.of()}))
	})
	return key, made, err
}

// feedable reports whether there can be such a feed.
func feedable(c *clinic.Clinic, f Feed) bool {
	_, person := c.Specialist(f.Specialist)
	_, branch := c.Branch(f.Branch)
	return (f.Specialist == "") != (f.Branch == "") && (person || branch)
}

// of names what the feed is of, for the journal.
func (f Feed) of() string {
	what := f.Specialist + f.Branch
	if f.Details {
		what += " details"
	}
	return what
}

// Feeds lists the feeds, the oldest first.
func (a *Assistant) Feeds(context.Context) (all []Feed, err error) {
	err = a.db.View(func(tx *storage.Tx) error {
		all, err = listFeeds(tx)
		return err
	})
	return all, err
}

func listFeeds(tx *storage.Tx) (all []Feed, err error) {
	for _, f := range feeds.Range(tx, nil, nil, &err) {
		all = append(all, f)
	}
	slices.SortFunc(all, func(x, y Feed) int {
		if c := x.Created.Compare(y.Created); c != 0 {
			return c
		}
		return strings.Compare(x.ID, y.ID)
	})
	return all, err
}

// RevokeFeed ends a feed: its address answers no more. It returns
// [storage.ErrNotFound].
func (a *Assistant) RevokeFeed(_ context.Context, op Operator, id string) error {
	return a.db.Update(func(tx *storage.Tx) (err error) {
		var found []byte
		for key, f := range feeds.Range(tx, nil, nil, &err) {
			if f.ID == id {
				found = key
			}
		}
		if err != nil {
			return err
		}
		if found == nil {
			return fmt.Errorf("feed %s: %w", id, storage.ErrNotFound)
		}
		return errors.Join(
			feeds.Delete(tx, found),
			audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "feed.revoked", Object: id}))
	})
}

// Calendar returns what the feed with this key tells, or [storage.ErrNotFound]. That
// it was read is noted once a day.
func (a *Assistant) Calendar(_ context.Context, key string) (c Calendar, err error) {
	h, now := a.house.Load(), a.now()
	err = a.db.View(func(tx *storage.Tx) error {
		f, err := feeds.Get(tx, feedKey(tx, key))
		if err != nil {
			return err
		}
		c, err = h.calendarOf(tx, f, now)
		return err
	})
	if err != nil || now.Sub(c.Used) < 24*time.Hour {
		return c, err
	}
	return c, a.db.Update(func(tx *storage.Tx) error {
		f, err := feeds.Get(tx, feedKey(tx, key))
		if errors.Is(err, storage.ErrNotFound) {
			return nil // revoked a moment ago
		}
		if err != nil {
			return err
		}
		f.Used = now.UTC().Truncate(time.Hour)
		return feeds.Put(tx, feedKey(tx, key), f)
	})
}

func (h *house) calendarOf(tx *storage.Tx, f Feed, now time.Time) (c Calendar, err error) {
	lang := h.clinic.Languages[0]
	c = Calendar{Feed: f, Clinic: h.clinic.Name.In(lang), Of: f.Specialist + f.Branch, Lang: lang, Zone: h.clinic.Location}
	if s, ok := h.clinic.Specialist(f.Specialist); ok {
		c.Of = s.Name.In(lang)
	}
	if b, ok := h.clinic.Branch(f.Branch); ok {
		c.Of = b.Name.In(lang)
	}
	for ap := range booking.Between(tx, now.Add(-feedBack), now.Add(feedAhead), &err) {
		gone := ap.Status == booking.Cancelled || ap.Status == booking.Declined
		if f.Specialist != "" && ap.Specialist != f.Specialist || f.Branch != "" && ap.Branch != f.Branch ||
			gone && now.Sub(ap.Changed) > feedBack {
			continue
		}
		v := visitOf(tx, ap)
		if f.Details {
			named := h.view(ap, lang)
			v.Service, v.Specialist = named.Service, named.Specialist
		}
		c.Visits = append(c.Visits, v)
	}
	return c, err
}

// visitOf is an appointment with nobody and nothing in it but its times.
func visitOf(tx *storage.Tx, ap booking.Appointment) CalendarVisit {
	return CalendarVisit{
		UID:     letters(tx.Index("calendar.uid", ap.Number)),
		Version: ap.Version, Status: string(ap.Status), Start: ap.Start, End: ap.End, Created: ap.Created, Changed: ap.Changed,
	}
}

// VisitKey opens one appointment's entry for a calendar, and nothing else: its
// number and 128 bits that only this house can make of it.
func VisitKey(tx *storage.Tx, number string) string {
	return number + "-" + letters(tx.Index("calendar.visit", number))
}

// portable returns the appointment with the key of its entry for a calendar.
func (v *AppointmentView) portable(tx *storage.Tx) *AppointmentView {
	if v == nil {
		return nil
	}
	c := *v
	c.Calendar = VisitKey(tx, v.Number)
	return &c
}

// OwnVisit returns the appointment that a visit's key opens, or
// [storage.ErrNotFound] for another key and for an appointment that is nobody's any
// more.
func (a *Assistant) OwnVisit(_ context.Context, key string) (v OwnVisit, err error) {
	h := a.house.Load()
	err = a.db.View(func(tx *storage.Tx) error {
		cut := strings.LastIndexByte(key, '-')
		if cut < 0 || subtle.ConstantTimeCompare([]byte(VisitKey(tx, key[:cut])), []byte(key)) != 1 {
			return storage.ErrNotFound
		}
		ap, err := booking.Get(tx, key[:cut])
		if err != nil {
			return err
		}
		if ap.Contact == "" && ap.Conversation == "" {
			return storage.ErrNotFound
		}
		v, err = h.ownVisit(tx, ap)
		return err
	})
	return v, err
}

func (h *house) ownVisit(tx *storage.Tx, ap booking.Appointment) (OwnVisit, error) {
	lang := h.clinic.Languages[0]
	if ap.Conversation != "" {
		st, err := load(tx, ap.Conversation)
		if err != nil && !errors.Is(err, ErrExpired) {
			return OwnVisit{}, err
		}
		if err == nil {
			lang = h.clinic.Language(st.Lang)
		}
	}
	v := OwnVisit{
		CalendarVisit: visitOf(tx, ap), Number: ap.Number, Clinic: h.clinic.Name.In(lang), Phone: h.clinic.Phone,
		Lang: lang, Zone: h.clinic.Location, Discreet: h.clinic.Reminders.Discreet,
	}
	named := h.view(ap, lang)
	v.Service, v.Specialist = named.Service, named.Specialist
	if b, ok := h.clinic.Branch(ap.Branch); ok {
		v.Address = b.Address.In(lang)
	}
	if s, ok := h.clinic.Service(ap.Service); ok && len(s.Prepare) > 0 {
		v.Prepare = s.Prepare.In(lang)
	}
	return v, nil
}

func feedKey(tx *storage.Tx, key string) []byte { return tx.Index("calendar.feed", key) }

// letters writes bytes as small letters and digits.
func letters(b []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}
