package clinic

import (
	"slices"
	"strings"
)

// Giver is who gives a reason.
type Giver string

const (
	OfVisitor Giver = "visitor"
	OfStaff   Giver = "staff"
)

// Reason is one of the clinic's reasons for which an appointment is cancelled or
// declined. Its id is kept with the appointment and told to other systems; its name is
// shown to people. So a name tells nothing of anybody's health.
type Reason struct {
	ID   string
	Name Text
	By   []Giver // who may give it
}

// maxReasons is how many reasons a clinic may list: more than anybody reads.
const maxReasons = 50

// Reasons lists those that the giver may give, in the file's order.
func (c *Clinic) Reasons(by Giver) []Reason {
	var some []Reason
	for _, r := range c.Booking.Reasons {
		if slices.Contains(r.By, by) {
			some = append(some, r)
		}
	}
	return some
}

// Reason finds a reason by id.
func (c *Clinic) Reason(id string) (Reason, bool) {
	i := slices.IndexFunc(c.Booking.Reasons, func(r Reason) bool { return r.ID == id })
	if i < 0 {
		return Reason{}, false
	}
	return c.Booking.Reasons[i], true
}

// commonReasons are those of a clinic that lists none.
func commonReasons() []Reason {
	visitor, staff, both := []Giver{OfVisitor}, []Giver{OfStaff}, []Giver{OfVisitor, OfStaff}
	return []Reason{
		{"plans", Text{"ru": "Изменились планы", "tt": "Планнар үзгәрде", "en": "Plans have changed"}, both},
		{"other-time", Text{"ru": "Нужно другое время", "tt": "Башка вакыт кирәк", "en": "Another time is needed"}, both},
		{"not-needed", Text{"ru": "Визит больше не нужен", "tt": "Визит кирәкми инде", "en": "The visit is no longer needed"}, visitor},
		{"specialist-away", Text{"ru": "Специалист не сможет принять", "tt": "Белгеч кабул итә алмый", "en": "The specialist will be away"}, staff},
		{"closed", Text{"ru": "В это время закрыто", "tt": "Бу вакытта ябык", "en": "Closed at that time"}, staff},
		{"equipment", Text{"ru": "Кабинет или оборудование недоступны", "tt": "Кабинет яки җиһаз буш түгел", "en": "The room or equipment is not available"}, staff},
		{"unreachable", Text{"ru": "Не удалось с вами связаться", "tt": "Сезнең белән элемтәгә кереп булмады", "en": "We could not reach you"}, staff},
		{"duplicate", Text{"ru": "Повторная запись", "tt": "Кабат язылу", "en": "Booked twice"}, both},
		{"other", Text{"ru": "Другая причина", "tt": "Башка сәбәп", "en": "Another reason"}, both},
	}
}

// settle gives the reasons that the file does not list the words of the house's first
// language for every other one.
func (c *Clinic) settle() {
	for _, r := range c.Booking.Reasons {
		if words, ok := r.Name[c.Languages[0]]; ok {
			r.Name[""] = words
		}
	}
}

// reasons reads the list; an empty one is none.
func (v value) reasons(c *Clinic) []Reason {
	seen := map[string]bool{}
	var all []Reason
	for _, item := range v.list("a list of {id, name, by}") {
		item.key = "reason"
		one := Reason{By: []Giver{OfVisitor, OfStaff}}
		item.object(
			field{"id", true, func(v value) { one.ID = v.newID(seen) }},
			field{"name", true, func(v value) { one.Name = v.said(c, maxName) }},
			field{"by", false, func(v value) { one.By = v.givers() }},
		)
		all = append(all, one)
	}
	if len(all) > maxReasons {
		v.problem(false, v.key, "more than 50", "at most 50")
	}
	v.advise(func() { v.given(all) })
	return all
}

func (v value) givers() []Giver {
	known := []string{string(OfVisitor), string(OfStaff)}
	expected := "one of " + strings.Join(known, ", ")
	var all []Giver
	for _, one := range v.each(expected, func(s string) bool { return slices.Contains(known, s) }) {
		all = append(all, Giver(one))
	}
	if v.isEmptyList() {
		v.problem(false, v.key, "an empty list", "at least "+expected)
	}
	return all
}

// given warns when one side has nothing to choose from and the other has.
func (v value) given(all []Reason) {
	for _, by := range []Giver{OfVisitor, OfStaff} {
		if len(all) > 0 && !slices.ContainsFunc(all, func(r Reason) bool { return slices.Contains(r.By, by) }) {
			v.warn("no reason can be given by %s: add one with by: [%s]", by, by)
		}
	}
}
