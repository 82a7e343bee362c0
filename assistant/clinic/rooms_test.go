package clinic_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/clinic"
)

func TestRoomsThatAServiceCanUse(t *testing.T) {
	c := load(t, "rooms.yaml")
	if r, ok := c.Room("chairs"); !ok || r.Count != 2 || r.Branch != "north" || r.Name.In("en") != "Dental chairs" {
		t.Errorf("chairs: %+v", r)
	}
	if r, ok := c.Room("laser-1"); !ok || r.Count != 1 || r.Group != "laser" {
		t.Errorf("laser-1: %+v", r)
	}
	if _, ok := c.Room("laser"); ok {
		t.Error("a group is found as a room")
	}
	if c.Booking.NoShows != 2 || c.Booking.Offer != 45*time.Minute {
		t.Errorf("rules: %+v", c.Booking)
	}
	if d := load(t, "clinic.yaml").Booking; d.NoShows != 0 || d.Offer != 30*time.Minute {
		t.Errorf("rules when nothing is said: %+v", d)
	}
	for _, tt := range []struct{ service, branch, want string }{
		{"filling", "north", "chairs"},
		{"whitening", "north", "chairs; laser-1 laser-2"},
		{"epilation", "north", "laser-1 laser-2"},
		{"epilation", "south", "laser-3"},
		{"filling", "south", ""},
		{"talk", "north", ""},
		{"unknown", "north", ""},
		{"filling", "unknown", ""},
	} {
		var pools []string
		for _, pool := range c.Needs(tt.service, tt.branch) {
			var ids []string
			for _, r := range pool {
				ids = append(ids, r.ID)
			}
			pools = append(pools, strings.Join(ids, " "))
		}
		if got := strings.Join(pools, "; "); got != tt.want {
			t.Errorf("%s in %s needs %q, want %q", tt.service, tt.branch, got, tt.want)
		}
	}
}

// Who works where the laser is not does not perform what needs it.
func TestNobodyPerformsWithoutTheRoom(t *testing.T) {
	data := fmt.Appendf(nil, `
name: {en: Rooms}
timezone: Europe/Moscow
languages: [en]
phone: "+78432000000"
privacy: {operator: Rooms Ltd, contact: data@rooms.example}
branches:
  - {id: north, name: {en: North}, address: {en: 1 North St}, hours: "Mo-Su 08:00-20:00"}
  - {id: south, name: {en: South}, address: {en: 1 South St}, hours: "Mo-Su 08:00-20:00"}
rooms: [{id: laser, name: {en: Laser}, branch: north}]
services: [{id: epilation, name: {en: Epilation}, duration: 45m, needs: [laser]}]
specialists:
  - {id: ann, name: {en: Ann}, services: [epilation], branch: north, hours: "Mo-Su 09:00-13:00"}
  - {id: dan, name: {en: Dan}, services: [epilation], branch: south, hours: "Mo-Su 09:00-12:00"}
`)
	c, problems, err := clinic.Parse("f", data)
	if err != nil || len(problems) != 1 || !strings.Contains(problems.String(), `"dan" cannot be booked`) {
		t.Fatalf("%v\n%s", err, problems)
	}
	if who := c.Performers("epilation"); len(who) != 1 || who[0].ID != "ann" {
		t.Errorf("who performs it: %d", len(who))
	}
}
