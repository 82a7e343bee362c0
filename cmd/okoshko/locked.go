package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/vault"
	"okoshko/widget/web"
)

// While nothing at hand opens the keys, the house is locked: visitors see the
// phone and the hours, nothing is stored, and the console asks for the
// passphrase or the recovery key. Who gives it on the machine itself uses
// okoshko key unlock.
var (
	//go:embed locked.html
	lockedHTML string
	//go:embed locked.css
	lockedCSS []byte
	//go:embed locked.js
	lockedJS string

	lockedPage = template.Must(template.New("locked").Parse(lockedHTML))
)

// isLocked says whether an error of opening means that a secret is missing, of a
// folder that has keys.
func (d dataFlags) isLocked(err error) bool {
	_, none := vault.Slots(d.Data)
	return none == nil && (errors.Is(err, errNoSecret) || errors.Is(err, vault.ErrWrongSecret))
}

// lock waits for a secret.
type lock struct {
	data  dataFlags
	house *clinic.Clinic
	tls   bool
	log   *slog.Logger

	trying sync.Mutex // one attempt at a time: argon2id is slow on purpose
	opened chan *storage.DB
}

// waitUnlocked serves the locked faces until somebody gives a secret.
func (c *serveCommand) waitUnlocked(ctx context.Context, s streams, house *clinic.Clinic, log *slog.Logger) (*storage.DB, error) {
	l := &lock{data: c.dataFlags, house: house, tls: c.TLSCert != "" || c.EndsTLS, log: log, opened: make(chan *storage.DB, 1)}
	public, service, scheme, err := c.listeners()
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.out, "Locked: no secret at hand opens the keys.\nConsole:     %s://%s/console/\n", scheme, public.Addr())
	inner, stop := context.WithCancel(ctx)
	defer stop()
	serving, inner := errgroup.WithContext(inner)
	serving.Go(func() error { return stopped(web.Serve(inner, public, l.faces(), log)) })
	serving.Go(func() error { return stopped(web.Serve(inner, service, l.service(), log)) })
	go answerUnlock(inner, c.Data, l, log)
	var db *storage.DB
	select {
	case db = <-l.opened:
	case <-inner.Done():
	}
	stop()
	err = serving.Wait()
	if db == nil && err == nil {
		err = context.Canceled
	}
	return db, err
}

// open tries a passphrase or a recovery key.
func (l *lock) open(secret string) error {
	l.trying.Lock()
	defer l.trying.Unlock()
	var by vault.Unlocker = vault.Passphrase(secret)
	if r, err := vault.Recovery(secret); err == nil {
		by = r
	}
	db, err := l.data.openBy(by)
	if err != nil {
		l.log.Warn("unlocking failed", "err", err)
		return err
	}
	if err := keyEntry(db, "key.unlock", ""); err != nil {
		return errors.Join(err, db.Close())
	}
	select {
	case l.opened <- db:
		return nil
	default: // somebody was faster
		return db.Close()
	}
}

func (l *lock) service() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		if err := json.NewEncoder(w).Encode(map[string]part{"store": {Detail: "locked"}}); err != nil {
			l.log.DebugContext(r.Context(), "readyz", "err", err)
		}
	})
	return mux
}

func (l *lock) faces() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", l.page)
	mux.HandleFunc("GET /widget.js", l.script)
	mux.HandleFunc("GET /locked.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(lockedCSS)
	})
	mux.HandleFunc("GET /console/", l.console)
	mux.HandleFunc("POST /console/", l.unlock)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "locked", http.StatusServiceUnavailable)
	})
	own := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		own.ServeHTTP(w, r)
	})
}

// lockedView is what the page shows.
type lockedView struct {
	Lang, Name, Call string
	Phone            lockedPhone
	Branches         []lockedBranch

	Desk, Open bool
	Wrong      string
}

type lockedPhone struct{ Number, Shown string }

type lockedBranch struct {
	Name, Address string
	Hours         []string
}

// lockedWords are the few words of the locked house, by language.
var lockedWords = map[string]struct {
	call, label string
	days        [7]string // by time.Weekday
	off         string
}{
	"ru": {"Запись онлайн сейчас недоступна. Позвоните нам, пожалуйста:", "Позвонить нам", [7]string{"вс", "пн", "вт", "ср", "чт", "пт", "сб"}, "выходной"},
	"tt": {"Онлайн язылу хәзер эшләми. Зинһар, шалтыратыгыз:", "Безгә шалтырату", [7]string{"як", "дш", "сш", "чш", "пш", "җм", "шб"}, "ял көне"},
	"en": {"Online booking is not available right now. Please call us:", "Call us", [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}, "closed"},
}

func (l *lock) view(lang string) lockedView {
	lang = l.house.Language(lang)
	v := lockedView{Lang: lang, Name: l.house.Name.In(lang), Call: lockedWords[lang].call}
	v.Phone = lockedPhone{l.house.Phone, privacy.ShowPhone(l.house.Phone)}
	for _, b := range l.house.Branches {
		v.Branches = append(v.Branches, lockedBranch{b.Name.In(lang), b.Address.In(lang), weekly(b.Hours, lang)})
	}
	return v
}

// weekly words the hours of a week, days that are alike in one line.
func weekly(h clinic.Hours, lang string) (lines []string) {
	words := lockedWords[lang]
	week := []time.Weekday{1, 2, 3, 4, 5, 6, 0}
	for i := 0; i < len(week); {
		spans := h.Weekly(week[i])
		j := i + 1
		for j < len(week) && slices.Equal(h.Weekly(week[j]), spans) {
			j++
		}
		days := words.days[week[i]]
		if j-i > 1 {
			days += "–" + words.days[week[j-1]]
		}
		text := words.off
		if len(spans) > 0 {
			parts := make([]string, len(spans))
			for n, s := range spans {
				parts[n] = wallClock(s.From) + "–" + wallClock(s.To)
			}
			text = strings.Join(parts, ", ")
		}
		lines = append(lines, days+": "+text)
		i = j
	}
	return lines
}

func wallClock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60%24, minute%60) }

func (l *lock) page(w http.ResponseWriter, r *http.Request) {
	lang := r.URL.Query().Get("lang")
	if lang == "" {
		lang = r.Header.Get("Accept-Language")
	}
	l.draw(w, r, http.StatusOK, l.view(lang[:min(2, len(lang))]))
}

func (l *lock) draw(w http.ResponseWriter, r *http.Request, status int, v lockedView) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := lockedPage.Execute(w, v); err != nil {
		l.log.DebugContext(r.Context(), "locked page", "err", err)
	}
}

// script is the widget of a locked house.
func (l *lock) script(w http.ResponseWriter, r *http.Request) {
	type word struct {
		Lang  string `json:"lang"`
		Label string `json:"label"`
	}
	words := map[string]word{}
	for _, lang := range l.house.Languages {
		words[lang] = word{lang, lockedWords[lang].label}
	}
	words[""] = words[l.house.Languages[0]]
	text, err := json.Marshal(map[string]any{"base": "https://" + r.Host, "words": words})
	if err != nil {
		http.Error(w, "internal", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write([]byte(strings.Replace(lockedJS, `"OKOSHKO_WORDS"`, strconv.Quote(string(text)), 1)))
}

// private says whether a secret may travel this way.
func (l *lock) private(r *http.Request) bool { return l.tls || r.TLS != nil || web.Loopback(r) }

func (l *lock) console(w http.ResponseWriter, r *http.Request) {
	l.draw(w, r, http.StatusOK, lockedView{Lang: "ru", Name: "Вход закрыт", Desk: true, Open: l.private(r)})
}

// maxSecret is bytes of a typed secret.
const maxSecret = 4 << 10

func (l *lock) unlock(w http.ResponseWriter, r *http.Request) {
	if !l.private(r) {
		http.Error(w, "https only", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSecret)
	err := l.open(r.PostFormValue("secret"))
	if err == nil {
		w.Header().Set("Retry-After", "2")
		w.Header().Set("Refresh", "3; url=/console/")
		l.draw(w, r, http.StatusOK, lockedView{Lang: "ru", Name: "Открыто, консоль запускается", Desk: false})
		return
	}
	wrong := "Хранилище не открывается: причина записана в журнале службы."
	if errors.Is(err, vault.ErrWrongSecret) {
		wrong = "Фраза или ключ не подходят."
	}
	l.draw(w, r, http.StatusForbidden, lockedView{Lang: "ru", Name: "Вход закрыт", Desk: true, Open: true, Wrong: wrong})
}

// answerUnlock takes a secret from okoshko key unlock, on the socket that later
// takes commands.
func answerUnlock(ctx context.Context, dir string, l *lock, log *slog.Logger) {
	listenOwner(ctx, dir, log, func(conn net.Conn) { l.answer(ctx, conn) })
}

func (l *lock) answer(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	c, exit, err := readCall(conn)
	if err != nil {
		return
	}
	if len(c.args) < 2 || c.args[0] != "key" || c.args[1] != "unlock" {
		fmt.Fprintln(c.s.err, "okoshko: locked; first okoshko key unlock")
		_, _ = exit.Write([]byte{exitWrong})
		return
	}
	c.unlock = l.open
	_, _ = exit.Write([]byte{byte(runCall(ctx, c))})
}

type keyUnlock struct{ dataFlags }

// Run gives the passphrase or the recovery key, one line on standard input, to
// the appliance that waits for it.
func (c *keyUnlock) Run(s streams) error {
	if c.call.unlock == nil {
		conn, err := dialOwner(c.Data)
		if err != nil {
			return errors.New("no locked okoshko runs on this folder")
		}
		return c.call.send(conn)
	}
	secret, err := oneLine(s.in)
	if err != nil {
		return errors.New("found nothing on standard input, expected the passphrase or the recovery key on one line")
	}
	if err := c.call.unlock(secret); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "unlocked")
	return nil
}
