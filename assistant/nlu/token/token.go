// Package token cuts what a person wrote into words, numbers and signs, and folds
// each so that tables can be looked up in it: composed (NFC) lower-case letters, ё
// as е, look-alike letters of another script put right, stretched letters shortened,
// figures of any script as 0–9. Every token knows its bytes in the original text.
//
// It knows no grammar and no meaning, except what numbers are called (see Numeral).
package token

import (
	"unicode"
	"unicode/utf8"
)

// Kind says what a token is made of.
type Kind uint8

// The kinds of token.
const (
	Word   Kind = iota // letters, with apostrophes inside («o'clock»)
	Number             // decimal figures only; «15:30» is three tokens
	Sign               // one punctuation mark, symbol or emoji
)

// String names the kind for logs and tests.
func (k Kind) String() string {
	switch k {
	case Word:
		return "word"
	case Number:
		return "number"
	default:
		return "sign"
	}
}

// Token is one piece of a text.
type Token struct {
	Start, End int    // bytes in the original text, End excluded
	Text       string // folded, see the package's sign
	Raw        string // as written: text[Start:End]
	Kind       Kind
	Space      bool // white space stands before it (or it is the first)

	whole string // the text it was cut from, see Quote
}

// Quote is the original text from the beginning of one token to the end of another of
// the same text.
func Quote(from, to Token) string {
	if from.Start > to.End || to.End > len(from.whole) {
		return ""
	}
	return from.whole[from.Start:to.End]
}

// Tokenize cuts text in one pass; any bytes are allowed. Invisible characters belong
// to no token of their own: inside a word they count to its span, not to its Text.
func Tokenize(text string) []Token {
	tokens := make([]Token, 0, len(text)/6+4)
	space := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch classOf(r) {
		case classSpace:
			space = true
			i += size
		case classInvisible, classMark:
			i += size
		case classLetter:
			end := wordEnd(text, i+size)
			tokens = append(tokens, Token{Start: i, End: end, Raw: text[i:end], Text: foldWord(text[i:end]), Kind: Word, Space: space, whole: text})
			i, space = end, false
		case classDigit:
			end := numberEnd(text, i+size)
			tokens = append(tokens, Token{Start: i, End: end, Raw: text[i:end], Text: foldNumber(text[i:end]), Kind: Number, Space: space, whole: text})
			i, space = end, false
		default:
			end := signEnd(text, i+size, r)
			tokens = append(tokens, Token{Start: i, End: end, Raw: text[i:end], Text: foldSign(text[i:end], r), Kind: Sign, Space: space, whole: text})
			i, space = end, false
		}
	}
	foldByNeighbours(tokens)
	return tokens
}

type class uint8

const (
	classSign class = iota
	classLetter
	classDigit
	classSpace
	classMark      // combining: part of the letter before it
	classInvisible // no width, no meaning for reading
)

// classOf sorts characters; the two alphabets in use come first because nearly all
// characters are theirs.
func classOf(r rune) class {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= 0x410 && r <= 0x44F:
		return classLetter
	case r >= '0' && r <= '9':
		return classDigit
	case r < 0x80:
		if r <= ' ' {
			return classSpace
		}
		return classSign
	case invisible(r):
		return classInvisible
	case unicode.IsSpace(r):
		return classSpace
	case unicode.IsLetter(r):
		return classLetter
	case unicode.Is(unicode.Nd, r):
		return classDigit
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r):
		return classMark
	}
	return classSign
}

// invisible holds for format characters (zero-width, direction, soft hyphen, tags)
// and the selectors that turn a figure into a keycap.
func invisible(r rune) bool {
	return r == 0x20E3 || r >= 0xFE00 && r <= 0xFE0F || r == 0x115F || r == 0x3164 || unicode.Is(unicode.Cf, r)
}

func apostrophe(r rune) bool {
	return r == '\'' || r == '’' || r == 'ʼ' || r == '`'
}

// wordEnd goes on from i over letters, marks and invisible characters; an apostrophe
// only between two letters.
func wordEnd(text string, i int) int {
	end := i
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch c := classOf(r); {
		case c == classLetter || c == classMark:
			end = i + size
		case c == classInvisible:
		case apostrophe(r) && end == i:
			next, n := utf8.DecodeRuneInString(text[i+size:])
			if n == 0 || classOf(next) != classLetter {
				return end
			}
		default:
			return end
		}
		i += size
	}
	return end
}

// numberEnd goes on over figures; invisible characters and marks (keycaps) between
// them do not part a number.
func numberEnd(text string, i int) int {
	end := i
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch classOf(r) {
		case classDigit:
			end = i + size
		case classInvisible, classMark:
		default:
			return end
		}
		i += size
	}
	return end
}

// signEnd keeps an emoji together with its skin tone and what a zero-width joiner
// binds to it.
func signEnd(text string, i int, first rune) int {
	if first < 0x2190 {
		return i
	}
	end, joined := i, false
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == 0x200D:
			joined = true
		case r >= 0xFE00 && r <= 0xFE0F, r >= 0x1F3FB && r <= 0x1F3FF:
		case joined && classOf(r) == classSign:
			joined = false
		default:
			return end
		}
		i += size
		end = i
	}
	return end
}
