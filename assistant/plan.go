package assistant

import (
	"slices"

	"okoshko/assistant/clinic"
)

// plans are the things each goal needs, in the order in which they are asked:
// what and when first, who last.
var plans = map[Goal][]Expect{
	GoalBook:   {ExpectService, ExpectBranch, ExpectSpecialist, ExpectTime, ExpectConsent, ExpectName, ExpectPhone, ExpectEmail, ExpectConfirm},
	GoalMove:   {ExpectWhich, ExpectTime, ExpectConfirm},
	GoalCancel: {ExpectWhich, ExpectConfirm},
	GoalWait:   {ExpectService, ExpectConsent, ExpectName, ExpectPhone, ExpectEmail, ExpectConfirm},
	GoalErase:  {ExpectConfirm},
	GoalCome:   {ExpectConfirm},
	GoalOffer:  {ExpectConsent, ExpectName, ExpectPhone, ExpectEmail, ExpectConfirm},
}

// next is the first thing that the goal still needs; confirm comes last and is
// always needed.
func next(st *State, f facts) Expect {
	for _, e := range plans[st.Goal] {
		if !settled(e, st, f) {
			return e
		}
	}
	return ExpectMore
}

func settled(e Expect, st *State, f facts) bool {
	r := st.Request
	switch e {
	case ExpectService:
		return r.Service != "" && len(r.Unclear) == 0 && !r.Adding
	case ExpectBranch: // a specialist decides it, also one who is still to be told from another
		return len(r.Named) > 0 || len(r.Branches) == 0 && r.Branch != "" || r.Specialist != "" && r.Specialist != Any ||
			r.Want != nil || r.WantVisit != nil || len(branchesOf(f.clinic, r.together()...)) < 2
	case ExpectSpecialist: // offers name the specialists; it is asked only where the words named two
		return len(r.Named) == 0
	case ExpectTime:
		return r.Slot != nil
	case ExpectConsent:
		return st.Consent != ""
	case ExpectName:
		return f.known.Name != "" || !f.clinic.Booking.Needs(clinic.AskName)
	case ExpectPhone:
		return f.known.Phone != "" || !f.clinic.Booking.Needs(clinic.AskPhone)
	case ExpectEmail:
		return f.known.Email != "" || !f.clinic.Booking.Needs(clinic.AskEmail)
	case ExpectWhich:
		return st.Target != ""
	default:
		return false
	}
}

// branchesOf lists the branches in which services are performed, all of them.
func branchesOf(c *clinic.Clinic, services ...string) (ids []string) {
	for i, service := range services {
		if here := branchesOfOne(c, service); i == 0 {
			ids = here
		} else {
			ids = keep(ids, here)
		}
	}
	return ids
}

func branchesOfOne(c *clinic.Clinic, service string) (ids []string) {
	for _, s := range c.Performers(service) {
		if !slices.Contains(ids, s.Branch) {
			ids = append(ids, s.Branch)
		}
	}
	return ids
}
