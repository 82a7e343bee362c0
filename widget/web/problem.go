package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Problem is a refusal that is shown to the one who asked, after RFC 9457. It is
// an error; Title and Detail are for people and hold no visitor's words.
type Problem struct {
	Type       string         // a URI reference that names the kind; "" is about:blank
	Status     int            // HTTP status, 400–599
	Title      string         // short, the same for every problem of this kind
	Detail     string         // what to do about this one; may be empty
	Instance   string         // set when answered: urn:request:ID, the id in the log
	RetryAfter time.Duration  // 0: not said
	More       map[string]any // further members of the JSON document
	Cause      error          // for the log only
}

// Refused is a problem with a status, a title and what to do about it.
func Refused(status int, title, detail string) *Problem {
	return &Problem{Status: status, Title: title, Detail: detail}
}

// NotFound is the problem of a page or a thing that is not there.
func NotFound() *Problem {
	return Refused(http.StatusNotFound, "Такой страницы нет", "Возможно, ссылка устарела.")
}

// Because returns a copy of p with the cause for the log.
func (p *Problem) Because(err error) *Problem {
	c := *p
	c.Cause = err
	return &c
}

func (p *Problem) Error() string {
	if p.Cause != nil {
		return fmt.Sprintf("%d: %v", p.Status, p.Cause)
	}
	return fmt.Sprintf("%d %s", p.Status, http.StatusText(p.Status))
}

func (p *Problem) Unwrap() error { return p.Cause }

// MarshalJSON writes the RFC's members and those of More beside them.
func (p *Problem) MarshalJSON() ([]byte, error) {
	doc := maps.Clone(p.More)
	if doc == nil {
		doc = map[string]any{}
	}
	doc["status"] = p.Status
	for name, value := range map[string]string{"type": p.Type, "title": p.Title, "detail": p.Detail, "instance": p.Instance} {
		if value != "" {
			doc[name] = value
		}
	}
	return json.Marshal(doc)
}

// asProblem finds the problem in an error's chain, or makes one of it.
func asProblem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		c := *p
		return &c
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return Refused(http.StatusRequestEntityTooLarge, "Слишком много данных", fmt.Sprintf("Принимаем не больше %d КБ.", big.Limit>>10))
	}
	return Refused(http.StatusInternalServerError, "Что-то сломалось у нас", "Попробуйте ещё раз. Если не поможет, сообщите администратору номер запроса.").Because(err)
}

// ProblemJSON draws the problem as application/problem+json.
func ProblemJSON(w http.ResponseWriter, _ *http.Request, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"status":500}`)
	}
	p.WriteHead(w, "application/problem+json")
	_, _ = w.Write(append(body, '\n'))
}

// ProblemPage draws a plain page; a room with a face of its own draws a better one.
func ProblemPage(w http.ResponseWriter, _ *http.Request, p *Problem) {
	p.WriteHead(w, "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang="ru"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%[1]s</title><h1>%[1]s</h1><p>%[2]s</p><p><small>%[3]s</small></p></html>`,
		template.HTMLEscapeString(p.Title), template.HTMLEscapeString(p.Detail), template.HTMLEscapeString(p.Request()))
}

// Request is the id under which the problem stands in the log.
func (p *Problem) Request() string { return strings.TrimPrefix(p.Instance, "urn:request:") }

// WriteHead writes what comes before a problem's body: type, Retry-After, status.
func (p *Problem) WriteHead(w http.ResponseWriter, contentType string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Del("Content-Length")
	if p.RetryAfter > 0 {
		seconds := int64((p.RetryAfter + time.Second - 1) / time.Second)
		w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	w.WriteHeader(p.Status)
}
