package console

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	zone := kazan(t)
	w := calendarWords{zone: zone, now: time.Date(2026, 12, 31, 22, 30, 0, 0, time.UTC)} // 01:30 on 1 January in Kazan
	at := func(m time.Month, d, h int) time.Time { return time.Date(2026, m, d, h, 5, 0, 0, zone) }
	for _, c := range []struct{ got, want string }{
		{w.Day(at(12, 31, 23)), "четверг, 31 декабря 2026 года"},
		{w.Day(at(13, 6, 9)), "среда, 6 января"},
		{"до " + w.LastDay(time.Date(2027, 5, 10, 0, 0, 0, 0, zone)), "до 9 мая"},
		{"до " + w.LastDay(time.Date(2028, 1, 1, 0, 0, 0, 0, zone)), "до 31 декабря"},
		{w.When(at(13, 6, 9)), "среда, 6 января, 09:05"},
		{w.Short(at(5, 9, 9)), "сб, 9 мая"},
		{w.Near(at(12, 31, 23)), "вчера"},
		{w.Near(at(13, 1, 0)), "сегодня"},
		{w.Near(at(13, 2, 23)), "завтра"},
		{w.Near(at(13, 3, 0)), ""},
		{w.Ago(at(13, 1, 1)), "01:05"},
		{w.Ago(at(12, 31, 20)), "вчера, 20:05"},
		{w.Ago(at(12, 30, 20)), "ср, 30 дек, 20:05"},
		{w.Clock(time.Date(2026, 7, 1, 11, 0, 0, 0, time.UTC)), "14:00"},
		{duration(time.Second), "1 секунду"},
		{duration(22 * time.Second), "22 секунды"},
		{duration(61 * time.Second), "2 минуты"},
		{duration(15 * time.Minute), "15 минут"},
		{counted(1, "заявка", "заявки", "заявок"), "1 заявка"},
		{counted(3, "заявка", "заявки", "заявок"), "3 заявки"},
		{counted(12, "заявка", "заявки", "заявок"), "12 заявок"},
		{counted(21, "заявка", "заявки", "заявок"), "21 заявка"},
		{counted(114, "заявка", "заявки", "заявок"), "114 заявок"},
	} {
		if c.got != c.want {
			t.Errorf("«%s», want «%s»", c.got, c.want)
		}
	}
}
