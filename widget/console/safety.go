package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/widget/web"
)

// safetyRoutes are the pages of how people's data is kept safe.
func (c *Console) safetyRoutes() []route {
	if c.People == nil {
		return nil
	}
	return []route{
		{"GET /console/safety", staff.Safety, c.safety},
		{"POST /console/alarms/{id}/seen", staff.Safety, c.seenAlarm},
		{"POST /console/incidents", staff.Guard, c.openIncident},
		{"GET /console/incidents/{id}", staff.Safety, c.incident},
		{"POST /console/incidents/{id}/{step}", staff.Guard, c.incidentStep},
		{"POST /console/canaries", staff.Guard, c.addCanary},
		{"GET /console/notice", staff.Safety, c.notice},
		{"GET /console/retention", staff.Safety, c.retention},
	}
}

// monthsShown is how many months stand beside the other things; the report has all.
const monthsShown = 3

type safetyView struct {
	assistant.SafetyState
	Names    map[string]string
	Accounts []staff.Account
	Alert    string
}

// safety shows retention, alarms, incidents and canaries.
func (c *Console) safety(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.showSafety(w, r, who, http.StatusOK, "")
}

func (c *Console) showSafety(w http.ResponseWriter, r *http.Request, who staff.Account, status int, alert string) error {
	view := safetyView{Alert: alert}
	var err error
	if view.SafetyState, err = c.People.Safety(r.Context()); err != nil {
		return fmt.Errorf("safety: %w", err)
	}
	if view.Names, err = c.names(r); err != nil {
		return err
	}
	if view.Accounts, err = c.Staff.Accounts(r.Context()); err != nil {
		return err
	}
	view.Months = view.Months[:min(len(view.Months), monthsShown)]
	tokens, err := c.Staff.Tokens(r.Context())
	if err != nil {
		return err
	}
	for _, t := range tokens {
		view.Names[t.ID] = "ключ «" + t.Name + "»"
	}
	return c.show(w, r, who, status, "safety", "Защита данных", view)
}

func (c *Console) seenAlarm(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := c.People.SeenAlarm(r.Context(), operator(who), r.PathValue("id")); err != nil {
		return vanished(err)
	}
	return c.back(w, r, "/console/safety", "seen")
}

// openIncident is the button: it freezes what leaves the house, starts the clocks
// and counts.
func (c *Console) openIncident(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	i := privacy.Incident{Scope: privacy.Scope(r.PostForm.Get("scope")), Actor: r.PostForm.Get("actor")}
	if i.Scope == privacy.ScopeActor {
		zone := c.Clinic().Location
		from, err1 := time.ParseInLocation("2006-01-02T15:04", r.PostForm.Get("from"), zone)
		to, err2 := time.ParseInLocation("2006-01-02T15:04", r.PostForm.Get("to"), zone)
		if err := errors.Join(err1, err2); err != nil {
			return c.showSafety(w, r, who, http.StatusUnprocessableEntity, "Укажите, с какого и по какое время могли прочитать данные.")
		}
		i.From, i.To = from, to
	}
	out, err := c.People.OpenIncident(r.Context(), operator(who), i)
	if errors.Is(err, privacy.ErrScope) {
		return c.showSafety(w, r, who, http.StatusUnprocessableEntity, "Выберите, чьи данные могли утечь: всех людей или тех, кого открывала одна учётная запись за указанное время.")
	}
	if err != nil {
		return fmt.Errorf("incident: %w", err)
	}
	return c.back(w, r, "/console/incidents/"+out.ID, "incident")
}

type incidentView struct {
	privacy.Incident
	Frozen   bool
	Who      string
	Reader   string // whose reading it is about
	Operator string
	Contact  string
	House    string
	Health   bool
}

// incident shows an incident with its clocks and the drafts of both notices.
func (c *Console) incident(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	i, err := c.People.FindIncident(r.Context(), r.PathValue("id"))
	if err != nil {
		return vanished(err)
	}
	view, err := c.incidentOf(r.Context(), i)
	if err != nil {
		return err
	}
	return c.show(w, r, who, http.StatusOK, "incident", "Инцидент "+i.ID, view)
}

func (c *Console) incidentOf(ctx context.Context, i privacy.Incident) (incidentView, error) {
	state, err := c.People.Safety(ctx)
	if err != nil {
		return incidentView{}, err
	}
	names, err := c.namesOf(ctx)
	house := c.Clinic()
	return incidentView{
		Incident: i, Frozen: state.Frozen != "", Who: actor(i.By, names), Reader: actor(i.Actor, names),
		Operator: house.Privacy.Operator, Contact: house.Privacy.Contact, House: house.Name.In("ru"), Health: house.Profile == "clinic",
	}, err
}

func (c *Console) incidentStep(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	id, step := r.PathValue("id"), r.PathValue("step")
	err := c.People.Incident(r.Context(), operator(who), id, step)
	switch {
	case errors.Is(err, assistant.ErrVerb):
		return web.NotFound()
	case errors.Is(err, privacy.ErrNotTold):
		return web.Refused(http.StatusConflict, "Сначала отметьте оба уведомления", "Закрыть инцидент можно, когда отправлены уведомления за 24 и за 72 часа.").Because(err)
	case errors.Is(err, privacy.ErrIncidentClosed):
		return web.Refused(http.StatusConflict, "Инцидент уже закрыт", "").Because(err)
	case err != nil:
		return vanished(err)
	}
	if step == "copy" { // whether it was made stands on the page
		return c.back(w, r, "/console/incidents/"+id, "")
	}
	return c.back(w, r, "/console/incidents/"+id, "step")
}

func (c *Console) addCanary(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	err := c.People.AddCanary(r.Context(), operator(who), r.PostForm.Get("name"), r.PostForm.Get("phone"))
	if errors.Is(err, assistant.ErrField) {
		return c.showSafety(w, r, who, http.StatusUnprocessableEntity, "Для контакта-приманки нужны имя и, если он указан, телефон полностью.")
	}
	if err != nil {
		return fmt.Errorf("canary: %w", err)
	}
	return c.back(w, r, "/console/safety", "canary")
}

// notice is the draft of the notice to the regulator before processing starts:
// article 22 of 152-FZ, order 180 of 28 October 2022.
func (c *Console) notice(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	n, err := c.People.Notice(r.Context())
	if err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	return c.show(w, r, who, http.StatusOK, "notice", "Уведомление в Роскомнадзор", n)
}

var scopeWords = map[privacy.Scope]string{
	privacy.ScopeAll: "данные всех людей", privacy.ScopeActor: "то, что открывала одна учётная запись",
}

// alarmSentence says what an alarm is about.
func alarmSentence(a privacy.Alarm) string {
	switch a.Rule {
	case privacy.RuleCanary:
		return "Открыт контакт-приманка: по работе он никому не нужен"
	case privacy.RuleProof:
		return "Уничтожение данных не подтверждено. Позовите того, кто обслуживает программу"
	case "reveals":
		return "За час " + counted(a.Count, "телефон открыт", "телефона открыто", "телефонов открыто")
	case "exports":
		return "За сутки " + counted(a.Count, "выгрузка", "выгрузки", "выгрузок") + " данных людей"
	case "reading":
		return "За час " + counted(a.Count, "карточка и разговор прочитаны", "карточки и разговора прочитаны", "карточек и разговоров прочитано")
	case "searches":
		return "За час " + counted(a.Count, "поиск", "поиска", "поисков") + " людей"
	case "night":
		return "В нерабочее время " + counted(a.Count, "раз", "раза", "раз") + " открыты данные людей"
	case "signin":
		return "За десять минут " + counted(a.Count, "неудачный вход", "неудачных входа", "неудачных входов")
	case "api":
		return "За час " + counted(a.Count, "запрос", "запроса", "запросов") + " данных программой"
	case "tokens":
		return "За десять минут " + counted(a.Count, "отказ", "отказа", "отказов") + " по чужому или отозванному ключу доступа"
	case privacy.RuleClock:
		return "Часы компьютера ушли назад: пока время неверное, ничего не удаляется по сроку. Проверьте дату и время"
	case privacy.RuleHead:
		return "Отпечаток журнала не записан туда, где он хранится вне компьютера. Проверьте флешку или сетевую папку"
	case privacy.RuleRollback:
		return "Журнал не совпадает с отпечатком, который хранится вне компьютера: файлы подменены или возвращены из старой копии"
	case privacy.RuleEvidence:
		return "Инцидент открыт, но копия для расследования не снята. Откройте инцидент и снимите её ещё раз"
	}
	return a.Rule
}

// alarmWho is whose doing an alarm is about.
func alarmWho(a privacy.Alarm, names map[string]string) string {
	switch a.Rule {
	case privacy.RuleClock, privacy.RuleHead, privacy.RuleRollback, privacy.RuleEvidence:
		return "этот компьютер"
	case "signin", "tokens":
		return "разные"
	}
	return actor(a.Actor, names)
}
