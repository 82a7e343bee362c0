package console

import (
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/llm"
)

// ModelState is how the local model does, for a line that reception can act on:
// while it is away the rules answer alone.
type ModelState struct {
	Name string // empty: none is used
	llm.Health
}

// modelLine is that state in words.
type modelLine struct {
	Tone string // of a pill
	Said string
	Note string
}

// modelSlow is a mean answer above which visitors have the rules' answer first.
const modelSlow = 2 * time.Second

// modelState words the state; nil where the console is not told of a model.
func (c *Console) modelState() *modelLine {
	if c.Model == nil {
		return nil
	}
	s := c.Model()
	line := modelLine{Tone: "plain", Said: "отвечают правила", Note: "Модель не подключена, это не мешает записи."}
	switch {
	case s.Name == "":
	case s.Breaker == llm.BreakerOpen:
		line = modelLine{"no_show", "модель отдыхает после сбоев", "Пока посетителям отвечают правила и кнопки."}
	case s.Breaker == llm.BreakerProbe:
		line = modelLine{"requested", "модель пробуют снова", "После сбоев. Посетителям отвечают правила и кнопки."}
	case s.Speed.Answers > 0 && s.Speed.Total > modelSlow:
		line = modelLine{"requested", "модель отвечает медленно", "В среднем за " + secondsWord(s.Speed.Total) + ": её подсказка приходит после ответа по правилам."}
	default:
		line = modelLine{"confirmed", "модель отвечает", s.Name + "."}
		if s.Speed.Answers > 0 {
			line.Note = s.Name + ", в среднем за " + secondsWord(s.Speed.Total) + "."
		}
	}
	return &line
}

// secondsWord is a duration as people write it: 1,4 с.
func secondsWord(d time.Duration) string {
	return strings.Replace(strconv.FormatFloat(d.Seconds(), 'f', 1, 64), ".", ",", 1) + " с"
}
