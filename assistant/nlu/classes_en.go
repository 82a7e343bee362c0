package nlu

// A linguist's page: English words by what they mean here; see classes_ru.go.
var classesEn = []classRow{
	{"en_every", "all both"},
	{"en_appt", "appointment appt appointments booking bookings visit reservation slot session"},
	{"en_see", "see visit come"},
	{"en_want", "want need like wanna d'like looking could can may would'd i'd wish would hoping id have get make please"},
	{"en_move", "reschedule move postpone rebook change shift push bring"},
	{"en_cancel", "cancel cancelling canceling call-off remove drop canceled cancelled cancellation"},
	{"en_cant", "can't cant cannot couldn't won't unable"},
	{"en_make", "make come attend go be"},
	{"en_it", "it there that in"},
	{"en_my", "my our mine"},
	{"en_i", "i we"},
	{"en_me", "me us"},
	{"en_booked", "booked scheduled"},
	{"en_when", "when"},
	{"en_whattime", "what which"},
	{"en_time", "time day date"},
	{"en_howmuch", "much"},
	{"en_how", "how"},
	{"en_price", "price prices cost costs fee fees pricing charge rate rates"},
	{"en_person", "human person operator someone somebody receptionist agent representative manager administrator reception staff people"},
	{"en_call", "call speak talk connect transfer get chat contact put real live"},
	{"en_complaint", "complaint complain complaining unhappy disappointed rude awful terrible disgusting unacceptable scam outrageous"},
	{"en_refund", "refund money"},
	{"en_back", "back"},
	{"en_wait", "waiting wait waitlist standby"},
	{"en_list", "list"},
	{"en_notify", "notify tell let text call inform message"},
	{"en_free", "opens frees available cancels free"},
	{"en_if", "if when"},
	{"en_data", "data information details info"},
	{"en_know", "know store have keep hold stored collected"},
	{"en_delete", "delete erase remove forget wipe"},
	{"en_withdraw", "withdraw revoke"},
	{"en_consent", "consent permission"},
	{"en_reminder", "reminder reminders"},
	{"en_advert", "advertising ads ad advert adverts advertisement advertisements marketing promotions promotional promo newsletter newsletters news offers spam"},
	{"en_agree", "agree accept consent allow"},
	{"en_yes", "yes yeah yep yup sure ok okay yea ye correct right exactly absolutely certainly fine great perfect good confirm confirmed agreed agree definitely alright y course lovely yup aye deal cool"},
	{"en_no", "no nope nah n nay"},
	{"en_not", "not don't dont do'nt never didn't isn't doesn't won't wont"},
	{"en_wrong", "wrong incorrect disagree disagreed refuse decline"},
	{"en_hello", "hi hello hey hiya greetings howdy yo"},
	{"en_good", "good"},
	{"en_daypart", "morning afternoon evening day"},
	{"en_thanks", "thanks thank thx cheers ty"},
	{"en_first", "first 1st"},
	{"en_second", "second 2nd"},
	{"en_third", "third 3rd"},
	{"en_fourth", "fourth 4th"},
	{"en_last", "last latter"},
	{"en_earlier", "earlier earliest soonest"},
	{"en_later", "later latest"},
	{"en_one", "one option slot number"},
	{"en_any", "any anyone anybody whoever whichever anywhere whatever either"},
	{"en_matter", "matter mind care preference"},
	{"en_doctor", "doctor doctors specialist dentist stylist barber master person one branch location place"},
	{"en_better", "actually instead rather sorry better correction"},
	{"en_keep", "keep leave"},
	// words that only have to be known, so that none is taken for another misspelt
	{"known", `book booking schedule reserve reservation arrange appointment appt appointments sign am is are do have i've repeat again pardon say said come restart
		over beginning scratch start begin go from the a an to with for of on in at about`},
}

// Tatar words; letters that Russian keyboards lack are known as typed without them too.
var classesTt = []classRow{
	{"tt_book", "языгыз язсагыз язсагызчы язылырга языл язылам язылыйм яздырырга яздырыгыз яздырам язылабыз язылыргa язып язылу язылуны язылуымны язылып"},
	{"tt_every", "барлык бөтен барча барысы барысын икесе икесен бөтенесе бөтенесен"},
	{"tt_appt", "язылу язылуым язылуымны язылуны язылулар язылуларым язылуларымны язма язмам кабул"},
	{"tt_cancelappt", "язылуны язылуымны язылу язмамны"},
	{"tt_signed", "язылган язылганмын язылдым язылган идем"},
	{"tt_want", "телим телибез теләр телэр кирәк кирэк мөмкинме булса телийм тели идем буламы буладырмы мөмкин"},
	{"tt_move", "күчерергә күчерегез күчер күчерү күчерәсе күчерик күчерим үзгәртергә үзгәртегез"},
	{"tt_cant", "алмыйм алмыйбыз алмам бармыйм килмим килмибез"},
	{"tt_my", "минем безнең үземнең үз"},
	{"tt_when", "кайчан кайчанга ничәдә ничәгә сәгать"},
	{"tt_howmuch", "күпме ничә"},
	{"tt_cost", "тора торa була акча сум"},
	{"tt_price", "бәясе бәя бәяләр бәяләре хакы хак"},
	{"tt_person", "кеше кешене кешегә администраторны администраторга операторны операторга оператор хезмәткәр"},
	{"tt_call", "чакырыгыз чакыр тоташтырыгыз бирегез сөйләшергә сөйләшәсем сөйләшәсе сөйләшик сөйләшим шалтыратыгыз шалтырат"},
	{"tt_complaint", "шикаять зарланам зарланырга шикаятем"},
	{"tt_data", "мәгълүмат мәгълүматларны мәгълүматларымны мәгълүматым мәгълүматлар мәгълүматны"},
	{"tt_know", "беләсез саклыйсыз саклана саклый"},
	{"tt_delete", "бетерегез юк юыгыз сөртегез онытыгыз"},
	{"tt_advert", "реклама рекламаны рекламалар яңалык яңалыклар яңалыкларны тәкъдимнәр тәкъдимнәрне акцияләр"},
	{"tt_consent", "ризалык ризалыгым ризалыгымны ризалыкны"},
	{"tt_yes", "әйе эйе аие ие яхшы ярый ярар була дөрес риза ризамын килешәм шулай әлбәттә эйее"},
	{"tt_no", "юк түгел каршы каршымын юкюк"},
	{"tt_dont", "теләмим кирәкми бирмим бирмибез түгел"},
	{"tt_hello", "исәнмесез исэнмесез сәлам сэлам сәләм исәнме исәнмесег саумысыз саумы хәерле әссәламегаләйкем исанмесез"},
	{"tt_daypart", "көн кич иртә"},
	{"tt_thanks", "рәхмәт рахмат рэхмэт рәхмәтләр"},
	{"tt_repeat", "кабатлагыз кабатла аңламадым тагын"},
	{"tt_restart", "баштан яңадан"},
	{"tt_first", "беренче беренчесе беренчесен"},
	{"tt_second", "икенчесе икенчесен"},
	{"tt_third", "өченчесе өченчесен"},
	{"tt_last", "соңгысы соңгысын"},
	{"tt_better", "яхшырак"},
	// words that only have to be known, so that none is taken for another misspelt
	{"known", `бетерергә бетерегез бетер юкка чыгарыгыз баш тартам баш-тартам гамәлдән кире отмена отменить килә бара килеп барып килергә барырга миңа мин мине безгә
		без чират чиратка исемлеккә исемлек көтү көтәм көтәргә теләсә кайсы барыбер бертөрле кайсы-булса әйтегез әйтегезче`},
}

// stopWords carry no meaning of their own here: they count neither as explained nor
// as left over. Particles, pronouns, prepositions, fillers, politeness.
var stopWords = stopTable(
	`и а но или да же ли бы б в во на по к ко с со у о об от до из за для при без над под через про не ни то это этот эта эту эти этого этой тот та те там тут
	здесь так такой такая я мы вы он она они меня мне мной нас нам вас вам вами тебя тебе его ее их него нее них мой моя мою мое мои моей моего моих ваш ваша ваше ваши
	вашей вашего ваших ваши свой свою своей сам сама само уже еще ещё очень просто только лишь вот ну ой эй ох ах эх э м мм хм вообще типа короче значит пожалуйста пожалста плиз
	плз пожалуйсто будьте будь добры любезны добр если что чтобы как бы был была было были есть быть буду будет будут ведь тоже также тогда потом теперь сейчас кто который которая
	которое где куда какой какая какое какие ой ай нибудь либо разве неужели какую каком хочу хотел хотела хотим хотелось нужно надо нужен нужна можно могу можем скажите подскажите
	пожалуй наверное видимо кажется может давайте давай ладно раз бишь дело том тем эм угу моему нему ней ним себя себе мол дескать ага ок извините простите извини прости сорри
	блин интересно слушайте послушайте когда сколько зовут звать фамилия девушка срочно очень побыстрее скорее прям прямо опять снова пришлите ребята всем всех весь вся все всего г ул руб рублей подойдет хотя`,
	`i you he she it we they me my your our his her their the a an is am are was were be been to of in on at for with from by and or but so if then that this these those there here
	do does did have has had can could would should will may might please just like want need i'd i'm i'll it's that's let's let us get got some any not no yes ok okay well oh um hmm
	really very also too thanks thank dear as about into what which who how when where up out go kindly sir madam hope`,
	`мин син ул без сез алар миңа сиңа мине минем безнең сезнең бу шул теге һәм да дә та тә белән өчен дип иде бар юк кына гына бит инде зинһар кирәк телим булса була икән ни нинди кем
	исемем исем кайда гә га кә ка дә тә ничек әле дә та мени буламы мөмкин тагын миңа минe идем иттек`,
)

func stopTable(lists ...string) map[string]bool {
	all := map[string]bool{}
	for _, list := range lists {
		for w := range wordSet(list) {
			for _, spelt := range spellings(w) {
				all[spelt] = true
			}
		}
	}
	return all
}
