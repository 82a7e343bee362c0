package booking

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"okoshko/storage"
)

// computer is a machine: time passes, its clock may be set, and it may be started anew.
type computer struct {
	*house
	wall time.Time
	ran  time.Duration // since the start
}

// computerHouse is a house with a clock on a computer that shows now.
func computerHouse(t testing.TB, now string) *computer {
	file := small("Europe/Moscow", "Mo-Su 08:00-20:00", person("ann", "Mo-Su 08:00-20:00"),
		`{notice: 0m, step: 30m, hold: 10m, offer: 30m, horizon: 60d, per_visitor: 100}`)
	c := &computer{house: open(t, file, now)}
	c.wall = c.now
	c.boot()
	return c
}

// boot starts the house's program.
func (c *computer) boot() {
	c.Helper()
	c.ran = 0
	clock, err := openClock(c.db, func() time.Time { return c.wall }, func() time.Duration { return c.ran })
	if err != nil {
		c.Fatal(err)
	}
	c.Calendar = Timed(c.clinic, clock)
	c.now = clock.Now()
}

// pass has time pass, minute by minute, as the appliance looks at its clock.
func (c *computer) pass(d time.Duration) {
	c.Helper()
	for d > 0 {
		step := min(d, time.Minute)
		d, c.wall, c.ran = d-step, c.wall.Add(step), c.ran+step
		c.now = c.clock.Now()
	}
	if err := c.clock.Keep(); err != nil {
		c.Fatal(err)
	}
}

// set puts the machine's clock forward or back.
func (c *computer) set(by time.Duration) {
	c.wall = c.wall.Add(by)
	c.now = c.clock.Now()
}

// taken reports whether the slot is kept from others.
func (c *computer) taken(s Slot) bool {
	c.Helper()
	err := c.check(s, "somebody", "")
	if err != nil && !errors.Is(err, ErrTaken) {
		c.Fatal(err)
	}
	return err != nil
}

// A hold lasts its ten minutes, whatever is done to the machine's clock meanwhile.
func TestAHoldOutlivesJumpsOfTheClock(t *testing.T) {
	year := 365 * 24 * time.Hour
	for _, by := range []time.Duration{time.Hour, -time.Hour, year, -year, 3 * time.Minute, -3 * time.Minute, 9 * time.Minute, -time.Second, time.Minute} {
		t.Run(by.String(), func(t *testing.T) {
			c := computerHouse(t, "2026-11-25T09:00")
			s := c.slot("short", "ann", "2026-11-25T19:00")
			held, err := c.hold(s, "v1")
			if err != nil {
				t.Fatal(err)
			}
			c.pass(4 * time.Minute)
			c.set(by)
			if !c.taken(s) {
				t.Fatal("the jump freed the slot for others")
			}
			c.pass(5 * time.Minute)
			if !c.taken(s) {
				t.Fatal("the slot is free before its time")
			}
			c.view(func(tx *storage.Tx) error {
				h, err := c.Held(tx, "v1", c.now)
				if left := h.Until.Sub(c.now); err != nil || left < 59*time.Second || left > time.Minute {
					t.Errorf("a minute is left, but the countdown shows %s, %v (held until %s)", left, err, held.Until)
				}
				return err
			})
			c.pass(time.Minute)
			if c.taken(s) {
				t.Fatal("the slot is still kept")
			}
		})
	}
}

// A jump is not seen until the clock has said the same for ten minutes.
func TestTheHouseFollowsTheMachineSlowly(t *testing.T) {
	c := computerHouse(t, "2026-11-25T09:00")
	is := func(clock string, sure bool) {
		t.Helper()
		if want := c.time("2026-11-25T" + clock); !c.now.Equal(want) || c.clock.Sure() != sure {
			t.Errorf("the house shows %s (sure: %v), want %s", c.now.In(c.clinic.Location).Format("15:04:05"), c.clock.Sure(), clock)
		}
	}
	c.set(time.Hour)
	is("09:00", true)
	c.pass(5 * time.Minute)
	is("09:05", true)
	c.set(-time.Hour)
	c.pass(30 * time.Minute)
	is("09:35", true)
	c.set(time.Hour)
	c.pass(9 * time.Minute)
	is("09:44", true)
	c.pass(time.Minute)
	is("10:45", true)
	c.set(-time.Hour)
	c.pass(9 * time.Minute)
	is("10:54", true)
	c.pass(time.Minute)
	is("09:55", true)
	c.set(-time.Minute) // no jump, but no way back either
	is("09:55", true)
	c.pass(time.Minute)
	is("09:55", true)
	c.pass(time.Minute)
	is("09:56", true)
}

func TestAWrongClockAtTheStart(t *testing.T) {
	year := 365 * 24 * time.Hour
	for _, tt := range []struct {
		name string
		set  time.Duration // while the machine is off
		sure bool
	}{
		{"right", time.Minute, true},
		{"an hour later", time.Hour, true},
		{"an hour before", -time.Hour, false},
		{"years before", -10 * year, false},
		{"years after", 10 * year, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := computerHouse(t, "2026-11-25T09:00")
			s, past := c.slot("short", "ann", "2026-11-25T19:00"), c.slot("short", "ann", "2026-11-25T09:00")
			before := c.request(past, "v0")
			booked := c.request(c.slot("short", "ann", "2026-11-26T10:00"), "v0")
			if _, err := c.hold(s, "v1"); err != nil {
				t.Fatal(err)
			}
			w := must(c.house, func(tx *storage.Tx) (Waiting, error) {
				return c.Join(tx, Wish{Service: "short", From: c.now, To: c.now.AddDate(0, 0, 30), Conversation: "v2"}, c.now)
			})
			c.pass(5 * time.Minute)
			must(c.house, func(tx *storage.Tx) (Appointment, error) { // something to offer
				return c.Cancel(tx, booked.Number, 0, reception, c.now)
			})
			c.set(tt.set)
			c.boot()
			if c.clock.Sure() != tt.sure {
				t.Errorf("sure: %v", c.clock.Sure())
			}
			if !tt.sure {
				c.quietly(w)
			}
			free := func() bool {
				busy := false
				c.view(func(tx *storage.Tx) error {
					all, err := around(tx, specialistResource("ann"), Take{From: past.Start, To: past.End}.stretch())
					busy = len(all) > 0
					return err
				})
				return !busy
			}
			if free() {
				t.Error("an appointment of the past is free")
			}
			if tt.set < 0 { // the house goes on from where it was
				if err := c.check(Slot{Service: "short", Specialist: "ann", Start: past.Start.Add(-time.Hour)}, "v3", ""); !errors.Is(err, ErrPast) {
					t.Errorf("a slot of the past: %v", err)
				}
				if !c.taken(s) {
					t.Error("the restart freed a held slot")
				}
			}
			c.pass(9 * time.Minute) // a minute was left, and the start counts for one; at the latest it ends with the hold's time
			busy := false
			c.view(func(tx *storage.Tx) error {
				_, err := c.Held(tx, "v1", c.now)
				busy = err == nil
				return nil
			})
			if busy {
				t.Error("the hold outlives its time")
			}
			c.pass(3 * time.Hour)
			if free() || c.get(before.Number).Status != Requested {
				t.Error("an appointment was lost")
			}
		})
	}
}

// quietly fails when anything is offered or a wish is lost while the time is not sure.
func (c *computer) quietly(w Waiting) {
	c.Helper()
	made := must(c.house, func(tx *storage.Tx) ([]Offer, error) { return c.Offers(tx, c.now) })
	c.view(func(tx *storage.Tx) error {
		due, err := c.OffersDue(tx, c.now)
		if len(made) > 0 || due || err != nil {
			c.Errorf("%d offers while the time is not sure; due: %v, %v", len(made), due, err)
		}
		_, err = waitingEntry(tx, w.ID)
		return err
	})
}

func (c *computer) get(number string) Appointment {
	var a Appointment
	c.view(func(tx *storage.Tx) (err error) {
		a, err = Get(tx, number)
		return err
	})
	return a
}

// A clock that is put right after the start is followed at once.
func TestAClockThatIsPutRight(t *testing.T) {
	year := 365 * 24 * time.Hour
	for _, wrong := range []time.Duration{-10 * year, 10 * year} {
		c := computerHouse(t, "2026-11-25T09:00")
		c.pass(time.Hour)
		c.set(wrong)
		c.boot()
		c.pass(2 * time.Minute)
		c.set(-wrong + 8*time.Hour) // the night in which it was off
		c.pass(time.Minute)
		if want := c.time("2026-11-25T18:03"); !c.now.Equal(want) || !c.clock.Sure() {
			t.Errorf("after %s: %s, sure: %v", wrong, c.now, c.clock.Sure())
		}
	}
}

// A house that starts again and again keeps a hold no longer than so many starts.
func TestStartingAgainAndAgainKeepsNothingForEver(t *testing.T) {
	c := computerHouse(t, "2026-11-25T09:00")
	s := c.slot("short", "ann", "2026-11-25T19:00")
	if _, err := c.hold(s, "v1"); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if !c.taken(s) {
			t.Fatalf("free after %d starts", i)
		}
		c.boot()
	}
	if c.taken(s) {
		t.Error("still kept after ten starts")
	}
}

// A real clock runs.
func TestTheMachinesClock(t *testing.T) {
	h := open(t, salon, "2026-11-25T09:00")
	clock, err := OpenClock(h.db)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	first := clock.Now()
	for !clock.Now().After(first) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the clock stands")
		}
	}
	if d := time.Until(clock.Now()).Abs(); d > clockNear || !clock.Sure() {
		t.Errorf("%s from the machine's clock", d)
	}
}

// TestNothingIsSoldTwiceByAnyClock sets the clock about, starts the house again, and books
// all the time: whoever keeps a slot keeps it, and no slot has two takers.
func TestNothingIsSoldTwiceByAnyClock(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		c := computerHouse(outer, "2026-11-25T09:00")
		slots := c.free(Query{Service: "short", From: c.now.AddDate(0, 0, 1), To: c.now.AddDate(0, 0, 2)})[:6]
		booked := map[Slot]string{}
		type kept struct {
			slot  Slot
			until time.Duration // of true time at work
		}
		held, work := map[string]kept{}, time.Duration(0)
		t.Repeat(map[string]func(*rapid.T){
			"time passes": func(t *rapid.T) {
				d := time.Duration(rapid.IntRange(1, 12).Draw(t, "minutes")) * time.Minute
				c.pass(d)
				work += d
			},
			"clock is set": func(t *rapid.T) {
				c.set(time.Duration(rapid.IntRange(-180, 180).Draw(t, "minutes")) * time.Minute)
			},
			"clock is years wrong": func(t *rapid.T) {
				c.set(time.Duration(rapid.SampledFrom([]int{-3, 3}).Draw(t, "years")) * 365 * 24 * time.Hour)
			},
			"start": func(*rapid.T) {
				c.boot()
				work += clockStart
			},
			"hold": func(t *rapid.T) {
				s, who := rapid.SampledFrom(slots).Draw(t, "slot"), fmt.Sprint("v", rapid.IntRange(1, 3).Draw(t, "who"))
				_, err := c.hold(s, who)
				for other, k := range held {
					if other != who && k.slot == s && work < k.until && err == nil {
						t.Fatalf("%s holds what %s holds", who, other)
					}
				}
				if err == nil {
					if booked[s] != "" {
						t.Fatalf("%s holds what is booked", who)
					}
					held[who] = kept{s, work + 10*time.Minute}
				}
				if free := err != nil && errors.Is(err, ErrTaken) && booked[s] == ""; free {
					for other, k := range held {
						free = free && (other == who || k.slot != s || work >= k.until+time.Second)
					}
					if free {
						t.Fatalf("nobody has %s, but it is taken", s.Start)
					}
				}
			},
			"book": func(t *rapid.T) {
				s, who := rapid.SampledFrom(slots).Draw(t, "slot"), fmt.Sprint("v", rapid.IntRange(1, 3).Draw(t, "who"))
				_, err := try(c.house, func(tx *storage.Tx) (Appointment, error) {
					return c.Request(tx, Booking{Slot: s, Conversation: who, Author: "visitor"}, c.now)
				})
				if err != nil {
					return
				}
				for other, k := range held {
					if booked[s] != "" || other != who && k.slot == s && work < k.until {
						t.Fatalf("%s books what %s has (booked by %q)", who, other, booked[s])
					}
				}
				booked[s] = who
				delete(held, who)
			},
		})
		for s, who := range booked {
			own := 0
			c.view(func(tx *storage.Tx) error {
				all, err := OfConversation(tx, who)
				for _, a := range all {
					if a.Slot == s && a.Status == Requested {
						own++
					}
				}
				return err
			})
			if own != 1 {
				t.Fatalf("%s has %d appointments at %s", who, own, s.Start)
			}
		}
	})
}
