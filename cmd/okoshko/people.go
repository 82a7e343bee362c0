package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"okoshko/assistant"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/widget/console"
)

// These commands carry out a person's rights, as the console's page of people does.

// one finds the contact that PERSON means. It prints why there is none.
func one(ctx context.Context, s streams, a *appliance, query string) (contact string, err error) {
	ids, err := a.assistant.ContactsOf(ctx, assistant.Command(), query)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		fmt.Fprintln(s.err, "Nobody is known by that. Give a contact's id (c_…), the number of an appointment (A-1042) or a whole phone; the console also finds names.")
		return "", errUnmet
	case len(ids) > 1:
		fmt.Fprintf(s.err, "%d people have that phone: %s. Give one of these ids.\n", len(ids), strings.Join(ids, ", "))
		return "", errUnmet
	}
	return ids[0], nil
}

type exportCommand struct {
	houseFlags
	Person string `arg:"" help:"Contact's id, number of an appointment, or phone."`
	Out    string `required:"" placeholder:"DIR" help:"Folder to write the two files into; it is made where there is none."`
}

// Help is what -h says beside the flags.
func (c *exportCommand) Help() string {
	return `Writes data-ID.json and data-ID.html, for the file's owner alone to read: the same
as the console's extract. It is in the journal as an export by the command line, and
works while the appliance serves.

  okoshko export A-1042 --out /media/stick --data /srv/okoshko`
}

// Run hands a person's data over. Exit 1: nobody is known by that.
func (c *exportCommand) Run(ctx context.Context, s streams) error {
	return c.house(s, func(a *appliance) error {
		id, err := one(ctx, s, a, c.Person)
		if err != nil {
			return err
		}
		dir := c.call.path(c.Out)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		p, err := a.assistant.PersonOf(ctx, assistant.Command(), id, privacy.RightExport)
		if err != nil {
			return err
		}
		for _, file := range []struct {
			ending string
			write  func(io.Writer) error
		}{
			{"json", func(w io.Writer) error { return console.WritePersonJSON(w, p) }},
			{"html", func(w io.Writer) error { return a.desk.WritePerson(w, p) }},
		} {
			path := filepath.Join(dir, "data-"+id+"."+file.ending)
			if err := writePrivate(path, file.write); err != nil {
				return err
			}
			fmt.Fprintln(s.out, path)
		}
		return nil
	})
}

type eraseCommand struct {
	houseFlags
	Person string `arg:"" optional:"" help:"Contact's id, number of an appointment, or phone."`
	Why    string `enum:"asked,withdrawn," default:"" placeholder:"asked|withdrawn" help:"What the act says: the person asked for it, or took their consent back."`
	Via    string `enum:"phone,letter,visit" default:"letter" placeholder:"letter" help:"How the demand came: phone, letter or visit."`
	Name   bool   `help:"Show the name of whom it is."`
	Yes    bool   `help:"Do not ask."`
	Act    string `placeholder:"X-1" help:"Write the act of an erasure and the extract of the journal instead, to print and sign."`
	Out    string `placeholder:"FILE.html" help:"Where the act is written."`
}

// Help is what -h says beside the flags.
func (c *eraseCommand) Help() string {
	return `First it shows how much would go, and asks. Then the person's key and all that it
sealed are destroyed, visits to come are cancelled, receivers are told
(contact.erased), and the register of destruction has an entry for three years.
Nothing brings the person back but a copy of the keys from before; those go after
14 days. It works while the appliance serves.

  okoshko erase A-1042 --why asked --data /srv/okoshko
  okoshko erase --act X-7 --out act.html --data /srv/okoshko`
}

// Run erases a person, or prints an act. Exit 1: nobody is known by that, or the
// answer was no.
func (c *eraseCommand) Run(ctx context.Context, s streams) error {
	switch {
	case c.Act != "" && c.Person == "":
		return c.house(s, func(a *appliance) error { return c.act(ctx, s, a) })
	case c.Act != "" || c.Person == "":
		return errors.New("give a person to erase, or --act X-1 --out FILE.html to print an act: one of the two")
	case c.Why == "":
		return errors.New("say why by --why asked or --why withdrawn: the act must tell")
	}
	return c.house(s, func(a *appliance) error {
		id, err := one(ctx, s, a, c.Person)
		if err != nil {
			return err
		}
		if err := c.sure(ctx, s, a, id); err != nil {
			return err
		}
		return c.erase(ctx, s, a, id)
	})
}

// sure shows what would go, and asks.
func (c *eraseCommand) sure(ctx context.Context, s streams, a *appliance, id string) error {
	p, err := a.assistant.PersonOf(ctx, assistant.Command(), id, privacy.RightAccess)
	if err != nil {
		return err
	}
	whose := id
	if c.Name {
		whose = fmt.Sprintf("%s, %s", id, p.Name)
	}
	coming := 0
	for _, v := range p.Appointments {
		if v.Start.After(a.now()) && (v.Status == "confirmed" || v.Status == "requested") {
			coming++
		}
	}
	fmt.Fprintf(s.out, "To be erased: %s\n", whose)
	fmt.Fprintf(s.out, "  %s, of them to come and to be cancelled: %d\n", some(len(p.Appointments), "appointment"), coming)
	fmt.Fprintf(s.out, "  %s of conversation, %s, %s on the waiting list\n", some(len(p.Talk.Turns), "line"), some(len(p.Consents), "consent"), some(len(p.Waiting), "wish", "wishes"))
	if len(p.Receivers) > 0 {
		fmt.Fprintf(s.out, "  told the name and phone before, and told of the erasure now: %s\n", strings.Join(p.Receivers, ", "))
	}
	if c.Yes {
		return nil
	}
	fmt.Fprint(s.out, "It cannot be taken back. Type erase to go on: ")
	line, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if strings.TrimSpace(line) != "erase" {
		fmt.Fprintln(s.out, "\nNothing was erased.")
		return errUnmet
	}
	return nil
}

// erase notes the demand and carries it out, in one commit.
func (c *eraseCommand) erase(ctx context.Context, s streams, a *appliance, id string) error {
	right := map[string]privacy.Right{"asked": privacy.RightErase, "withdrawn": privacy.RightWithdraw}[c.Why]
	d, err := a.assistant.EraseDemanded(ctx, assistant.Command(), privacy.Demand{Right: right, Via: c.Via, Contact: id})
	if err != nil {
		return fmt.Errorf("nothing was erased, and no demand noted: %w", err)
	}
	fmt.Fprintln(s.out, "Erased.")
	if d.ID != "" {
		fmt.Fprintln(s.out, proof(d))
		fmt.Fprintf(s.out, "The act: okoshko erase --act %s --out act.html, or /console/acts/%s\n", d.ID, d.ID)
	}
	if !c.serving() {
		fmt.Fprintln(s.out, "Receivers are told when okoshko serve runs again.")
	}
	return nil
}

// proof says what came of trying to open what was erased.
func proof(d privacy.Destruction) string {
	switch {
	case d.Checked.IsZero():
		return "Not proved yet: okoshko serve tries every live key on every old value soon, or when it runs again. The act tells what came of it; sign it only then."
	case !d.Proved():
		return fmt.Sprintf("The proof failed: %d of %s still open. Do not sign the act; okoshko doctor, then ask who looks after this program.", d.Opened, some(d.Values, "sealed value"))
	}
	return fmt.Sprintf("Proved: %s tried with %s, nothing opens; the files were made anew.", some(d.Values, "sealed value"), some(d.Keys, "live key"))
}

func (c *eraseCommand) act(ctx context.Context, s streams, a *appliance) error {
	if c.Out == "" {
		return errors.New("say by --out FILE.html where the act is written")
	}
	act, err := a.assistant.ActOf(ctx, assistant.Command(), strings.ToUpper(c.Act))
	if errors.Is(err, storage.ErrNotFound) {
		fmt.Fprintf(s.err, "The register has no act %s: it keeps them for three years; the console's page of people lists them.\n", c.Act)
		return errUnmet
	}
	if err != nil {
		return err
	}
	path := c.call.path(c.Out)
	if err := writePrivate(path, func(w io.Writer) error { return a.desk.WriteAct(ctx, w, act) }); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s\nPrint it, sign it and keep it for three years.\n", path)
	return nil
}

// some counts things in words; many is given where it is not one and an s.
func some(n int, one string, many ...string) string {
	switch {
	case n == 1:
		return "1 " + one
	case len(many) > 0:
		return fmt.Sprintf("%d %s", n, many[0])
	}
	return fmt.Sprintf("%d %ss", n, one)
}
