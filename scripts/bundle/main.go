//go:build ignore

// Command bundle makes the browser's files out of their TypeScript sources, with
// esbuild as a Go library: one minified classic script per entry, style sheets
// imported by a script minified into it. The outputs are committed, so that a
// checkout builds with Go alone. Run it from the repository's root:
//
//	go run -modfile=scripts/tools.mod scripts/bundle/main.go          # write
//	go run -modfile=scripts/tools.mod scripts/bundle/main.go -check   # 1 where an output is not current
//
// It has the constraint "ignore", which "go mod tidy" skips, so esbuild is no
// dependency of the program.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

// entries are the sources and what is made of them. An entry whose source is not
// there is passed over: rooms are built one after the other.
var entries = []struct {
	source, output string
	brotli         bool // also output.br: every website's visitors load it
}{
	{"widget/ui/widget.ts", "widget/static/widget.js", true},
	{"widget/ui/page.ts", "widget/static/page.js", false},
	{"widget/console/ui/console.ts", "widget/console/static/console.js", false},
	{"widget/console/ui/calendar.ts", "widget/console/static/calendar.js", false},
}

var errStale = errors.New("not current: run go run -modfile=scripts/tools.mod scripts/bundle/main.go")

func main() {
	log.SetFlags(0)
	check := flag.Bool("check", false, "write nothing, fail where an output is not current")
	flag.Parse()
	if err := run(*check); err != nil {
		log.Fatal("bundle: ", err)
	}
}

func run(check bool) error {
	for _, e := range entries {
		if _, err := os.Stat(e.source); errors.Is(err, os.ErrNotExist) {
			continue
		}
		made, err := bundle(e.source)
		if err != nil {
			return fmt.Errorf("%s: %w", e.source, err)
		}
		if err := place(e.output, made, check); err != nil {
			return fmt.Errorf("%s: %w", e.output, err)
		}
		fmt.Printf("%-40s %7d bytes", e.output, len(made))
		if e.brotli {
			small := squeezed(made)
			if err := place(e.output+".br", small, check); err != nil {
				return fmt.Errorf("%s.br: %w", e.output, err)
			}
			fmt.Printf(", %6d in brotli", len(small))
		}
		fmt.Println()
	}
	return nil
}

// bundle is the script made from the entry and all that it imports.
func bundle(source string) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{source},
		Bundle:            true,
		Format:            api.FormatIIFE,
		Target:            api.ES2020,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsEndOfFile,
		LogLevel:          api.LogLevelWarning,
		Plugins:           []api.Plugin{styles},
	})
	if len(result.Errors) > 0 {
		return nil, errors.New(result.Errors[0].Text)
	}
	return result.OutputFiles[0].Contents, nil
}

// styles turns an imported style sheet into a string, minified.
var styles = api.Plugin{Name: "styles", Setup: func(build api.PluginBuild) {
	build.OnLoad(api.OnLoadOptions{Filter: `\.css$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		source, err := os.ReadFile(args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		made := api.Transform(string(source), api.TransformOptions{
			Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true, Charset: api.CharsetUTF8,
		})
		if len(made.Errors) > 0 {
			return api.OnLoadResult{}, fmt.Errorf("%s: %s", args.Path, made.Errors[0].Text)
		}
		text := string(bytes.TrimSpace(made.Code))
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderText}, nil
	})
}}

func place(output string, made []byte, check bool) error {
	if check {
		old, err := os.ReadFile(output)
		if err != nil {
			return err
		}
		if !bytes.Equal(old, made) {
			return errStale
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
		return err
	}
	return os.WriteFile(output, made, 0o644)
}

// squeezed is b in brotli at its best, the same bytes on every machine.
func squeezed(b []byte) []byte {
	var buf bytes.Buffer
	zw := brotli.NewWriterLevel(&buf, brotli.BestCompression)
	_, _ = zw.Write(b) // a buffer takes everything
	_ = zw.Close()
	return buf.Bytes()
}
