//go:build linux

package main

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Who comes in the day, and what no file may say of them. Words are stems, so that
// an inflected name is found as well.
var (
	ofAdelina = canaries("a visitor", "аделин", "шарафеев", "9175550123")
	ofRezeda  = canaries("a visitor in Tatar", "резеда", "шәмсетдинов", "9375550234")
	ofOliver  = canaries("a visitor in English", "whitcombe", "9275550345")
	ofButtons = canaries("a visitor by buttons", "святослав", "долгополов", "9655550456")
	ofRefusal = canaries("who refused", "капитолин", "жаворонков", "9045550567")
	ofHandoff = canaries("who called a person", "мирослав", "телегин", "9505550678")
	ofGone    = canaries("who erased", "евдоки", "парамонов", "9515550789", "9515550890", "evdokia.par@canary")
	ofStruck  = canaries("who was erased", "варвар", "кудеяров", "9525550901")
	ofWalkIn  = canaries("who phoned", "серафим", "верещагин", "9535551012")
	ofDesk    = canaries("a contact of reception's", "агафь", "9545551123")

	// never is told by visitors and kept nowhere, sealed or not.
	never = canaries("what is kept nowhere", "9214778899", "9214 778899", "112-233-445 95", "11223344595", "2200700123456786", "2200 7001 2345 6786", "1677770012345678",
		"тополин", "1983-07-17", "17 июля 1983", "whitcombe.example") // not asked for: an address, a date of birth, an e-mail
	words = canaries("words of a visitor", "родинк", "лопатк", "philippa", "тычинк")
	typed = canaries("a wrong password", "коралловый-жираф-7", "okt_КОРАЛЛОВЫЙ", "okt_coralgiraffe")
)

// TestFullDay plays a day at a clinic with a process of its own, a model, two
// receivers, reception and crashes, and then looks into every byte of every file
// that the day has left, and into everything that was told to others.
func TestFullDay(t *testing.T) {
	h := newDayHouse(t)
	reception := regexp.MustCompile(`password (\S+)`).FindStringSubmatch(h.okoshko("", "user", "add", "reception", "Венера", "--data", h.data))[1]
	h.start()
	h.noDumps()

	people := h.morning()
	front, owner := h.desk(), h.desk()
	h.strangers(front)
	front.login("reception", reception)
	owner.login("owner", h.owner)
	h.atTheDesk(front, owner, people)
	h.programs(owner)
	h.waits(front, people["buttons"])
	h.snapshot("noon")
	h.crash(syscall.SIGKILL)
	for _, v := range people {
		v.connect()
	}
	people["handoff"].tell("спасибо, жду звонка на 8 (950) 555-06-78")
	h.crash(syscall.SIGABRT) // with all that Go's runtime prints
	h.snapshot("afternoon")

	h.backup("copies-1")
	h.erase(front, people)
	h.restore("copies-1", "again-1") // an older store, today's keys
	h.okoshko("", "key", "rotate", "data", "--data", h.data)
	h.okoshko("", "key", "rotate", "root", "--data", h.data)
	h.incident(owner)
	h.backup("copies-2")
	seen := h.ofService()
	for _, args := range [][]string{{"audit", "show", "--last", "5000"}, {"audit", "verify", "--head", h.heads()}, {"user", "list"}, {"secret", "list"}, {"key", "list"}, {"retention"}, {"incident", "list"}} {
		h.okoshko("", append(args, "--data", h.data)...)
	}
	h.handed()
	for _, v := range people {
		v.close()
	}
	h.stop()
	h.restore("copies-2", "again-2")

	all := slicesOf(ofAdelina, ofRezeda, ofOliver, ofButtons, ofRefusal, ofHandoff, ofGone, ofStruck, ofWalkIn, ofDesk, never, words, typed)
	s := newSearcher(all)
	left := places{
		"log": []byte(h.out.String()), "prompts": h.model.heard(), "events without contact": h.told.heard(),
		"what commands and strangers are shown": h.shown.heard(), "metrics and readyz": []byte(seen),
	}
	left.files(t, "files", h.dir)
	left.copies(t, h)
	if len(left["prompts"]) == 0 || len(left["events without contact"]) == 0 {
		t.Errorf("%d bytes of prompts, %d of events: nothing is proved", len(left["prompts"]), len(left["events without contact"]))
	}
	left.clean(t, s)
	for _, c := range slicesOf(ofAdelina[2:], ofWalkIn[2:]) { // who may know it does
		if len(newSearcher([]canary{c}).find(h.trusted.heard())) == 0 {
			t.Errorf("the receiver with contact: true was not told %q", c.text)
		}
	}
	h.opened(people)
	for name := range left { // files of one kind are searched in one way
		if strings.HasPrefix(name, "files/copies") || strings.HasSuffix(name, "(its name)") {
			delete(left, name)
		}
	}
	left.planted(t, s, all)
	planted := places{}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "core.4711"), []byte("\x00\x01Аделину\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	if planted.files(t, "a crash", dir); len(planted) != 2 || len(s.find(planted["a crash/core.4711"])) != 1 {
		t.Error("a file is not looked into")
	}
}

func slicesOf(lists ...[]canary) (all []canary) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// snapshot copies the files as they are at one moment, with all that a later
// commit will overwrite: what a thief would have found.
func (h *dayHouse) snapshot(when string) {
	h.t.Helper()
	if err := os.CopyFS(filepath.Join(h.dir, when), regular{os.DirFS(h.data)}); err != nil {
		h.t.Fatal(err)
	}
}

// regular leaves out the sockets of a folder.
type regular struct{ fs.FS }

func (r regular) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(r.FS, name)
	return slices.DeleteFunc(all, func(d fs.DirEntry) bool { return !d.Type().IsRegular() }), err
}

// noDumps: a crash leaves no memory behind, whoever starts the program.
func (h *dayHouse) noDumps() {
	for _, pid := range []int{h.cmd.Process.Pid, childOf(h.t, h.cmd.Process.Pid)} {
		limits, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/limits")
		if err != nil || !regexp.MustCompile(`Max core file size +0 +0 `).Match(limits) {
			h.t.Errorf("process %d may leave a core file: %v %s", pid, err, limits)
		}
	}
	unit, err := os.ReadFile("../../scripts/okoshko.service")
	if err != nil || !bytes.Contains(unit, []byte("\nLimitCORE=0\n")) {
		h.t.Errorf("the unit for systemd allows core files (%v)", err)
	}
}

// morning is what visitors do before reception begins; all at once.
func (h *dayHouse) morning() map[string]*dayVisitor {
	people := make(map[string]*dayVisitor)
	var all sync.WaitGroup
	var mu sync.Mutex
	for n, who := range []struct {
		id, lang, name, phone string
		does                  func(*dayVisitor)
	}{
		{"typing", "ru", "Аделина Шарафеева", "8 (917) 555-01-23", typing},
		{"tatar", "tt", "Резеда Шәмсетдинова", "+7 937 555 02 34", inTatar},
		{"english", "en", "Oliver Whitcombe", "8-927-555-03-45", inEnglish},
		{"buttons", "ru", "Святослав Долгополов", "89655550456", pressing},
		{"refuses", "ru", "Капитолина Жаворонкова", "8 904 555-05-67", refuses},
		{"handoff", "ru", "Мирослава Телегина", "8 950 555 06 78", callsPerson},
		{"gone", "ru", "Евдокия Парамонова", "8 951 555 07 89", books("к терапевту Белову послезавтра в 15:00")},
		{"struck", "ru", "Варвара Кудеярова", "8.952.555.09.01", books("на УЗИ послезавтра в 16:00")},
	} {
		all.Go(func() {
			defer func() { // what went wrong has been reported
				if r := recover(); r != nil {
					h.t.Errorf("%s: %v", who.id, r)
				}
			}()
			v := h.visitor(n, who.lang, who.name, who.phone)
			mu.Lock()
			people[who.id] = v
			mu.Unlock()
			who.does(v)
		})
	}
	all.Wait()
	if h.t.Failed() {
		h.t.FailNow()
	}
	return people
}

func typing(v *dayVisitor) {
	v.say("Здравствуйте, это Аделина Шарафеева, запишите Аделину Шарафееву к терапевту послезавтра в 11:00")
	v.say("да")
	v.say("паспорт 9214 778899, родилась 17 июля 1983, живу ул. Тополиная 145 кв 218")
	v.answer()
	v.say("а СНИЛС 112-233-445 95 нужен? полис 1677770012345678")
	v.say("⟦own-phone⟧ ⟦phone:1:abcdef⟧ [PHONE_1] [телефон] покажите")
	v.say("у меня чешется родинка на лопатке, что это, Аделине Шарафеевой страшно")
	v.say("шурум бурум Аделине Шарафеевой абырвалг 89175550123")
	v.choose("")
	v.say("перенесите запись на послезавтра в 17:30")
	v.answer2()
	v.say("что вы обо мне знаете?")
}

func inTatar(v *dayVisitor) {
	v.say("исәнмесез, минем исемем Резеда Шәмсетдинова, терапевтка язылырга телим, телефон +7 937 555 02 34")
	v.answer()
	v.say("тыгыдым Резеда Шәмсетдинова шалтыратыгыз 8 937 5550234 бурум")
	v.choose("") // go on with the assistant
	v.say("язылуымны кире кагыгыз")
	v.say("әйе")
}

func inEnglish(v *dayVisitor) {
	v.say("Hi, my name is Oliver Whitcombe, a dental check-up the day after tomorrow at 12:00, oliver@whitcombe.example")
	v.answer()
	v.say("blurb for Oliver Whitcombe snark 8-927-555-03-45 quux")
	v.say("I pay by card 2200 7001 2345 6786")
}

func pressing(v *dayVisitor) {
	v.say("здравствуйте")
	v.choose("Записаться")
	v.choose("Лечебный массаж")
	v.answer()
}

func refuses(v *dayVisitor) {
	v.say("Капитолина Жаворонкова, 8 904 555-05-67, запишите к стоматологу послезавтра")
	v.choose("")
	v.say("нет, не согласна")
	v.say("я Капитолина Жаворонкова, просто спросить")
}

func callsPerson(v *dayVisitor) {
	v.say("позовите человека, это Мирослава Телегина, 8 950 555 06 78")
	v.say("да")
}

func books(what string) func(*dayVisitor) {
	return func(v *dayVisitor) {
		v.say("запишите " + what)
		v.answer()
	}
}

// answer2 agrees to what is proposed.
func (v *dayVisitor) answer2() {
	for range 4 {
		switch v.last.Expects {
		case "confirm":
			v.say(v.yes)
			return
		case "time", "which":
			v.choose("")
		default:
			return
		}
	}
}

// strangers come without leave, with words of others or with nonsense. What they
// are answered is told to somebody else: it holds nothing of anybody.
func (h *dayHouse) strangers(front *desk) {
	front.refused("/console/login", "login", "reception", "password", "коралловый-жираф-7")
	front.refused("/console/login", "login", "коралловый-жираф-7", "password", "8 917 555-01-23")
	for _, path := range []string{
		"/consent/9175550123", "/calendar/9175550123.ics", "/me?ticket=9175550123", "/9175550123?name=Whitcombe", "/console/9175550123",
		"/api/v1/appointments/9175550123", "/assets/%d0%a8%d0%b0%d1%80%d0%b0%d1%84%d0%b5%d0%b5%d0%b2%d0%b0",
	} {
		front.do(http.MethodGet, path, nil, "Authorization", "Bearer okt_coralgiraffe", "Cookie", "me=okt_coralgiraffe")
	}
	front.do(http.MethodPost, "/console/people/9175550123/correct", url.Values{"value": {"Шарафеева"}})
	front.do(http.MethodPut, "/me/correct", url.Values{"value": {"Шарафеева"}})
	r, err := http.NewRequest(http.MethodPost, "http://"+h.public+"/console/login", strings.NewReader("login=%zzШарафеева&password=коралловый-жираф-7;9175550123"))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if answer, err := http.DefaultClient.Do(r); err == nil {
		_ = answer.Body.Close()
	}
	other := h.visitor(90, "ru", "Тычинка", "тычинка")
	for _, frame := range []string{
		`{"type":"say","id":"8 917 555-01-23","text":`, `{"type":"Шарафеева","id":"1"}`, `{"type":"say","id":5,"text":"9175550123"}`, "Шарафеева \xff\xfe",
		`{"type":"pick","id":"p","button":"yes/Шарафеева 9175550123"}`, `{"type":"say","id":"` + strings.Repeat("Шарафеева", 9) + `","text":"x"}`,
	} {
		if err := other.conn.WriteMessage(1, []byte(frame)); err != nil {
			h.t.Fatal(err)
		}
	}
	other.close()
}

// open reads pages of the console that show nobody's data to nobody else.
func (h *dayHouse) open(d *desk, paths ...string) {
	for _, p := range paths {
		h.shown.hear([]byte(d.page(p)))
	}
}

var formVersion = regexp.MustCompile(`name="version" value="([^"]+)"`)

// seenOn is the version of what a page shows, as its forms send it back.
func (d *desk) seenOn(path string) string {
	d.h.t.Helper()
	found := formVersion.FindStringSubmatch(d.page(path))
	if found == nil {
		d.h.t.Fatalf("GET %s has no form", path)
	}
	return found[1]
}

// atTheDesk is reception's forenoon.
func (h *dayHouse) atTheDesk(front, owner *desk, people map[string]*dayVisitor) {
	numbers := regexp.MustCompile(`A-1\d+`)
	decide := func(n, verb string, more ...string) {
		h.t.Helper()
		front.post("/console/appointments/"+n+"/"+verb, append(more, "version", front.seenOn("/console/appointments/"+n), "back", "/console/inbox")...)
	}
	number := func(v *dayVisitor) string { return numbers.FindString(v.read.String()) }
	talk := "/console/conversations/" + people["handoff"].talk
	front.page("/console/inbox")
	front.post(talk+"/take", "version", front.seenOn(talk))
	front.post(talk+"/reply", "text", "Мирослава Телегина, перезвоню на 8 950 555-06-78, это Венера", "version", front.seenOn(talk))
	for _, id := range []string{"gone", "struck"} {
		decide(number(people[id]), "confirm")
	}
	decide(number(people["buttons"]), "decline", "reason", "Долгополов Святослав, звонил с 8 965 555 04 56, не придёт")
	decide(number(people["typing"]), "confirm")
	decide(number(people["english"]), "cancel", "reason", "звонила Варвара Кудеярова 8 952 555 09 01, путает с Whitcombe")
	front.post("/console/appointments/"+number(people["typing"])+"/reveal", "reason", "Уточнить детали записи")
	front.refused("/console/appointments/"+number(people["typing"])+"/reveal", "reason", "Шарафеева 8 917 555-01-23")
	for _, q := range []string{"8 (917) 555-01-23", "+79175550123", "Шараф", "9375550234", "Whitcombe", number(people["gone"]), "8.952.555.09.01"} {
		front.page("/console/people?q=" + url.QueryEscape(q))
	}
	h.walkIn(front)
	one := contactPath(h.t, front, "8 917 555 01 23")
	front.page(one)
	exports := filepath.Join(h.dir, "exports")
	for _, name := range []string{"data.json", "data.html"} {
		front.page(one + "/" + name)
	}
	if left, err := os.ReadDir(exports); err != nil || len(left) != 0 {
		h.t.Errorf("exports: %v %v", left, err)
	}
	front.post(one+"/demand", "right", "access", "via", "phone")
	front.refused(one+"/demand", "right", "Шарафеева", "via", "8 917 555-01-23")
	front.post(contactPath(h.t, front, "9375550234")+"/restrict", "on", "yes")
	front.refused(one+"/correct", "field", "phone", "value", "917 555 01 Шарафеева")
	for _, path := range []string{"/console/appointments/9175550123", "/console/people/9175550123", "/console/conversations/9175550123", "/console/acts/9175550123", "/console/schedule/9175550123", "/console/appointments/9175550123/move"} {
		front.do(http.MethodGet, path, nil)
	}
	for _, path := range []string{"/console/appointments/9175550123/confirm", "/console/people/9175550123/erase", "/console/demands/9175550123/done", "/console/waiting/9175550123/remove", "/console/appointments/9175550123/reveal", "/console/deliveries/9175550123/resend"} {
		front.do(http.MethodPost, path, url.Values{"version": {"1"}, "sure": {"yes"}, "reason": {"Уточнить детали записи"}})
	}
	day := time.Now().AddDate(0, 0, 9).Format(time.DateOnly)
	front.post("/console/schedule", "kind", "absence", "target", "specialist/orlova", "from_day", day, "to_day", day, "reason", "sick")
	front.do(http.MethodPost, "/console/schedule", pairsOf("kind", "absence", "target", "specialist/orlova", "from_day", day, "to_day", day, "reason", "89175550123"))
	front.do(http.MethodPost, "/console/schedule", pairsOf("kind", "absence", "target", "specialist/orlova", "from_day", day, "to_day", day, "reason", "Шарафеева 8 917 555-01-23"))
	for _, p := range []string{"/console/calendar", "/console/waiting", "/console/reminders", "/console/book?service=dentist", "/console/more"} {
		front.page(p)
	}
	owner.post("/console/canaries", "name", "Агафья Приманкина", "phone", "8 954 555 11 23")
	front.page(contactPath(h.t, front, "8 954 555 11 23"))
}

// walkIn books for somebody who phones.
func (h *dayHouse) walkIn(front *desk) {
	day := time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	form := front.page("/console/book?service=dentist&specialist=nizamov&day=" + day + "&time=10:00")
	agreed := regexp.MustCompile(`name="agreed" value="([^"]+)"`).FindStringSubmatch(form)
	start := regexp.MustCompile(`name="start" value="([^"]+)"`).FindStringSubmatch(form)
	if agreed == nil || start == nil {
		h.t.Fatalf("no form: %s", form)
	}
	front.refused("/console/book", "service", "dentist", "specialist", "nizamov", "start", start[1], "name", "Серафим Верещагин", "phone", "8 953 555 10", "agreed", agreed[1])
	front.refused("/console/book", "service", "dentist", "specialist", "nizamov", "start", start[1], "name", "Серафим Верещагин", "phone", "8 953 555 10 12")
	front.post("/console/book", "service", "dentist", "specialist", "nizamov", "start", strings.ReplaceAll(start[1], "&#43;", "+"), "name", "Серафим Верещагин", "phone", "8 953 555 10 12", "agreed", agreed[1])
}

// contactPath is where reception finds a person.
func contactPath(t *testing.T, d *desk, query string) string {
	t.Helper()
	found := regexp.MustCompile(`/console/people/c_[a-z0-9]+`).FindString(d.page("/console/people?q=" + url.QueryEscape(query)))
	if found == "" {
		t.Fatalf("nobody is found by %q", query)
	}
	return found
}

// programs use the interface for them, with a token and with what is none.
func (h *dayHouse) programs(owner *desk) {
	secret := regexp.MustCompile(`okt_[A-Za-z0-9_-]+`).FindString(owner.post("/console/access/tokens", "name", "журнал", "role", "reception"))
	if secret == "" {
		h.t.Fatal("no token")
	}
	from, to := time.Now().AddDate(0, 0, -1).Format(time.RFC3339), time.Now().AddDate(0, 0, 30).Format(time.RFC3339)
	program := h.desk()
	for _, path := range []string{
		"/api/v1/appointments?" + url.Values{"from": {from}, "to": {to}}.Encode(), "/api/v1/conversations", "/api/v1/deliveries",
		"/api/v1/appointments/8%20917%20555-01-23", "/api/v1/appointments/A-1001", "/api/v1/appointments?status=%D0%A8%D0%B0%D1%80%D0%B0%D1%84%D0%B5%D0%B5%D0%B2%D0%B0",
	} {
		status, body := program.do(http.MethodGet, path, nil, "Authorization", "Bearer "+secret)
		if strings.HasSuffix(path, "deliveries") {
			if status != http.StatusOK {
				h.t.Errorf("%s: %d", path, status)
			}
			h.shown.hear([]byte(body))
		}
	}
	program.do(http.MethodPost, "/api/v1/exceptions", url.Values{}, "Authorization", "Bearer "+secret, "Content-Type", "application/json")
	h.open(owner, "/console/deliveries", "/console/journal", "/console/safety", "/console/notice", "/console/account")
}

func (h *dayHouse) backup(dir string) {
	id := filepath.Join(h.dir, "id.txt")
	if _, err := os.Stat(id); err != nil {
		h.okoshko("", "key", "backup", id, "--data", h.data)
	}
	h.okoshko("", "backup", filepath.Join(h.dir, dir), "--data", h.data)
}

// erase: one visitor erases all by themselves, after a correction; another asks
// reception to.
func (h *dayHouse) erase(front *desk, people map[string]*dayVisitor) {
	v := people["gone"]
	v.connect()
	v.say("что вы обо мне знаете?")
	me := h.desk()
	if v.last.Me == nil {
		h.t.Fatalf("no link to the own data: %+v", v.last)
	}
	me.page(v.last.Me.URL)
	me.post("/me/correct", "field", "phone", "value", "8 951 555 08 90")
	me.refused("/me/correct", "field", "email", "value", "evdokia.par@canary (нет)")
	me.page("/me/data.json")
	me.page("/me/data.html")
	me.post("/me/erase")
	act := front.post(contactPath(h.t, front, "8 952 555 09 01")+"/erase", "sure", "yes")
	if !strings.Contains(act, "Кудеярова") {
		h.t.Errorf("the act does not name who was erased")
	}
	if status, _ := front.do(http.MethodGet, "/console/people?q=9525550901", nil); status != http.StatusOK {
		h.t.Errorf("search after erasing: %d", status)
	}
}

// incident stops what leaves the house, and lets it leave again.
func (h *dayHouse) incident(owner *desk) {
	h.open(owner, "/console/safety")
	page := owner.post("/console/incidents", "scope", "all")
	at := regexp.MustCompile(`/console/incidents/[A-Z]-\d+`).FindString(page)
	for _, step := range []string{"told", "examined", "close"} {
		owner.post(at + "/" + step)
	}
}

// ofService is what monitoring reads.
func (h *dayHouse) ofService() (all string) {
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		_, body := get(h.t, h.service+path)
		all += body
	}
	return all
}

func (h *dayHouse) restore(from, to string) {
	copies, err := filepath.Glob(filepath.Join(h.dir, from, "okoshko-data-*.age"))
	if err != nil || len(copies) == 0 {
		h.t.Fatalf("no copies: %v", err)
	}
	h.okoshko("", "restore", "--data", filepath.Join(h.dir, to), "--from", copies[0], "--keys-of", h.data,
		"--identity", filepath.Join(h.dir, "id.txt"), "--key", filepath.Join(h.data, keyFile))
}

// waits goes onto the waiting list for a day that reception has closed.
func (h *dayHouse) waits(front *desk, v *dayVisitor) {
	day := time.Now().AddDate(0, 0, 12)
	front.post("/console/schedule", "kind", "absence", "target", "specialist/galimova", "from_day", day.Format(time.DateOnly), "to_day", day.Format(time.DateOnly), "reason", "vacation")
	v.say("запишите на лечебный массаж " + day.Format("02.01.2006"))
	for range 8 {
		switch v.last.Expects {
		case "more":
			if !strings.Contains(front.page("/console/waiting"), v.name) {
				h.t.Errorf("nobody waits: %+v", v.last)
			}
			return
		case "time":
			v.choose("лист ожидания")
		default:
			v.say(v.yes)
		}
	}
	h.t.Errorf("not on the waiting list: %+v", v.last)
}

// handed: what a command hands over is for its reader alone, and is where it was
// asked to be.
func (h *dayHouse) handed() {
	out := h.t.TempDir()
	h.shown.hear([]byte(h.okoshko("", "export", "8 917 555-01-23", "--out", out, "--data", h.data)))
	files, err := filepath.Glob(filepath.Join(out, "*"))
	if err != nil || len(files) != 2 {
		h.t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		text, readErr := os.ReadFile(f)
		if err != nil || readErr != nil || info.Mode().Perm() != 0o600 || !bytes.Contains(text, []byte("Шарафеев")) {
			h.t.Errorf("%s: %v %v %v", filepath.Base(f), info.Mode(), err, readErr)
		}
	}
	wrong := filepath.Join(out, "wrong.age") // a file that is none of ours
	if err := os.WriteFile(wrong, []byte("age-encryption.org/v1\nШарафеева 8 917 555-01-23\n"), 0o600); err != nil {
		h.t.Fatal(err)
	}
	said, err := tryOkoshko("", "restore", "--data", filepath.Join(out, "again"), "--from", wrong, "--keys-of", h.data, "--identity", filepath.Join(h.dir, "id.txt"), "--key", filepath.Join(h.data, keyFile))
	if err == nil {
		h.t.Errorf("a wrong file is restored: %s", said)
	}
	h.shown.hear([]byte(said))
	if !bytes.Contains(h.shown.heard(), []byte("retention.run")) {
		h.t.Error("retention has not run")
	}
}
