// Package api is the staff's side for programs: JSON over HTTP below /api/v1/,
// by bearer token, described by /api/v1/openapi.json, which is kept by hand
// beside the code and held to it by a test.
//
// A token has a role (package staff), and every path names the right it needs.
// A change names the version it was made from in If-Match, as given in ETag: a
// stale one gets 412 with the present state, one without 428. Refusals are
// problem documents (RFC 9457) whose type is one of those in openapi.json.
//
// Phones are always masked here: a program that needs them is a receiver of
// events, configured by the owner.
package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/widget/web"
)

//go:embed openapi.json
var document []byte

// Desk is what the API asks of the assistant.
type Desk interface {
	Inbox(ctx context.Context) ([]assistant.Summary, error)
	Appointments(ctx context.Context, f assistant.Filter) ([]assistant.AppointmentCard, error)
	Appointment(ctx context.Context, number string) (assistant.AppointmentCard, error)
	Decide(ctx context.Context, op assistant.Operator, d assistant.Decision) (assistant.AppointmentCard, error)
	Exceptions(ctx context.Context, from, to time.Time) ([]booking.Exception, error)
	AddException(ctx context.Context, op assistant.Operator, e booking.Exception) (booking.Exception, []assistant.AppointmentCard, error)
	RemoveException(ctx context.Context, op assistant.Operator, id string) (booking.Exception, []assistant.AppointmentCard, error)
	WaitingList(ctx context.Context) ([]assistant.WaitCard, error)
	RemoveWaiting(ctx context.Context, op assistant.Operator, id string) error
	Feeds(ctx context.Context) ([]assistant.Feed, error)
}

// Config is what [New] needs.
type Config struct {
	Desk   Desk
	Staff  *staff.Staff
	DB     *storage.DB // for the deliveries
	Clinic func() *clinic.Clinic
	Resend func(ctx context.Context, id string) error // makes a delivery due now; nil: the path answers 404
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
}

// API serves all below /api/v1/.
type API struct {
	Config
	handler  http.Handler
	refusals refusals
}

// New builds the routes.
func New(conf Config) (*API, error) {
	if conf.Desk == nil || conf.Staff == nil || conf.DB == nil || conf.Clinic == nil {
		return nil, errors.New("api: desk, staff, store and clinic are needed")
	}
	if conf.Now == nil {
		conf.Now = time.Now
	}
	manners, err := web.New(web.Config{
		Log: conf.Log, Now: conf.Now, Problem: problem, Policy: "default-src 'none'; frame-ancestors 'none'",
		Headers: map[string]string{"Cache-Control": "no-store"}, MaxBody: 16 << 10,
	})
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	a := &API{Config: conf}
	mux := http.NewServeMux()
	for _, rt := range a.routes() {
		mux.Handle(rt.pattern, manners.Handle(a.guard(rt.right, rt.do)))
	}
	mux.Handle("GET /api/v1/openapi.json", manners.Handle(describe))
	a.handler = manners.Wrap(mux)
	return a, nil
}

// ServeHTTP answers for all below /api/v1/.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// action answers one request of a program.
type action func(w http.ResponseWriter, r *http.Request, who staff.Token) error

type route struct {
	pattern string
	right   staff.Right
	do      action
}

// routes are all paths and the right that each needs.
func (a *API) routes() []route {
	routes := []route{
		{"GET /api/v1/appointments", staff.Read, a.appointments},
		{"GET /api/v1/appointments/{number}", staff.Read, a.appointment},
		{"GET /api/v1/exceptions", staff.Read, a.exceptions},
		{"POST /api/v1/exceptions", staff.Act, a.addException},
		{"POST /api/v1/exceptions/{id}/remove", staff.Act, a.removeException},
		{"GET /api/v1/waiting", staff.Read, a.waiting},
		{"POST /api/v1/waiting/{id}/remove", staff.Act, a.removeWaiting},
		{"GET /api/v1/feeds", staff.Manage, a.feeds},
		{"GET /api/v1/conversations", staff.Read, a.conversations},
		{"GET /api/v1/deliveries", staff.Deliveries, a.deliveries},
		{"POST /api/v1/deliveries/{id}/resend", staff.Resend, a.resend},
	}
	for _, verb := range []string{"confirm", "decline", "move", "cancel", "arrived", "no-show"} {
		routes = append(routes, route{"POST /api/v1/appointments/{number}/" + verb, staff.Act, a.decide(verb)})
	}
	return routes
}

// guard lets an action run for a program whose token has the right.
func (a *API) guard(right staff.Right, do action) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			secret = ""
		}
		who, err := a.Staff.Bearer(r.Context(), secret)
		if errors.Is(err, staff.ErrNoToken) {
			if secret != "" { // without any it is a person with a browser
				if err := a.denied("nobody"); err != nil {
					return err
				}
			}
			w.Header().Set("WWW-Authenticate", `Bearer realm="okoshko"`)
			return kind(http.StatusUnauthorized, "unauthorized", "A valid bearer token is needed", "Send Authorization: Bearer okt_…; tokens are made in the console.")
		}
		if err != nil {
			return fmt.Errorf("bearer: %w", err)
		}
		if !who.Role.May(right) {
			if err := a.denied(who.ID); err != nil {
				return err
			}
			return kind(http.StatusForbidden, "forbidden", "The token's role does not allow this", "")
		}
		if right == staff.Read {
			if err := a.journal(r, who); err != nil {
				return err
			}
		}
		return do(w, r, who)
	}
}

// journal notes that a program reads what people are in. Where it cannot be
// noted nothing is read.
func (a *API) journal(r *http.Request, who staff.Token) error {
	err := a.DB.Update(func(tx *storage.Tx) error {
		return audit.Append(tx, audit.Entry{At: a.Now(), Actor: who.ID, Action: "api.read", Object: booking.Named(r.PathValue("number")), Reason: r.Pattern})
	})
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// kind is a problem of a type that openapi.json describes.
func kind(status int, name, title, detail string) *web.Problem {
	p := web.Refused(status, title, detail)
	p.Type = "/api/v1/openapi.json#/components/x-problems/" + name
	return p
}

// problem draws refusals; what package web refused itself gets English words.
func problem(w http.ResponseWriter, r *http.Request, p *web.Problem) {
	if p.Type == "" {
		p.Title, p.Detail = http.StatusText(p.Status), ""
	}
	web.ProblemJSON(w, r, p)
}

// answer writes v as JSON.
func answer(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(body, '\n'))
	return nil
}

// describe answers with the description; it needs no token and holds no secret.
func describe(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(document)
	return nil
}
