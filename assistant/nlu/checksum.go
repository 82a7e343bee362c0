package nlu

// luhn checks a bank card's last figure (ISO/IEC 7812-1).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// cardBrand tells by the first figures whether a bank issues such numbers: Mir, Visa,
// Mastercard, UnionPay, Maestro; American Express has fifteen figures.
func cardBrand(digits string) bool {
	switch digits[0] {
	case '2', '4', '5', '6':
		return len(digits) != 15
	case '3':
		return len(digits) == 15 && (digits[1] == '4' || digits[1] == '7')
	}
	return false
}

// snilsValid checks the control number of the pension insurance account; numbers up
// to 001-001-998 had none.
func snilsValid(digits string) bool {
	if len(digits) != 11 {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += int(digits[i]-'0') * (9 - i)
	}
	return digits[:9] > "001001998" && sum%101%100 == atoi(digits[9:])
}

// innValid checks a taxpayer's number: ten figures of a firm, twelve of a person.
func innValid(digits string) bool {
	check := func(weights []int) bool {
		sum := 0
		for i, w := range weights {
			sum += w * int(digits[i]-'0')
		}
		return sum%11%10 == int(digits[len(weights)]-'0')
	}
	switch len(digits) {
	case 10:
		return check([]int{2, 4, 10, 3, 5, 9, 4, 6, 8})
	case 12:
		return check([]int{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) && check([]int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8})
	}
	return false
}

// omsValid checks a policy number of the compulsory health insurance (HL7 Mod10 as in
// ISO 27931): figures at odd places from the right, read as one number and doubled,
// after which all figures are added.
func omsValid(digits string) bool {
	if len(digits) != 16 {
		return false
	}
	odd, even := 0, 0
	for i := 14; i >= 0; i-- {
		d := int(digits[i] - '0')
		if (14-i)%2 == 0 {
			odd = odd*10 + d
			continue
		}
		even += d
	}
	sum := even
	for n := odd * 2; n > 0; n /= 10 {
		sum += n % 10
	}
	return (10-sum%10)%10 == int(digits[15]-'0')
}
