package llm

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestRelease(t *testing.T) {
	for version, want := range map[string]Release{
		"0.11.4": ReleaseGood, "0.11.3": ReleaseOld, "0.5.13": ReleaseOld, "0.24.0": ReleaseGood, "0.34.1": ReleaseGood,
		"0.34.2": ReleaseUnsafe, "0.34.9": ReleaseUnsafe, "0.35.0-rc1": ReleaseUnsafe, "0.35.0": ReleaseGood, "1.0.0": ReleaseGood,
		"0.0.0": ReleaseUnknown, "": ReleaseUnknown, "main": ReleaseUnknown, "v0.12.0": ReleaseGood,
	} {
		if got := release(version); got != want {
			t.Errorf("%s: %q, want %q", version, got, want)
		}
	}
}

// library is a server that holds models, the newest first.
func library(t *testing.T, models ...map[string]any) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/tags", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"models": models})
	})
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"version":"0.34.2"}`) })
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Model string }
		json.NewDecoder(r.Body).Decode(&asked)
		for _, m := range models {
			if m["name"] == asked.Model {
				json.NewEncoder(w).Encode(m)
				return
			}
		}
		http.Error(w, `{"error":"model not found"}`, http.StatusNotFound)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestFind(t *testing.T) {
	type model = map[string]any
	chat := []string{"completion"}
	cloud := model{"name": "big:cloud", "capabilities": chat, "remote_host": "https://cloud.example", "remote_model": "big"}
	embed := model{"name": "bge-m3:latest", "capabilities": []string{"embedding"}}
	small := model{"name": "qwen3:1.7b", "capabilities": chat}
	wanted := model{"name": "qwen3:4b-instruct", "capabilities": chat}
	other := model{"name": "gemma3:4b", "capabilities": chat}
	old := model{"name": "old:latest"} // of a server that does not tell capabilities
	for _, c := range []struct {
		name   string
		want   string
		models []model
		found  string
	}{
		{"the wanted one", "qwen3:4b-instruct", []model{other, small, wanted}, "qwen3:4b-instruct"},
		{"its family", "qwen3:4b-instruct", []model{other, small}, "qwen3:1.7b"},
		{"the newest", "qwen3:4b-instruct", []model{cloud, embed, other, old}, "gemma3:4b"},
		{"without a tag", "old", []model{other, old}, "old:latest"},
		{"any", "", []model{other, wanted}, "gemma3:4b"},
		{"none that chats here", "big:cloud", []model{cloud, embed}, ""},
		{"none", "qwen3", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, ok := Find(t.Context(), library(t, c.models...), c.want)
			if found != c.found || ok != (c.found != "") {
				t.Errorf("found %q, %v; want %q", found, ok, c.found)
			}
		})
	}
	if found, ok := Find(t.Context(), "http://192.168.0.7:1", "m"); ok {
		t.Errorf("found %q elsewhere", found)
	}
}

func TestState(t *testing.T) {
	url := library(t, map[string]any{"name": "m", "capabilities": []string{"completion"}}, map[string]any{"name": "c", "remote_host": "h", "remote_model": "c"})
	for name, want := range map[string]error{"m": nil, "none": ErrNoModel, "c": ErrRemote} {
		s := mustNew(t, Config{URL: url, Name: name}).State(t.Context())
		if !errors.Is(s.Err, want) || s.Present != (want == nil) || s.Version != "0.34.2" || s.Release != ReleaseUnsafe || s.URL != url || s.Name != name {
			t.Errorf("%s: %+v", name, s)
		}
	}
}
