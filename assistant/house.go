package assistant

import (
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
)

// house is one version of the clinic file and all that is made from it once.
type house struct {
	clinic   *clinic.Clinic
	calendar *booking.Calendar
	reader   *nlu.Reader
	consents map[[2]string]privacy.ConsentText // by purpose and language
	topics   []topic                           // that the house answers by itself, after the owner's questions
}

func newHouse(c *clinic.Clinic, clock *booking.Clock) *house {
	v, topics := vocabulary(c)
	h := &house{clinic: c, calendar: booking.Timed(c, clock), reader: nlu.New(v), topics: topics, consents: make(map[[2]string]privacy.ConsentText)}
	h.wordConsents()
	return h
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
