package staff

import "slices"

// Role is what a member of staff, or a program, may do.
type Role string

// The roles.
const (
	Owner     Role = "owner"     // everything
	Admin     Role = "admin"     // everything but the owners' accounts
	Reception Role = "reception" // the day: conversations, appointments, contacts
	Auditor   Role = "auditor"   // that the rules are kept; sees no visitor
)

// Roles in the order of what they may.
func Roles() []Role { return []Role{Owner, Admin, Reception, Auditor} }

// Right is one thing that a page or a path of the API asks for.
type Right string

// The rights.
const (
	Own        Right = "own"        // the own account: sign out, change the password
	Read       Right = "read"       // conversations and appointments, phones masked
	Act        Right = "act"        // decide, take over, answer
	Reveal     Right = "reveal"     // see a phone whole, for a reason, journaled
	Deliveries Right = "deliveries" // see what was sent to which receiver
	Resend     Right = "resend"     // send it again
	Journal    Right = "journal"    // read and verify the journal
	Manage     Right = "manage"     // accounts and tokens
	Persons    Right = "persons"    // people's demands about their data: see, correct, export, erase
	Safety     Right = "safety"     // retention, alarms, incidents; no visitor's data
	Guard      Right = "guard"      // open and close an incident, set canaries
)

// rights says who may; what is not here is forbidden.
var rights = map[Right][]Role{
	Own:        {Owner, Admin, Reception, Auditor},
	Read:       {Owner, Admin, Reception},
	Act:        {Owner, Admin, Reception},
	Reveal:     {Owner, Admin, Reception},
	Deliveries: {Owner, Admin, Reception, Auditor},
	Resend:     {Owner, Admin, Reception},
	Journal:    {Owner, Admin, Auditor},
	Manage:     {Owner, Admin},
	Persons:    {Owner, Admin, Reception},
	Safety:     {Owner, Admin, Auditor},
	Guard:      {Owner, Admin},
}

// May says whether the role has the right.
func (r Role) May(right Right) bool { return slices.Contains(rights[right], r) }

// Valid says whether there is such a role.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// mayManage says whether one role may make, change or switch off another: only
// owners touch owners.
func (r Role) mayManage(other Role) bool {
	return r.May(Manage) && (r == Owner || other != Owner)
}
