package prompts

import (
	"embed"
	"encoding/json"
	"slices"
	"strings"
	"text/template"
)

// How much of a conversation the model gets to see. A model on an old processor
// reads ten tokens a second, so each line has to earn its place.
const (
	modelItems    = 60  // services, specialists, questions; as many branches
	modelName     = 60  // letters of a name
	modelTurns    = 4   // the last ones
	modelTurn     = 160 // letters of one
	modelMessage  = 600 // letters of the message
	modelOffers   = 8
	modelCommands = 4   // in one answer
	modelQuote    = 200 // letters
)

// ModelInput is all that the model is told for reading one message. Texts are
// masked before: no personal data, nothing secret.
type ModelInput struct {
	// These make the beginning that is the same for every message of a clinic
	// and language.
	Lang        string // ru, tt or en; anything else is ru
	Clinic      string // its name
	Services    []ModelItem
	Specialists []ModelItem
	Branches    []ModelItem
	Questions   []ModelItem // of the clinic's FAQ

	// And these its end.
	Expects string       // what was asked last: a field, confirm, consent, which, more; or empty
	Known   []ModelValue // what the visitor has said so far
	Offered []ModelItem  // what can be chosen now
	Turns   []ModelTurn  // the last ones before the message, in order
	Message string
}

// ModelItem is something the model may name, by its ID.
type ModelItem struct{ ID, Name string }

// ModelValue is a field the visitor has filled.
type ModelValue struct{ Field, Value string }

// ModelTurn is something said before.
type ModelTurn struct {
	Visitor bool // else the clinic said it
	Text    string
}

// modelFields are the fields that a command may set, and modelDos its verbs, in
// the order of the templates.
var (
	modelFields = []string{"service", "branch", "specialist", "time", "name", "phone", "email"}
	modelDos    = []string{
		"book", "move", "cancel", "show", "set", "correct", "choose", "affirm", "deny", "ask", "price",
		"human", "wait", "know", "erase", "withdraw", "repeat", "restart", "thanks", "greet", "unclear",
	}
)

// modelAny stands for «whichever» specialist or branch.
const modelAny = "any"

//go:embed model/*.tmpl
var modelFiles embed.FS

var modelTemplates = mustParseModel()

func mustParseModel() map[string]*template.Template {
	set := map[string]*template.Template{}
	for _, lang := range Languages {
		t := template.New(lang).Option("missingkey=error").Funcs(template.FuncMap{"json": modelJSON})
		set[lang] = template.Must(t.ParseFS(modelFiles, "model/"+lang+".tmpl"))
	}
	return set
}

// ModelMessages words the question to the model. The first message depends on
// nothing but the clinic and the language, so the server reads it once and
// keeps it; everything of this conversation is in the second.
func ModelMessages(in ModelInput) (system, user string) {
	in = in.trimmed()
	t := modelTemplates[in.Lang]
	return modelRender(t, "system", in), modelRender(t, "user", in)
}

// modelRender fills a template. The templates are ours and ModelInput is all
// they get, so a failure is found by the first test that renders them.
func modelRender(t *template.Template, name string, in any) string {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, in); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// ModelSchema is the schema of the answer to ModelMessages: commands, whose
// values are the ids of this clinic and of what is offered now.
func ModelSchema(in ModelInput) json.RawMessage {
	in = in.trimmed()
	dos := modelDos
	if len(in.Offered) == 0 {
		dos = slices.DeleteFunc(slices.Clone(dos), func(do string) bool { return do == "choose" })
	}
	values := []string{"", modelAny}
	for _, items := range [][]ModelItem{in.Services, in.Branches, in.Specialists, in.Questions, in.Offered} {
		for _, item := range items {
			values = append(values, item.ID)
		}
	}
	command := modelObject{
		Type: "object",
		Properties: modelProperties{
			{"do", modelString{Type: "string", Enum: dos}},
			{"quote", modelString{Type: "string", Min: 1, Max: modelQuote}},
			{"field", modelString{Type: "string", Enum: append([]string{""}, modelFields...)}},
			{"value", modelString{Type: "string", Enum: modelOnce(values)}},
		},
		Required: []string{"do", "quote"},
	}
	return json.RawMessage(modelJSON(modelObject{
		Type:       "object",
		Properties: modelProperties{{"commands", modelArray{Type: "array", Min: 1, Max: modelCommands, Items: command}}},
		Required:   []string{"commands"},
	}))
}

// The parts of the schema. Servers have an answer's properties written in the
// schema's order, the required ones first: so they are lists and no maps, and
// what may be left out stands last, as in the prompt's examples.
type (
	modelObject struct {
		Type       string          `json:"type"`
		Properties modelProperties `json:"properties"`
		Required   []string        `json:"required"`
	}
	modelProperties []modelProperty
	modelProperty   struct {
		name string
		part any
	}
	modelArray struct {
		Type  string `json:"type"`
		Min   int    `json:"minItems"`
		Max   int    `json:"maxItems"`
		Items any    `json:"items"`
	}
	modelString struct {
		Type string   `json:"type"`
		Enum []string `json:"enum,omitempty"`
		Min  int      `json:"minLength,omitempty"`
		Max  int      `json:"maxLength,omitempty"`
	}
)

// MarshalJSON writes the properties in their order.
func (p modelProperties) MarshalJSON() ([]byte, error) {
	parts := make([]string, len(p))
	for i, property := range p {
		parts[i] = modelJSON(property.name) + ":" + modelJSON(property.part)
	}
	return []byte("{" + strings.Join(parts, ",") + "}"), nil
}

// modelJSON is a value as the model is to write it: without HTML's escapes.
func modelJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings, numbers and lists of them
	}
	return strings.TrimSpace(b.String())
}

// modelOnce drops repetitions, keeping the order.
func modelOnce(values []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(values, func(v string) bool {
		again := seen[v]
		seen[v] = true
		return again
	})
}

// trimmed is the input within its bounds, its texts harmless: on one line each
// and without the signs that a model takes for the end of a turn.
func (in ModelInput) trimmed() ModelInput {
	in.Lang = known(in.Lang)
	in.Clinic = modelClean(in.Clinic, modelName)
	in.Services = modelNamed(in.Services, modelItems)
	in.Specialists = modelNamed(in.Specialists, modelItems)
	in.Branches = modelNamed(in.Branches, modelItems)
	in.Questions = modelNamed(in.Questions, modelItems)
	in.Offered = modelNamed(in.Offered, modelOffers)
	in.Known = slices.Clone(in.Known)
	for i := range in.Known {
		in.Known[i].Value = modelClean(in.Known[i].Value, modelName)
	}
	in.Turns = slices.Clone(in.Turns[max(0, len(in.Turns)-modelTurns):])
	for i := range in.Turns {
		in.Turns[i].Text = modelClean(in.Turns[i].Text, modelTurn)
	}
	in.Message = modelClean(in.Message, modelMessage)
	return in
}

func modelNamed(items []ModelItem, most int) []ModelItem {
	items = slices.Clone(items[:min(len(items), most)])
	for i := range items {
		items[i].Name = modelClean(items[i].Name, modelName)
	}
	return items
}

// modelMarks are what models' own templates write between turns: <|im_end|>,
// <start_of_turn>, </s>, [INST]. A server takes them for such wherever they
// stand.
var modelMarks = strings.NewReplacer("<", "‹", ">", "›", "[INST]", "(INST)", "[/INST]", "(/INST)")

// modelClean puts a text on one line of at most so many letters.
func modelClean(text string, most int) string {
	text = modelMarks.Replace(strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " "))
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return strings.TrimSpace(string(letters[:most-1])) + "…"
}

// ids are those that a command may name in a field, or with choose or ask.
func (in ModelInput) ids(kind string) map[string]bool {
	items := map[string][]ModelItem{
		"service": in.Services, "specialist": in.Specialists, "branch": in.Branches, "choose": in.Offered, "ask": in.Questions,
	}[kind]
	set := map[string]bool{}
	for _, item := range items {
		set[item.ID] = true
	}
	if kind == "specialist" || kind == "branch" {
		set[modelAny] = true
	}
	return set
}
