package main

// vocabulary is a byte-level vocabulary: each byte is a token, so any text can
// be written; the two bytes of a Cyrillic letter are merged into one token,
// which halves a Russian or Tatar prompt.
type vocabulary struct {
	tokens []string
	kinds  []int32 // per token, tokenNormal or tokenControl
	merges []string

	endOfText, endOfTurn uint32
}

const (
	tokenNormal  = 1
	tokenControl = 3

	letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәөүҗңһ" + "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯӘӨҮҖҢҺ"
)

func newVocabulary() vocabulary {
	var v vocabulary
	add := func(token string, kind int32) uint32 {
		v.tokens, v.kinds = append(v.tokens, token), append(v.kinds, kind)
		return uint32(len(v.tokens) - 1)
	}
	signs := byteSigns()
	for _, sign := range signs {
		add(string(sign), tokenNormal)
	}
	for _, letter := range letters {
		utf8 := string(letter)
		first, second := string(signs[utf8[0]]), string(signs[utf8[1]])
		v.merges = append(v.merges, first+" "+second)
		add(first+second, tokenNormal)
	}
	v.endOfText = add("<|endoftext|>", tokenControl)
	add("<|im_start|>", tokenControl)
	v.endOfTurn = add("<|im_end|>", tokenControl)
	return v
}

// byteSigns is GPT-2's way to write any byte as a visible letter: printable
// bytes stand for themselves, the others for the letters from U+0100 on.
func byteSigns() [256]rune {
	var signs [256]rune
	next := rune(256)
	for b := range signs {
		if b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE {
			signs[b] = rune(b)
			continue
		}
		signs[b] = next
		next++
	}
	return signs
}
