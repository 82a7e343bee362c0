package nlu

import (
	"strings"
	"testing"
)

var alarmRows = `
грудь сдавило и не хватает воздуха => emergency
жжёт за грудиной и отдаёт в челюсть => emergency
у отца резко заболело сердце, очень сильно => emergency
муж потерял сознание => emergency
бабушка упала и не реагирует => emergency
ребёнок подавился и задыхается => emergency
отнялась правая рука и речь невнятная => emergency
половина лица онемела => emergency
кровь не останавливается уже час => emergency
сильное кровотечение после удаления => emergency
не могу остановить кровь из десны => emergency
рвёт кровью => emergency
хочу умереть => emergency
не вижу смысла жить => emergency
думаю покончить с собой => emergency
выпила целую пачку таблеток => emergency
после укуса осы распухло горло, трудно дышать => emergency
отёк Квинке => emergency
у сына судороги => emergency
вызовите скорую => emergency
кажется инфаркт => emergency
не дышит => emergency
I have severe chest pain => emergency
my mother can't breathe => emergency
he is unconscious => emergency
I want to kill myself => emergency
her face is drooping and speech is slurred => emergency
heavy bleeding that won't stop => emergency
my throat is swelling after a nut => emergency
I don't want to live anymore => emergency
күкрәгем кыса, сулыш алуы авыр => emergency
әтием аңын югалтты => emergency
яшисем килми => emergency
үләсем килә => emergency
балам тын ала алмый => emergency
тыным кысыла, һава җитми => emergency
әнием һушын җуйды => emergency
теш алдырганнан соң кан туктамый => emergency
борынымнан кан китә, туктамый => emergency
әтиемнең йөрәге тотты => emergency
тын урын кирәк, язылырга буламы => 
кан анализына язылырга телим => 
температура 39 и болит горло, что принять? => symptoms
у меня сыпь на руках, что это может быть? => symptoms
болит живот и тошнит, какое лекарство выпить => symptoms
кашель вторую неделю, чем лечить? => symptoms
опухла десна и болит зуб, это опасно? => symptoms
собака хромает, лапа опухла, что делать? => symptoms
какой мазью мазать, чешется спина? => symptoms
посоветуйте таблетки, голова кружится => symptoms
I have a rash and fever, what should I take? => symptoms
my back hurts, what could it be? => symptoms
тамагым авырта, нинди дару эчәргә? => symptoms
у кошки второй день рвота и понос, каким лекарством лечить? => symptoms
чем лечить ушного клеща у собаки? => symptoms
второй день болит горло, что принять? => symptoms
что дать коту от глистов => symptoms
какие капли можно от насморка ребёнку? => symptoms
хомяк облысел, чем обработать от лишая? => symptoms
чем помазать псу лапу при ожоге => symptoms
what can I give my dog for diarrhoea? => symptoms
which medicine helps with a sore paw? => symptoms
how do I treat a cat's eye infection => symptoms
этегә нинди дару бирергә? => symptoms
чем вы обрабатываете инструменты? =>
что дать вам с собой, паспорт? =>
какие документы нужны от меня? =>
как вы лечите кариес, без боли? =>
кукрэгем кыса, сулыш алуы авыр => emergency
этием анын югалтты => emergency
яшисем килми инде => emergency
улэсем килэ => emergency
кан туктамый => emergency
дару эчеп агуландым => emergency
ашыгыч ярдәм чакырыгыз => emergency
кулым һәм йөзем оеды => emergency
my daughter is having a seizure => emergency
he swallowed a whole bottle of pills => emergency
call an ambulance please => emergency
I think I am having a heart attack => emergency
тамагым авырта, нинди дару эчэргэ? => symptoms
башым авырта, нишләргә? => symptoms
теше авырта, нәрсә бирергә? => symptoms
what should I take for a headache? => symptoms
my tooth is swollen, is it dangerous? => symptoms
болит зуб, запишите к стоматологу =>
болит спина, хочу на массаж завтра =>
зуб не болит, просто осмотр =>
грудь не болит, запишите на осмотр =>
дышать могу нормально, запишите на ЭКГ =>
чешется кот, можно к ветеринару в субботу? =>
сильно хочу к вам на массаж =>
хочу умереть какая красивая стрижка у Юли была => emergency
нужна ЭКГ с расшифровкой =>
жить буду рядом с вами, где вы находитесь? =>
давление на массаже сильное или нет? =>
кровь сдать можно? =>
кот не ест второй день, запишите к ветеринару =>
I have a toothache, can I see a dentist today? =>
тешем авырта, теш табибына язылырга телим =>
сломалась машина, перенесите запись =>
подышать воздухом можно выйти? =>
моделирование бороды и лицо побрить =>
сколько стоит массаж лица? =>
рука не дотягивается до спины, нужен массаж =>
`

func TestAlarms(t *testing.T) {
	r := reader(t)
	bad, all := 0, 0
	for line := range strings.Lines(strings.TrimSpace(alarmRows)) {
		text, want, _ := strings.Cut(strings.TrimSpace(line), " =>")
		all++
		if got := r.Read(text, Context{Lang: "ru", Now: monday}).Alarm; got != strings.TrimSpace(want) {
			bad++
			t.Errorf("%q: %q, want %q", text, got, strings.TrimSpace(want))
		}
	}
	t.Logf("alarms: %d of %d", all-bad, all)
}
