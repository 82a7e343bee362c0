package api

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type description struct {
	Paths      map[string]map[string]operation
	Components struct {
		Schemas  map[string]schema
		Problems map[string]string `json:"x-problems"`
	}
}

type operation struct {
	Right       string `json:"x-right"`
	OperationID string
	Responses   map[string]any
}

type schema struct {
	Type       string
	Format     string
	Ref        string `json:"$ref"`
	Required   []string
	Properties map[string]schema
	Items      *schema
}

func described(t *testing.T) description {
	t.Helper()
	var d description
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryRouteIsDescribed(t *testing.T) {
	var served, told []string
	for _, rt := range (&API{}).routes() {
		served = append(served, rt.pattern+" "+string(rt.right))
	}
	ids := map[string]bool{}
	for path, operations := range described(t).Paths {
		for method, op := range operations {
			told = append(told, strings.ToUpper(method)+" "+path+" "+op.Right)
			if ids[op.OperationID] || op.OperationID == "" {
				t.Errorf("%s %s: operationId %q is not its own", method, path, op.OperationID)
			}
			ids[op.OperationID] = true
			if op.Responses["401"] == nil || op.Responses["403"] == nil {
				t.Errorf("%s %s: no word of 401 and 403", method, path)
			}
		}
	}
	slices.Sort(served)
	slices.Sort(told)
	if diff := cmp.Diff(served, told); diff != "" {
		t.Errorf("served and described differ:\n%s", diff)
	}
}

func TestEveryTypeIsDescribed(t *testing.T) {
	schemas := described(t).Components.Schemas
	types := []any{
		Named{},
		Contact{},
		Appointment{},
		Appointments{},
		Change{},
		Conversation{},
		Conversations{},
		Attempt{},
		Delivery{},
		Deliveries{},
		Exception{},
		Exceptions{},
		NewException{},
		Noted{},
		Waiting{},
		WaitingList{},
		Feed{},
		Feeds{},
	}
	known := []string{"Problem"}
	for _, v := range types {
		typ := reflect.TypeOf(v)
		known = append(known, typ.Name())
		want := schemaOf(typ)
		got := schemas[typ.Name()]
		slices.Sort(got.Required)
		if diff := cmp.Diff(want, simple(got)); diff != "" {
			t.Errorf("%s in Go and in openapi.json differ:\n%s", typ.Name(), diff)
		}
	}
	slices.Sort(known)
	if diff := cmp.Diff(known, slices.Sorted(maps.Keys(schemas))); diff != "" {
		t.Errorf("schemas:\n%s", diff)
	}
}

// schemaOf is what encoding/json makes of a struct.
func schemaOf(typ reflect.Type) schema {
	s := schema{Type: "object", Properties: map[string]schema{}}
	for i := range typ.NumField() {
		name, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		s.Properties[name] = field(typ.Field(i).Type, name)
		if !strings.Contains(options, "omit") {
			s.Required = append(s.Required, name)
		}
	}
	slices.Sort(s.Required)
	return s
}

func field(typ reflect.Type, name string) schema {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ == reflect.TypeFor[time.Time](), name == "start":
		return schema{Type: "string", Format: "date-time"}
	case typ.Kind() == reflect.Struct:
		return schema{Ref: "#/components/schemas/" + typ.Name()}
	case typ.Kind() == reflect.Slice:
		items := field(typ.Elem(), "")
		return schema{Type: "array", Items: &items}
	case typ.Kind() == reflect.Map:
		return schema{Type: "object"}
	case typ.Kind() == reflect.Bool:
		return schema{Type: "boolean"}
	case typ.Kind() == reflect.Int, typ.Kind() == reflect.Uint64:
		return schema{Type: "integer"}
	}
	return schema{Type: "string"}
}

// simple drops what the comparison does not look at.
func simple(s schema) schema {
	if len(s.Required) == 0 {
		s.Required = nil
	}
	for name, p := range s.Properties {
		p.Required = nil
		s.Properties[name] = p
	}
	return s
}
