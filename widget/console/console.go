// Package console is the desk as reception and owner see it: the inbox, the
// conversations with their requests, the day, what was delivered, the journal,
// the own account. Pages are made on the server and work without a script; htmx
// and one stream of server-sent events (GET /console/live) keep them current.
//
// Every page and every write names the right it needs ([staff.Right]) in one
// route table. A write is a POST that says which version it was made from; one
// made from an older state changes nothing and shows the present state (409).
//
// It knows no table: all it shows comes from [Desk], [Relay], the staff's
// accounts and the journal. What a visitor wrote is only ever text in a page.
package console

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/widget/web"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates
var templateFiles embed.FS

// policy is the console's Content-Security-Policy. The one Trusted Types policy
// is made by ui/trusted.ts for htmx, which puts the server's fragments in place.
const policy = web.DefaultPolicy + "; require-trusted-types-for 'script'; trusted-types htmx"

// Desk is what the console asks of the assistant.
type Desk interface {
	Inbox(ctx context.Context) ([]assistant.Summary, error)
	Dialog(ctx context.Context, op assistant.Operator, conversation string) (assistant.Dialog, error)
	Take(ctx context.Context, op assistant.Operator, conversation string) error
	Return(ctx context.Context, op assistant.Operator, conversation string) error
	Reply(ctx context.Context, op assistant.Operator, conversation, text string) (uint64, error)
	Appointments(ctx context.Context, f assistant.Filter) ([]assistant.AppointmentCard, error)
	Appointment(ctx context.Context, number string) (assistant.AppointmentCard, error)
	Decide(ctx context.Context, op assistant.Operator, d assistant.Decision) (assistant.AppointmentCard, error)
	Reveal(ctx context.Context, op assistant.Operator, contact, reason string) (privacy.Contact, error)
	Free(ctx context.Context, number string, day time.Time, limit int) ([]booking.Slot, error)
	Exceptions(ctx context.Context, from, to time.Time) ([]booking.Exception, error)
	AddException(ctx context.Context, op assistant.Operator, e booking.Exception) (booking.Exception, []assistant.AppointmentCard, error)
	RemoveException(ctx context.Context, op assistant.Operator, id string) (booking.Exception, []assistant.AppointmentCard, error)
	Concerned(ctx context.Context, id string) (booking.Exception, []assistant.AppointmentCard, error)
	Openings(ctx context.Context, from, to time.Time) ([]assistant.Opening, error)
	FreeFor(ctx context.Context, q booking.Query, day time.Time, limit int) ([]booking.Slot, error)
	Book(ctx context.Context, op assistant.Operator, w assistant.WalkIn) (assistant.AppointmentCard, error)
	ConsentInForce() privacy.ConsentText
	RemindersInForce() (privacy.ConsentText, bool)
	WaitingList(ctx context.Context) ([]assistant.WaitCard, error)
	RemoveWaiting(ctx context.Context, op assistant.Operator, id string) error
	Reminders(ctx context.Context, from, to time.Time) ([]assistant.Reminder, error)
	Feeds(ctx context.Context) ([]assistant.Feed, error)
	CreateFeed(ctx context.Context, op assistant.Operator, f assistant.Feed) (string, assistant.Feed, error)
	RevokeFeed(ctx context.Context, op assistant.Operator, id string) error
	Typing(conversation string, from assistant.From)
	Subscribe(conversation string, notify func(assistant.Signal)) (cancel func())
	Watch(notify func(conversation string)) (cancel func())
}

// Config is what [New] needs.
type Config struct {
	Desk   Desk
	People People // nil: no pages of people's own data
	Staff  *staff.Staff
	DB     *storage.DB // for the journal and the deliveries
	Clinic func() *clinic.Clinic

	// Resend makes a delivery due now (delivery.Relay does). Nil: nothing is
	// sent again from here.
	Resend func(ctx context.Context, id string) error

	// Model is how the local model does. Nil: nothing is said of it.
	Model func() ModelState

	TLS     bool        // a proxy in front ends TLS
	Proxies web.Proxies // whose X-Forwarded-For is believed
	Log     *slog.Logger
	Now     func() time.Time // nil: time.Now
}

// Console serves all below /console/.
type Console struct {
	Config
	cookie   web.Cookie
	readings readings
	assets   *web.Assets
	pages    map[string]*template.Template
	handler  http.Handler

	verified verified
}

// New parses the pages and builds the routes.
func New(conf Config) (*Console, error) {
	if conf.Desk == nil || conf.Staff == nil || conf.DB == nil || conf.Clinic == nil {
		return nil, errors.New("console: desk, staff, store and clinic are needed")
	}
	if conf.Now == nil {
		conf.Now = time.Now
	}
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	assets, err := web.NewAssets("/console/static/", static)
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	c := &Console{Config: conf, cookie: web.Cookie{Name: "staff", TLS: conf.TLS}, assets: assets, readings: readings{last: make(map[string]time.Time)}}
	if c.pages, err = parsePages(templateFiles, c.functions()); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	manners, err := web.New(web.Config{
		Log: conf.Log, Problem: c.problem, Policy: policy, Browser: true, Now: conf.Now,
		Headers: map[string]string{"Cache-Control": "no-store"},
	})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	c.handler = manners.Wrap(c.mux(manners))
	return c, nil
}

// ServeHTTP answers for all below /console/.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// action answers one signed-in request.
type action func(w http.ResponseWriter, r *http.Request, who staff.Account) error

// routes are all pages and writes and the right that each needs.
func (c *Console) routes() []route {
	return slices.Concat(c.peopleRoutes(), c.safetyRoutes(), []route{
		{"GET /console/{$}", staff.Own, c.home},
		{"GET /console/inbox", staff.Read, c.inbox},
		{"GET /console/inbox/list", staff.Read, c.inboxList},
		{"GET /console/inbox/today", staff.Read, c.inboxToday},
		{"GET /console/live", staff.Own, c.live},
		{"GET /console/conversations/{id}", staff.Read, c.conversation},
		{"GET /console/conversations/{id}/{part}", staff.Read, c.conversationPart},
		{"POST /console/conversations/{id}/take", staff.Act, c.take},
		{"POST /console/conversations/{id}/return", staff.Act, c.giveBack},
		{"POST /console/conversations/{id}/reply", staff.Act, c.reply},
		{"POST /console/conversations/{id}/typing", staff.Act, c.typing},
		{"GET /console/appointments/{number}", staff.Read, c.appointment},
		{"GET /console/appointments/{number}/move", staff.Act, c.moveForm},
		{"POST /console/appointments/{number}/{verb}", staff.Act, c.decide},
		{"POST /console/appointments/{number}/reveal", staff.Reveal, c.reveal},
		{"GET /console/calendar", staff.Read, c.calendar},
		{"GET /console/calendar/board", staff.Read, c.calendarBoard},
		{"GET /console/book", staff.Act, c.bookForm},
		{"POST /console/book", staff.Act, c.book},
		{"GET /console/schedule", staff.Read, c.schedule},
		{"POST /console/schedule", staff.Act, c.addException},
		{"GET /console/schedule/{id}", staff.Read, c.exception},
		{"POST /console/schedule/{id}/remove", staff.Act, c.removeException},
		{"GET /console/waiting", staff.Read, c.waiting},
		{"POST /console/waiting/{id}/remove", staff.Act, c.removeWaiting},
		{"GET /console/reminders", staff.Read, c.reminders},
		{"GET /console/more", staff.Own, c.more},
		{"GET /console/deliveries", staff.Deliveries, c.deliveries},
		{"POST /console/deliveries/{id}/resend", staff.Resend, c.resend},
		{"GET /console/journal", staff.Journal, c.journal},
		{"GET /console/journal/head", staff.Journal, c.journalHead},
		{"GET /console/account", staff.Own, c.account},
		{"POST /console/account/password", staff.Own, c.changePassword},
		{"GET /console/access", staff.Manage, c.access},
		{"POST /console/access/tokens", staff.Manage, c.createToken},
		{"POST /console/access/tokens/{id}/revoke", staff.Manage, c.revokeToken},
		{"POST /console/access/feeds", staff.Manage, c.createFeed},
		{"POST /console/access/feeds/{id}/revoke", staff.Manage, c.revokeFeed},
		{"POST /console/logout", staff.Own, c.logout},
	})
}

type route struct {
	pattern string
	right   staff.Right
	do      action
}

func (c *Console) mux(m *web.Manners) *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range c.routes() {
		mux.Handle(rt.pattern, m.Handle(c.guard(rt.right, rt.do)))
	}
	mux.Handle("GET /console/login", m.Handle(c.loginForm))
	mux.Handle("POST /console/login", m.Handle(c.login))
	mux.Handle("GET /console/static/", m.Handle(c.assets.Serve))
	return mux
}
