package clinic

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Events that a receiver can be told of.
func eventTypes() []string {
	return []string{
		"appointment.requested", "appointment.confirmed", "appointment.declined", "appointment.moved",
		"appointment.cancelled", "appointment.arrived", "appointment.no_show", "appointment.reminder", "conversation.handoff",
		"consent.given", "consent.withdrawn", "contact.erased", "waitlist.joined", "waitlist.offered",
		"alarm.raised", "incident.opened",
	}
}

var (
	secretText = regexp.MustCompile(`^secret:[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	originText = regexp.MustCompile(`^https?://([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5}|:\*)?$`)
)

func (v value) privacy(c *Clinic, p *Privacy) {
	keep := func(into *time.Duration) func(value) {
		return func(v value) { *into = v.duration(day, 3650*day, day) }
	}
	v.object(
		field{"operator", true, func(v value) { p.Operator, _ = v.text(maxText, "the legal name of who answers for the data") }},
		field{"contact", true, func(v value) { p.Contact, _ = v.text(maxName, "where people write about their data") }},
		field{"policy", false, func(v value) { p.Policy = v.address("https", "http") }},
		field{"purposes", false, func(v value) { v.purposes(c, &p.Purposes) }},
		field{"retention", false, func(v value) {
			v.object(
				field{"conversations", false, keep(&p.Retention.Conversations)},
				field{"appointments", false, keep(&p.Retention.Appointments)},
				field{"audit", false, keep(&p.Retention.Audit)},
			)
		}},
	)
}

func (v value) closed() []DateRange {
	var all []DateRange
	for _, item := range v.list("a list of days") {
		const expected = "a day such as 2026-12-31 or days such as 2027-01-01/2027-01-08"
		s, ok := item.text(maxName, expected)
		if !ok {
			continue
		}
		from, to, several := strings.Cut(s, "/")
		if !several {
			to = from
		}
		a, errA := ParseDate(from)
		b, errB := ParseDate(to)
		switch {
		case errA != nil || errB != nil:
			item.refuse(expected)
		case a.Compare(b) > 0:
			item.refuse("the earlier day first")
		default:
			all = append(all, DateRange{a, b})
		}
	}
	return all
}

func (v value) rules(c *Clinic, r *Rules) {
	v.object(
		field{"confirm", false, func(v value) { r.Confirm = Confirmation(v.oneOf(string(ByStaff), string(ByRule))) }},
		field{"notice", false, func(v value) { r.Notice = v.duration(0, 365*day, time.Minute) }},
		field{"horizon", false, func(v value) { r.Horizon = v.duration(day, 730*day, time.Minute) }},
		field{"step", false, func(v value) { r.Step = v.duration(5*time.Minute, day, time.Minute) }},
		field{"hold", false, func(v value) { r.Hold = v.duration(time.Minute, day, time.Second) }},
		field{"offer", false, func(v value) { r.Offer = v.duration(time.Minute, 7*day, time.Second) }},
		field{"per_visitor", false, func(v value) { r.PerVisitor = v.integer(1, 100) }},
		field{"no_show_limit", false, func(v value) { r.NoShows = v.integer(1, 100); v.useful(r) }},
		field{"ask", false, func(v value) { r.Ask = v.asked() }},
		field{"same_day_until", false, func(v value) { r.SameDayUntil = v.minute() }},
		field{"chain_gap", false, func(v value) { r.ChainGap = v.duration(0, 12*time.Hour, time.Minute) }},
		field{"reasons", false, func(v value) { r.Reasons = v.reasons(c) }},
	)
	if r.Notice >= r.Horizon {
		v.problem(false, "notice", FormatDuration(r.Notice),
			"less than the horizon of "+FormatDuration(r.Horizon))
	}
}

// useful warns of a limit of missed visits where reception confirms each request anyway.
func (v value) useful(r *Rules) {
	v.advise(func() {
		if r.Confirm == ByStaff {
			v.warn("no_show_limit changes nothing: reception confirms each request (confirm: staff)")
		}
	})
}

func (v value) asked() []string {
	known := []string{AskName, AskPhone, AskEmail}
	all := v.each("one of "+strings.Join(known, ", "), func(s string) bool { return slices.Contains(known, s) })
	if !slices.Contains(all, AskPhone) && !slices.Contains(all, AskEmail) {
		v.problem(false, v.key, "", "phone or email: reception must be able to reach the visitor")
	}
	return all
}

func (v value) handoff(h *Handoff) {
	v.object(
		field{"hours", false, func(v value) { h.Hours = v.hours() }},
		field{"words", false, func(v value) { h.Words = v.texts("a list of words that call a person") }},
	)
}

func (v value) faq(c *Clinic) []FAQ {
	var all []FAQ
	for _, item := range v.list("a list of {q: [questions], a: {answer by language}}") {
		var one FAQ
		item.object(
			field{"q", true, func(v value) {
				one.Questions = v.texts("a list of questions")
				if v.isEmptyList() {
					v.problem(false, "q", "an empty list", "at least one question")
				}
			}},
			field{"a", true, func(v value) { one.Answer = v.said(c, maxText) }},
		)
		all = append(all, one)
	}
	return all
}

func (v value) widget(w *Widget) {
	v.object(
		field{"origins", false, func(v value) {
			w.Origins = v.each("an address such as https://clinic.example or http://localhost:*", originText.MatchString)
		}},
		field{"color", false, func(v value) { w.Color = v.color() }},
	)
}

func (v value) color() string {
	const expected = `a colour in quotes, such as "#0a7f5a" (without quotes YAML takes # for a comment)`
	s, ok := v.text(maxName, expected)
	if ok && !colorText.MatchString(s) {
		v.refuse(expected)
	}
	return s
}

func (v value) model(m *Model) {
	v.object(
		field{"name", false, func(v value) { m.Name, _ = v.text(maxName, "a model's name, such as qwen3:4b-instruct") }},
		field{"url", false, func(v value) { m.URL = v.address("http", "https") }},
		field{"timeout", false, func(v value) { m.Timeout = v.duration(time.Second, 10*time.Minute, time.Second) }},
	)
}

func (v value) receivers() []Receiver {
	var all []Receiver
	seen := map[string]bool{}
	for _, item := range v.list("a list of {name, kind, url, secret, contact, events}") {
		item.key = "crm"
		one := Receiver{Kind: "webhook"}
		item.object(
			field{"name", true, func(v value) { one.Name = v.newID(seen) }},
			field{"kind", false, func(v value) { one.Kind = v.oneOf("webhook") }},
			field{"url", true, func(v value) { one.URL = v.receiverAddress() }},
			field{"secret", false, func(v value) { one.Secret = v.secret() }},
			field{"contact", false, func(v value) { one.Contact = v.boolean() }},
			field{"events", false, func(v value) {
				one.Events = v.each("one of "+strings.Join(eventTypes(), ", "),
					func(s string) bool { return slices.Contains(eventTypes(), s) })
			}},
		)
		if one.Secret == "" {
			item.advise(func() { item.warn("receiver %q gets unsigned events: add secret: secret:NAME", one.Name) })
		}
		all = append(all, one)
	}
	return all
}

// secret reads secret:NAME. What was found is never repeated: it may be the secret itself.
func (v value) secret() string {
	s, ok := v.scalar()
	if !ok || !secretText.MatchString(s) {
		v.problem(false, v.key, "a literal secret",
			`secret:NAME; seal the value with "okoshko secret set NAME"`)
		return ""
	}
	return s
}

// receiverAddress reads where events go. One with a password in it is not repeated.
func (v value) receiverAddress() string {
	s, _ := v.scalar()
	if secretText.MatchString(s) {
		return s
	}
	if strings.Contains(s, "@") {
		v.problem(false, v.key, "an address with a password",
			`url: secret:NAME; seal the address with "okoshko secret set NAME"`)
		return ""
	}
	s = v.address("https", "http")
	if u, err := url.Parse(s); err == nil && u.Scheme == "http" && !nearby(u.Hostname()) {
		v.advise(func() { v.warn("events to %s travel unencrypted: use https", u.Hostname()) })
	}
	return s
}

// nearby reports whether a host is this machine or its private network.
func nearby(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || !strings.Contains(host, ".") && net.ParseIP(host) == nil ||
		err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// address reads an absolute URL of one of the schemes.
func (v value) address(schemes ...string) string {
	expected := "an address that begins with " + strings.Join(schemes, ":// or ") + "://"
	s, ok := v.text(maxText, expected)
	if !ok {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme) {
		v.refuse(expected)
		return ""
	}
	return s
}
