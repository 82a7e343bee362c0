package widget

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"okoshko/assistant/clinic"
)

func get(t *testing.T, h http.Handler, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "desk.example"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result(), rec.Body.String()
}

func TestPages(t *testing.T) {
	w := newWidget(t, newDesk())
	tests := []struct {
		name, path, lang string
		status           int
		has              []string
	}{
		{"home", "/", "", 200, []string{"Клиника «Проба»", "Приём терапевта", "30 мин", "1 ч 30 мин", "1\u00a0500 ₽", "от 5\u00a0500 ₽", "Пн–Пт", "08:00–20:00", "Вс", "выходной", "&#43;7 843 200-00-00", `src="/widget.js" data-lang="ru" data-color="#0a7f5a"`, "http://desk.example/widget.js", "/console/"}},
		{"home in English", "/", "en-GB,en;q=0.9", 200, []string{"Test clinic", "from 5,500 ₽", "Mon–Fri", "closed"}},
		{"language by choice", "/?lang=en", "ru", 200, []string{`lang="en"`, "Book in the chat"}},
		{"unknown language", "/?lang=xx", "de", 200, []string{`<html lang="ru"`}},
		{"policy", "/privacy", "", 200, []string{"ООО «Проба»", "dpo@proba.example", "30 дней", "180 дней"}},
		{"consent", "/consent/3f9a", "", 200, []string{"Согласие на обработку", "Я &lt;b&gt;согласен&lt;/b&gt;.", "Версия текста: 3f9a, 01.11.2026"}},
		{"consent that never was", "/consent/0000", "", 404, []string{"Такой страницы нет"}},
		{"no such page", "/nothing", "", 404, []string{"Такой страницы нет"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, body := get(t, w, tt.path, "Accept-Language", tt.lang, "Accept", "text/html")
			if res.StatusCode != tt.status {
				t.Errorf("status %d, want %d", res.StatusCode, tt.status)
			}
			for _, s := range tt.has {
				if !strings.Contains(body, s) {
					t.Errorf("no %q in the page", s)
				}
			}
			if bad := regexp.MustCompile(`(?i)<style|style=|\son\w+=|<script>|missing/`).FindString(body); bad != "" {
				t.Errorf("%q in the page: inline, or an asset that is not there", bad)
			}
			if p := res.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
				t.Errorf("policy %q", p)
			}
		})
	}
}

func TestOwnPolicyOfTheClinic(t *testing.T) {
	c := *testClinic(t)
	c.Privacy.Policy = "https://proba.example/privacy"
	w := newWidget(t, newDesk(), func(conf *Config) { conf.Clinic = func() *clinic.Clinic { return &c } })
	if res, _ := get(t, w, "/privacy"); res.StatusCode != http.StatusFound || res.Header.Get("Location") != c.Privacy.Policy {
		t.Errorf("status %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestScript(t *testing.T) {
	w := newWidget(t, newDesk())
	res, plain := get(t, w, "/widget.js")
	if res.StatusCode != 200 || res.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("status %d, headers %v", res.StatusCode, res.Header)
	}
	res, zipped := get(t, w, "/widget.js", "Accept-Encoding", "gzip")
	zr, err := gzip.NewReader(strings.NewReader(zipped))
	if err != nil {
		t.Fatal(res.Header, err)
	}
	if same, _ := io.ReadAll(zr); string(same) != plain {
		t.Error("the gzip form is another script")
	}
	res, small := get(t, w, "/widget.js", "Accept-Encoding", "gzip, br")
	if res.Header.Get("Content-Encoding") != "br" || len(small) > 17<<10 {
		t.Errorf("%s, %d bytes: want brotli, no more than 17 KiB", res.Header.Get("Content-Encoding"), len(small))
	}
	if res, _ = get(t, w, "/widget.js", "Accept-Encoding", "br", "If-None-Match", res.Header.Get("ETag")); res.StatusCode != http.StatusNotModified {
		t.Errorf("status %d for a script that is current", res.StatusCode)
	}
}

// TestScriptUsesNothingForbidden holds the promise that a host page needs two
// entries in its policy and no more (PAGES: custom element, no markup in strings).
func TestScriptUsesNothingForbidden(t *testing.T) {
	_, script := get(t, newWidget(t, newDesk()), "/widget.js")
	for _, word := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", `"style",`, "fonts.g", "document.cookie"} {
		if strings.Contains(script, word) {
			t.Errorf("%q in the script", word)
		}
	}
}
