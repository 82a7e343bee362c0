package assistant

import (
	"encoding/binary"
	"strings"

	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// ownWords are visitors' turns in which tags stand for what is now in their
// contact, by conversation and seq: a visitor who reloads the page reads their own
// name and phone, and reception the name. The text holds tags alone; before
// consent there is no contact, and they read as labels.
var ownWords = storage.NewTable[string]("assistant.own").Owned(func(key []byte, _ string) string {
	conversation, _, _ := strings.Cut(string(key), "/")
	return conversation
})

func ownWordsKey(conversation string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(conversation+"/"), seq)
}

// ownValues are the fields of a contact that a visitor's own words may hold.
func ownValues(p person) map[string]string {
	return map[string]string{"name": p.Name, "phone": p.Phone, "email": p.Email}
}

// keepOwn notes which tags of the visitor's turn are of what is now known of them.
// Earlier words about a field that has changed are labels again: they are no
// longer what the contact says.
func (d *deed) keepOwn(turn heard, tags map[string]string, before person) error {
	known, was := ownValues(d.known), ownValues(before)
	for field, value := range was {
		if value != "" && value != known[field] {
			if err := d.dropOwn(field); err != nil {
				return err
			}
		}
	}
	text := turn.Text
	for tag, value := range tags {
		for field, own := range known {
			if own != "" && own == value {
				text = strings.ReplaceAll(text, tag, privacy.Own(field))
			}
		}
	}
	if text == turn.Text || d.erased {
		return nil
	}
	return ownWords.Put(d.tx, ownWordsKey(d.conversation, turn.Seq), text)
}

// dropOwn puts a label where earlier turns named a field.
func (d *deed) dropOwn(field string) (err error) {
	words := make(map[string]string)
	from, to := under(d.conversation)
	for k, text := range ownWords.Range(d.tx, from, to, &err) {
		if strings.Contains(text, privacy.Own(field)) {
			words[string(k)] = strings.ReplaceAll(text, privacy.Own(field), privacy.Masked(field))
		}
	}
	if err != nil {
		return err
	}
	for k, text := range words {
		if err := ownWords.Put(d.tx, []byte(k), text); err != nil {
			return err
		}
	}
	return nil
}

// ownWordsAfter are the texts of a conversation's turns after seq that have such tags.
func ownWordsAfter(tx *storage.Tx, conversation string, after uint64) (words map[uint64]string, err error) {
	words = make(map[uint64]string)
	_, to := under(conversation)
	from := ownWordsKey(conversation, after+1)
	for k, text := range ownWords.Range(tx, from, to, &err) {
		words[binary.BigEndian.Uint64(k[len(k)-8:])] = text
	}
	return words, err
}
