package clinic

// Basis is what the law lets personal data be processed on, for one purpose.
type Basis string

// The bases of 152-FZ, article 6, part 1, that this house can act on.
const (
	BasisNone     Basis = ""         // the purpose is off
	BasisConsent  Basis = "consent"  // item 1: the person has agreed
	BasisContract Basis = "contract" // item 5: what the person asked to be done for them
)

// Purposes are what personal data is used for, each with its basis. The visit itself
// needs a consent: the chat keeps a name and a phone, and a talk, of whoever writes.
type Purposes struct {
	Booking     Basis
	Reminders   Basis // by other systems; what is shown in the chat belongs to the booking
	Advertising Basis // asked for and told to receivers, never sent from here (38-FZ, article 18)
}

// Remind reports whether other systems remind people: who does is a receiver that wants
// the event appointment.reminder.
func (c *Clinic) Remind() bool {
	return c.Privacy.Purposes.Reminders != BasisNone && len(c.Reminding()) > 0
}

// Reminding are the receivers that want the reminders, in the file's order.
func (c *Clinic) Reminding() (all []Receiver) {
	for _, r := range c.Receivers {
		if r.Wants("appointment.reminder") {
			all = append(all, r)
		}
	}
	return all
}

// purposes reads what data is used for. An unknown purpose is an unknown key.
func (v value) purposes(c *Clinic, p *Purposes) {
	v.object(
		field{"booking", false, func(v value) { p.Booking = v.basis(false, BasisConsent) }},
		field{"reminders", false, func(v value) { p.Reminders = v.basis(true, BasisConsent, BasisContract); v.reminding(c) }},
		field{"advertising", false, func(v value) { p.Advertising = v.basis(true, BasisConsent) }},
	)
}

// basis reads {basis: …}, or "off" where the purpose may be.
func (v value) basis(optional bool, known ...Basis) (b Basis) {
	if s, ok := v.scalar(); ok && s == "off" && optional {
		return BasisNone
	}
	options := make([]string, len(known))
	for i, k := range known {
		options[i] = string(k)
	}
	v.object(field{"basis", true, func(v value) { b = Basis(v.oneOf(options...)) }})
	return b
}

// reminding warns of a basis for what nobody does.
func (v value) reminding(c *Clinic) {
	v.advise(func() {
		if c.Privacy.Purposes.Reminders != BasisNone && len(c.Reminding()) == 0 {
			v.warn("no receiver under crm takes appointment.reminder: nobody is asked about reminders")
		}
	})
}
