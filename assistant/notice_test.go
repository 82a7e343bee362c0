package assistant

import "testing"

// TestNoticeLevel: decree 1119, points 10 to 12, for threats of the third type.
func TestNoticeLevel(t *testing.T) {
	for _, c := range []struct {
		health bool
		people int
		want   string
	}{{false, 12, "УЗ-4"}, {false, 100_000, "УЗ-4"}, {false, 100_001, "УЗ-3"}, {true, 12, "УЗ-3"}, {true, 100_001, "УЗ-2"}} {
		if got := (NoticeFacts{Health: c.health, People: c.people}).Level(); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
