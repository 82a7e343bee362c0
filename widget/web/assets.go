package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Assets are embedded files under names that hold a hash of their content, so a
// browser may keep them for ever: static/app.js is served as PREFIX/app.3f9a2c….js.
// Each is compressed once, at start. It is safe for concurrent use.
type Assets struct {
	prefix string
	byName map[string]*asset // "app.js"
	byHash map[string]*asset // "app.3f9a2c….js"
}

type asset struct {
	hashed, kind, etag string
	raw, gz            []byte // gz is nil where it is no smaller
}

// NewAssets reads all files of fsys and serves them below prefix, a path that
// begins and ends with a slash.
func NewAssets(prefix string, fsys fs.FS) (*Assets, error) {
	if !strings.HasPrefix(prefix, "/") || !strings.HasSuffix(prefix, "/") {
		return nil, fmt.Errorf("assets prefix %q: want a slash at both ends", prefix)
	}
	a := &Assets{prefix: prefix, byName: map[string]*asset{}, byHash: map[string]*asset{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return a.add(fsys, name)
	})
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	return a, nil
}

func (a *Assets) add(fsys fs.FS, name string) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	hash := hex.EncodeToString(sum[:8])
	ext := path.Ext(name)
	file := &asset{hashed: strings.TrimSuffix(name, ext) + "." + hash + ext, kind: contentType(ext), etag: `"` + hash + `"`, raw: raw}
	if file.gz, err = squeeze(raw); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a.byName[name], a.byHash[file.hashed] = file, file
	return nil
}

// contentType does not ask the machine's own table, which differs between them.
func contentType(ext string) string {
	known := map[string]string{
		".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
		".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
		".json": "application/json", ".webmanifest": "application/manifest+json", ".wav": "audio/wav",
	}
	if kind, ok := known[ext]; ok {
		return kind
	}
	if kind := mime.TypeByExtension(ext); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func squeeze(raw []byte) ([]byte, error) {
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err = zw.Write(raw); err != nil {
		return nil, err
	}
	if err = zw.Close(); err != nil {
		return nil, err
	}
	if buf.Len() >= len(raw) {
		return nil, nil
	}
	return buf.Bytes(), nil
}

// Path is the address of a file for a page. An unknown name is a mistake of the
// programmer; its address answers 404, and a template that uses it fails its test.
func (a *Assets) Path(name string) string {
	if file, ok := a.byName[name]; ok {
		return a.prefix + file.hashed
	}
	return a.prefix + "missing/" + name
}

// Serve answers with the file of a hashed name, to be kept for ever.
func (a *Assets) Serve(w http.ResponseWriter, r *http.Request) error {
	file, ok := a.byHash[strings.TrimPrefix(r.URL.Path, a.prefix)]
	if !ok {
		return NotFound()
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	file.serve(w, r)
	return nil
}

// ServeNamed answers with a file under a name that stays, as /widget.js does: the
// browser asks each time and is told when nothing changed.
func (a *Assets) ServeNamed(w http.ResponseWriter, r *http.Request, name string) error {
	file, ok := a.byName[name]
	if !ok {
		return NotFound()
	}
	w.Header().Set("Cache-Control", "no-cache")
	file.serve(w, r)
	return nil
}

func (f *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("ETag", f.etag)
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.raw
	if f.gz != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gz
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
