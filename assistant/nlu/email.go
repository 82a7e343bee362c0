package nlu

import (
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// addresses finds e-mail and web addresses and handles («@guzel»), written or said
// («гузель собака мэйл точка ру»), and takes their tokens.
func (p *pii) addresses() {
	for i, t := range p.tokens {
		if p.taken[i] {
			continue
		}
		switch {
		case t.Text == "@":
			p.mailAt(i)
		case t.Kind == token.Word && spokenAt[t.Text]:
			p.spokenMail(i)
		case t.Kind == token.Word && (t.Text == "http" || t.Text == "https" || t.Text == "www"):
			p.link(i, i)
		case t.Text == "." && i > 0 && i+1 < len(p.tokens) && !t.Space && !p.tokens[i+1].Space && zones[p.tokens[i+1].Text]:
			p.domainAt(i)
		}
	}
}

// zones are the last parts of addresses that people give in chats.
var zones = wordSet("ru рф com net org su me info io kz by uz tatar татар online site")

// mailAt reads around a typed «@».
func (p *pii) mailAt(at int) {
	from, to := at, at+1
	for from > 0 && !p.taken[from-1] && mailPart(p.tokens[from-1]) && (!p.tokens[from].Space || from == at && p.tokens[from-1].Kind != token.Sign) {
		from--
	}
	for to < len(p.tokens) && !p.taken[to] && mailPart(p.tokens[to]) && (!p.tokens[to].Space || to == at+1) {
		to++
	}
	for from < at && p.tokens[from].Kind == token.Sign {
		from++
	}
	for to > at+1 && p.tokens[to-1].Kind == token.Sign {
		to--
	}
	if to == at+1 {
		return
	}
	domain := p.raw(at+1, to)
	dot := strings.LastIndexByte(domain, '.')
	if p.tokens[at].Space && dot < 0 {
		from = at // «телеграм @guzel»
	}
	if from == at || dot < 1 || utf8.RuneCountInString(domain[dot+1:]) < 2 {
		if from == at && !p.tokens[at+1].Space && p.tokens[at+1].Kind == token.Word {
			p.take(KindURL, at, to, "@"+strings.ToLower(domain))
		}
		return
	}
	p.take(KindEmail, from, to, strings.ToLower(p.raw(from, at)+"@"+domain))
}

func mailPart(t token.Token) bool {
	if t.Kind != token.Sign {
		return true
	}
	switch t.Text {
	case ".", "_", "-", "+", "%":
		return true
	}
	return false
}

// raw joins tokens as written, without white space.
func (p *pii) raw(from, to int) string {
	if from+1 == to {
		return p.tokens[from].Raw
	}
	var b strings.Builder
	for _, t := range p.tokens[from:to] {
		if t.Kind == token.Sign {
			b.WriteString(t.Text)
			continue
		}
		b.WriteString(t.Raw)
	}
	return b.String()
}

// domainAt reads a web address around a dot before a known zone.
func (p *pii) domainAt(dot int) {
	if p.tokens[dot-1].Kind == token.Sign || p.taken[dot-1] {
		return
	}
	from := dot - 1
	for from > 0 && !p.tokens[from].Space && !p.taken[from-1] && mailPart(p.tokens[from-1]) {
		from--
	}
	p.link(from, dot+2)
}

// link takes everything to the next white space.
func (p *pii) link(from, to int) {
	to = max(to, from+1)
	for to < len(p.tokens) && !p.tokens[to].Space && !p.taken[to] {
		to++
	}
	for to > from+1 && strings.Contains(".,!?;:)\"", p.tokens[to-1].Text) {
		to--
	}
	if to == from+1 {
		return
	}
	p.take(KindURL, from, to, p.text[p.tokens[from].Start:p.tokens[to-1].End])
}

var (
	spokenAt   = wordSet("собака собачка собакой at эт")
	spokenSign = map[string]string{
		"точка": ".", "dot": ".", "тире": "-", "дефис": "-", "dash": "-", "минус": "-", "подчеркивание": "_", "underscore": "_", "плюс": "+",
	}
	spokenDomain = map[string]string{
		"ру": "ru", "ком": "com", "мэйл": "mail", "майл": "mail", "меил": "mail", "мейл": "mail", "маил": "mail", "яндекс": "yandex", "гмейл": "gmail",
		"гмэйл": "gmail", "джимейл": "gmail", "джимэйл": "gmail", "гмаил": "gmail", "жмейл": "gmail", "рамблер": "rambler", "инбокс": "inbox", "бк": "bk",
		"лист": "list", "нет": "net", "орг": "org", "айклауд": "icloud", "аутлук": "outlook", "хотмейл": "hotmail", "я": "ya",
	}
)

// spokenMail reads an address that was dictated around the word for «@». The part
// behind it must end in a dot and a zone, else it was a dog.
func (p *pii) spokenMail(at int) {
	to, domain, ended := at+1, "", false
	for to < len(p.tokens) && to < at+12 && !ended {
		t := p.tokens[to]
		sign, isSign := spokenSign[t.Text]
		if t.Text == "." || t.Text == "-" {
			sign, isSign = t.Text, true
		}
		switch {
		case isSign:
			domain += sign
		case t.Kind == token.Sign:
			return
		default:
			part := t.Text
			if latin, ok := spokenDomain[part]; ok {
				part = latin
			}
			ended = strings.HasSuffix(domain, ".") && zones[part]
			if domain != "" && !strings.HasSuffix(domain, ".") && !strings.HasSuffix(domain, "-") {
				return
			}
			domain += part
		}
		to++
	}
	if !ended {
		return
	}
	from, local := p.spokenLocal(at)
	if from == at {
		return
	}
	if !strings.HasSuffix(domain, "рф") {
		local, domain = token.Latin(local), token.Latin(domain)
	}
	p.take(KindEmail, from, to, strings.ToLower(local+"@"+domain))
}

// spokenLocal walks back from the word for «@» over the name of the mail box.
func (p *pii) spokenLocal(at int) (int, string) {
	from, local := at, ""
	open := true // a sign stands on the right, so a word must follow
	for from > 0 && at-from < 12 && !p.taken[from-1] {
		t := p.tokens[from-1]
		sign, isSign := spokenSign[t.Text]
		if t.Kind == token.Sign && (t.Text == "." || t.Text == "-" || t.Text == "_") {
			sign, isSign = t.Text, true
		}
		switch {
		case isSign && !open:
			local, open = sign+local, true
		case t.Kind == token.Sign, isSign:
			return from, local
		case open, !p.tokens[from].Space, t.Kind == token.Word && p.tokens[from].Kind == token.Number && ascii(t.Text):
			if t.Text == "нижнее" {
				break
			}
			local, open = t.Text+local, false
		case t.Text == "нижнее":
		default:
			return from, local
		}
		from--
	}
	return from, local
}
