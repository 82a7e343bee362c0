package widget

import (
	"cmp"
	"errors"
	"net/http"

	"okoshko/assistant"
	"okoshko/assistant/privacy"
)

// useCard is one purpose for which the person's data is used, with what they can do
// about it.
type useCard struct {
	assistant.PersonPurpose
	State string // in words
	Text  string // version of the text to read: what was agreed to, or would be
	Give  string // version that can be agreed to; "" where there is nothing to agree to
	Stop  bool   // can be ended
	Whole bool   // ending it ends all
}

// fill words what the person's data is used for.
func (p *mePage) fill() {
	for _, one := range p.Person.Purposes {
		c := useCard{PersonPurpose: one, Text: one.Version, Stop: one.InForce, Whole: one.Purpose == privacy.PurposeBooking}
		if now := one.Texts[p.Lang]; !one.InForce && now != "" {
			c.Text, c.Give = now, now
		}
		switch {
		case one.InForce && one.Since.IsZero():
			c.State = p.M.NoneNeeded
		case one.InForce:
			c.State = p.M.GivenOn + " " + p.Moment(one.Since)
		case !one.Withdrawn.IsZero():
			c.State = p.M.TakenBack + " " + p.Moment(one.Withdrawn)
		case !one.Refused.IsZero():
			c.State = p.M.Refused + " " + p.Moment(one.Refused)
		default:
			c.State = p.M.NotGiven
		}
		p.Agreed = p.Agreed || c.Whole && c.InForce
		p.Uses = append(p.Uses, c)
	}
	for i := range p.Uses { // nothing stands without the consent to the visit
		if !p.Agreed && !p.Uses[i].Whole {
			p.Uses[i].Give = ""
		}
	}
}

// Purpose words what data is used for.
func (p mePage) Purpose(id string) string {
	if s, ok := p.M.Purposes[id]; ok {
		return s
	}
	return id
}

// Basis words what the law lets data be used on.
func (p mePage) Basis(id string) string { return p.M.Bases[id] }

// meAgree answers POST /me/consent: a consent to one purpose, to the version of its
// text that the page linked to.
func (w *Widget) meAgree(rw http.ResponseWriter, r *http.Request) error {
	m := w.meWords(r)
	err := w.conf.Rights.AgreeTo(r.Context(), w.meCookie().Get(r), assistant.Agreement{
		Purpose: r.PostFormValue("purpose"), Version: r.PostFormValue("version"), Address: w.conf.Proxies.Address(r).String(), Widget: w.build,
	})
	switch {
	case errors.Is(err, assistant.ErrVersion):
		return w.meShow(rw, r, "", http.StatusConflict, m.TextChanged, true)
	case errors.Is(err, privacy.ErrNoConsent):
		return w.meShow(rw, r, "", http.StatusConflict, m.VisitFirst, true)
	case err != nil:
		return w.meFailed(rw, r, err)
	}
	return w.meShow(rw, r, "", http.StatusOK, m.Given, false)
}

// meWithdraw answers POST /me/withdraw: of one purpose, or, for the visit, of all.
func (w *Widget) meWithdraw(rw http.ResponseWriter, r *http.Request) error {
	purpose := cmp.Or(r.PostFormValue("purpose"), privacy.PurposeBooking) // a page of before an update knows one
	if err := w.conf.Rights.WithdrawConsent(r.Context(), w.meCookie().Get(r), purpose); err != nil {
		return w.meFailed(rw, r, err)
	}
	m := w.meWords(r)
	said := m.Stopped
	if purpose == privacy.PurposeBooking {
		said = m.Withdrawn
	}
	return w.meShow(rw, r, "", http.StatusOK, said, false)
}

// recordRow is one record of a consent, with what proves it.
type recordRow struct {
	assistant.PersonConsent
	On   mePage
	Link bool // to the text: not in a file that is read elsewhere
}

func record(p mePage, c assistant.PersonConsent) recordRow { return recordRow{c, p, true} }

func filed(p mePage, c assistant.PersonConsent) recordRow { return recordRow{c, p, false} }

// Answer words what was pressed or said.
func (p mePage) Answer(pressed string) string {
	if s, ok := p.M.Answers[pressed]; ok {
		return s
	}
	return p.M.Answers[""] // at the desk, whose accounts are nobody else's business
}
