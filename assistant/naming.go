package assistant

import (
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
)

// args are the names and the time of a slot, for a text.
func (d *deed) args(s booking.Slot) prompts.Args {
	service, specialist, branch := d.h.slotNames(s, d.st.Lang)
	args := prompts.Args{"service": service, "when": d.when(s.Start), "specialist": specialist, "branch": branch}
	if b, ok := d.h.clinic.Branch(s.Branch); ok {
		if address := b.Address.In(d.st.Lang); address != "" {
			args["branch"] = address
		}
	}
	return args
}

// argsOf are the number, the names and the time of an appointment, for a text.
func (d *deed) argsOf(a booking.Appointment) prompts.Args {
	args := d.args(a.Slot)
	service, specialist, branch := d.h.namesOf(a, d.st.Lang)
	args["number"], args["service"], args["specialist"] = a.Number, service, specialist
	if _, ok := d.h.clinic.Branch(a.Slot.Branch); !ok {
		args["branch"] = branch
	}
	return args
}

func (d *deed) service(id string) string {
	if s, ok := d.h.clinic.Service(id); ok {
		return s.Name.In(d.st.Lang)
	}
	return id
}

func (d *deed) local(t time.Time) time.Time { return t.In(d.h.clinic.Location) }

func (d *deed) when(t time.Time) string {
	return prompts.When(d.st.Lang, d.local(t), d.local(d.now))
}

func showPhone(e164 string) string {
	if e164 == "" {
		return ""
	}
	return privacy.ShowPhone(e164)
}

// namesOf words what an appointment names: as the file calls it now, else as it was
// called when the appointment was made, else by its id.
func (h *house) namesOf(a booking.Appointment, lang string) (service, specialist, branch string) {
	service, specialist, branch = h.slotNames(a.Slot, lang)
	then := func(now *string, id string, name clinic.Text) {
		if *now == id && name.In(lang) != "" {
			*now = name.In(lang)
		}
	}
	then(&service, a.Slot.Service, a.Names.Service)
	then(&specialist, a.Slot.Specialist, a.Names.Specialist)
	then(&branch, a.Slot.Branch, a.Names.Branch)
	return service, specialist, branch
}

// slotNames words what a slot names, by its ids where the file does not have them.
func (h *house) slotNames(slot booking.Slot, lang string) (service, specialist, branch string) {
	service, specialist, branch = slot.Service, slot.Specialist, slot.Branch
	if s, ok := h.clinic.Service(slot.Service); ok {
		service = s.Name.In(lang)
	}
	if s, ok := h.clinic.Specialist(slot.Specialist); ok {
		specialist = s.Name.In(lang)
	}
	if b, ok := h.clinic.Branch(slot.Branch); ok {
		branch = b.Name.In(lang)
	}
	return service, specialist, branch
}

// view words an appointment in a language.
func (h *house) view(a booking.Appointment, lang string) *AppointmentView {
	service, specialist, branch := h.namesOf(a, lang)
	return &AppointmentView{
		Number: a.Number, Version: a.Version, Status: string(a.Status),
		Start: a.Slot.Start.In(h.clinic.Location), End: a.Slot.End.In(h.clinic.Location),
		Service: service, Specialist: specialist, Branch: branch,
	}
}
