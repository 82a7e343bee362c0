package assistant

import (
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
)

// house is one version of the clinic file and all that is made from it once.
type house struct {
	clinic   *clinic.Clinic
	calendar *booking.Calendar
	reader   *nlu.Reader
	consents map[string]privacy.ConsentText // by language
	topics   []topic                        // that the house answers by itself, after the owner's questions
}

func newHouse(c *clinic.Clinic, clock *booking.Clock) *house {
	v, topics := vocabulary(c)
	h := &house{clinic: c, calendar: booking.Timed(c, clock), reader: nlu.New(v), topics: topics, consents: make(map[string]privacy.ConsentText)}
	for _, lang := range c.Languages {
		h.consents[lang] = consentText(c, lang)
	}
	return h
}

// publish keeps the consent texts in force for ever.
func (h *house) publish(tx *storage.Tx, now time.Time) error {
	for _, t := range h.consents {
		if err := privacy.Publish(tx, t, now); err != nil {
			return err
		}
	}
	return nil
}

// consent is the text in force in a language.
func (h *house) consent(lang string) privacy.ConsentText {
	return h.consents[h.clinic.Language(lang)]
}

// consentText builds what a visitor is asked to agree to from the clinic file.
func consentText(c *clinic.Clinic, lang string) privacy.ConsentText {
	var data []string
	for _, what := range c.Booking.Ask {
		data = append(data, prompts.Say(lang, "consent.data."+what, nil))
	}
	args := prompts.Args{
		"operator":      c.Privacy.Operator,
		"data":          strings.Join(data, ", "),
		"contact":       c.Privacy.Contact,
		"appointments":  days(lang, c.Privacy.Retention.Appointments),
		"conversations": days(lang, c.Privacy.Retention.Conversations),
	}
	var receivers []string
	for _, r := range c.Receivers {
		if r.Contact {
			receivers = append(receivers, r.Name)
		}
	}
	args["receivers"] = strings.Join(receivers, ", ")
	var paragraphs []string
	for _, id := range []string{"consent.p1", "consent.p2", "consent.p3", "consent.p4", "consent.receivers", "consent.p5", "consent.p6"} {
		if id == "consent.receivers" && args["receivers"] == "" {
			continue
		}
		paragraphs = append(paragraphs, prompts.Say(lang, id, args))
	}
	return privacy.NewConsentText(privacy.PurposeBooking, lang, prompts.Say(lang, "consent.title", nil), paragraphs)
}

func days(lang string, d time.Duration) string {
	return prompts.Count(lang, "know.days", int(d.Hours()/24), nil)
}

// Vocabulary is what the clinic's visitors may name, for the reader.
func Vocabulary(c *clinic.Clinic) nlu.Vocabulary {
	v, _ := vocabulary(c)
	return v
}

// vocabulary also tells which topics follow the owner's questions in v.FAQ.
func vocabulary(c *clinic.Clinic) (nlu.Vocabulary, []topic) {
	v := nlu.Vocabulary{HandoffWords: c.Handoff.Words, Hours: openHours(c)}
	for _, s := range c.Services {
		v.Terms = append(v.Terms, nlu.Term{Field: nlu.FieldService, ID: s.ID, Names: s.Name.All(), Aliases: s.Aliases})
	}
	for _, s := range c.Specialists {
		v.Terms = append(v.Terms, nlu.Term{Field: nlu.FieldSpecialist, ID: s.ID, Names: s.Name.All(), Aliases: s.Aliases})
	}
	for _, b := range c.Branches {
		v.Terms = append(v.Terms, nlu.Term{Field: nlu.FieldBranch, ID: b.ID, Names: b.Name.All(), Aliases: b.Aliases})
	}
	for _, f := range c.FAQ {
		v.FAQ = append(v.FAQ, f.Questions)
	}
	open := topics(c, v)
	for _, topic := range open {
		var questions []string
		for _, lang := range c.Languages {
			questions = append(questions, topic.questions(lang)...)
		}
		v.FAQ = append(v.FAQ, questions)
	}
	return v, open
}

// openHours are the hours in which any branch is open, for choosing between
// three in the morning and in the afternoon.
func openHours(c *clinic.Clinic) (hours when.Hours) {
	for day := range hours {
		from, to := 24*60, 0
		for _, b := range c.Branches {
			for _, s := range b.Hours.Weekly(time.Weekday(day)) {
				from, to = min(from, s.From), max(to, s.To)
			}
		}
		if from < to {
			hours[day] = []when.Span{{From: from, To: min(to, 24*60)}}
		}
	}
	return hours
}
