package assistant

import (
	"encoding/hex"
	"errors"

	"okoshko/storage"
)

// frames remembers which turn each of a visitor's frames became, for as long as
// the conversation is kept: the same id sent again has no second effect, however
// late. A key is the conversation and a keyed hash of the id, since the id is a
// stranger's; a record is some hundred bytes a message.
var frames = storage.NewTable[uint64]("assistant.frames")

func frameKey(conversation, frame string) []byte { return []byte(conversation + "/" + frame) }

// frameName stands for a frame's id from where it comes in: the id is a page's own
// matter, and may be a name or a phone.
func frameName(tx *storage.Tx, id string) string { return hex.EncodeToString(tx.Index("frame", id)) }

// taken returns the turn that a frame became, and false for one that is new.
func taken(tx *storage.Tx, conversation, frame string) (seq uint64, ok bool, err error) {
	seq, err = frames.Get(tx, frameKey(conversation, frame))
	if errors.Is(err, storage.ErrNotFound) {
		return 0, false, nil
	}
	return seq, err == nil, err
}

// framesOf are the records of a conversation's frames, by key.
func framesOf(tx *storage.Tx, conversation string) (known map[string]uint64, err error) {
	known = make(map[string]uint64)
	from, to := under(conversation)
	for k, seq := range frames.Range(tx, from, to, &err) {
		known[string(k)] = seq
	}
	return known, err
}

// under bounds the keys that begin with a conversation.
func under(conversation string) (from, to []byte) { return storage.Prefix([]byte(conversation + "/")) }

// forgetUnder deletes the records of a table that belong to a conversation.
func forgetUnder[T any](tx *storage.Tx, table storage.Table[T], conversation string) (err error) {
	var keys [][]byte
	from, to := under(conversation)
	for k := range table.Range(tx, from, to, &err) {
		keys = append(keys, k)
	}
	for _, k := range keys {
		err = errors.Join(err, table.Delete(tx, k))
	}
	return err
}
