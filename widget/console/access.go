package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
	"okoshko/widget/web"
)

// accessView lists who may enter: people and programs.
type accessView struct {
	Accounts []staff.Account
	Tokens   []staff.Token
	Roles    []staff.Role // that this member of staff may give
	Secret   string       // of the token just made; shown this once
	Alert    string

	Feeds       []feedRow
	FeedAddress string // of the feed just made; shown this once
	Clinic      *clinic.Clinic
}

// access shows people and programs that may enter.
func (c *Console) access(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.showAccess(w, r, who, http.StatusOK, accessView{})
}

func (c *Console) showAccess(w http.ResponseWriter, r *http.Request, who staff.Account, status int, view accessView) error {
	var err error
	if view.Accounts, err = c.Staff.Accounts(r.Context()); err != nil {
		return err
	}
	if view.Tokens, err = c.Staff.Tokens(r.Context()); err != nil {
		return err
	}
	if view.Feeds, err = c.feeds(r); err != nil {
		return err
	}
	view.Clinic = c.Clinic()
	slices.SortFunc(view.Accounts, func(a, b staff.Account) int { return a.Created.Compare(b.Created) })
	slices.SortFunc(view.Tokens, func(a, b staff.Token) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	for _, role := range staff.Roles() {
		if role != staff.Owner || who.Role == staff.Owner {
			view.Roles = append(view.Roles, role)
		}
	}
	return c.show(w, r, who, status, "access", "Доступ", view)
}

// createToken makes a token and shows its secret this once.
func (c *Console) createToken(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	by := staff.Actor{ID: who.ID, Role: who.Role}
	secret, _, err := c.Staff.CreateToken(r.Context(), by, r.PostForm.Get("name"), staff.Role(r.PostForm.Get("role")))
	switch {
	case errors.Is(err, staff.ErrBadAccount):
		return c.showAccess(w, r, who, http.StatusUnprocessableEntity, accessView{Alert: "Назовите программу (до 64 знаков) и выберите роль."})
	case errors.Is(err, staff.ErrForbidden):
		return web.Refused(http.StatusForbidden, "Такую роль выдаёт только владелец", "").Because(err)
	case err != nil:
		return fmt.Errorf("create token: %w", err)
	}
	return c.showAccess(w, r, who, http.StatusOK, accessView{Secret: secret})
}

// revokeToken ends a token.
func (c *Console) revokeToken(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	err := c.Staff.RevokeToken(r.Context(), staff.Actor{ID: who.ID, Role: who.Role}, r.PathValue("id"))
	switch {
	case errors.Is(err, staff.ErrNoToken):
		return web.Refused(http.StatusNotFound, "Такого ключа нет", "Возможно, его уже отозвали.").Because(err)
	case errors.Is(err, staff.ErrForbidden):
		return web.Refused(http.StatusForbidden, "Этот ключ отзывает только владелец", "").Because(err)
	case err != nil:
		return fmt.Errorf("revoke token: %w", err)
	}
	return c.back(w, r, "/console/access", "revoked")
}
