package console

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/widget/web"
)

// People is what the console asks of the assistant about people's own data and
// how it is kept safe.
type People interface {
	People(ctx context.Context) (assistant.PeopleState, error)
	FindPeople(ctx context.Context, op assistant.Operator, query string) ([]assistant.PersonLine, error)
	PersonOf(ctx context.Context, op assistant.Operator, contact string, right privacy.Right) (assistant.Person, error)
	Demanded(ctx context.Context, op assistant.Operator, d privacy.Demand) (privacy.Demand, error)
	Answer(ctx context.Context, op assistant.Operator, demand, how string) error
	AmendOf(ctx context.Context, op assistant.Operator, contact string, field nlu.Field, value string) error
	RestrictOf(ctx context.Context, op assistant.Operator, contact string, on bool) error
	StopOf(ctx context.Context, op assistant.Operator, contact, purpose, via string) error
	EraseOf(ctx context.Context, op assistant.Operator, contact string) (privacy.Destruction, error)
	ActOf(ctx context.Context, op assistant.Operator, id string) (assistant.Act, error)

	Safety(ctx context.Context) (assistant.SafetyState, error)
	Unseen(ctx context.Context) (int, error)
	WatchAlarms(notify func()) (cancel func())
	SeenAlarm(ctx context.Context, op assistant.Operator, id string) error
	OpenIncident(ctx context.Context, op assistant.Operator, i privacy.Incident) (privacy.Incident, error)
	Incident(ctx context.Context, op assistant.Operator, id, step string) error
	FindIncident(ctx context.Context, id string) (privacy.Incident, error)
	AddCanary(ctx context.Context, op assistant.Operator, name, phone string) error
	Notice(ctx context.Context) (assistant.NoticeFacts, error)
	RetentionReport(ctx context.Context) (assistant.RetentionReport, error)
}

// peopleRoutes are the pages of people's rights, where the house has them.
func (c *Console) peopleRoutes() []route {
	if c.People == nil {
		return nil
	}
	return []route{
		{"GET /console/people", staff.Persons, c.people},
		{"GET /console/people/{contact}", staff.Persons, c.person},
		{"GET /console/people/{contact}/data.json", staff.Persons, c.personJSON},
		{"GET /console/people/{contact}/data.html", staff.Persons, c.personFile},
		{"POST /console/people/{contact}/demand", staff.Persons, c.personDemand},
		{"POST /console/people/{contact}/correct", staff.Persons, c.personCorrect},
		{"POST /console/people/{contact}/restrict", staff.Persons, c.personRestrict},
		{"POST /console/people/{contact}/stop", staff.Persons, c.personStop},
		{"POST /console/people/{contact}/erase", staff.Persons, c.personErase},
		{"POST /console/demands/{id}/{how}", staff.Persons, c.answerDemand},
		{"GET /console/acts/{id}", staff.Persons, c.act},
	}
}

type peopleView struct {
	assistant.PeopleState
	Query string
	Found []assistant.PersonLine
	Asked bool // something was searched for
}

// people shows demands with their terms, a search, and the register.
func (c *Console) people(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	view := peopleView{Query: strings.TrimSpace(r.URL.Query().Get("q"))}
	var err error
	if view.PeopleState, err = c.People.People(r.Context()); err != nil {
		return fmt.Errorf("people: %w", err)
	}
	if view.Query != "" {
		view.Asked = true
		if view.Found, err = c.People.FindPeople(r.Context(), operator(who), view.Query); err != nil {
			return fmt.Errorf("search: %w", err)
		}
	}
	return c.show(w, r, who, http.StatusOK, "people", "Данные людей", view)
}

type personView struct {
	assistant.Person
	Number string // the phone as people write it
	Alert  string
	Open   []privacy.Demand
	Ways   []way
	Rights []privacy.Right
}

// Stoppable are the purposes that the person can take back what they agreed to.
func (v personView) Stoppable() (all []assistant.PersonPurpose) {
	for _, one := range v.Purposes {
		if one.InForce {
			all = append(all, one)
		}
	}
	slices.Reverse(all) // the one that ends all comes last
	return all
}

// way is how a demand came.
type way struct{ ID, Said string }

var wayWords = []way{{"phone", "по телефону"}, {"letter", "письмом"}, {"visit", "лично"}}

func (c *Console) person(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.showPerson(w, r, who, http.StatusOK, "")
}

func (c *Console) showPerson(w http.ResponseWriter, r *http.Request, who staff.Account, status int, alert string) error {
	p, err := c.personOf(r, who, privacy.RightAccess)
	if err != nil {
		return err
	}
	view := personView{Person: p, Number: showPhone(p.Phone), Alert: alert, Ways: wayWords, Rights: privacy.Rights()}
	for _, d := range p.Demands {
		if d.State == privacy.DemandOpen {
			view.Open = append(view.Open, d)
		}
	}
	return c.show(w, r, who, status, "person", p.Name, view)
}

func showPhone(e164 string) string {
	if e164 == "" {
		return ""
	}
	return privacy.ShowPhone(e164)
}

func (c *Console) personOf(r *http.Request, who staff.Account, right privacy.Right) (assistant.Person, error) {
	p, err := c.People.PersonOf(r.Context(), operator(who), r.PathValue("contact"), right)
	return p, vanished(err)
}

// vanished says that a person's data is no longer there.
func vanished(err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return web.Refused(http.StatusNotFound, "Этих данных нет", "Возможно, их уже удалили.").Because(err)
	}
	return err
}

// personJSON and personFile are the person's data to hand over.
func (c *Console) personJSON(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	p, err := c.personOf(r, who, privacy.RightExport)
	if err != nil {
		return err
	}
	attachment(w, "application/json", "data-"+p.Contact+".json")
	return WritePersonJSON(w, p)
}

func (c *Console) personFile(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	p, err := c.personOf(r, who, privacy.RightExport)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := c.WritePerson(&buf, p); err != nil {
		return err
	}
	attachment(w, "text/html; charset=utf-8", "data-"+p.Contact+".html")
	_, err = buf.WriteTo(w)
	return err
}

func attachment(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

func personPath(contact string) string { return "/console/people/" + url.PathEscape(contact) }

// personDemand notes that a person demanded something, and sets its time.
func (c *Console) personDemand(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	d := privacy.Demand{Right: privacy.Right(r.PostForm.Get("right")), Via: r.PostForm.Get("via"), Contact: r.PathValue("contact")}
	_, err := c.People.Demanded(r.Context(), operator(who), d)
	if errors.Is(err, privacy.ErrRight) || errors.Is(err, privacy.ErrVia) {
		return web.Refused(http.StatusBadRequest, "Выберите, что просит человек и как он обратился", "").Because(err)
	}
	if err != nil {
		return vanished(err)
	}
	return c.back(w, r, personPath(d.Contact), "demand")
}

func (c *Console) personCorrect(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	contact := r.PathValue("contact")
	err := c.People.AmendOf(r.Context(), operator(who), contact, nlu.Field(r.PostForm.Get("field")), r.PostForm.Get("value"))
	if errors.Is(err, assistant.ErrField) {
		return c.showPerson(w, r, who, http.StatusUnprocessableEntity, "Так записать не получится: проверьте, что введено.")
	}
	if err != nil {
		return vanished(err)
	}
	return c.back(w, r, personPath(contact), "corrected")
}

func (c *Console) personRestrict(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	contact, on := r.PathValue("contact"), r.PostForm.Get("on") == "yes"
	if err := c.People.RestrictOf(r.Context(), operator(who), contact, on); err != nil {
		return vanished(err)
	}
	done := "unrestricted"
	if on {
		done = "restricted"
	}
	return c.back(w, r, personPath(contact), done)
}

// personErase erases a person and goes on to the act.
func (c *Console) personErase(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	if r.PostForm.Get("sure") != "yes" {
		return web.Refused(http.StatusBadRequest, "Отметьте, что человек попросил удалить данные", "Удалённое вернуть нельзя.")
	}
	d, err := c.People.EraseOf(r.Context(), operator(who), r.PathValue("contact"))
	if err != nil {
		return vanished(err)
	}
	return c.back(w, r, "/console/acts/"+url.PathEscape(d.ID), "erased")
}

func (c *Console) answerDemand(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	err := c.People.Answer(r.Context(), operator(who), r.PathValue("id"), r.PathValue("how"))
	switch {
	case errors.Is(err, assistant.ErrVerb):
		return web.NotFound()
	case errors.Is(err, privacy.ErrDemandClosed):
		return web.Refused(http.StatusConflict, "Обращение уже закрыто", "Обновите страницу.").Because(err)
	case errors.Is(err, privacy.ErrExtended):
		return web.Refused(http.StatusConflict, "Срок продлить нельзя", "Закон позволяет продлить его один раз и только для ответа на запрос о данных.").Because(err)
	case err != nil:
		return vanished(err)
	}
	return c.back(w, r, "/console/people", "answered")
}

type actView struct {
	assistant.Act
	Kinds []string
	Who   string
	House string
}

// act is the act of destruction with the extract of the journal, to print and
// sign: order 179 of Roskomnadzor, 28 October 2022.
func (c *Console) act(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	a, err := c.People.ActOf(r.Context(), operator(who), r.PathValue("id"))
	if err != nil {
		return vanished(err)
	}
	view, err := c.actOf(r.Context(), a)
	if err != nil {
		return err
	}
	return c.show(w, r, who, http.StatusOK, "act", "Акт "+a.ID, view)
}

func (c *Console) actOf(ctx context.Context, a assistant.Act) (actView, error) {
	names, err := c.namesOf(ctx)
	view := actView{Act: a, Who: actor(a.By, names), House: c.Clinic().Name.In("ru")}
	for _, kind := range a.Kinds {
		view.Kinds = append(view.Kinds, dataWords[kind])
	}
	return view, err
}

// rightWords are what people may demand, as reception says it.
var rightWords = map[privacy.Right]string{
	privacy.RightAccess: "Узнать, что о нём известно", privacy.RightExport: "Получить свои данные файлом", privacy.RightCorrect: "Исправить данные",
	privacy.RightRestrict: "Приостановить использование", privacy.RightWithdraw: "Отозвать согласие", privacy.RightErase: "Удалить данные",
}

var demandWords = map[privacy.DemandState]string{
	privacy.DemandOpen: "открыто", privacy.DemandDone: "исполнено", privacy.DemandRefused: "отказано",
}

var viaWords = map[string]string{"widget": "в чате", "phone": "по телефону", "letter": "письмом", "visit": "лично"}

// dataWords are kinds of data, as an act names them.
var dataWords = map[string]string{
	"name": "имя", "phone": "номер телефона", "email": "адрес электронной почты", "talk": "переписка",
	"appointments": "сведения о записях на приём", "consents": "сведения о согласиях",
}

var whyWords = map[string]string{
	privacy.DestroyedAsked: "по требованию человека", privacy.DestroyedWithdrawn: "согласие отозвано", privacy.DestroyedRetention: "истёк срок хранения",
}

func peopleFunctions() map[string]any {
	return map[string]any{
		"right": func(r privacy.Right) string { return rightWords[r] }, "demandState": func(s privacy.DemandState) string { return demandWords[s] },
		"via": func(s string) string { return viaWords[s] }, "why": func(s string) string { return whyWords[s] },
		"purpose": func(s string) string { return purposeWords[s] }, "aim": func(s string) string { return aimWords[s] }, "legal": legal,
		"answer": func(s string) string { return cmp.Or(answerOf[s], "сказано на ресепшене") },
		"basis":  func(s string) string { return basisWords[s] }, "alarm": alarmSentence, "data": func(s string) string { return dataWords[s] },
		"days":    func(d time.Duration) string { return prompts.Count("ru", "know.days", int(d.Hours()/24), nil) },
		"entry":   func(e audit.Entry) string { return actionName(e.Action) },
		"has":     func(all []string, one string) bool { return slices.Contains(all, one) },
		"scope":   func(s privacy.Scope) string { return scopeWords[s] },
		"entries": func(n uint64) string { return counted(int(n), "запись", "записи", "записей") },
		"month":   monthName, "alarmWho": alarmWho,
		"people": func(n int) string { return counted(n, "человек", "человека", "человек") },
	}
}

var purposeWords = map[string]string{
	privacy.PurposeBooking: "Запись на приём", privacy.PurposeReminders: "Напоминания о визитах", privacy.PurposeAdvertising: "Новости и предложения",
}

// aimWords say what is done for a purpose.
var aimWords = map[string]string{
	privacy.PurposeBooking:     "связь по записи, предупреждение об изменениях",
	privacy.PurposeReminders:   "напоминания о предстоящих визитах сообщением, письмом или звонком",
	privacy.PurposeAdvertising: "сообщения о новостях, услугах и предложениях",
}

// legal words the basis of a purpose with its articles.
func legal(purpose, basis string) string {
	switch {
	case basis == "contract":
		return "исполнение договора и действия по инициативе субъекта до его заключения (152-ФЗ, статья 6, часть 1, пункт 5)"
	case purpose == privacy.PurposeAdvertising:
		return "согласие субъекта (152-ФЗ, статья 6, часть 1, пункт 1; 38-ФЗ «О рекламе», статья 18, часть 1)"
	}
	return "согласие субъекта (152-ФЗ, статья 6, часть 1, пункт 1)"
}

// answerOf words how a consent was given.
var answerOf = map[string]string{"pressed": "нажата кнопка", "said": "написано в чате"}

var basisWords = map[string]string{"consent": "по согласию", "contract": "по договору, без отдельного согласия"}

// personStop notes that a person has taken back a consent by phone, letter or in person.
func (c *Console) personStop(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	contact := r.PathValue("contact")
	err := c.People.StopOf(r.Context(), operator(who), contact, r.PostForm.Get("purpose"), r.PostForm.Get("via"))
	if errors.Is(err, assistant.ErrVersion) || errors.Is(err, privacy.ErrVia) {
		return web.Refused(http.StatusBadRequest, "Выберите, от чего отказывается человек и как он обратился", "").Because(err)
	}
	if err != nil {
		return vanished(err)
	}
	return c.back(w, r, personPath(contact), "stopped")
}
