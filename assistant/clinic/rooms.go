package clinic

import (
	"fmt"
	"slices"
	"strings"
)

// rooms reads the rooms and devices; an empty list is none.
func (v value) rooms(c *Clinic) []Room {
	if v.isEmptyList() {
		return nil
	}
	rooms := readAll(v, c, "room", value.room)
	v.advise(func() { v.needed(c) })
	return rooms
}

func (v value) room(c *Clinic, id func(value) string) Room {
	r := Room{Count: 1}
	v.object(
		field{"id", true, func(v value) { r.ID = id(v) }},
		field{"name", true, func(v value) { r.Name = v.said(c, maxName) }},
		field{"branch", true, func(v value) { r.Branch = v.branchID(c) }},
		field{"group", false, func(v value) { r.Group = v.group(c) }},
		field{"count", false, func(v value) { r.Count = v.integer(1, 1000) }},
	)
	return r
}

// group reads the name that rooms have in common. It is in one space with their ids,
// because a service names either.
func (v value) group(c *Clinic) string {
	const expected = "a group's name of a-z, 0-9 and -"
	name, ok := v.text(maxName, expected)
	if !ok {
		return ""
	}
	if !idText.MatchString(name) {
		v.refuse(expected)
		return ""
	}
	v.r.later = append(v.r.later, func() {
		if _, room := c.Room(name); room {
			v.problem(false, "group", quote(name)+", the id of a room", "a name that no room has as its id")
		}
	})
	return name
}

// needs reads which rooms or groups a service needs.
func (v value) needs(c *Clinic) []string {
	ids := v.texts("a list of ids or groups of rooms")
	v.r.later = append(v.r.later, func() {
		for _, item := range v.items() {
			id, _ := item.scalar()
			item.key = "room"
			switch {
			case id == "":
			case len(c.Rooms) == 0:
				item.problem(false, "room", quote(id), "a list of rooms that has it")
			case !slices.ContainsFunc(c.Rooms, func(r Room) bool { return r.ID == id || r.Group == id }):
				item.refuse("one of " + some(c.Rooms, func(r Room) string { return r.ID }) + groups(c))
			default:
				item.twice(c, ids, id)
			}
		}
	})
	return ids
}

// twice refuses a room beside its own group: whether one unit or two are meant is not
// said.
func (v value) twice(c *Clinic, ids []string, id string) {
	if r, ok := c.Room(id); ok && r.Group != "" && slices.Contains(ids, r.Group) {
		v.problem(false, v.key, fmt.Sprintf("%q beside %q, the group that it is in", id, r.Group), "one of the two")
	}
}

// groups lists the groups of rooms, for a message.
func groups(c *Clinic) string {
	var names []string
	for _, r := range c.Rooms {
		if r.Group != "" && !slices.Contains(names, r.Group) {
			names = append(names, r.Group)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", or a group: " + strings.Join(names, ", ")
}

// needed warns of rooms that no service needs.
func (v value) needed(c *Clinic) {
	for i, item := range v.items() {
		r := c.Rooms[i]
		if !slices.ContainsFunc(c.Services, func(s Service) bool {
			return slices.Contains(s.Needs, r.ID) || r.Group != "" && slices.Contains(s.Needs, r.Group)
		}) {
			item.warn("room %q is needed by no service: it limits nothing", r.ID)
		}
	}
}

// housed warns of specialists who cannot do the service for want of a room.
func (v value) housed(c *Clinic, s *Service) {
	for i := range c.Specialists {
		p := &c.Specialists[i]
		if need := c.lacking(s, p.Branch); p.Performs(s.ID) && need != "" {
			v.warn("%q needs %q, which %q does not have: %q cannot be booked for it", s.ID, need, p.Branch, p.ID)
		}
	}
}
