package assistant

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTagsAreRestoredInFixedPlaces: what a tag stands for is put back for the
// visitor, for reception and for reading a quote of the model's, and nowhere else.
// Who adds a place has to add it here, and say for whom.
func TestTagsAreRestoredInFixedPlaces(t *testing.T) {
	want := map[string]string{
		"receive.go Turns":         "the visitor reads their own name and phone",
		"rights.go talk":           "the visitor's own page and copy",
		"operate.go forStaff":      "reception reads the name; the phone is hidden",
		"model.go read":            "a quote of the model's is read by the rules",
		"staffwords.go impersonal": "labels alone: nothing is known there",
		"model.go lastTurns":       "labels alone: the model",
		"receive.go word":          "the one place that puts values in",
		"interpret.go interpret":   "nothing: tags become spaces",
		"replay.go replays":        "nothing: tags become dots",
		"desk_inbox.go summary":    "reception's inbox, by forStaff",
		"operate.go Dialog":        "reception's page, by forStaff",
	}
	found := make(map[string]bool)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), "_test.go") || !strings.HasSuffix(f.Name(), ".go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name == "unmask" {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if restores(n) {
					found[f.Name()+" "+fn.Name.Name] = true
				}
				return true
			})
		}
	}
	if d := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(found))); d != "" {
		t.Errorf("places that restore tags (-listed +found):\n%s", d)
	}
}

// restores reports whether a node gives values to tags, or makes what does.
func restores(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CompositeLit:
		id, ok := n.Type.(*ast.Ident)
		return ok && id.Name == "teller"
	case *ast.CallExpr:
		switch f := n.Fun.(type) {
		case *ast.Ident:
			return f.Name == "unmask" || f.Name == "forStaff"
		case *ast.SelectorExpr:
			on, ok := f.X.(*ast.Ident)
			return ok && on.Name == "privacy" && f.Sel.Name == "Show"
		}
	}
	return false
}
