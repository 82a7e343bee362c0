package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"okoshko/assistant/privacy"
)

// TestEveryActionHasWords finds every action that the code writes to the journal and
// demands words for it: who reads the journal is no programmer.
func TestEveryActionHasWords(t *testing.T) {
	found := map[string]string{} // action to where
	for dir, files := range packages(t, "../..") {
		w := walker{t: t, dir: dir, files: files, found: found}
		w.entries()
	}
	if len(found) < 40 {
		t.Errorf("only %d actions found: the search is broken", len(found))
	}
	for _, action := range slices.Sorted(maps.Keys(found)) {
		if _, ok := actionWords[action]; !ok {
			t.Errorf("no words for %q (%s)", action, found[action])
		}
	}
}

// endings are what may follow a beginning that the code puts an unnamed value behind.
func endings(t *testing.T, beginning string) []string {
	switch beginning {
	case "appointment.":
		return []string{"requested", "confirmed", "declined", "cancelled", "arrived", "no_show", "moved"}
	case "demand.":
		return []string{"access", "export", "correct", "restrict", "withdraw", "erase", string(privacy.DemandDone), string(privacy.DemandRefused)}
	case "alarm.":
		return privacy.AlarmRules()
	}
	t.Errorf("what may follow %q?", beginning)
	return nil
}

// packages are the parsed files, tests aside, by folder.
func packages(t *testing.T, root string) map[string][]*ast.File {
	t.Helper()
	all := map[string][]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "node_modules") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		all[filepath.Dir(path)] = append(all[filepath.Dir(path)], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// walker follows the actions of one package from audit.Entry back to the words.
type walker struct {
	t     *testing.T
	dir   string
	files []*ast.File
	found map[string]string
}

func (w *walker) functions(do func(*ast.FuncDecl)) {
	for _, file := range w.files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				do(fn)
			}
		}
	}
}

func (w *walker) entries() {
	w.functions(func(fn *ast.FuncDecl) {
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if sel, ok := lit.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Entry" {
				return true
			}
			for _, e := range lit.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Action" {
						w.value(fn, kv.Value, "", 0)
					}
				}
			}
			return true
		})
	})
}

// value notes what an expression in a function may be, behind a beginning.
func (w *walker) value(fn *ast.FuncDecl, e ast.Expr, beginning string, depth int) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			w.t.Fatal(err)
		}
		w.found[beginning+s] = w.dir + ", " + fn.Name.Name
	case *ast.BinaryExpr:
		if lit, ok := e.X.(*ast.BasicLit); ok {
			s, _ := strconv.Unquote(lit.Value)
			w.value(fn, e.Y, beginning+s, depth)
			return
		}
		w.unknown(fn, beginning)
	case *ast.Ident:
		w.name(fn, e.Name, beginning, depth)
	default:
		w.unknown(fn, beginning)
	}
}

func (w *walker) unknown(fn *ast.FuncDecl, beginning string) {
	if beginning == "" {
		w.t.Errorf("%s: the action in %s cannot be followed", w.dir, fn.Name.Name)
		return
	}
	for _, end := range endings(w.t, beginning) {
		w.found[beginning+end] = w.dir + ", " + fn.Name.Name
	}
}

// name follows a variable to what is assigned to it, or a parameter to the calls.
func (w *walker) name(fn *ast.FuncDecl, name, beginning string, depth int) {
	if depth > 5 {
		w.t.Fatalf("%s: %s of %s leads in circles", w.dir, name, fn.Name.Name)
	}
	known := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			for i, left := range assign.Lhs {
				if id, ok := left.(*ast.Ident); ok && id.Name == name && len(assign.Rhs) == len(assign.Lhs) {
					known = true
					w.value(fn, assign.Rhs[i], beginning, depth+1)
				}
			}
		}
		return true
	})
	at := parameter(fn, name)
	if at < 0 {
		if !known {
			w.unknown(fn, beginning)
		}
		return
	}
	w.functions(func(caller *ast.FuncDecl) {
		ast.Inspect(caller.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && called(call) == fn.Name.Name && len(call.Args) > at {
				w.value(caller, call.Args[at], beginning, depth+1)
			}
			return true
		})
	})
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func parameter(fn *ast.FuncDecl, name string) int {
	i := 0
	for _, field := range fn.Type.Params.List {
		for _, id := range field.Names {
			if id.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}
