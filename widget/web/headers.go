package web

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
