package token

import "strconv"

// Numeral is a number at the beginning of a list of tokens, said in words («двадцать
// пятого», "twenty-first", «егерме биш») or written in figures.
type Numeral struct {
	Value   int
	Tokens  int  // how many tokens it takes
	Ordinal bool // «третьего», "third", «өченче»
	Figures bool // written in figures
	Lang    string
}

// Rank is the place of a number word in a compound one.
type Rank uint8

// The ranks, lowest first.
const (
	Zero     Rank = iota
	Unit          // 1–9
	Teen          // 10–19
	Ten           // 20, 30 … 90
	Hundred       // 100, 200 … 900
	Thousand      // 1,000
)

// Name is what one word says about a number.
type Name struct {
	Value   int
	Rank    Rank
	Ordinal bool
	Lang    string // ru, en, tt
}

// NumberName looks one folded word up. Russian and Tatar words are known in all cases,
// Tatar also typed with Russian letters.
func NumberName(text string) (Name, bool) {
	n, ok := names[text]
	return n, ok
}

// ReadNumeral reads the longest number at the beginning of tokens, ok false where
// none stands there. Words are joined only downwards («двадцать» + «пять», not «семь»
// + «тридцать»), and only when nothing but a space (in English a hyphen) parts them.
// Figures of more than nine places are no number.
func ReadNumeral(tokens []Token) (n Numeral, ok bool) {
	if len(tokens) == 0 {
		return n, false
	}
	if tokens[0].Kind == Number {
		v, err := strconv.Atoi(tokens[0].Text)
		if err != nil || len(tokens[0].Text) > 9 {
			return n, false
		}
		return Numeral{Value: v, Tokens: 1, Figures: true}, true
	}
	total, part, floor := 0, 0, Thousand+1
	for i := 0; i < len(tokens); {
		at := i
		if i > 0 && tokens[i].Text == "-" && i+1 < len(tokens) && n.Lang == "en" && floor == Ten {
			at++
		}
		name, known := names[tokens[at].Text]
		if !known || tokens[at].Kind != Word || i > 0 && (name.Lang != n.Lang || n.Ordinal) || !fits(name.Rank, floor, i == 0) {
			break
		}
		if name.Rank == Thousand {
			total += max(part, 1) * 1000
			part = 0
		} else {
			part += name.Value
		}
		n.Ordinal, n.Lang, floor = name.Ordinal, name.Lang, name.Rank
		i = at + 1
		n.Tokens = i
		if name.Rank == Zero {
			break
		}
	}
	n.Value = total + part
	return n, n.Tokens > 0
}

// fits says whether a word of that rank may follow one of rank last.
func fits(rank, last Rank, first bool) bool {
	switch {
	case first:
		return true
	case rank == Thousand:
		return last != Thousand && last != Zero
	case rank == Zero || last == Zero || last == Unit || last == Teen:
		return false
	case rank == Teen:
		return last >= Hundred
	}
	return rank < last
}
