package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"okoshko/storage"
	"okoshko/storage/outbox"
)

// serviceMux answers on the service address, which is for the machine's owner
// and monitoring alone.
func (a *appliance) serviceMux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.HandleFunc("GET /metrics", a.metrics)
	return mux
}

// part is the state of one part of the house.
type part struct {
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

// ready answers 200 where visitors can be served, 503 where not, with the state
// of each part. A model that does not answer makes the house slower to
// understand, not unready.
func (a *appliance) ready(w http.ResponseWriter, r *http.Request) {
	store := part{OK: true}
	if err := a.db.View(func(*storage.Tx) error { return nil }); err != nil {
		store = part{Detail: err.Error()}
	}
	parts := map[string]part{
		"store": store, "model": a.modelPart(), "deliveries": a.deliveriesPart(),
		"heads": a.headsPart(r.Context()), "clock": a.clockPart(), "alarms": a.alarmsPart(r.Context()),
	}
	w.Header().Set("Content-Type", "application/json")
	if !store.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if err := json.NewEncoder(w).Encode(parts); err != nil {
		a.log.DebugContext(r.Context(), "readyz", "err", err)
	}
}

// lateAfter is how long an event may wait for its receiver before that is worth
// a look.
const lateAfter = time.Hour

func (a *appliance) deliveriesPart() part {
	waiting, late := 0, false
	err := a.db.View(func(tx *storage.Tx) error {
		queues, err := outbox.Queues(tx)
		for _, q := range queues {
			waiting += q.Waiting
			late = late || q.Waiting > 0 && a.now().Sub(q.Oldest) > lateAfter
		}
		return err
	})
	if err != nil {
		return part{Detail: err.Error()}
	}
	return part{OK: !late, Detail: fmt.Sprintf("%d waiting", waiting)}
}

// metrics writes Prometheus text.
func (a *appliance) metrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	gauge := func(name, help string, value any) {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s gauge\n%s %v\n", name, help, name, name, value)
	}
	gauge("okoshko_sockets", "Visitors connected.", a.visitors.Sockets())
	if n, err := a.assistant.Unseen(r.Context()); err == nil {
		gauge("okoshko_alarms_unseen", "Alarms that nobody has seen.", n)
	}
	if k, err := a.assistant.Head(r.Context()); err == nil && !k.Written.IsZero() {
		gauge("okoshko_head_age_seconds", "Since the journal's head was last written away from the machine.", int(a.now().Sub(k.Written).Seconds()))
	}
	err := a.db.View(func(tx *storage.Tx) error {
		queues, err := outbox.Queues(tx)
		fmt.Fprintf(w, "# HELP okoshko_deliveries_waiting Events not yet delivered.\n# TYPE okoshko_deliveries_waiting gauge\n")
		for _, q := range queues {
			fmt.Fprintf(w, "okoshko_deliveries_waiting{receiver=%q} %d\n", q.Receiver, q.Waiting)
		}
		return err
	})
	if err != nil {
		a.log.Error("metrics", "err", err)
	}
	a.modelMetrics(w)
}
