package prompts

import (
	"crypto/sha256"
	"encoding/hex"
)

// ModelVersion names the present wording of all that is told to the model: the
// beginning of a hash. Results of trials carry it.
func ModelVersion() string {
	sum := sha256.New()
	for _, lang := range Languages {
		text, err := modelFiles.ReadFile("model/" + lang + ".tmpl")
		if err != nil {
			panic(err) // embedded
		}
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
