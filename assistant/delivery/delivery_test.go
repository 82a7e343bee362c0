package delivery

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// TestRealReceiver delivers over real sockets to a server that verifies with
// the standard's library, is gone for a while, and then gets everything.
func TestRealReceiver(t *testing.T) {
	r := newReceiver(secretOne)
	r.seen = make(chan hit, 100)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	to := crm("http://" + address + "/hook")
	to.Contact = true
	h := newHouse(t, t.TempDir(), Config{Receivers: []clinic.Receiver{to}})
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:9") // is not asked

	server := &http.Server{Handler: r}
	go server.Serve(listener)
	stop := h.run()
	h.happen("a")
	first := <-r.seen
	if first.Verified != nil || !strings.Contains(first.Body, "Гузель") || first.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %q, %v", first.Body, first.Verified)
	}
	waitFor(t, h, func(found []outbox.Delivery) bool { return found[0].State == outbox.Done })
	server.Close()
	stop()

	h.relay, err = New(h.relay.conf)
	if err != nil {
		t.Fatal(err)
	}
	stop = h.run()
	h.happen("a", "b", "a")
	waitFor(t, h, func(found []outbox.Delivery) bool {
		return len(found) == 4 && len(found[2].Attempts) > 0 && found[2].Attempts[0].Error == Refused
	})
	if listener, err = net.Listen("tcp", address); err != nil {
		t.Skipf("the port was taken meanwhile: %v", err)
	}
	server = &http.Server{Handler: r}
	go server.Serve(listener)
	if err := h.relay.Resend(t.Context(), h.deliveries(outbox.Filter{})[2].ID); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if hit := <-r.seen; hit.Verified != nil {
			t.Error(hit.Verified)
		}
	}
	if got, want := r.order(), []string{"a1", "a2", "b3", "a4"}; !slices.Equal(got, want) {
		t.Errorf("events came as %q, want %q", got, want)
	}
	stop()
	server.Close()
}

// waitFor looks at the deliveries until they are as wanted, or for ten seconds.
func waitFor(t *testing.T, h *house, wanted func([]outbox.Delivery) bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if wanted(h.deliveries(outbox.Filter{})) {
			return
		}
	}
	t.Fatalf("deliveries stay %+v", h.deliveries(outbox.Filter{}))
}

func TestTLS(t *testing.T) {
	r := newReceiver(secretOne)
	server := httptest.NewUnstartedServer(r)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the stranger's handshake
	server.StartTLS()
	defer server.Close()
	to := crm(server.URL)
	h := newHouse(t, t.TempDir(), Config{Receivers: []clinic.Receiver{to}, Roots: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs})
	stop := h.run()
	h.happen("a")
	waitFor(t, h, func(found []outbox.Delivery) bool { return found != nil && found[0].State == outbox.Done })
	stop()

	stranger := newHouse(t, t.TempDir(), Config{Receivers: []clinic.Receiver{to}})
	stop = stranger.run()
	stranger.happen("a")
	waitFor(t, stranger, func(found []outbox.Delivery) bool {
		return found != nil && len(found[0].Attempts) > 0 && found[0].Attempts[0].Error != ""
	})
	stop()
	if got := stranger.only().Attempts[0].Error; got != BadTLS {
		t.Errorf("a certificate nobody vouches for: %q, want %q", got, BadTLS)
	}
	if n := len(r.got()); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// TestWhatAnAnswerMeans has a receiver give one answer and looks at what
// becomes of the delivery.
func TestWhatAnAnswerMeans(t *testing.T) {
	elsewhere := 0
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   outbox.State
		status int
		why    string
	}{
		"200":          {status(200), outbox.Done, 200, ""},
		"202":          {status(202), outbox.Done, 202, ""},
		"204":          {status(204), outbox.Done, 204, ""},
		"304":          {status(304), outbox.Waiting, 304, Redirected},
		"400":          {status(400), outbox.Waiting, 400, ""},
		"404":          {status(404), outbox.Waiting, 404, ""},
		"500":          {status(500), outbox.Waiting, 500, ""},
		"a redirect":   {http.RedirectHandler("http://elsewhere.test/", http.StatusTemporaryRedirect).ServeHTTP, outbox.Waiting, 307, Redirected},
		"a long story": {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 10*maxAnswer)) }, outbox.Done, 200, ""},
		"long headers": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 2*maxAnswer)) }, outbox.Waiting, 0, Unreachable},
		"cut off":      {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, outbox.Waiting, 0, Unreachable},
		"drop by drop": {func(w http.ResponseWriter, r *http.Request) {
			for {
				w.Write([]byte("x"))
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
					return
				case <-time.After(time.Second):
				}
			}
		}, outbox.Done, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, h *house, n *network, r *receiver) {
				n.serve(t, "elsewhere.test:80", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
				r.answers(c.answer)
				h.happen("a")
				time.Sleep(time.Millisecond)
				if name == "drop by drop" {
					time.Sleep(sendTimeout)
				}
				synctest.Wait()
				d := h.only()
				want := []outbox.Attempt{{Status: c.status, Error: c.why}}
				if diff := cmp.Diff(want, d.Attempts, cmpopts.IgnoreFields(outbox.Attempt{}, "At", "Took")); diff != "" || d.State != c.want {
					t.Errorf("%s, want %s; attempts (-want +got)\n%s", d.State, c.want, diff)
				}
				if d.Attempts[0].Took > sendTimeout {
					t.Errorf("the attempt took %v, want at most %v", d.Attempts[0].Took, sendTimeout)
				}
			})
		})
	}
	if elsewhere > 0 {
		t.Error("a redirect was followed")
	}
}

func TestGoneStopsTheReceiver(t *testing.T) {
	inBubble(t, func(t *testing.T, h *house, n *network, r *receiver) {
		stopped := func() bool {
			t.Helper()
			found, err := h.relay.Receivers(t.Context())
			if err != nil || len(found) != 1 {
				t.Fatalf("Receivers = %v, %v", found, err)
			}
			return !found[0].Stopped.IsZero()
		}
		calls := func(want int) {
			t.Helper()
			time.Sleep(time.Hour)
			if got := len(r.got()); got != want {
				t.Errorf("%d calls, want %d", got, want)
			}
		}
		r.answers(status(http.StatusGone))
		h.happen("a", "b")
		calls(1)
		if !stopped() {
			t.Error("the receiver is not said to be stopped")
		}
		h.happen("c")
		calls(1)
		r.answers(nil)
		if err := h.relay.Resume(t.Context(), "crm"); err != nil {
			t.Fatal(err)
		}
		calls(4)
		if stopped() {
			t.Error("the receiver is said to be stopped after Resume")
		}
		r.answers(status(http.StatusGone))
		h.happen("a")
		calls(5)
		other := newReceiver(secretOne)
		n.serve(t, "new.test:80", other)
		if err := h.relay.SetReceivers([]clinic.Receiver{crm("http://new.test/")}); err != nil {
			t.Fatal(err)
		}
		calls(5)
		if stopped() || len(other.got()) != 1 {
			t.Errorf("at its new address: stopped %v, %d calls; want served, 1", stopped(), len(other.got()))
		}
	})
}

// TestIncidentFreezes: while an incident is open nothing leaves the house, and
// nothing is lost; afterwards all of it leaves, in order.
func TestIncidentFreezes(t *testing.T) {
	inBubble(t, func(t *testing.T, h *house, _ *network, r *receiver) {
		h.happen("a")
		time.Sleep(time.Hour)
		change := func(fn func(tx *storage.Tx) error) {
			t.Helper()
			if err := h.db.Update(fn); err != nil {
				t.Fatal(err)
			}
		}
		change(func(tx *storage.Tx) error {
			_, err := privacy.OpenIncident(tx, privacy.Incident{Noticed: time.Now(), By: "owner", Scope: privacy.ScopeAll})
			return err
		})
		h.happen("a", "b")
		time.Sleep(24 * time.Hour)
		if got := r.order(); len(got) != 1 {
			t.Errorf("%v left while frozen, want the first alone", got)
		}
		change(func(tx *storage.Tx) error { return privacy.Unfreeze(tx, "I-1", "owner", time.Now()) })
		h.relay.Wake()
		time.Sleep(time.Hour)
		if got := len(r.got()); got != 3 {
			t.Errorf("%d calls after the freeze, want 3", got)
		}
	})
}

// TestRenderedWhenSent renders a body anew for each attempt: what changed since
// shows, and who was erased is not sent.
func TestRenderedWhenSent(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, full, thin := newNetwork(), newReceiver(secretOne), newReceiver(secretOne)
		n.serve(t, "full.test:80", full)
		n.serve(t, "thin.test:80", thin)
		one, two := crm("http://full.test/"), crm("http://thin.test/")
		one.Contact, two.Name = true, "thin"
		h := newHouse(t, dir, Config{Receivers: []clinic.Receiver{one, two}, Dial: n.dial})
		stop := h.run()
		full.answers(status(500))
		h.happen("a", "b")
		synctest.Wait()
		h.setName("a", "Гульназ")
		h.setName("b", "") // erased
		full.answers(nil)
		time.Sleep(time.Minute)
		bodies := func(r *receiver) (all string) {
			for _, hit := range r.got() {
				all += hit.Body + "\n"
			}
			return all
		}
		if got := bodies(full); !strings.Contains(got, "Гузель") || !strings.Contains(got, "Гульназ") || strings.Count(got, "Марат") != 1 {
			t.Errorf("sent with contact:\n%s", got)
		}
		if got := bodies(thin); len(thin.got()) != 2 || strings.ContainsAny(got, "ГМ") {
			t.Errorf("sent without contact:\n%s", got)
		}
		d := h.deliveries(outbox.Filter{Receiver: "crm"})[0]
		if d.State != outbox.Abandoned {
			t.Errorf("the erased person's delivery is %s, want dropped", d.State)
		}
		h.setName("c", "broken")
		h.happen("c")
		synctest.Wait()
		d = h.deliveries(outbox.Filter{Receiver: "crm"})[0]
		if d.State != outbox.Waiting || d.Attempts[0].Error != NotRendered {
			t.Errorf("what cannot be rendered: %s, %+v", d.State, d.Attempts)
		}
		h.setName("c", "Алия")
		time.Sleep(time.Minute)
		if d = h.deliveries(outbox.Filter{Receiver: "crm"})[0]; d.State != outbox.Done {
			t.Errorf("what can be rendered again: %s", d.State)
		}
		stop()
		if log := h.log.String(); strings.ContainsAny(log, "ГМА") || !strings.Contains(log, "delivered") {
			t.Errorf("the log names people:\n%s", log)
		}
	})
}

func TestSecrets(t *testing.T) {
	for name, c := range map[string]struct {
		set      map[string]string
		receiver clinic.Receiver
		verifies []string // secrets that verify
		why      string
	}{
		"one":                 {map[string]string{"hook": secretOne}, crm("http://crm.test/"), []string{secretOne}, ""},
		"while it is changed": {map[string]string{"hook": secretTwo + " " + secretOne + "\n"}, crm("http://crm.test/"), []string{secretOne, secretTwo}, ""},
		"not set":             {map[string]string{}, crm("http://crm.test/"), nil, NoSecret},
		"empty":               {map[string]string{"hook": " "}, crm("http://crm.test/"), nil, NoSecret},
		"too short":           {map[string]string{"hook": "whsec_c2hvcnQ="}, crm("http://crm.test/"), nil, NoSecret},
		"not base64":          {map[string]string{"hook": "whsec_%%"}, crm("http://crm.test/"), nil, NoSecret},
		"unsigned":            {nil, clinic.Receiver{Name: "crm", Kind: "webhook", URL: "http://crm.test/"}, []string{}, ""},
		"secret address": {
			map[string]string{"hook": secretOne, "url": "http://crm.test/rest/1/code\n"},
			crm("secret:url"),
			[]string{secretOne},
			"",
		},
		"secret address not set": {map[string]string{"hook": secretOne}, crm("secret:url"), nil, NoSecret},
		"not an address":         {map[string]string{"hook": secretOne}, crm("ftp://crm.test/"), nil, NoAddress},
		"address without host":   {map[string]string{"hook": secretOne}, crm("http:///x"), nil, NoAddress},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				n, r := newNetwork(), newReceiver(secretOne)
				n.serve(t, "crm.test:80", r)
				h := newHouse(t, dir, Config{Receivers: []clinic.Receiver{c.receiver}, Dial: n.dial})
				delete(h.secrets, "hook")
				for name, value := range c.set {
					h.setSecret(name, value)
				}
				stop := h.run()
				h.happen("a")
				synctest.Wait()
				d, hits := h.only(), r.got()
				switch {
				case c.why != "":
					if len(hits) > 0 || d.State != outbox.Waiting || d.Attempts[0].Error != c.why || len(h.egress()) > 0 {
						t.Errorf("%d calls, %s %+v; want none, %q", len(hits), d.State, d.Attempts, c.why)
					}
				case len(hits) != 1 || d.State != outbox.Done:
					t.Fatalf("%d calls, %s", len(hits), d.State)
				case len(c.verifies) == 0:
					if hits[0].Header.Get("Webhook-Signature") != "" {
						t.Error("an unsigned receiver got a signature")
					}
				}
				for _, secret := range c.verifies {
					if err := newReceiver(secret).verify.Verify([]byte(hits[0].Body), hits[0].Header); err != nil {
						t.Errorf("by %s: %v", secret, err)
					}
				}
				stop()
				if log := h.log.String(); strings.Contains(log, "whsec") || strings.Contains(log, "/rest/") {
					t.Errorf("the log holds a secret:\n%s", log)
				}
			})
		})
	}
}

// TestRecordedBeforeSent looks into the store while a receiver has a call in
// hand, then cuts the relay off.
func TestRecordedBeforeSent(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, r := newNetwork(), newReceiver(secretOne)
		n.serve(t, "crm.test:80", r)
		h := newHouse(t, dir, Config{Receivers: []clinic.Receiver{crm("http://crm.test/hook")}, Dial: n.dial})
		gate := make(chan struct{})
		r.answers(func(w http.ResponseWriter, _ *http.Request) { <-gate })
		stop := h.run()
		h.happen("a")
		synctest.Wait()
		d := h.only()
		if len(d.Attempts) != 1 || d.Attempts[0].Status != 0 || d.Attempts[0].Error != "" || !d.Next.After(time.Now()) {
			t.Errorf("while it is under way: attempts %+v, next %v", d.Attempts, d.Next)
		}
		body := r.got()[0].Body
		want := []Egress{{At: d.Attempts[0].At, Receiver: "crm", Host: "crm.test:80", Event: d.Event.ID, Bytes: len(body)}}
		if diff := cmp.Diff(want, h.egress()); diff != "" {
			t.Errorf("ledger while it is under way: (-want +got)\n%s", diff)
		}
		stop()
		close(gate)
		if d = h.only(); d.Attempts[0].Error != Interrupted || d.Round != 0 || d.Next.After(time.Now()) {
			t.Errorf("after the stop: %+v, round %d, next %v; want due again", d.Attempts, d.Round, d.Next)
		}
		r.answers(nil)
		stop = h.run()
		time.Sleep(time.Minute)
		stop()
		if d = h.only(); d.State != outbox.Done || len(d.Attempts) != 2 || r.got()[1].ID != r.got()[0].ID {
			t.Errorf("after a new start: %s, attempts %+v", d.State, d.Attempts)
		}
		want[0].Status = 0
		want = append([]Egress{{At: d.Attempts[1].At, Receiver: "crm", Host: "crm.test:80", Event: d.Event.ID, Bytes: len(body), Status: 204}}, want...)
		if diff := cmp.Diff(want, h.egress()); diff != "" {
			t.Errorf("ledger: (-want +got)\n%s", diff)
		}
		err := h.db.Update(func(tx *storage.Tx) error {
			events, entries, err := Prune(tx, time.Now().Add(-time.Second*30))
			if events != 1 || entries != 2 {
				t.Errorf("Prune = %d, %d; want 1 event, 2 entries", events, entries)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestReceiversChangeWhileRunning(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, one, two := newNetwork(), newReceiver(secretOne), newReceiver(secretOne)
		n.serve(t, "one.test:80", one)
		n.serve(t, "two.test:80", two)
		h := newHouse(t, dir, Config{Dial: n.dial})
		stop := h.run()
		h.happen("a") // nobody is there yet
		set := func(receivers ...clinic.Receiver) {
			t.Helper()
			if err := h.relay.SetReceivers(receivers); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		first, second := crm("http://one.test/"), crm("http://two.test/")
		second.Name, second.Events = "two", []string{"appointment.requested"}
		set(first)
		h.happen("b")
		synctest.Wait()
		set(first, second)
		h.happen("c")
		synctest.Wait()
		second.Events = []string{"appointment.moved"}
		set(second)
		h.happen("a")
		synctest.Wait()
		if got := one.order(); !slices.Equal(got, []string{"b2", "c3"}) {
			t.Errorf("the first got %q, want b2 and c3", got)
		}
		if got := two.order(); !slices.Equal(got, []string{"c3"}) {
			t.Errorf("the second got %q, want c3", got)
		}
		for name, receivers := range map[string][]clinic.Receiver{
			"two of one name":      {first, first},
			"without a name":       {{Kind: "webhook", URL: "http://one.test/"}},
			"of a kind not known":  {{Name: "x", Kind: "pigeon", URL: "http://one.test/"}},
			"with an unfit letter": {{Name: "x\x00", Kind: "webhook", URL: "http://one.test/"}},
		} {
			if err := h.relay.SetReceivers(receivers); err == nil {
				t.Errorf("receivers %s were taken", name)
			}
		}
		stop()
	})
}

func TestResendOfNothing(t *testing.T) {
	h := newHouse(t, t.TempDir(), Config{})
	if err := h.relay.Resend(t.Context(), "none.crm"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("Resend = %v, want ErrNotFound", err)
	}
}

func TestWakeNeverBlocks(t *testing.T) {
	h := newHouse(t, t.TempDir(), Config{Receivers: []clinic.Receiver{crm("http://crm.test/")}})
	for range 1000 { // nothing runs
		h.relay.Wake()
	}
}
