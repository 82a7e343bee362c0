package web

import "net/http"

// strict tells browsers to come by https alone for a year: RFC 6797. Other hosts of
// the same domain are not the house's to bind.
const strict = "max-age=31536000"

// Strict adds Strict-Transport-Security to every answer, for a house that is reached
// over TLS, its own or a proxy's.
func Strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", strict)
		next.ServeHTTP(w, r)
	})
}

// DefaultPolicy is the Content-Security-Policy of a room that says no other: all
// from this house, nothing inline, no frame around it.
const DefaultPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// securityHeaders are on every answer. Referrer-Policy is same-origin and not
// no-referrer: under the latter browsers send "Origin: null" with forms, and
// where there is no TLS that is all the cross-site check has.
func securityHeaders(policy string) map[string]string {
	return map[string]string{
		"Content-Security-Policy":      policy,
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
}
