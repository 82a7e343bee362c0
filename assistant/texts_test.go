package assistant

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"okoshko/prompts"
)

// TestTextsExist: every text that the code names is in the language files. (That
// the languages have the same texts is a test of package prompts.)
func TestTextsExist(t *testing.T) {
	named := 0
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for _, id := range textIDs(call) {
				named++
				if !prompts.Has(id) {
					t.Errorf("the code says %q, which is no text", id)
				}
			}
			return true
		})
	}
	if named < 50 {
		t.Errorf("only %d texts are named: the test looks at the wrong calls", named)
	}
}

// textIDs are the literal ids in a call of say, Say, Count, handoff or yesNo.
func textIDs(call *ast.CallExpr) (ids []string) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	args := call.Args
	switch {
	case name == "say" && len(args) > 0:
		args = args[:1]
	case (name == "Say" || name == "Count") && len(args) > 1:
		args = args[1:2]
	case name == "handoff" && len(args) == 2:
		args = args[1:]
	case name == "yesNo":
	default:
		return nil
	}
	for _, a := range args {
		if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if id, err := strconv.Unquote(lit.Value); err == nil && id != "" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
