package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/assistant"
	"okoshko/assistant/nlu"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/widget/web"
)

// conversationView is a dialog with its requests, and the list beside it.
type conversationView struct {
	assistant.Dialog
	Inbox   inboxView
	Days    []dayTurns
	Cards   []card
	Mine    bool
	Draft   string // an answer that was not sent
	Alert   string // why a write changed nothing
	Reveals map[string]revealed
}

type dayTurns struct {
	Day   time.Time
	Turns []assistant.Turn
}

// card is one appointment with what can be done to it.
type card struct {
	assistant.AppointmentCard
	Phone revealed
	Back  string // the page to come back to
	Alone bool   // not beside its conversation
	May   map[string]bool
}

// may is what can be done to an appointment now: nobody arrives on an earlier day,
// or fails to come before the time.
func (c *Console) may(a assistant.AppointmentCard) map[string]bool {
	begun, today := !c.Now().Before(a.Start), c.words().daysFromToday(a.Start) <= 0
	switch a.Status {
	case "requested":
		return map[string]bool{"confirm": true, "decline": true, "move": true}
	case "confirmed":
		return map[string]bool{"arrived": today, "no-show": begun, "move": true, "cancel": true}
	case "arrived":
		return map[string]bool{"no-show": begun}
	case "no_show":
		return map[string]bool{"arrived": true}
	}
	return map[string]bool{}
}

// conversation shows a dialog.
func (c *Console) conversation(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.showConversation(w, r, who, r.PathValue("id"), http.StatusOK, conversationView{})
}

// showConversation shows the present state around what the view already says.
func (c *Console) showConversation(w http.ResponseWriter, r *http.Request, who staff.Account, id string, status int, view conversationView) error {
	if err := c.fill(r.Context(), who, id, &view); err != nil {
		return err
	}
	var err error
	if view.Inbox, err = c.inboxOf(r.Context(), who, r.URL.Query().Get("show")); err != nil {
		return err
	}
	view.Inbox.Open = id
	return c.show(w, r, who, status, "conversation", line{Summary: view.Summary}.Title(), view)
}

// conversationPart is the dialog or the requests alone, when something changed.
func (c *Console) conversationPart(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	part := r.PathValue("part")
	if !slices.Contains([]string{"turns", "cards", "owner"}, part) {
		return web.NotFound()
	}
	var view conversationView
	if err := c.fill(r.Context(), who, r.PathValue("id"), &view); err != nil {
		return err
	}
	return c.part(w, r, who, http.StatusOK, "conversation", part, view)
}

func (c *Console) fill(ctx context.Context, who staff.Account, id string, view *conversationView) (err error) {
	if view.Dialog, err = c.dialog(ctx, who, id); err != nil {
		return err
	}
	zone := c.Clinic().Location
	for _, t := range view.Turns {
		day := midnight(t.At.In(zone))
		if n := len(view.Days); n == 0 || !view.Days[n-1].Day.Equal(day) {
			view.Days = append(view.Days, dayTurns{Day: day})
		}
		last := &view.Days[len(view.Days)-1]
		last.Turns = append(last.Turns, t)
	}
	for _, a := range slices.Backward(view.Appointments) {
		view.Cards = append(view.Cards, card{
			AppointmentCard: a, Phone: view.Reveals[a.Number].or(a.Phone), Back: conversationPath(id), May: c.may(a),
		})
	}
	// What waits for a decision stands first.
	slices.SortStableFunc(view.Cards, func(a, b card) int { return pending(b) - pending(a) })
	view.Mine = view.Owner.Kind == assistant.OwnerOperator && view.Owner.Operator == who.ID
	return nil
}

func pending(a card) int {
	if a.Status == "requested" {
		return 1
	}
	return 0
}

func (c *Console) dialog(ctx context.Context, who staff.Account, id string) (assistant.Dialog, error) {
	d, err := c.Desk.Dialog(ctx, operator(who), id)
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, assistant.ErrExpired):
		return d, web.Refused(http.StatusNotFound, "Такого разговора нет", "Возможно, посетитель удалил свои данные или вышел срок хранения.").Because(err)
	case err != nil:
		return d, fmt.Errorf("dialog: %w", err)
	}
	return d, nil
}

func conversationPath(id string) string { return "/console/conversations/" + url.PathEscape(id) }

// Version names the state that a write was made from: who answers, and up to
// which turn one has read.
func (v conversationView) Version() string {
	return fmt.Sprintf("%d.%s.%s", v.Seq, v.Owner.Kind, v.Owner.Operator)
}

// take makes the operator the one who answers.
func (c *Console) take(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.handOver(w, r, who, "take", c.Desk.Take)
}

// giveBack lets the assistant answer again.
func (c *Console) giveBack(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.handOver(w, r, who, "return", c.Desk.Return)
}

func (c *Console) handOver(w http.ResponseWriter, r *http.Request, who staff.Account, done string, do func(context.Context, assistant.Operator, string) error) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	id := r.PathValue("id")
	now, err := c.dialog(r.Context(), who, id)
	if err != nil {
		return err
	}
	if newer := ownerSince(r.PostForm.Get("version"), now, who); newer != "" {
		return c.showConversation(w, r, who, id, http.StatusConflict, conversationView{Alert: newer})
	}
	err = do(r.Context(), operator(who), id)
	if errors.Is(err, assistant.ErrNotOwner) {
		return c.showConversation(w, r, who, id, http.StatusConflict, conversationView{Alert: "Разговор уже ведёт другой сотрудник."})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", done, err)
	}
	return c.back(w, r, conversationPath(id), done)
}

// ownerSince says who took or gave back the conversation after the page was made;
// "" where nobody did.
func ownerSince(version string, now assistant.Dialog, who staff.Account) string {
	_, owner, _ := strings.Cut(version, ".")
	if owner == fmt.Sprintf("%s.%s", now.Owner.Kind, now.Owner.Operator) {
		return ""
	}
	switch {
	case now.Owner.Kind == assistant.OwnerOperator && now.Owner.Operator == who.ID:
		return "Вы уже ведёте этот разговор."
	case now.Owner.Kind == assistant.OwnerOperator:
		return "Пока вы смотрели, разговор взяла на себя другая сотрудница или сотрудник: " + now.Owner.Author + "."
	case now.Owner.Kind == assistant.OwnerWaiting:
		return "Пока вы смотрели, посетитель попросил человека. Проверьте и решите ещё раз."
	}
	return "Пока вы смотрели, разговор вернули помощнику. Проверьте и решите ещё раз."
}

// reply says something to the visitor. The words are kept on the page when they
// were not sent.
func (c *Console) reply(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	id, text := r.PathValue("id"), strings.TrimSpace(r.PostForm.Get("text"))
	now, err := c.dialog(r.Context(), who, id)
	if err != nil {
		return err
	}
	alert := replyRefusal(text, r.PostForm.Get("version"), now, who)
	if alert == "" {
		_, err = c.Desk.Reply(r.Context(), operator(who), id, text)
		if errors.Is(err, assistant.ErrNotOwner) {
			alert, err = "Разговор уже ведёт другой сотрудник. Ваш ответ не отправлен.", nil
		}
		var unkept *assistant.NotKept
		if errors.As(err, &unkept) {
			alert, err = notKeptWords(unkept.Kind), nil
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("reply: %w", err)
	case partial(r):
		status := http.StatusOK
		if alert != "" {
			status = http.StatusConflict
		}
		view := conversationView{Alert: alert, Draft: kept(alert, text)}
		if err := c.fill(r.Context(), who, id, &view); err != nil {
			return err
		}
		return c.part(w, r, who, status, "conversation", "replied", view)
	case alert != "":
		return c.showConversation(w, r, who, id, http.StatusConflict, conversationView{Alert: alert, Draft: text})
	}
	return c.back(w, r, conversationPath(id), "reply")
}

func kept(alert, text string) string {
	if alert == "" {
		return ""
	}
	return text
}

// notKeptWords says why an answer is not sent that holds what is not kept.
func notKeptWords(kind string) string {
	switch kind {
	case "health":
		return "Слова о здоровье здесь не хранятся, поэтому ответ не отправлен. Напишите без них или позвоните посетителю."
	case nlu.KindCard:
		return "Номера карт здесь не хранятся, поэтому ответ не отправлен. Сообщите его по телефону."
	}
	return "Номера документов здесь не хранятся, поэтому ответ не отправлен. Сообщите его по телефону."
}

// replyRefusal says why an answer is not sent as it stands: nothing in it, too
// long, or a colleague has answered what this page does not show yet.
func replyRefusal(text, version string, now assistant.Dialog, who staff.Account) string {
	if text == "" {
		return "Напишите ответ."
	}
	if n := utf8.RuneCountInString(text); n > assistant.MaxText {
		return fmt.Sprintf("Ответ слишком длинный: %s, можно %d.", counted(n, "знак", "знака", "знаков"), assistant.MaxText)
	}
	if now.Owner.Kind == assistant.OwnerOperator && now.Owner.Operator != who.ID {
		return "Разговор ведёт " + now.Owner.Author + ". Ваш ответ не отправлен."
	}
	seq, _, _ := strings.Cut(version, ".")
	read, _ := strconv.ParseUint(seq, 10, 64)
	for _, t := range now.Turns {
		if t.Seq > read && t.From == assistant.FromOperator && t.Author != who.Name {
			return "Пока вы писали, ответил другой сотрудник: " + t.Author + ". Прочитайте и отправьте ещё раз, если ваш ответ ещё нужен."
		}
	}
	return ""
}

// typing lets the visitor see that somebody writes.
func (c *Console) typing(w http.ResponseWriter, r *http.Request, _ staff.Account) error {
	c.Desk.Typing(r.PathValue("id"), assistant.FromOperator)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// back leads to a page after a write, with a word of what was done.
func (c *Console) back(w http.ResponseWriter, r *http.Request, to, done string) error {
	to = inside(to)
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	http.Redirect(w, r, to+sep+"done="+url.QueryEscape(done), http.StatusSeeOther)
	return nil
}
